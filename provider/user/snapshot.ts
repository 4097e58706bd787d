import { setTimeout as sleep } from "node:timers/promises";

/** A slower answer than this, in milliseconds, makes no view usable for longer. */
const LONGEST_ANSWER_MS = 60_000;
/** Time for others to join a question before it is asked, in milliseconds. */
const ASK_AFTER_MS = 5;

/** When a view was asked for (`performance.now()`), and how long its answer took, in milliseconds. */
export interface Seen {
  readonly askedAtMs: number;
  readonly tookMs: number;
}

/** One view that all share: concurrent questions are one request, and own writes are seen at once. */
export class Snapshot<V extends Seen, Answer> {
  #last: V | undefined;
  #asking: { askedAtMs: number; answer: Promise<V> } | undefined;
  /** Writes that an answer still under way may not know yet. */
  #written: { atMs: number; write: (view: V) => void }[] = [];
  #next: Promise<V> | undefined;

  /** @param View made of each answer, with when it was asked for and how long that took */
  constructor(
    private readonly View: new (answer: Answer, askedAtMs: number, tookMs: number) => V,
    private readonly ask: () => Promise<Answer>,
    private readonly nowMs: () => number,
  ) {}

  /**
   * As seen at most `maxAgeMs` ago (0: asked for from now on), or twice as long ago as the answer took, which leaves half
   * of the time for the work on a slow platform. An answer under way is waited for.
   * @param sinceMs the answer has to be asked for at this time of `performance.now()` or later
   */
  async view(maxAgeMs: number, sinceMs = -Infinity): Promise<V> {
    const nowMs = this.nowMs();
    const isUsable = (askedAtMs: number, tookMs: number) => {
      const slowMs = maxAgeMs === 0 ? 0 : 2 * Math.min(tookMs, LONGEST_ANSWER_MS);
      return askedAtMs >= sinceMs && nowMs - askedAtMs <= Math.max(maxAgeMs, slowMs);
    };
    const [view, asking] = [this.#last, this.#asking];
    if (view !== undefined && isUsable(view.askedAtMs, view.tookMs)) return view;
    if (asking !== undefined && isUsable(asking.askedAtMs, nowMs - asking.askedAtMs)) return asking.answer;
    // All callers share the question until it is really asked, however fresh an answer they want.
    this.#next ??= sleep(ASK_AFTER_MS).then(() => this.#ask());
    return this.#next;
  }

  /** What was last seen, however old; undefined before the first answer. Asks nothing. */
  get last(): V | undefined {
    return this.#last;
  }

  /** Notes what this process has written, in the view and in an answer that is under way. */
  record(write: (view: V) => void): void {
    if (this.#asking !== undefined) this.#written.push({ atMs: this.nowMs(), write });
    if (this.#last !== undefined) write(this.#last);
  }

  async #ask(): Promise<V> {
    const askedAtMs = this.nowMs();
    const answer = this.ask().then((answered) => {
      const view = new this.View(answered, askedAtMs, this.nowMs() - askedAtMs);
      for (const { atMs, write } of this.#written) if (atMs >= askedAtMs) write(view);
      return view;
    });
    const asking = { askedAtMs, answer };
    this.#asking = asking;
    this.#next = undefined;
    try {
      const view = await answer;
      // An older question may be answered after a newer one.
      if (this.#last === undefined || this.#last.askedAtMs < askedAtMs) this.#last = view;
      return view;
    } finally {
      if (this.#asking === asking) {
        this.#asking = undefined;
        this.#written = [];
      }
    }
  }
}
