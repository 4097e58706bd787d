import DataLoader from "dataloader";
import { Batcher } from "../api/batcher";
import type { UsersApi } from "../api/users";
import type { ApiUser } from "../api/wire";
import { addressOf } from "./email";
import type { KnownUser } from "./model";
import { Snapshot } from "./snapshot";
import { View, onlyOf } from "./view";

/** How old a view may be when it is only reported (refresh), in milliseconds since it was asked for. */
export const READ_AGE_MS = 30_000;
/** How old a view may be when an account is changed, adopted or guarded by it, in milliseconds. */
export const DECISION_AGE_MS = 5_000;
/** Time for missing accounts to be looked for together, before any absence is decided, in milliseconds. */
const GATHER_MS = 250;

const GATHERING = { cache: false, batchScheduleFn: (dispatch: () => void) => setTimeout(dispatch, GATHER_MS) };

/**
 * What `find` finds in a view that is at most `maxAgeMs` old, or else in one that is asked for from now on: what is missing
 * from an older view may be younger than it. With the view that was looked at last.
 */
export async function findInFresh<V, T>(
  viewOf: (maxAgeMs: number, sinceMs?: number) => Promise<V>,
  maxAgeMs: number,
  find: (view: V) => T | undefined,
): Promise<{ found: T | undefined; view: V }> {
  const askedAtMs = performance.now();
  const early = await viewOf(maxAgeMs);
  const found = find(early);
  if (found !== undefined) return { found, view: early };
  const view = await viewOf(READ_AGE_MS, askedAtMs);
  return { found: find(view), view };
}

/** A known account that has another canonical address than the state knows. */
export interface Renamed {
  id: string;
  email: string;
  now: string;
}

/** Which account a confirmation looks for. */
type Question = { id: string; withRoles: boolean } | { email: string };

/**
 * The shared view of all accounts. The platform has no lookup by email, but one query answers all: concurrent reads
 * share one, confirmations are joined, and what this process writes is seen at once by what it reads afterwards.
 */
export class Directory {
  readonly #views: Snapshot<View, readonly ApiUser[]>;
  /** Answers all accounts that a question is about: too many are a failure of that question alone. */
  readonly #confirmations: Batcher<Question, ApiUser[]>;
  readonly #presence: DataLoader<string, boolean>;
  readonly #renamed: DataLoader<View, Renamed[]>;
  /** Addresses of the accounts that states know, by id, as far as this process was asked about them. */
  readonly #known = new Map<string, string>();
  /** Those of them that no form of the query shows. */
  readonly #missing = new Set<string>();
  readonly #believed = new Set<string>();
  /** A view that shows none of so many known accounts, until something is recorded in it. */
  #showsNone: { view: View; known: number } | undefined;

  constructor(
    private readonly users: Pick<UsersApi, "queryAll" | "queryByIds">,
    nowMs: () => number = () => performance.now(),
  ) {
    this.#views = new Snapshot(View, async () => withRoles(await this.users.queryAll()), nowMs);
    this.#confirmations = new Batcher((questions) => this.#look(questions));
    this.#presence = new DataLoader(async (ids: readonly string[]) => {
      const isThere = (await this.#queryByIds(ids)).map((user) => user !== undefined);
      for (const [index, id] of ids.entries()) if (isThere[index] !== true) this.#missing.add(id);
      return isThere;
    }, GATHERING);
    this.#renamed = new DataLoader((views: readonly View[]) => {
      const found = new Map([...new Set(views)].map((view) => [view, this.#findRenamed(view)]));
      return Promise.resolve(views.map((view) => found.get(view) ?? []));
    }, GATHERING);
  }

  /** All accounts; see {@link Snapshot.view}. */
  view(maxAgeMs: number, sinceMs?: number): Promise<View> {
    return this.#views.view(maxAgeMs, sinceMs);
  }

  /** What was last seen, however old; undefined before the first answer. Asks nothing. */
  get lastView(): View | undefined {
    return this.#views.last;
  }

  /** Says that the engine will call create for this canonical address: joined confirmations leave some time for it. */
  expectCreate(email: string): void {
    this.#confirmations.expect(email);
  }

  /**
   * Runs the work on one account, from its decision to its confirmation: joined confirmations wait for it.
   *
   * @param email of a create, see {@link expectCreate}
   */
  whileWorking<T>(work: () => Promise<T>, email?: string): Promise<T> {
    return this.#confirmations.run(work, email);
  }

  /**
   * The account of this id as the platform shows it from now on, or undefined. Joined with others.
   * @param withRoles asks about all accounts if necessary, as no other answer shows roles
   */
  async confirm(id: string, withRoles = false): Promise<ApiUser | undefined> {
    const [user] = await this.#confirmations.load({ id, withRoles });
    if (user !== undefined) this.record(user);
    return user;
  }

  /** {@link confirm} for an invite that did not tell the id: the account that has the canonical address from now on. */
  async confirmByEmail(email: string): Promise<ApiUser | undefined> {
    return onlyOf(email, await this.#confirmations.load({ email }));
  }

  /**
   * Is the account of this id still there, by a query of its own? A list that was cut short must not make accounts
   * vanish, so an absence counts only when both forms of the query agree. Joined with all that are missed within 250
   * ms, so that {@link countMissing} knows of them before the first is decided.
   */
  isThere(id: string): Promise<boolean> {
    return this.#presence.load(id);
  }

  /** Notes by which ids and addresses states know accounts. */
  noteKnown(known: Iterable<KnownUser>): void {
    for (const { id, state } of known) this.#known.set(id, state.email);
  }

  /** True for an id that a state was read or changed by in this process. */
  isKnown(id: string): boolean {
    return this.#known.has(id);
  }

  /** How many known accounts were looked for in vain; 0 if `view` shows any known one. */
  countMissing(view: View): number {
    // Asked for each account that is missing, perhaps of thousands.
    if (this.#showsNone?.view !== view || this.#showsNone.known !== this.#known.size) {
      this.#showsNone = undefined;
      for (const id of this.#known.keys()) if (view.findById(id) !== undefined) return 0;
      this.#showsNone = { view, known: this.#known.size };
    }
    return this.#missing.size;
  }

  /** Known accounts that `view` shows under another address; none if any has its own. Joined for 250 ms. */
  findRenamed(view: View): Promise<Renamed[]> {
    return this.#renamed.load(view);
  }

  #findRenamed(view: View): Renamed[] {
    const renamed: Renamed[] = [];
    for (const [id, email] of this.#known) {
      const user = view.findById(id);
      if (user === undefined) continue;
      if (addressOf(user) === email) return [];
      renamed.push({ id, email, now: addressOf(user) });
    }
    return renamed;
  }

  /** Notes that a verb goes on with it that the known account is gone, or has another address. */
  believe(id: string): void {
    this.#believed.add(id);
  }

  /** Addresses of accounts that are {@link believe}d, as far as they are among `ids`; by default those that are missing. */
  findBelieved(ids: ReadonlySet<string> = this.#missing): string[] {
    return [...this.#believed].filter((id) => ids.has(id)).map((id) => this.#known.get(id) ?? id);
  }

  /** Notes what this process knows of an account after it wrote to it. */
  record(user: ApiUser): void {
    this.#showsNone = undefined;
    this.#views.record((view) => view.put(user));
  }

  /** Answers a batch of confirmations with one query: by ids, unless a question is about an address or roles. */
  async #look(questions: readonly Question[]): Promise<ApiUser[][]> {
    const ids = questions.flatMap((question) => ("id" in question && !question.withRoles ? [question.id] : []));
    if (ids.length === questions.length) {
      return (await this.#queryByIds(ids)).map((user) => (user === undefined ? [] : [user]));
    }
    const view = await this.view(0);
    return questions.map((question) => {
      if ("email" in question) return view.findAllByEmail(question.email);
      const user = view.findById(question.id);
      return user === undefined ? [] : [user];
    });
  }

  async #queryByIds(ids: readonly string[]): Promise<(ApiUser | undefined)[]> {
    const found = new Map((await this.users.queryByIds(ids)).map((user) => [user.id, user]));
    return ids.map((id) => found.get(id));
  }
}

/** If the roles of any account are shown, one without has none. Written into the answer itself, which may be long. */
function withRoles(users: readonly ApiUser[]): readonly ApiUser[] {
  if (users.some((user) => user.realmRoles !== undefined)) for (const user of users) user.realmRoles ??= [];
  return users;
}
