import { Presence } from "../presence";

/** The life of a provider's process: it ends when its engine is gone, once nothing is under way. */
export class Lifetime {
  readonly #presence: Presence | undefined;
  #underWay = 0;

  /** @param engineAddress undefined for a process that no engine started, which is not ended */
  constructor(
    readonly engineAddress: string | undefined,
    private readonly end: () => void,
  ) {
    if (engineAddress !== undefined) this.#presence = new Presence(engineAddress, () => this.#endIfIdle());
  }

  get isGone(): boolean {
    return this.#presence?.isGone === true;
  }

  /** Runs what the engine asked for, which is finished without it. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      if (this.isGone) this.#endIfIdle();
    }
  }

  #endIfIdle(): void {
    if (this.#underWay === 0) this.end();
  }
}

/** Calls `close` when this process ends, by itself or by a signal: an engine ends its plugins with SIGINT (read in its source). */
export function closeAtEnd(close: () => void): void {
  process.once("exit", close);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      close();
      // Without this listener the signal does what it always did.
      process.kill(process.pid, signal);
    });
  }
}
