import type pLimit from "p-limit";
import type { LimitFunction } from "p-limit";

// p-limit is an ES module, so it is loaded by import(): once, as each call of it takes its time, also for what is loaded.
let loading: Promise<{ default: typeof pLimit }> | undefined;

/** At most so many tasks at once; further ones wait for their turn, in the order in which they came. */
export class Limiter {
  readonly #limit: Promise<LimitFunction>;
  #active = 0;

  constructor(readonly concurrency: number) {
    loading ??= import("p-limit");
    this.#limit = loading.then(({ default: pLimit }) => pLimit(concurrency));
  }

  /** Tasks that run now; those that wait are not counted. */
  get active(): number {
    return this.#active;
  }

  /** Runs `task` in its turn. Raises what it raises. A task must not wait for another one of the same limiter. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    const limit = await this.#limit;
    return limit(async () => {
      this.#active += 1;
      try {
        return await task();
      } finally {
        this.#active -= 1;
      }
    });
  }
}
