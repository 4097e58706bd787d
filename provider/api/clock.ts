import type { Transport } from "./transport";

/**
 * What time it is on the platform: the `Date` of its last answer, and the time since by this machine's monotonic clock. What
 * time this machine thinks it is does not matter. Resolution: one second, as a `Date` has no more.
 */
export class PlatformClock {
  #last: { dateMs: number; atMs: number } | undefined;

  constructor(private readonly monotonicMs: () => number = () => performance.now()) {}

  /** The same transport, whose answers set the clock. */
  watch(transport: Transport): Transport {
    return async (exchange) => {
      const answer = await transport(exchange);
      if (answer.dateMs !== undefined) this.#last = { dateMs: answer.dateMs, atMs: this.monotonicMs() };
      return answer;
    };
  }

  /** Milliseconds since the epoch; undefined while no answer had a `Date`. */
  nowMs(): number | undefined {
    return this.#last === undefined ? undefined : this.#last.dateMs + this.monotonicMs() - this.#last.atMs;
  }
}
