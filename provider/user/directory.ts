import { setTimeout as sleep } from "node:timers/promises";
import DataLoader from "dataloader";
import { Batcher } from "../api/batcher";
import type { UsersApi } from "../api/users";
import type { ApiUser } from "../api/wire";
import { canonicalEmail } from "./email";

/**
 * How old a view of the platform may be when it is only reported (refresh), in milliseconds, counted from the moment
 * that it was asked for.
 */
export const READ_AGE_MS = 30_000;
/** How old a view may be when an account is changed, adopted or guarded by it, in milliseconds. */
export const DECISION_AGE_MS = 5_000;
/** Time for others to join a question before it is asked, in milliseconds. */
const ASK_AFTER_MS = 5;

/** Everybody on the platform at one moment. */
export interface View {
  findById(id: string): ApiUser | undefined;
  /** By canonical email, or by username where that is the same address. */
  findByEmail(email: string): ApiUser | undefined;
  everybody(): Iterable<ApiUser>;
  /** True when anybody's roles are shown; older releases show none. */
  showsRoles(): boolean;
  /** Enabled accounts with an address: what a licence counts. */
  seatsTaken(): number;
}

interface Snapshot {
  /** When it was asked for: what happened on the platform after that may be missing. */
  askedAtMs: number;
  people: People;
}

/** Which account a confirmation looks for. */
type Question = { id: string } | { email: string };

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
  readonly #confirmations: Batcher<Question, ApiUser | undefined>;
  readonly #presence: DataLoader<string, boolean>;

  constructor(
    private readonly users: Pick<UsersApi, "queryAll" | "queryByIds">,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.#confirmations = new Batcher((questions) => this.#look(questions));
    this.#presence = new DataLoader(
      async (ids: readonly string[]) => (await this.#queryByIds(ids)).map((user) => user !== undefined),
      { cache: false, batchScheduleFn: (dispatch) => setTimeout(dispatch, 10) },
    );
  }

  /** Everybody, as seen at most `maxAgeMs` ago (0: asked for from now on). */
  async view(maxAgeMs: number): Promise<View> {
    const oldestMs = this.nowMs() - maxAgeMs;
    if (this.#snapshot !== undefined && this.#snapshot.askedAtMs >= oldestMs) return this.#snapshot.people;
    if (this.#asking !== undefined && this.#asking.askedAtMs >= oldestMs) return (await this.#asking.answer).people;
    // Whoever comes before the question is really asked shares it, however fresh an answer they want.
    this.#next ??= sleep(ASK_AFTER_MS).then(() => this.#ask());
    return (await this.#next).people;
  }

  /** Runs the work on one account, from its decision to its confirmation: joined confirmations wait for it. */
  whileWorking<T>(work: () => Promise<T>): Promise<T> {
    return this.#confirmations.run(work);
  }

  /** The account of this id as the platform shows it from now on, or undefined. Joined with others. */
  async confirm(id: string): Promise<ApiUser | undefined> {
    const user = await this.#confirmations.load({ id });
    if (user !== undefined) this.record(user);
    return user;
  }

  /** {@link confirm} for an invite that did not tell the id: the account that has the canonical address from now on. */
  confirmByEmail(email: string): Promise<ApiUser | undefined> {
    return this.#confirmations.load({ email });
  }

  /**
   * Is the account of this id still there, by a query of its own? A list that was cut short must not make people
   * vanish, so an absence is believed only when both forms of the query agree. Joined with others.
   */
  isThere(id: string): Promise<boolean> {
    return this.#presence.load(id);
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
      return { askedAtMs, people };
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

  /** Answers a batch of confirmations with one query: by ids, unless an address is asked for, which no other form shows. */
  async #look(questions: readonly Question[]): Promise<(ApiUser | undefined)[]> {
    if (questions.every((question) => "id" in question)) return this.#queryByIds(questions.map(({ id }) => id));
    const view = await this.view(0);
    return questions.map((question) =>
      "id" in question ? view.findById(question.id) : view.findByEmail(question.email),
    );
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
  readonly #byEmail = new Map<string, string>();
  readonly #byUsername = new Map<string, string>();
  #seatsTaken = 0;
  #showsRoles = false;

  constructor(users: Iterable<ApiUser>) {
    for (const user of users) this.put(user);
  }

  findById(id: string): ApiUser | undefined {
    return this.#byId.get(id);
  }

  findByEmail(email: string): ApiUser | undefined {
    const id = this.#byEmail.get(email) ?? this.#byUsername.get(email);
    return id === undefined ? undefined : this.#byId.get(id);
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
    if (typeof user.email === "string" && user.email !== "") this.#byEmail.set(canonicalEmail(user.email), user.id);
    this.#byUsername.set(canonicalEmail(user.username), user.id);
  }
}

function takesSeat({ enabled, email }: ApiUser): boolean {
  return enabled && typeof email === "string" && email !== "";
}
