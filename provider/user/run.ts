import { Managed } from "./managed";
import { SeatPlan } from "./seats";
import { Siblings, type Channel } from "./siblings";

/** Which resource declares a person: unique in a program, and its name for messages. */
export interface Declaration {
  key: string;
  name: string;
}

/**
 * What this run of the engine has seen and done so far. The engine keeps one process for an operation and a provider, so
 * this lives in memory, and {@link Siblings} has what processes of other providers tell. A rename, a move from one resource
 * to another and a forced replacement all look to a provider like a create and an unrelated delete, and only what the same
 * run knows tells them apart.
 */
export class RunMemory {
  readonly #declared = new Map<string, Declaration>();
  readonly #expected = new Map<string, Pick<Declaration, "name">>();
  readonly #kept = new Set<string>();
  readonly #own = new Map<string, boolean>();
  readonly #departures = new Map<string, Promise<number>>();
  /** True once the program had a resource checked: a refresh compares without (measured), and is not refused. */
  hasProgram = false;
  /**
   * By id, accounts that this run cuts off or takes the admin role from, from the moment that it is decided, and whether they
   * were active then. None is taken out again: an answer that says that it failed may be a proxy's.
   */
  readonly leaving = new Map<string, boolean>();
  /** Ids of accounts that this run may cut off: none of them is counted on as the owner of a workspace. */
  readonly departing = new Set<string>();
  /** By id of the account that takes them over, the address of an account whose workspaces this run hands over. */
  readonly heirs = new Map<string, string>();
  /** Canonical addresses of accounts that are taking a seat, and that a view may not show yet. */
  readonly seating = new Set<string>();
  readonly seats = new SeatPlan();
  readonly managed = new Managed();
  /** Aborted when the user cancels the run: nothing more is begun, and what is looked for is looked for once more. */
  readonly cancellation = new AbortController();
  /** Ends when {@link cancellation} is aborted. */
  readonly cancelled = new Promise<undefined>((resolve) => {
    this.cancellation.signal.addEventListener("abort", () => resolve(undefined));
  });
  readonly #said = new Set<string>();
  /** Ids of the accounts that this run has invited: none of them can be the one that it runs as. */
  readonly invited = new Set<string>();
  /** What other provider processes of this run do; undefined until {@link join}. */
  siblings: Siblings | undefined;
  /** Whether the engine of this run is still there, as far as that is watched. */
  engine: { readonly isGone: boolean } = { isGone: false };

  /** Shares what is declared and done with the other provider processes of this run, from the beginning on. */
  join(channel: Channel): void {
    this.siblings = new Siblings(channel, this.leaving);
    for (const [who, { name }] of [...this.#expected, ...this.#declared]) {
      this.siblings.tell({ verb: "declares", who, name });
    }
  }

  /** Notes that `declaration` declares this canonical address. Answers another resource that does so already. */
  declare(email: string, declaration: Declaration): Declaration | undefined {
    const earlier = this.#declared.get(email);
    if (earlier !== undefined && earlier.key !== declaration.key) return earlier;
    this.#declared.set(email, declaration);
    this.siblings?.tell({ verb: "declares", who: email, name: declaration.name });
    return undefined;
  }

  /** Notes that a resource of this name will declare the address: the engine may come to it after the other one. */
  expect(email: string, name: string): void {
    this.#expected.set(email, { name });
    this.siblings?.tell({ verb: "declares", who: email, name });
  }

  /** The resource that declares this canonical address in this run, as far as that is known. */
  findDeclaration(email: string): Pick<Declaration, "name"> | undefined {
    return this.#declared.get(email) ?? this.#expected.get(email);
  }

  /** Notes that this run created, adopted or reactivated the account: from now on it does not cut it off. */
  keep(id: string): void {
    this.#kept.add(id);
    this.siblings?.tell({ verb: "keeps", who: id });
  }

  isKept(id: string): boolean {
    return this.#kept.has(id);
  }

  /** Notes in {@link leaving}; before anything is awaited after the decision, as the next one has to see it. */
  noteLeaving({ id, enabled }: { id: string; enabled: boolean }): void {
    this.leaving.set(id, enabled || this.leaving.get(id) === true);
    this.siblings?.tell({ verb: "cutsOff", who: id, wasActive: enabled });
  }

  /** True for an account that this run cuts off, or may. */
  readonly isCutOff = (id: string): boolean => this.departing.has(id) || this.leaving.has(id);

  /** True once for each topic: what concerns all accounts is said once. */
  isNew(topic: string): boolean {
    const isNew = !this.#said.has(topic);
    this.#said.add(topic);
    return isNew;
  }

  /** Notes the write by which the account leaves one resource, should another one take it over meanwhile. */
  noteDeparture(id: string, write: Promise<unknown>): void {
    const ended = () => {
      this.siblings?.endDeparture(id);
      return performance.now();
    };
    this.#departures.set(id, write.then(ended, ended));
  }

  /**
   * Says before an account is taken over that no other process may begin to let go of it. Answers when its departure
   * from another resource ended (`performance.now()`), undefined without one. Raises `refused` if that can't be known.
   */
  claim(id: string, email: string): Promise<number> | undefined {
    const elsewhere = this.siblings?.claim(id, email);
    return this.#departures.get(id) ?? elsewhere;
  }

  /**
   * Notes that a resource of this stack declared this canonical address before and goes on doing so. Should its create
   * be called all the same, it is a replacement that ends where it began: the engine calls no diff then, and gives
   * create no old values (measured for `replacementTrigger`). `wasAdopted`: it was declared with `adopt`.
   */
  rememberOwn(email: string, wasAdopted: boolean): void {
    this.#own.set(email, wasAdopted);
  }

  isOwn(email: string): boolean {
    return this.#own.has(email);
  }

  wasAdopted(email: string): boolean {
    return this.#own.get(email) === true;
  }
}
