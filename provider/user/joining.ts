/** So many are confirmed at once without waiting for more. */
const ENOUGH = 50;
/** So many are confirmed even while more invites are under way. */
export const PLENTY = 100;
/** Longest time that a confirmation waits for others, in milliseconds. */
const JOIN_MS = 2_000;
/** Shortest and longest silence after which nobody else is expected, in milliseconds. */
const QUIET_MS = { least: 100, most: 2_000 };

/**
 * Decides when invites that wait for their confirmation are confirmed, all in one query. Who is still to come is known,
 * but not how many can come together: the engine runs so many creates at once as its `--parallel` says, and begins the
 * next only when one has ended. So that is learned: from a silence, that all who can come are here; from more than that
 * at once, that there are more.
 */
export class Joining {
  readonly #announced = new Set<string>();
  #creating = 0;
  #inviting = 0;
  #waiting = 0;
  /** How many are expected to come together. */
  #crowd = ENOUGH;
  /** Usual time between two arrivals, in milliseconds. */
  #gapMs = 0;
  #lastMs: number | undefined;
  /** How many the last query confirmed: the engine has to write down so many before it begins others. */
  #released = 0;
  #silence: NodeJS.Timeout | undefined;
  readonly #batches = new Set<() => void>();

  constructor(private readonly nowMs: () => number) {}

  /** Says that a create for this canonical address will come. */
  announce(email: string): void {
    this.#announced.add(email);
  }

  /** Runs a create, from its decision to its confirmation. */
  async whileCreating<T>(email: string, create: () => Promise<T>): Promise<T> {
    this.#announced.delete(email);
    this.#creating += 1;
    this.#crowd = Math.max(this.#crowd, Math.min(this.#creating, ENOUGH));
    try {
      return await create();
    } finally {
      this.#creating -= 1;
      this.#ask();
    }
  }

  /** Runs an invite; confirmations wait for those under way. */
  async whileInviting<T>(invite: () => Promise<T>): Promise<T> {
    this.#inviting += 1;
    try {
      return await invite();
    } finally {
      this.#inviting -= 1;
      // The caller asks for its confirmation in a later microtask; the joined query has to wait for that.
      setImmediate(() => this.#ask());
    }
  }

  /** Takes the dispatch of a batch of confirmations, to be called when it is time. */
  schedule(dispatch: () => void): void {
    const timer = setTimeout(() => this.#dispatch(), JOIN_MS);
    this.#batches.add(() => {
      clearTimeout(timer);
      dispatch();
    });
  }

  /** One more confirmation waits. */
  arrive(): void {
    const nowMs = this.nowMs();
    if (this.#lastMs !== undefined) this.#gapMs += (Math.min(nowMs - this.#lastMs, JOIN_MS) - this.#gapMs) / 4;
    this.#lastMs = nowMs;
    this.#waiting += 1;
    this.#listen();
    setImmediate(() => this.#ask());
  }

  #listen(): void {
    clearTimeout(this.#silence);
    const usualMs = Math.max(3, 2 * this.#released) * this.#gapMs;
    const quietMs = Math.min(Math.max(usualMs, QUIET_MS.least), QUIET_MS.most);
    this.#silence = setTimeout(() => {
      if (this.#inviting > 0) return this.#listen();
      this.#crowd = Math.min(Math.max(this.#waiting, this.#creating, 1), ENOUGH);
      this.#dispatch();
    }, quietMs);
  }

  #ask(): void {
    const isLast = this.#announced.size === 0 && this.#waiting >= this.#creating;
    const isQuiet = this.#inviting === 0 && this.#waiting > 0;
    if (this.#waiting >= PLENTY || (isQuiet && (isLast || this.#waiting >= this.#crowd))) this.#dispatch();
  }

  #dispatch(): void {
    clearTimeout(this.#silence);
    this.#released = this.#waiting;
    this.#waiting = 0;
    const batches = [...this.#batches];
    this.#batches.clear();
    for (const batch of batches) batch();
  }
}
