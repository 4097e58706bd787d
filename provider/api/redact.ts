import { cleanWords, cut, serverWords, type Mask } from "./errors";

/** Longest part of a foreign value, such as a key or a place, that is quoted inside a sentence, in characters. */
const MAX_INSIDE = 200;

/** Secrets of so many characters or less are parts of ordinary words, and are not masked. */
const TOO_SHORT = 3;

const PASSWORD = /pass(word|wd|phrase|code)|pwd|credential|secret/i;
/** A word of prose, an abbreviation, a short number, or marks alone: what a platform makes no password of. */
const PLAIN = /^\(?(?:\p{Lu}?\p{Ll}+(?:['’]\p{Ll}+)?|\p{Lu}{1,5}|[\p{Lo}\p{Lm}\p{M}]+|\d{1,3}|\[secret\])?[).,:;!?]*$/u;

/**
 * The words of a failed invite, without what may be the password that the platform has generated, which this process can't
 * know: if they speak of a password, only plain words are left, and the address `who`.
 */
export function withoutPasswords(words: string, who: string): string {
  if (!PASSWORD.test(words)) return words;
  const isPlain = (word: string) => PLAIN.test(word) || word.replace(/[).,:;!?]*$/, "") === who;
  return words.replace(/\S+/g, (word) => (isPlain(word) ? word : "[secret]"));
}

/** What no message of this process may repeat, however the server that was told it spells it when it sends it back. */
export class Secrets implements Mask {
  readonly #hidden = new Set<string>();
  /**
   * Spellings by their length, and their first characters: a process may know ten thousand passwords, and each message is
   * looked through once. Of those that were hidden when a message was last made, as most processes never make one.
   */
  readonly #spellings = new Map<number, Set<string>>();
  readonly #beginnings = new Set<string>();
  #spelt = 0;

  /** Notes a secret. Those of three characters or less are not masked. */
  hide(secret: string): void {
    if (secret.length > TOO_SHORT) this.#hidden.add(secret);
  }

  /** See {@link cleanWords}. */
  clean(text: string): string {
    return cleanWords(text, this);
  }

  /** {@link clean}, for quoting inside a sentence. */
  excerpt(text: string): string {
    return cut(this.clean(text), MAX_INSIDE);
  }

  /** See {@link serverWords}. */
  serverWords(body: string): string {
    return serverWords(body, this);
  }

  longest(): number {
    this.#spell();
    return Math.max(0, ...this.#spellings.keys());
  }

  /** Whatever belongs to any secret becomes `[secret]`, also where one ends in the beginning of another. */
  apply(text: string): string {
    this.#spell();
    let masked = "";
    let shownTo = 0;
    let hiddenTo = 0;
    for (let at = 0; at < text.length - TOO_SHORT; at += 1) {
      if (!this.#beginnings.has(text.slice(at, at + TOO_SHORT + 1))) continue;
      for (const [length, spellings] of this.#spellings) {
        if (at + length <= hiddenTo || !spellings.has(text.slice(at, at + length))) continue;
        if (at >= hiddenTo) masked += `${text.slice(shownTo, at)}[secret]`;
        shownTo = hiddenTo = at + length;
      }
    }
    return masked + text.slice(shownTo);
  }

  #spell(): void {
    if (this.#spelt === this.#hidden.size) return;
    for (const secret of [...this.#hidden].slice(this.#spelt)) {
      for (const spelling of spellingsOf(secret)) {
        this.#beginnings.add(spelling.slice(0, TOO_SHORT + 1));
        const others = this.#spellings.get(spelling.length);
        if (others === undefined) this.#spellings.set(spelling.length, new Set([spelling]));
        else others.add(spelling);
      }
    }
    this.#spelt = this.#hidden.size;
  }
}

/** As it is, in base64, and as it stands in JSON (twice, where JSON is quoted in JSON), a URL, a form and HTML. */
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
    ...(["base64", "base64url"] as const).map((code) => Buffer.from(secret).toString(code).replace(/=+$/, "")),
  ];
  return [...new Set(spellings)].filter((spelling) => spelling.length > TOO_SHORT);
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
