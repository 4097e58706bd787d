import type { Transport } from "./transport";

/** How much two clocks may drift apart, in milliseconds per millisecond. */
const DRIFT = 0.001;

/**
 * What time it is on the platform: the `Date` of its last good answer, and the time since by this machine's monotonic clock. What
 * time this machine thinks it is does not matter. Resolution: one second, as a `Date` has no more.
 */
export class PlatformClock {
  #last: { dateMs: number; atMs: number } | undefined;
  /** Of these, the one that leaves the least open. */
  #first: { aheadMs: number; atMs: number } | undefined;

  constructor(private readonly monotonicMs: () => number = () => performance.now()) {}

  /** The same transport, whose answers set the clock. */
  watch(transport: Transport): Transport {
    return async (exchange) => {
      const answer = await transport(exchange);
      const { dateMs, status } = answer;
      // What a proxy answers in the platform's place has the proxy's time.
      if (dateMs !== undefined && status >= 200 && status <= 299) {
        this.#last = { dateMs, atMs: this.monotonicMs() };
        this.#note(dateMs);
      }
      return answer;
    };
  }

  #note(dateMs: number): void {
    const atMs = this.monotonicMs();
    if (dateMs >= (this.earliestMs() ?? -Infinity)) this.#first = { aheadMs: dateMs - atMs, atMs };
  }

  /**
   * What the platform's clock shows at the earliest, in milliseconds since the epoch, by its good answers; undefined before
   * the first. A `Date` has whole seconds, so one answer leaves up to a second open, and several less. If the platform's
   * clock is set back, this one stays ahead of it.
   */
  earliestMs(): number | undefined {
    if (this.#first === undefined) return undefined;
    const { aheadMs, atMs } = this.#first;
    const nowMs = this.monotonicMs();
    return nowMs + aheadMs - DRIFT * (nowMs - atMs);
  }

  /** Milliseconds since the epoch; undefined while no good answer had a `Date`. */
  nowMs(): number | undefined {
    return this.#last === undefined ? undefined : this.#last.dateMs + this.monotonicMs() - this.#last.atMs;
  }
}
