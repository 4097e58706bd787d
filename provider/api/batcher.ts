/** Questions that wait before a batch is dispatched without waiting for pending tasks. */
export const BATCH_SIZE = 32;
/** Longest time that a batch waits for the next question of a pending task, in milliseconds. */
const PATIENCE_MS = 5_000;
/** Shortest and longest time without a new task after which no expected one counts as near, in milliseconds. */
const QUIET_MS = { least: 25, most: 250 };
/** So many usual times between two tasks. */
const QUIET_GAPS = 4;

interface Waiting<Question, Answer> {
  question: Question;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/**
 * Joins questions into few requests. One batch is under way at most; a question that comes meanwhile shares the next
 * one, which is dispatched when {@link BATCH_SIZE} questions wait, when no pending task could add one, or 5 s after the
 * last question. N tasks, {@link BATCH_SIZE} at once, with one question each need at most N/32 + 1 batches.
 *
 * While other tasks are {@link expect}ed, a batch waits for half of the tasks that the caller runs at once. A caller that
 * stores one task after another is kept busy by the other half: batches of all of them made 500 tasks of 20 ms a sixth
 * slower. How many run at once is learned from the first batch, which waits until no other task begins.
 */
export class Batcher<Question, Answer> {
  readonly #expected = new Set<string>();
  #pending = 0;
  /** Most tasks that were pending at once; undefined until that is learned. */
  #atOnce: number | undefined;
  /** Usual time between the beginnings of two tasks, in milliseconds. */
  #gapMs = QUIET_MS.least;
  #begunMs: number | undefined;
  #quiet: NodeJS.Timeout | undefined;
  #waiting: Waiting<Question, Answer>[] = [];
  #isUnderWay = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param ask answers a batch, in the order of its questions; what it raises, each of them raises */
  constructor(private readonly ask: (questions: readonly Question[]) => Promise<readonly Answer[]>) {}

  /** Says that a task of this name will be run. */
  expect(name: string): void {
    this.#expected.add(name);
  }

  /**
   * Runs a task that may {@link load}: until it does, or ends, batches wait for it. Raises what it raises.
   *
   * @param name by which it was {@link expect}ed
   */
  async run<T>(task: () => Promise<T>, name?: string): Promise<T> {
    if (name !== undefined) this.#expected.delete(name);
    const nowMs = performance.now();
    // A mean in which the latest ones weigh most.
    if (this.#begunMs !== undefined) this.#gapMs += (Math.min(nowMs - this.#begunMs, QUIET_MS.most) - this.#gapMs) / 4;
    this.#begunMs = nowMs;
    this.#pending += 1;
    if (this.#atOnce !== undefined) this.#atOnce = Math.max(this.#atOnce, this.#pending);
    try {
      return await task();
    } finally {
      this.#pending -= 1;
      this.#scheduleSoon();
    }
  }

  /** The answer to one question, in the next batch. Raises what the batch raises. */
  load(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      this.#bePatient();
      this.#scheduleSoon();
    });
  }

  #bePatient(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#dispatch(), PATIENCE_MS);
  }

  /** After what was just answered had its chance to end, to begin another task, or to ask something else. */
  #scheduleSoon(): void {
    setImmediate(() => {
      clearTimeout(this.#quiet);
      const waiting = this.#waiting.length;
      if (this.#isUnderWay || waiting === 0) return;
      const isComplete = this.#isComplete();
      if (this.#expected.size > 0) {
        const half = Math.min(BATCH_SIZE, Math.ceil((this.#atOnce ?? Infinity) / 2));
        // Half of the pending tasks don't wait for the other half, but a single one does.
        if (waiting >= Math.max(half, isComplete ? 1 : 2)) void this.#dispatch();
        else if (isComplete) this.#waitForQuiet();
      } else if (isComplete) void this.#dispatch();
    });
  }

  /** True when no pending task could add a question. */
  #isComplete(): boolean {
    return this.#waiting.length >= Math.min(BATCH_SIZE, this.#pending);
  }

  #waitForQuiet(): void {
    const quietMs = Math.min(Math.max(QUIET_GAPS * this.#gapMs, QUIET_MS.least), QUIET_MS.most);
    this.#quiet = setTimeout(() => {
      if (!this.#isComplete()) return;
      this.#atOnce = this.#waiting.length;
      void this.#dispatch();
    }, quietMs);
  }

  async #dispatch(): Promise<void> {
    if (this.#isUnderWay || this.#waiting.length === 0) return;
    this.#isUnderWay = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#quiet);
    const batch = this.#waiting.splice(0);
    try {
      const answers = await this.ask(batch.map(({ question }) => question));
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#isUnderWay = false;
      if (this.#waiting.length > 0) this.#bePatient();
      this.#scheduleSoon();
    }
  }
}
