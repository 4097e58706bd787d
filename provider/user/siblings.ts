import { setTimeout as sleep } from "node:timers/promises";
import { raise, refusal, type WallarooError } from "../api/errors";

/** What one provider process of a run tells the others about an account of their platform; `who` is its id. */
export type Word =
  /** `who` is a canonical address; `name` is the resource that declares it. */
  | { verb: "declares"; who: string; name: string }
  /** Created, updated or taken over: not to be cut off by another process. */
  | { verb: "keeps"; who: string }
  /** See `RunMemory.leaving`. */
  | { verb: "cutsOff"; who: string; wasActive: boolean }
  /** A departure from a resource begins, and ends: `atMs` by the machine's steady clock. */
  | { verb: "leaves"; who: string }
  | { verb: "left"; who: string; atMs: number };

/** Carries words between the provider processes of one run that work on one platform. Raises nothing. */
export interface Channel {
  /** What is told can be heard by all others from now on. */
  tell(word: Word): void;
  /** What others have told since the last call. */
  hear(): { word: Word; pid: number }[];
  /** Why words may be lost between processes; undefined when all is well, or nothing hints at another process. */
  findProblem(): string | undefined;
  isAlive(pid: number): boolean;
}

/** Time between two looks whether the departure in another process has ended, in milliseconds. */
const LOOK_MS = 50;

/**
 * What the other provider processes of this run do. The engine has a process for each provider of the program, and the
 * one of a resource that only leaves hears of nothing but its delete.
 *
 * A process that takes an account over says so before it asks whether another lets go of it, and the other way round: at
 * least one of the two sees the other.
 */
export class Siblings {
  readonly #declared = new Map<string, { name: string; pid: number }>();
  readonly #kept = new Map<string, number>();
  readonly #departures = new Map<string, { pid: number; endedMs?: number }>();
  /** Ids of the accounts that this process is letting go of. */
  readonly #own = new Set<string>();

  /** @param leaving takes up what others cut off */
  constructor(
    private readonly channel: Channel,
    private readonly leaving: Map<string, boolean>,
  ) {}

  tell(word: Word): void {
    this.channel.tell(word);
  }

  /** See `RunMemory.claim`, of a departure in another process. */
  claim(id: string, email: string): Promise<number> | undefined {
    this.tell({ verb: "keeps", who: id });
    this.hear();
    raise(this.findRefusal("create", email));
    return this.#departures.has(id) ? this.#endOf(id) : undefined;
  }

  /** Says that the departure of an account begins; {@link endDeparture} has to follow. */
  beginDeparture(id: string): void {
    this.#own.add(id);
    this.tell({ verb: "leaves", who: id });
  }

  /** Says that the departure of an account ended, if one began. */
  endDeparture(id: string): void {
    if (this.#own.delete(id)) this.tell({ verb: "left", who: id, atMs: steadyMs() });
  }

  /**
   * Whether another process keeps the account or declares one of these addresses, and then the name of the resource that
   * does, if it is known. Where {@link findRefusal} answers something, that may be so although nothing is found.
   */
  findStay(id: string, emails: readonly string[]): { name?: string } | undefined {
    this.hear();
    const found = this.#find(id, emails);
    if (found === undefined || !this.channel.isAlive(found.pid)) return undefined;
    return found.name === undefined ? {} : { name: found.name };
  }

  /** Why an account is neither taken over nor cut off now: whether another process has it can't be known. */
  findRefusal(
    operation: string,
    email: string,
    id?: string,
    emails: readonly string[] = [],
  ): WallarooError | undefined {
    const problem = this.channel.findProblem();
    if (problem !== undefined) {
      const next =
        "Providers of one run tell each other by files: let XDG_RUNTIME_DIR or TMPDIR name a folder that this user can " +
        "write to, then run the same command again.";
      return refusal(operation, email, `${UNKNOWN}: ${problem}`, next);
    }
    const found = id === undefined ? undefined : this.#find(id, emails);
    if (found === undefined || this.channel.isAlive(found.pid)) return undefined;
    return refusal(operation, email, `${UNKNOWN}: its process has ended`, "Run the same command again.");
  }

  /** Takes up what others have told. */
  hear(): void {
    for (const { word, pid } of this.channel.hear()) {
      const { who } = word;
      if (word.verb === "declares") this.#declared.set(who, { name: word.name, pid });
      else if (word.verb === "keeps") this.#kept.set(who, pid);
      else if (word.verb === "cutsOff") this.leaving.set(who, word.wasActive || this.leaving.get(who) === true);
      else if (word.verb === "leaves") this.#departures.set(who, { pid });
      else if (word.verb === "left")
        this.#departures.set(who, { pid, endedMs: performance.now() - (steadyMs() - word.atMs) });
    }
  }

  #find(id: string, emails: readonly string[]): { name?: string; pid: number } | undefined {
    const declared = emails.map((email) => this.#declared.get(email)).find((found) => found !== undefined);
    const pid = this.#kept.get(id);
    return declared ?? (pid === undefined ? undefined : { pid });
  }

  /** A process that has died ends no departure: how the account is from now on counts. */
  async #endOf(id: string): Promise<number> {
    for (;;) {
      const departure = this.#departures.get(id);
      if (departure?.endedMs !== undefined) return departure.endedMs;
      if (departure === undefined || !this.channel.isAlive(departure.pid)) return performance.now();
      await sleep(LOOK_MS);
      this.hear();
    }
  }
}

const UNKNOWN = "whether another provider of this run has the account can't be known";

/** Milliseconds of a clock that all processes of a machine share (read in Node.js: `process.hrtime` is monotonic there). */
function steadyMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}
