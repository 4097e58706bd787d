import { WallarooError, isWallarooError, raise, type ErrorKind } from "./errors";
import type { Transport } from "./transport";

/** When a run gives up. */
export interface BreakerLimits {
  /** Failures in a row after which nothing else is begun. What failed at the same time counts once. Default 3. */
  fewFailures: number;
  /** Milliseconds from the first failure since the last good answer after which nothing is begun. Default 3 minutes. */
  silenceMs: number;
}

interface BreakerOptions extends BreakerLimits {
  requestTimeoutMs: number;
  nowMs: () => number;
  /** Milliseconds since the epoch, for messages. */
  clockMs: () => number;
}

/** Retries on one endpoint without a good answer in between; then a failure is final at once, and counts. */
const MOST_RETRIES = 64;
/** The endpoint that a failed sign-in is counted for, whatever it was made for. */
export const SIGN_IN = "sign in";
/** The endpoint that failures of Keycloak's admin API are counted for, whatever the path. */
export const ADMIN_API = "admin";

/** What is about to be sent: a verb phrase and its object, as messages name them. */
export interface Intent {
  operation: string;
  who: string;
  /** Does it change something on the platform? */
  writes: boolean;
  /** Does it take a seat of the licence? Then a 403 may say that none is free, which stops nothing but its like. */
  takesSeat?: boolean;
}

/** One call as the breaker follows it, through all its attempts. */
export interface Trial {
  readonly intent: Intent;
  /** {@link SIGN_IN} or the path of the call, as the current attempt is at. */
  endpoint: string;
  /** Which call of the process it is, by the time of its first attempt. */
  beganAt?: number;
  /** When the current attempt began. */
  attemptMs: number;
}

/** What failed on one endpoint since it last gave a good answer. */
interface Row {
  kind: string;
  /** When the first of these attempts began. */
  sinceMs: number;
  attempts: number;
  retries: number;
  last: WallarooError;
  /** Objects of failed writes: each account counts once, as one that can't be changed says nothing of the others. */
  accounts: Set<string>;
  /** Calls that failed for good, however many at the same time. */
  calls: number;
  /** Calls that failed for good one after the other, and the last call that had begun by then. */
  failures: number;
  countedAt: number;
  isOfSeats: boolean;
}

/**
 * Ends a run on a platform that hangs or refuses. It opens after a few failures of one kind in a row on one endpoint,
 * or three minutes without a good answer. Then nothing is begun (`notTried`) or tried again; requests under way end,
 * and what they began can still be looked at. A good answer of the endpoint closes it. So a run ends at most three
 * minutes and two request timeouts after the last answer.
 */
export class Breaker {
  readonly #rows = new Map<string, Row>();
  /** When each endpoint last gave a good answer, and any of them. */
  readonly #answeredMs = new Map<string, number>();
  #lastAnswerMs: number | undefined;
  /** What failed on all endpoints since the last good answer of any. */
  #silence: Pick<Row, "sinceMs" | "attempts" | "last"> | undefined;
  #begun = 0;
  #looks = 0;
  readonly #options: BreakerOptions;

  constructor(options: Partial<BreakerOptions> & Pick<BreakerOptions, "requestTimeoutMs">) {
    const clocks = { nowMs: () => performance.now(), clockMs: () => Date.now() };
    this.#options = { fewFailures: 3, silenceMs: 180_000, ...clocks, ...options };
  }

  /** Raises `notTried` when it is open: called before work on one more account begins. */
  refuse(intent: Intent): void {
    raise(this.#refusalOf(intent, undefined));
  }

  trial(intent: Intent): Trial {
    return { intent, endpoint: SIGN_IN, attemptMs: this.#nowMs() };
  }

  /** Notes an attempt that begins now, at {@link SIGN_IN} or a path. Raises `notTried` when it must not. */
  enter(trial: Trial, endpoint: string): void {
    raise(this.#refusalOf(trial.intent, endpoint));
    trial.endpoint = endpoint;
    trial.beganAt ??= this.#begun += 1;
    if (endpoint === SIGN_IN) trial.attemptMs = this.#nowMs();
  }

  /** The same transport, for signing in, which sends nothing when the breaker is open. */
  guard(transport: Transport): Transport {
    return async (exchange) => {
      raise(this.#refusalOf({ ...exchange, writes: false }, SIGN_IN));
      return transport(exchange);
    };
  }

  /** Notes a good answer to the call, and with it a good sign-in. */
  succeeded({ endpoint }: Pick<Trial, "endpoint">): void {
    this.#rows.delete(SIGN_IN);
    this.#rows.delete(endpoint);
    this.#silence = undefined;
    this.#lastAnswerMs = this.#nowMs();
    this.#answeredMs.set(endpoint, this.#lastAnswerMs);
  }

  /** Notes that an attempt failed. What is wrong with one account alone is a good answer. */
  failed(trial: Trial, error: WallarooError): void {
    const { endpoint, intent, attemptMs } = trial;
    // An admin API that is not offered, or not to this account, says nothing of the platform's own API.
    const isOther = endpoint === ADMIN_API && isWallarooError(error, "forbidden", "unreadable");
    const kind = isOther ? undefined : kindOf(error, endpoint === SIGN_IN || !intent.writes);
    if (kind === undefined) return this.succeeded(trial);
    let row = this.#rows.get(endpoint);
    if (row?.kind !== kind) {
      const counts = { attempts: 0, retries: 0, calls: 0, failures: 0, countedAt: 0 };
      row = { kind, sinceMs: attemptMs, last: error, accounts: new Set(), isOfSeats: false, ...counts };
      this.#rows.set(endpoint, row);
    }
    row.attempts += 1;
    row.last = error;
    row.isOfSeats = kind === "forbidden" && intent.takesSeat === true && endpoint !== SIGN_IN;
    this.#silence ??= { sinceMs: attemptMs, attempts: 0, last: error };
    this.#silence.attempts += 1;
    this.#silence.last = error;
  }

  /** Notes that the call ends in its last failure. */
  gaveUp({ endpoint, intent, beganAt = 0 }: Trial): void {
    const row = this.#rows.get(endpoint);
    if (row === undefined) return;
    if (intent.writes && endpoint !== SIGN_IN) {
      if (row.accounts.has(intent.who)) return;
      row.accounts.add(intent.who);
    }
    row.calls += 1;
    // Begun before the last one that counted had failed: both tell of the same moment.
    if (beganAt <= row.countedAt) return;
    row.failures += 1;
    row.countedAt = this.#begun;
  }

  /** May what failed be tried again after a pause? Counts the retry when it belongs to a call. */
  mayRetry(pauseMs: number, trial?: Trial): boolean {
    const intent = trial?.intent ?? { operation: "", who: "", writes: true, takesSeat: true };
    if (this.#refusalOf(intent, trial?.endpoint, pauseMs) !== undefined) return false;
    const row = trial === undefined ? undefined : this.#rows.get(trial.endpoint);
    if (row === undefined) return true;
    row.retries += 1;
    return row.retries <= MOST_RETRIES;
  }

  /** Lets queries through while `look` runs, until {@link isOver}: whether an invite arrived has to be asked. */
  async whileLooking<T>(look: () => Promise<T>): Promise<T> {
    this.#looks += 1;
    try {
      return await look();
    } finally {
      this.#looks -= 1;
    }
  }

  /** True when nothing was answered for so long that nothing at all is asked any more. */
  isOver(): boolean {
    return this.#isSilent(-this.#options.requestTimeoutMs);
  }

  #refusalOf(intent: Intent, endpoint: string | undefined, aheadMs = 0): WallarooError | undefined {
    if (!intent.writes && this.#looks > 0 && !this.isOver()) return undefined;
    if (this.#silence !== undefined && this.#isSilent(aheadMs)) {
      return this.#notTried(intent, this.#silence, this.#lastAnswerMs, true);
    }
    for (const [failing, row] of this.#rows) {
      if (!this.#isOpen(row)) continue;
      // What was written before can still be looked at.
      if (!intent.writes && endpoint !== undefined && failing !== endpoint && failing !== SIGN_IN) continue;
      if (row.isOfSeats && intent.takesSeat !== true) continue;
      return this.#notTried(intent, row, this.#answeredMs.get(failing), row.kind === OUTAGE);
    }
    return undefined;
  }

  #isOpen({ failures, calls, sinceMs }: Row): boolean {
    const { fewFailures, silenceMs } = this.#options;
    return failures >= fewFailures || (calls > 1 && this.#nowMs() - sinceMs >= silenceMs);
  }

  #isSilent(aheadMs: number): boolean {
    return this.#silence !== undefined && this.#nowMs() + aheadMs - this.#silence.sinceMs >= this.#options.silenceMs;
  }

  #notTried(
    { operation, who }: Intent,
    { attempts, last, sinceMs }: Pick<Row, "attempts" | "last" | "sinceMs">,
    answeredMs: number | undefined,
    isOutage: boolean,
  ): WallarooError {
    const since = new Date(this.#options.clockMs() - (this.#nowMs() - (answeredMs ?? sinceMs))).toISOString();
    const at = `${since.slice(0, 10)} ${since.slice(11, 19)} UTC`;
    const times = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
    const failed = `${times} to ${last.operation} failed${attempts === 1 ? "" : " in a row"}, the last with ${last.quoted}`;
    return new WallarooError({
      kind: "notTried",
      operation,
      who,
      beforeSending: true,
      words: `not tried, because ${isOutage ? "nothing has answered" : "no attempt has succeeded"} since ${at}: ${failed}`,
      next: last.next,
    });
  }

  #nowMs(): number {
    return this.#options.nowMs();
  }
}

const OUTAGE = "outage";
/** Kinds that another account would most likely meet too. */
const REPEATING: readonly ErrorKind[] = ["unauthenticated", "forbidden", "rateLimited", "unreadable", "badSettings"];

/** The kind of a failure as it is counted; undefined when it says something of one account alone. */
function kindOf({ kind }: WallarooError, isAboutAll: boolean): string | undefined {
  if (kind === "timeout" || kind === "unavailable") return OUTAGE;
  return isAboutAll || REPEATING.includes(kind) ? kind : undefined;
}
