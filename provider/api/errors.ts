import { parseObject } from "./json";

/** What went wrong, as far as a caller has to decide by it; docs/troubleshooting.md explains each to a user. */
export const ERROR_KINDS = [
  "badSettings",
  "badInput",
  "refused",
  "unauthenticated",
  "forbidden",
  "notFound",
  "conflict",
  "rejected",
  "rateLimited",
  "unavailable",
  "timeout",
  "unreadable",
  // Not sent, because what was sent before failed: see `Breaker`.
  "notTried",
  // Some members of a team failed or were not tried, see `reasons`.
  "membersFailed",
  // The answer said done, and a look says otherwise.
  "unconfirmed",
  "internal",
] as const;

export type ErrorKind = (typeof ERROR_KINDS)[number];

/** The parts that a {@link WallarooError}'s message is put together from. */
export interface ErrorParts {
  kind: ErrorKind;
  /** A verb phrase: `invite`, `query`. */
  operation: string;
  /** The object of the operation: an address, `all accounts`. */
  who: string;
  /** What came back, already cleaned by {@link cleanWords}, or our own words. */
  words: string;
  /** What to do next, one or more full sentences. */
  next: string;
  /** HTTP status, if there was an answer. */
  status?: number;
  /** Milliseconds that the server asked us to wait. */
  retryAfterMs?: number;
  /** True when the call was never sent: it failed while getting a token, or no connection was made. */
  beforeSending?: boolean;
  /** True for an error in the platform's own shape, `{ msg, code }`; another may be a proxy's, after the work. */
  isPlatformsWord?: boolean;
  /** True when an earlier attempt of the same call may have been done, however this last one failed. */
  maybeDone?: boolean;
  /** Further lines of the message: per member of a team, why it failed. */
  reasons?: readonly string[];
  cause?: unknown;
}

/** Longest part of a server's answer that a message quotes, in characters. */
export const MAX_QUOTED = 1024;
/** Longest message that another message quotes whole, next step included, in characters. */
const MAX_MESSAGE = 4 * MAX_QUOTED;
/** Longest object of a message, in characters; an address has at most 254. */
const MAX_WHO = 320;
/** So much of a text is looked at before it is cut to what is quoted, in characters. */
const MAX_READ = 64 * 1024;

/**
 * The error of this package: `Could not <operation> <who>: <what came back> (HTTP 409). <What to do next.>`
 * The message never holds a password, token, header or request body.
 */
export class WallarooError extends Error {
  override readonly name = "WallarooError";
  readonly kind: ErrorKind;
  readonly operation: string;
  /** What came back, or our own words. */
  readonly words: string;
  readonly next: string;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly beforeSending: boolean;
  readonly isPlatformsWord: boolean;
  readonly maybeDone: boolean;
  readonly reasons: readonly string[];

  readonly #parts: ErrorParts;

  constructor(parts: ErrorParts) {
    const status = parts.status === undefined ? "" : ` (HTTP ${parts.status})`;
    const words = cut(printable(parts.words), MAX_MESSAGE).replace(/[.\s]+$/, "");
    const who = cut(printable(parts.who), MAX_WHO);
    const headline = `Could not ${parts.operation} ${who}: ${words}${status}. ${parts.next}`.trimEnd();
    const { reasons = [] } = parts;
    super([headline, ...reasons].join("\n"), { cause: parts.cause });
    this.kind = parts.kind;
    this.operation = parts.operation;
    this.words = words;
    this.next = parts.next;
    this.status = parts.status;
    this.retryAfterMs = parts.retryAfterMs;
    this.beforeSending = parts.beforeSending ?? false;
    this.isPlatformsWord = parts.isPlatformsWord ?? false;
    this.maybeDone = parts.maybeDone ?? false;
    this.reasons = reasons;
    this.#parts = parts;
  }

  /** The same error, with some of its parts another way. */
  with(parts: Partial<ErrorParts>): WallarooError {
    return new WallarooError({ ...this.#parts, ...parts });
  }

  /** What came back, for use inside another message. */
  get quoted(): string {
    return `"${this.words}"${this.status === undefined ? "" : ` (HTTP ${this.status})`}`;
  }
}

/** What is not done, by our own decision. */
export function refusal(operation: string, who: string, words: string, next: string): WallarooError {
  return new WallarooError({ kind: "refused", operation, who, words, next });
}

/** Raises the first refusal, if there is one. */
export function raise(...refusals: readonly (WallarooError | undefined)[]): void {
  const first = refusals.find((one) => one !== undefined);
  if (first !== undefined) throw first;
}

/** True for a status that leaves open what was done: every 5xx, 408 and 425, which a proxy may say afterwards. */
export function isOutage(status: number): boolean {
  return status >= 500 || status === 408 || status === 425;
}

/** True for an error of this package, of one of `kinds` when any are given. */
export function isWallarooError(error: unknown, ...kinds: ErrorKind[]): error is WallarooError {
  return error instanceof WallarooError && (kinds.length === 0 || kinds.includes(error.kind));
}

/** True when the platform may or may not have acted on the request, at its last attempt or an earlier one. */
export function isUncertain(error: unknown): error is WallarooError {
  if (!isWallarooError(error)) return false;
  return error.maybeDone || (isWallarooError(error, "unavailable", "timeout", "unreadable") && !error.beforeSending);
}

/** True when an answer to an invite says that the address is taken: by status or, as releases differ, by words. */
export function saysTaken(error: WallarooError, email: string): boolean {
  const { kind, status, words } = error;
  if (status === undefined) return false;
  return kind === "conflict" || /\b(exists?|taken|duplicate|conflict|in use)\b/i.test(words.replaceAll(email, ""));
}

/** True for the body of an error answer of the platform's own API; see `ApiErrorBody`. */
export function isErrorBody(body: string): boolean {
  const answer = parseObject(body);
  return typeof answer["msg"] === "string" && Number.isInteger(answer["code"]);
}

/** Takes secrets out of a text: a hostile or careless server may send back what it was sent. */
export interface Mask {
  apply(text: string): string;
  /** Length of the longest secret, in characters. */
  longest(): number;
}

/** Foreign text on one line, of at most `most` characters: no control characters, no markup, no secret. */
export function cleanWords(text: string, mask?: Mask, most = MAX_QUOTED): string {
  const words = printable(mask === undefined ? text.slice(0, MAX_READ) : masked(text, mask))
    .replace(/<(script|style)\b.*?<\/\1\s*>/gis, " ")
    .replace(/<[^<>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return cut(words, most);
}

function masked(text: string, mask: Mask): string {
  let words = mask.apply(text.slice(0, MAX_READ));
  // What was cut in two at the end can't be recognised.
  if (text.length > MAX_READ) words = words.slice(0, Math.max(0, words.length - mask.longest()));
  const plain = decoded(words);
  if (plain === words) return words;
  const again = mask.apply(plain);
  return again === plain ? words : again;
}

const NAMED: Record<string, string> = { quot: '"', amp: "&", lt: "<", gt: ">", apos: "'" };

/** What stands in HTML, or in JSON with slashes escaped, as a reader would see it. */
function decoded(text: string): string {
  return text
    .replace(/\\\//g, "/")
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(quot|amp|lt|gt|apos));/gi, (entity, decimal, hex, name) => {
      if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? entity;
      const code = decimal === undefined ? parseInt(String(hex), 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
    });
}

/** Without control or format characters. Half a character would leave the engine without an answer (measured). */
function printable(text: string): string {
  return (
    text
      // CSI and OSC sequences whole, so that no "[31m" stays behind; then every other control or format character.
      // eslint-disable-next-line no-control-regex
      .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)/gs, " ")
      .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, " ")
  );
}

/** Most names in a list that stands within a sentence, see {@link listed}. */
export const MAX_NAMED = 10;

/** At most `most` of these names, and how many more there are. */
export function listed(names: readonly string[], most = 20): string {
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return `${names.slice(0, most).join(", ")}${more}`;
}

/** At most so many characters, none of them cut in two. */
export function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most).replace(/\p{Cs}$/u, "")}…` : text;
}

/** The server's own words in an error answer: a field of the platform's or of Keycloak's, else the text itself. */
export function serverWords(body: string, mask?: Mask): string {
  return cleanWords(fieldOf(body) ?? body, mask) || "no explanation";
}

function fieldOf(body: string): string | undefined {
  const answer = parseObject(body);
  const texts = ["msg", "error_description", "errorMessage", "message", "error"].map((key) => answer[key]);
  return texts.find((text): text is string => typeof text === "string" && text.trim() !== "");
}

/** The message of anything that was thrown, next step included, for use inside another message. */
export function messageOf(error: unknown): string {
  return cleanWords(error instanceof Error ? error.message : String(error), undefined, MAX_MESSAGE);
}
