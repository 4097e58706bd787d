/**
 * The one error shape of this package:
 *
 * `Could not <operation> <who>: <what came back> (HTTP 409). <What to do next.>`
 *
 * Made and recognised here. A message never holds a password, token, header or request body.
 */

/** What went wrong, as far as a caller has to decide by it. One row of the error table each. */
export type ErrorKind =
  | "badSettings"
  | "badInput"
  | "refused"
  | "unauthenticated"
  | "forbidden"
  | "notFound"
  | "conflict"
  | "rejected"
  | "rateLimited"
  | "unavailable"
  | "timeout"
  | "unreadable";

/** The parts that a {@link WallarooError}'s message is put together from. */
export interface ErrorParts {
  kind: ErrorKind;
  /** A verb phrase: `invite`, `sign in as`, `query`. */
  operation: string;
  /** An address, `everybody`, or another name of what the operation was about. */
  who: string;
  /** What came back, already cleaned by {@link cleanWords}, or our own words. */
  words: string;
  /** What to do next, one or more full sentences. */
  next: string;
  /** HTTP status, where there was an answer. */
  status?: number;
  /** Milliseconds that the server asked us to wait. */
  retryAfterMs?: number;
  /** True when it happened while getting a token: the call that needed one was never sent. */
  beforeSending?: boolean;
  cause?: unknown;
}

/** Longest part of a server's answer that a message quotes, in characters. */
export const MAX_QUOTED = 1024;

/** Every error that this package raises on purpose. `message` is complete: what, for whom, what came back, what next. */
export class WallarooError extends Error {
  override readonly name = "WallarooError";
  readonly kind: ErrorKind;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly beforeSending: boolean;
  /** What came back, or our own words: the message without whom it is about and what to do next. */
  readonly words: string;

  constructor(parts: ErrorParts) {
    const status = parts.status === undefined ? "" : ` (HTTP ${parts.status})`;
    const words = parts.words.replace(/[.\s]+$/, "");
    super(`Could not ${parts.operation} ${parts.who}: ${words}${status}. ${parts.next}`, { cause: parts.cause });
    this.kind = parts.kind;
    this.words = words;
    this.status = parts.status;
    this.retryAfterMs = parts.retryAfterMs;
    this.beforeSending = parts.beforeSending ?? false;
  }
}

/** True for an error of this package, of one of `kinds` when any are given. */
export function isWallarooError(error: unknown, ...kinds: ErrorKind[]): error is WallarooError {
  return error instanceof WallarooError && (kinds.length === 0 || kinds.includes(error.kind));
}

/**
 * True when the platform may or may not have acted on the request: no answer, half of one, one that can't be read, or
 * one that a proxy may have given after the platform did its work.
 */
export function isUncertain(error: unknown): error is WallarooError {
  return isWallarooError(error, "unavailable", "timeout", "unreadable") && !error.beforeSending;
}

/**
 * Makes foreign text fit for a console: no terminal escapes or other control characters, no markup, one line, at most
 * {@link MAX_QUOTED} characters, and none of `secrets` (a hostile or careless server may send back what it was sent).
 */
export function cleanWords(text: string, secrets: Iterable<string> = []): string {
  let words = text.slice(0, 64 * 1024);
  for (const secret of secrets) words = words.split(secret).join("[secret]");
  words = words
    // CSI and OSC sequences whole, so that no "[31m" stays behind; then every other control or format character.
    // eslint-disable-next-line no-control-regex
    .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)/gs, " ")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, " ")
    .replace(/<(script|style)\b.*?<\/\1\s*>/gis, " ")
    .replace(/<[^<>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return words.length > MAX_QUOTED ? `${words.slice(0, MAX_QUOTED)}…` : words;
}

/**
 * The server's own words in an error answer: `msg` of the platform, `error_description` or `errorMessage` of Keycloak,
 * else the text itself.
 */
export function serverWords(body: string, secrets: Iterable<string> = []): string {
  return cleanWords(fieldOf(body) ?? body, secrets) || "no explanation";
}

function fieldOf(body: string): string | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof answer !== "object" || answer === null) return undefined;
  for (const key of ["msg", "error_description", "errorMessage", "message", "error"]) {
    const value = (answer as Record<string, unknown>)[key];
    if (typeof value === "string" && value.trim() !== "") return value;
  }
  return undefined;
}

/** The message of anything that was thrown, for use inside another message. */
export function messageOf(error: unknown): string {
  return cleanWords(error instanceof Error ? error.message : String(error));
}
