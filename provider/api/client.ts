import { setTimeout as timer } from "node:timers/promises";
import { ADMIN_API, SIGN_IN, type Breaker, type Trial } from "./breaker";
import { WallarooError, isErrorBody, isOutage, isUncertain, isWallarooError, type ErrorKind } from "./errors";
import { Limiter } from "./limiter";
import { isRetryable, pauseBefore, type RetryPolicy } from "./retry";
import { withoutPasswords, type Secrets } from "./redact";
import type { TokenSource } from "./token";
import type { Answer, Method, Transport } from "./transport";

/** One call of the platform's API, or of its Keycloak's. */
export interface Call {
  /**
   * Base URL of Keycloak's admin API, for a call of it; without a trailing slash. An installation may not offer it: 501 says
   * so, as 403 and 404 do, and none of them is counted against other calls.
   */
  adminUrl?: string;
  /** True for an endpoint that not every release has: 405 and 501 say so then, as 404 does. With `adminUrl` each is so. */
  isOptional?: boolean;
  /** Default `POST`. */
  method?: Method;
  /** Path below the base URL of the API, leading slash included. */
  path: string;
  /** Sent as JSON; undefined sends none. */
  body?: unknown;
  /** For messages: a verb phrase and its object. */
  operation: string;
  who: string;
  /** May it be sent again when it is not known whether it arrived? Never true for an invite. */
  idempotent: boolean;
  /** Does it change something on the platform? Then it is refused if `readOnlyBy` is set. */
  writes: boolean;
  /** Does it take a seat of the licence? */
  takesSeat?: boolean;
  /** True when a good answer holds a secret: then no message quotes it, whole or in part. */
  answersSecret?: boolean;
  /** Called before each attempt is sent. */
  onSend?: (() => void) | undefined;
  /** What to do next, if this call knows better than the general advice. */
  next?: Partial<Record<ErrorKind, string>>;
}

/** What {@link createClient} puts together. */
export interface ClientOptions {
  /** Base URL without a trailing slash. */
  url: string;
  transport: Transport;
  token: TokenSource;
  secrets: Secrets;
  breaker: Breaker;
  retry: RetryPolicy;
  /** Requests under way at once; further ones wait for their turn. */
  maxConcurrency: number;
  /** Name of the setting that forbids every write; undefined if writes are allowed. */
  readOnlyBy?: string | undefined;
  /** Ends after so many milliseconds: every pause before another attempt. Default: a timer. */
  sleep?: (ms: number) => Promise<unknown>;
}

/** Sends calls to the platform, each with the shared token, retries and error shape. */
export interface Client {
  /** What no message may repeat, whatever the platform sends back. */
  secrets: Secrets;
  /**
   * Sends one call and parses the JSON of a 2xx answer; an empty body is undefined. Raises {@link WallarooError} of any
   * kind but `badInput`; `refused` for a write if `readOnlyBy` is set; `badSettings` for an unusable proxy.
   */
  call: (call: Call) => Promise<unknown>;
  /**
   * Waits before another attempt at what the client must not repeat itself; false when none is worth it (too many, too
   * long, or the breaker is open). Without an error nothing failed: what was asked for is not there yet.
   * @param retry 1 before the second attempt
   * @param startedMs `performance.now()` at the first attempt
   */
  pause: (retry: number, startedMs: number, error: unknown) => Promise<boolean>;
}

/** Transport, token and retry put together. */
export function createClient(options: ClientOptions): Client {
  const limiter = new Limiter(options.maxConcurrency);
  const { secrets, breaker, sleep = timer } = options;

  async function pause(retry: number, startedMs: number, error: unknown, trial?: Trial): Promise<boolean> {
    const serverMs = isWallarooError(error) ? error.retryAfterMs : undefined;
    const pauseMs = pauseBefore(retry, performance.now() - startedMs, serverMs, options.retry, Math.random());
    if (pauseMs === undefined || (error !== undefined && !breaker.mayRetry(pauseMs, trial))) return false;
    await sleep(pauseMs);
    return true;
  }

  async function attempt(call: Call, trial: Trial): Promise<unknown> {
    breaker.enter(trial, SIGN_IN);
    const token = await options.token.get();
    const { adminUrl, method, path, body, operation, who } = call;
    // Signing in may have taken its time. The paths of the admin API hold ids.
    breaker.enter(trial, adminUrl === undefined ? path : ADMIN_API);
    call.onSend?.();
    const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
    const answer = await options.transport({
      ...(method === undefined ? {} : { method }),
      url: (adminUrl ?? options.url) + path,
      headers: body === undefined ? headers : { ...headers, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      operation,
      who,
    });
    if (answer.status === 401) options.token.reject(token);
    if (answer.status < 200 || answer.status > 299) throw answerError(call, answer, secrets);
    if (answer.body.trim() === "") return undefined;
    try {
      return JSON.parse(answer.body);
    } catch {
      throw unreadable(call, "it is not JSON", answer, secrets);
    }
  }

  async function call(call: Call): Promise<unknown> {
    if (call.writes && options.readOnlyBy !== undefined) throw forbidden(call, options.readOnlyBy);
    const startedMs = performance.now();
    const trial = breaker.trial(call);
    let renewed = false;
    let failure: WallarooError | undefined;
    for (let retry = 1; ;) {
      try {
        const result = await limiter.run(() => attempt(call, trial));
        breaker.succeeded(trial);
        return result;
      } catch (error) {
        if (!isWallarooError(error)) throw error;
        // What was tried before failed for a reason of its own.
        if (error.kind === "notTried") throw failure ?? error;
        // A 401 of the API itself means that nothing was done: an expired or revoked token, worth exactly one new one.
        if (!renewed && error.kind === "unauthenticated" && !error.beforeSending) {
          renewed = true;
          continue;
        }
        failure = failure !== undefined && isUncertain(failure) ? error.with({ maybeDone: true }) : error;
        breaker.failed(trial, error);
        // Whatever failed before the call was sent (signing in) can be repeated for every call.
        const repeatable = isRetryable(error, call.idempotent || error.beforeSending);
        if (!repeatable || !(await pause(retry, startedMs, error, trial))) {
          breaker.gaveUp(trial);
          throw failure;
        }
        retry += 1;
      }
    }
  }

  return { secrets, call, pause };
}

function forbidden({ operation, who }: Call, setting: string): WallarooError {
  return new WallarooError({
    kind: "refused",
    operation,
    who,
    beforeSending: true,
    words: `${setting} is true, so nothing is sent that would change the platform`,
    next: "If it may be changed, set that to false and run pulumi up.",
  });
}

/** An answer that promises success and then does not hold what the API promises. */
export function unreadable(
  call: Pick<Call, "operation" | "who" | "answersSecret">,
  problem: string,
  answer: Pick<Answer, "body" | "status">,
  secrets: Secrets,
): WallarooError {
  const beginning = call.answersSecret
    ? "not shown, as it may hold a password"
    : `it begins with "${secrets.serverWords(answer.body)}"`;
  return new WallarooError({
    kind: "unreadable",
    operation: call.operation,
    who: call.who,
    words: `the answer is not what the API promises: ${problem}; ${beginning}`,
    status: answer.status,
    next: "Check wallaroo:url (WALLAROO_URL): something other than the platform, a proxy or a login page perhaps, answers there.",
  });
}

function answerError(call: Call, answer: Answer, secrets: Secrets): WallarooError {
  const isOptional = call.adminUrl !== undefined || call.isOptional === true;
  const kind = isOptional && (answer.status === 405 || answer.status === 501) ? "notFound" : kindOf(answer.status);
  const words = secrets.serverWords(answer.body);
  return new WallarooError({
    kind,
    operation: call.operation,
    who: call.who,
    words: call.answersSecret === true ? withoutPasswords(words, call.who) : words,
    status: answer.status,
    retryAfterMs: answer.retryAfterMs,
    isPlatformsWord: isErrorBody(answer.body),
    next: call.next?.[kind] ?? NEXT[kind],
  });
}

function kindOf(status: number): keyof typeof NEXT {
  if (status === 401) return "unauthenticated";
  if (status === 403) return "forbidden";
  if (status === 404) return "notFound";
  if (status === 409) return "conflict";
  if (status === 429) return "rateLimited";
  return isOutage(status) ? "unavailable" : "rejected";
}

const NEXT = {
  unauthenticated:
    "The platform refuses a token that Keycloak has just issued: check that wallaroo:authUrl (WALLAROO_AUTH_URL) and wallaroo:realm (WALLAROO_REALM) belong to wallaroo:url (WALLAROO_URL), and that the account is still enabled.",
  forbidden: "Run as an account with the realm role admin, and check that the licence has a free seat.",
  notFound: "Run pulumi refresh, and check wallaroo:url (WALLAROO_URL) and the release of the platform.",
  conflict: "Run pulumi refresh and look at the account before another try.",
  rejected: "Correct what the platform objects to, then run the same command again.",
  rateLimited: "Run the same command again later, with a lower wallaroo:maxConcurrency (WALLAROO_MAX_CONCURRENCY).",
  unavailable: "Check that the platform is well, then run the same command again.",
} satisfies Partial<Record<ErrorKind, string>>;
