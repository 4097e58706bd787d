import { isWallarooError } from "./errors";

/** How often and how long one request may be tried again. */
export interface RetryPolicy {
  /** Further attempts after the first one. */
  maxRetries: number;
  /** No further attempt is begun this long after the first, in milliseconds. */
  maxElapsedMs: number;
}

/** First pause before a retry, in milliseconds; doubled each time, with full jitter. */
const FIRST_PAUSE_MS = 250;
/** Longest pause of our own choosing, in milliseconds. */
const LONGEST_PAUSE_MS = 8_000;
/** Longest pause that a server's `Retry-After` can make us take, in milliseconds. */
const LONGEST_SERVER_PAUSE_MS = 60_000;

/** May the request be sent again? After rate limiting yes; after an outage, which leaves it open, if idempotent. */
export function isRetryable(error: unknown, idempotent: boolean): boolean {
  if (isWallarooError(error, "rateLimited")) return true;
  return idempotent && isWallarooError(error, "unavailable", "timeout");
}

/**
 * Milliseconds to wait before retry 1, 2, ...: the longer of our pause and the server's. Undefined when it is not worth
 * another attempt, or the server asks for more than {@link LONGEST_SERVER_PAUSE_MS}. `random`: in [0, 1).
 */
export function pauseBefore(
  retry: number,
  elapsedMs: number,
  serverMs: number | undefined,
  policy: RetryPolicy,
  random: number,
): number | undefined {
  if (retry > policy.maxRetries) return undefined;
  if ((serverMs ?? 0) > LONGEST_SERVER_PAUSE_MS) return undefined;
  const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (retry - 1));
  const ours = ceiling / 2 + (ceiling / 2) * random;
  // Jitter on top of the server's time too: all requests that were turned away were told the same moment.
  const pause = serverMs === undefined ? ours : Math.max(ours, serverMs + (FIRST_PAUSE_MS / 2) * random);
  return elapsedMs + pause > policy.maxElapsedMs ? undefined : pause;
}
