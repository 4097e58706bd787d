import { cleanWords, cut, serverWords } from "./errors";

/** Longest part of a foreign value, such as a key or a place, that is quoted inside a sentence, in characters. */
const MAX_INSIDE = 200;

/** What no message of this process may repeat, however the server that was told it spells it when it sends it back. */
export class Secrets {
  readonly #hidden = new Set<string>();
  /** Of those that were hidden when a message was last made: most processes never make one. */
  readonly #spellings = new Set<string>();
  #spelt = 0;

  /** Notes a secret. Those of three characters or less are parts of ordinary words, and are not masked. */
  hide(secret: string): void {
    if (secret.length > 3) this.#hidden.add(secret);
  }

  /** See {@link cleanWords}. */
  clean(text: string): string {
    return cleanWords(text, this.#all());
  }

  /** {@link clean}, for quoting inside a sentence. */
  excerpt(text: string): string {
    return cut(this.clean(text), MAX_INSIDE);
  }

  /** See {@link serverWords}. */
  serverWords(body: string): string {
    return serverWords(body, this.#all());
  }

  #all(): Iterable<string> {
    for (const secret of [...this.#hidden].slice(this.#spelt)) {
      for (const spelling of spellingsOf(secret)) this.#spellings.add(spelling);
    }
    this.#spelt = this.#hidden.size;
    return this.#spellings;
  }
}

/** As it is, and as it stands in JSON (twice, where JSON is quoted in JSON), a URL, a form and HTML. Longest first. */
function spellingsOf(given: string): string[] {
  // Without halves of characters, which can't stand in a URL.
  const secret = Buffer.from(given).toString();
  const json = inJson(secret);
  const url = encodeURIComponent(secret);
  const spellings = [
    given,
    ...[secret, json, inJson(json)].flatMap((text) => [text, ...ESCAPED.map((which) => escape(text, which))]),
    url,
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    new URLSearchParams({ _: secret }).toString().slice(2),
    ...["&#39;", "&#x27;", "&apos;"].map((quote) => inHtml(secret, quote)),
  ];
  return [...new Set(spellings)].sort((a, b) => b.length - a.length);
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Serialisers of JSON may escape what is not ASCII, what means something in HTML, or both. */
const ESCAPED = [/[^ -~]/g, /[<>&]/g, /[^ -~]|[<>&]/g];

function escape(text: string, which: RegExp): string {
  return text.replace(which, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function inHtml(text: string, quote: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, quote);
}
