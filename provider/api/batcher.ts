/** Questions that wait before a batch is dispatched without waiting for pending tasks. */
export const BATCH_SIZE = 32;
/** Longest time that a batch waits for the next question of a pending task, in milliseconds. */
const PATIENCE_MS = 5_000;

interface Waiting<Question, Answer> {
  question: Question;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/**
 * Joins questions into few requests. One batch is under way at most; a question that comes meanwhile shares the next
 * one, which is dispatched when {@link BATCH_SIZE} questions wait, when no pending task could add one, or 5 s after the
 * last question. N tasks, {@link BATCH_SIZE} at once, with one question each need at most N/32 + 1 batches.
 */
export class Batcher<Question, Answer> {
  #pending = 0;
  #waiting: Waiting<Question, Answer>[] = [];
  #isUnderWay = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param ask answers a batch, in the order of its questions; what it raises, each of them raises */
  constructor(private readonly ask: (questions: readonly Question[]) => Promise<readonly Answer[]>) {}

  /** Runs a task that may {@link load}: until it does, or ends, batches wait for it. Raises what it raises. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    this.#pending += 1;
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
      if (this.#waiting.length >= Math.min(BATCH_SIZE, this.#pending)) void this.#dispatch();
    });
  }

  async #dispatch(): Promise<void> {
    if (this.#isUnderWay || this.#waiting.length === 0) return;
    this.#isUnderWay = true;
    clearTimeout(this.#timer);
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
