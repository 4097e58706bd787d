import { setTimeout as sleep } from "node:timers/promises";
import DataLoader from "dataloader";
import { Batcher } from "../api/batcher";
import type { UsersApi } from "../api/users";
import type { ApiUser } from "../api/wire";
import { AddressIndex, onlyOf } from "./addresses";
import { canonicalEmail } from "./email";

/**
 * How old a view of the platform may be when it is only reported (refresh), in milliseconds, counted from the moment
 * that it was asked for; longer if the answer is slow, see {@link Directory.view}.
 */
export const READ_AGE_MS = 30_000;
/** How old a view may be when an account is changed, adopted or guarded by it, in milliseconds. */
export const DECISION_AGE_MS = 5_000;
/** A slower answer than this, in milliseconds, makes no view usable for longer. */
const LONGEST_ANSWER_MS = 60_000;
/** Time for others to join a question before it is asked, in milliseconds. */
const ASK_AFTER_MS = 5;
/** Time for others who are missed to be looked for together, before any absence is decided, in milliseconds. */
const GATHER_MS = 250;

/** Everybody on the platform at one moment. */
export interface View {
  findById(id: string): ApiUser | undefined;
  /**
   * By canonical email, or by username where that is the same address. Raises `refused`, naming the ids, when several
   * accounts have it: a realm may allow that, and none of them is more meant than the others.
   */
  findByEmail(email: string): ApiUser | undefined;
  /** All accounts that {@link findByEmail} would have to choose from. */
  findAllByEmail(email: string): ApiUser[];
  everybody(): Iterable<ApiUser>;
  /** True when anybody's roles are shown; older releases show none. */
  showsRoles(): boolean;
  /** Enabled accounts with an address: what a licence counts. */
  seatsTaken(): number;
}

interface Snapshot {
  /** When it was asked for: what happened on the platform after that may be missing. */
  askedAtMs: number;
  /** How long the answer took. */
  tookMs: number;
  people: People;
}

/** Which account a confirmation looks for. */
type Question = { id: string; withRoles: boolean } | { email: string };

/**
 * The shared view of who exists. The platform has no lookup by email, but one query answers everybody: so concurrent
 * reads share one query, later ones use its answer while it is fresh, confirmations of invites are joined into one
 * query, and what this process writes is seen at once by what it reads afterwards.
 */
export class Directory {
  #snapshot: Snapshot | undefined;
  #asking: { askedAtMs: number; answer: Promise<Snapshot> } | undefined;
  /** Writes that an answer still under way may not know yet. */
  #written: { atMs: number; user: ApiUser }[] = [];
  #next: Promise<Snapshot> | undefined;
  /** Answers all accounts that a question is about: should they be too many, that is a failure of that question alone. */
  readonly #confirmations: Batcher<Question, ApiUser[]>;
  readonly #presence: DataLoader<string, boolean>;
  /** Ids of the accounts that states know, as far as this process was asked about them. */
  readonly #known = new Set<string>();
  /** Those of them that no form of the query shows. */
  readonly #missing = new Set<string>();

  constructor(
    private readonly users: Pick<UsersApi, "queryAll" | "queryByIds">,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.#confirmations = new Batcher((questions) => this.#look(questions));
    this.#presence = new DataLoader(
      async (ids: readonly string[]) => {
        const isThere = (await this.#queryByIds(ids)).map((user) => user !== undefined);
        for (const [index, id] of ids.entries()) if (isThere[index] !== true) this.#missing.add(id);
        return isThere;
      },
      { cache: false, batchScheduleFn: (dispatch) => setTimeout(dispatch, GATHER_MS) },
    );
  }

  /**
   * Everybody, as seen at most `maxAgeMs` ago (0: asked for from now on), or twice as long ago as the answer took to
   * come, if that is longer: a platform that needs 6 s for an answer would otherwise be asked by every few accounts anew,
   * with nothing decided in between. So at least half of the time is left for the work, and while the platform is quick a
   * decision rests on a view of `maxAgeMs`. An answer under way is waited for instead of asking once more.
   *
   * @param sinceMs the answer has to be asked for at this time of `performance.now()` or later
   */
  async view(maxAgeMs: number, sinceMs = -Infinity): Promise<View> {
    const nowMs = this.nowMs();
    const isUsable = (askedAtMs: number, tookMs: number) => {
      const slowMs = maxAgeMs === 0 ? 0 : 2 * Math.min(tookMs, LONGEST_ANSWER_MS);
      return askedAtMs >= sinceMs && nowMs - askedAtMs <= Math.max(maxAgeMs, slowMs);
    };
    const [snapshot, asking] = [this.#snapshot, this.#asking];
    if (snapshot !== undefined && isUsable(snapshot.askedAtMs, snapshot.tookMs)) return snapshot.people;
    if (asking !== undefined && isUsable(asking.askedAtMs, nowMs - asking.askedAtMs))
      return (await asking.answer).people;
    // Whoever comes before the question is really asked shares it, however fresh an answer they want.
    this.#next ??= sleep(ASK_AFTER_MS).then(() => this.#ask());
    return (await this.#next).people;
  }

  /** What was last seen, however old; undefined before the first answer. Asks nothing. */
  get lastView(): View | undefined {
    return this.#snapshot?.people;
  }

  /** Runs the work on one account, from its decision to its confirmation: joined confirmations wait for it. */
  whileWorking<T>(work: () => Promise<T>): Promise<T> {
    return this.#confirmations.run(work);
  }

  /**
   * The account of this id as the platform shows it from now on, or undefined. Joined with others.
   *
   * @param withRoles asks about all accounts where necessary, as no other answer shows roles
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
   * Is the account of this id still there, by a query of its own? A list that was cut short must not make people
   * vanish, so an absence is believed only when both forms of the query agree. Joined with all who are missed within
   * 250 ms, so that {@link countMissing} knows of them before the first of them is decided.
   */
  isThere(id: string): Promise<boolean> {
    return this.#presence.load(id);
  }

  /** Notes ids by which states know accounts. */
  noteKnown(ids: Iterable<string>): void {
    for (const id of ids) this.#known.add(id);
  }

  /** How many known accounts were looked for in vain, if `view` shows none of the known ones at all; 0 if it shows any. */
  countMissing(view: View): number {
    for (const id of this.#known) if (view.findById(id) !== undefined) return 0;
    return this.#missing.size;
  }

  /** Notes what this process knows of an account after it wrote to it. */
  record(user: ApiUser): void {
    if (this.#asking !== undefined) this.#written.push({ atMs: this.nowMs(), user });
    this.#snapshot?.people.put(user);
  }

  async #ask(): Promise<Snapshot> {
    const askedAtMs = this.nowMs();
    const answer = this.users.queryAll().then((users) => {
      const people = new People(withRoles(users));
      for (const { atMs, user } of this.#written) if (atMs >= askedAtMs) people.put(user);
      return { askedAtMs, tookMs: this.nowMs() - askedAtMs, people };
    });
    const asking = { askedAtMs, answer };
    this.#asking = asking;
    this.#next = undefined;
    try {
      const snapshot = await answer;
      // An older question may be answered after a newer one.
      if (this.#snapshot === undefined || this.#snapshot.askedAtMs < askedAtMs) this.#snapshot = snapshot;
      return snapshot;
    } finally {
      if (this.#asking === asking) {
        this.#asking = undefined;
        this.#written = [];
      }
    }
  }

  /** Answers a batch of confirmations with one query: by ids, unless somebody asks for an address or for roles. */
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

/**
 * The answer about everybody leaves roles out for those who have none, and for all in releases that show none: where
 * anybody's are shown, somebody without has none. Written into the answer itself: there may be ten thousand of them.
 */
function withRoles(users: readonly ApiUser[]): readonly ApiUser[] {
  if (users.some((user) => user.realmRoles !== undefined)) for (const user of users) user.realmRoles ??= [];
  return users;
}

class People implements View {
  readonly #byId = new Map<string, ApiUser>();
  readonly #byAddress = new AddressIndex();
  readonly #byUsername = new AddressIndex();
  #seatsTaken = 0;
  #showsRoles = false;

  constructor(users: Iterable<ApiUser>) {
    for (const user of users) this.put(user);
  }

  findById(id: string): ApiUser | undefined {
    return this.#byId.get(id);
  }

  findByEmail(email: string): ApiUser | undefined {
    return onlyOf(email, this.findAllByEmail(email));
  }

  findAllByEmail(email: string): ApiUser[] {
    const ids = this.#byAddress.idsOf(email);
    return (ids.length > 0 ? ids : this.#byUsername.idsOf(email)).flatMap((id) => this.#byId.get(id) ?? []);
  }

  everybody(): Iterable<ApiUser> {
    return this.#byId.values();
  }

  seatsTaken(): number {
    return this.#seatsTaken;
  }

  showsRoles(): boolean {
    return this.#showsRoles;
  }

  put(user: ApiUser): void {
    const known = this.#byId.get(user.id);
    this.#seatsTaken += (takesSeat(user) ? 1 : 0) - (known !== undefined && takesSeat(known) ? 1 : 0);
    // The `user_ids` form of the query leaves roles out; that is no news about them.
    const realmRoles = user.realmRoles ?? known?.realmRoles;
    this.#showsRoles ||= realmRoles !== undefined;
    this.#byId.set(user.id, realmRoles === user.realmRoles ? user : { ...user, realmRoles });
    if (known !== undefined) {
      this.#byAddress.remove(canonicalEmail(known.email ?? known.username), known.id);
      this.#byUsername.remove(canonicalEmail(known.username), known.id);
    }
    this.#byAddress.add(canonicalEmail(user.email ?? user.username), user.id);
    this.#byUsername.add(canonicalEmail(user.username), user.id);
  }
}

function takesSeat({ enabled, email }: ApiUser): boolean {
  return enabled && email !== undefined;
}
