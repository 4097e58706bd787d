import { WallarooError, isUncertain, isWallarooError, messageOf } from "../api/errors";
import type { ApiUser } from "../api/wire";
import { refuseDoubtfulAbsence } from "./absence";
import { Accounts, type LifecycleTools } from "./account";
import { refuseSharedAddress } from "./addresses";
import { Arrivals, type Step } from "./arrival";
import { confirm, inOrder, unchanged, type Change } from "./confirmation";
import { Departures } from "./departure";
import { DECISION_AGE_MS, READ_AGE_MS, type View } from "./directory";
import { canonicalEmail } from "./email";
import { ADMIN_ROLE, type GuardContext } from "./guards";
import { HalfDoneError } from "./half-done";
import { Identities } from "./identity";
import { Misspellings } from "./misspelling";
import type { KnownUser, UserInputs, UserState } from "./model";
import { refuseBadNames } from "./names";
import {
  cuttingOff,
  hasUnknownAddress,
  planDelete,
  refuseBlindEdit,
  refuseGuarded,
  refuseGuardedDelete,
  refuseReturn,
  refuseUnknownAddress,
  refuseUnseen,
  type Plan,
} from "./policy";
import { PROFILE, hasProfile, foundProfile } from "./profile";
import { redeclare, stateOf, withFormerEmail } from "./state";
import { findUnseen, isProvisional, notToBeLeft, notVisibleYet, seen } from "./unseen";

/** The view that does not show an account; whether to believe that is still open. */
interface Missing {
  missing: View;
}

/** Create, read, update and delete of one person. All methods raise `WallarooError`; see each. */
export class Lifecycle {
  readonly #accounts: Accounts;
  readonly #arrivals: Arrivals;
  readonly #departures: Departures;
  readonly #identities: Identities;
  readonly #misspellings: Misspellings;

  constructor(private readonly tools: LifecycleTools) {
    this.#accounts = new Accounts(tools);
    this.#identities = new Identities(tools);
    this.#misspellings = new Misspellings(tools);
    const context = (view: View, cutsOff: boolean) => this.#context(view, cutsOff);
    const shared = { ...tools, accounts: this.#accounts, identities: this.#identities, context };
    this.#arrivals = new Arrivals(shared);
    this.#departures = new Departures(shared);
  }

  /**
   * What create would do, decided on a fresh view and without sending anything that changes something; for preview. Warns
   * of an invite to an address that looks misspelled. `leaving`: canonical addresses that are taken out for this one.
   */
  async plan(inputs: UserInputs, leaving: ReadonlySet<string> = new Set()): Promise<Plan> {
    const plan = await this.#arrivals.plan(inputs);
    if (plan.kind === "invite") this.warnOfMisspelling(inputs.email, leaving);
    return plan;
  }

  /** Warns when nobody has this address and it looks like a misspelled one of an active account. Asks nothing. */
  warnOfMisspelling(email: string, leaving: ReadonlySet<string>): void {
    const view = this.tools.directory.lastView;
    if (view !== undefined) this.#misspellings.look(email, view, leaving);
  }

  /**
   * Invites, or reactivates or adopts the account that has the address, then brings it to what is declared. Raises
   * {@link HalfDoneError} once there is an account to remember.
   */
  async create(inputs: UserInputs): Promise<KnownUser> {
    for (;;) {
      await this.#arrivals.whenClear();
      const ended = await this.tools.directory.whileWorking(() => this.#create(inputs));
      if (ended === undefined) continue;
      if ("known" in ended) return ended.known;
      // Not as pending work: the joined confirmations of others would wait for it.
      return this.#finish(await ended.later(), inputs);
    }
  }

  async #create(inputs: UserInputs): Promise<Step | undefined> {
    const begun = await this.tools.line.run(() => this.#arrivals.begin(inputs));
    // Not in line: many confirmations are joined into one query, and the line would let but a few come together.
    const step = await begun?.();
    if (step === undefined || "later" in step) return step;
    return { known: await this.#finish(step.known, inputs) };
  }

  async #finish(known: KnownUser, inputs: UserInputs): Promise<KnownUser> {
    const { run } = this.tools;
    run.keep(known.id);
    if (!known.state.adopted && !run.isOwn(inputs.email)) run.invited.add(known.id);
    try {
      return { id: known.id, state: await this.#reconcile(known, inputs) };
    } catch (error) {
      // Nothing was sent for an account that was there already.
      if (known.state.adopted && isWallarooError(error, "notTried")) throw error;
      const { id, state } = error instanceof HalfDoneError ? error.user : known;
      // Declared is not done: the role is shown later, and by some releases never.
      throw new HalfDoneError({ id, state: withAdmin(state, undefined) }, messageOf(error));
    }
  }

  /**
   * The account as it is now, or undefined when it is gone for good (with a warning). An account that has another id
   * but the same address is followed, and adopted from then on: this stack's create did not make it, be it the same person
   * made anew or somebody on another platform. The view is at most 30 s old.
   */
  async read(id: string, state: UserState): Promise<KnownUser | undefined> {
    const { directory, log } = this.tools;
    directory.noteKnown([id]);
    const view = await directory.view(READ_AGE_MS);
    const user = view.findById(id) ?? findByAddress(view, state.email);
    if (state.unseen === true) {
      if (user === undefined) {
        log.warn(
          `${state.email} was invited, and the account is not visible on the platform yet: it stays in the state, and is not ` +
            "invited again.",
        );
        return { id, state };
      }
      if (isProvisional(id) || user.id === id) {
        // The address of an account whose invite was never answered may have come by another invite.
        const { unfinished: _seen, ...known } = seen(state.adopted ? adoptedState(user, state, view) : state);
        log.info(`${state.email} is visible on the platform now (id ${user.id}).`);
        return { id: user.id, state: stateOf(user, known) };
      }
    }
    if (user !== undefined) {
      const isOther = user.id !== id;
      if (isOther) {
        log.warn(
          `${state.email} has another account id now (${user.id}, was ${id}): the state follows the address. This stack ` +
            "did not make that account, so destroy leaves it as it is now, unless `onDestroy` says otherwise.",
        );
      }
      // What is there now is known: a step that failed before shows as drift, and as nothing else.
      const { unfinished: _seen, ...known } = seen(isOther ? adoptedState(user, state, view) : state);
      const now = stateOf(user, known);
      if (now.email === state.email) return { id: user.id, state: now };
      log.warn(
        `The address of ${state.email} was changed to ${now.email} on the platform. Declare the new address: up refuses ` +
          "the old one, which would be invited as another person, and this account deactivated.",
      );
      return { id: user.id, state: withFormerEmail(now, state.email) };
    }
    await refuseDoubtfulAbsence("read", { id, state }, view, { ...this.tools, identities: this.#identities });
    log.warn(`${state.email} (id ${id}) is not on the platform any more and leaves the state; up invites it again.`);
    return undefined;
  }

  /** Reads somebody by id for whom nothing is stored. Raises `notFound`. */
  async get(id: string): Promise<KnownUser> {
    const view = await this.tools.directory.view(READ_AGE_MS);
    const user = view.findById(id);
    if (user === undefined) {
      const asked = { id, state: { email: id } };
      await refuseDoubtfulAbsence("get the user", asked, view, { ...this.tools, identities: this.#identities });
      throw new WallarooError({
        kind: "notFound",
        operation: "get the user",
        who: id,
        words: "no account has this id",
        next: "Give the Keycloak user id (a UUID, not the email), or remove the WallarooUser.get.",
      });
    }
    const email = canonicalEmail(user.email ?? user.username);
    return { id, state: stateOf(user, { email, username: email, enabled: user.enabled, adopted: true }) };
  }

  /**
   * Preview of an update: raises when it would be refused. Sends nothing that changes something.
   *
   * @param inputs without those that are not known yet
   */
  async checkUpdate(known: KnownUser, inputs: Partial<UserInputs>): Promise<void> {
    const view = await this.tools.directory.view(DECISION_AGE_MS);
    const user = view.findById(known.id);
    if (user === undefined) {
      if (known.state.unseen === true) this.tools.log.warn(notVisibleYet(known, view).message);
      return;
    }
    const { email, unfinished, admin } = known.state;
    const due = { ...(unfinished === true ? inputs : announced(known.state, inputs, user)), email };
    if (due.enabled !== undefined && due.enabled !== user.enabled) refuseSharedAddress(user, view);
    refuseBadNames(due, user);
    const context = await this.#context(view, cuttingOff(user, due, admin) !== undefined);
    refuseGuarded(user, due, context, admin);
    refuseBlindEdit(due, user, view.showsRoles());
  }

  /**
   * Preview of a replacement, or of who is not declared any more: raises when it would be refused. Sends nothing that
   * changes something.
   *
   * @param arriving addresses that are declared in place of this person, canonical, as far as they are known
   */
  async checkLeaving(known: KnownUser, arriving: readonly unknown[]): Promise<void> {
    for (const email of arriving) refuseReturn(known.state, email);
    const view = await this.tools.directory.view(DECISION_AGE_MS);
    const user = known.state.unseen === true ? findUnseen(known, view) : view.findById(known.id);
    if (user === undefined) {
      if (known.state.unseen === true && planDelete(known.state) === false) throw notToBeLeft(known.state.email);
      return;
    }
    refuseUnseen(known.state, user, arriving);
    const target = planDelete(known.state);
    if (target !== undefined && target !== user.enabled) {
      refuseSharedAddress(user, view);
      refuseUnknownAddress(known.state, user);
    }
    if (target === false) refuseGuardedDelete(user, await this.#context(view, user.enabled));
  }

  /**
   * Brings what is declared otherwise than it is stored to what is declared; sends nothing when it is so already. What
   * was changed on the platform meanwhile, and not in the program, is left alone, with a warning: preview did not
   * announce it, and somebody may just have been cut off there. It is stored, so that the next preview announces an
   * update of this resource, and the next run repairs it. Raises `notFound`, and {@link HalfDoneError} when something was
   * done, or may have been, that the stored state does not say.
   */
  async update(id: string, state: UserState, inputs: UserInputs): Promise<UserState> {
    const { directory } = this.tools;
    directory.noteKnown([id]);
    const updated = await directory.whileWorking(() => this.#update({ id, state }, inputs));
    if (!("missing" in updated)) return updated;
    const { missing: view } = updated;
    const other = view.findByEmail(state.email);
    if (other === undefined) {
      await refuseDoubtfulAbsence("update", { id, state }, view, { ...this.tools, identities: this.#identities });
    }
    throw new WallarooError({
      kind: "notFound",
      operation: "update",
      who: state.email,
      words:
        other === undefined
          ? `the platform has no account with id ${id}`
          : `the account has another id now (${other.id}, was ${id})`,
      next: "Run `pulumi refresh`, then `pulumi up`.",
    });
  }

  async #update({ id, state }: KnownUser, inputs: UserInputs): Promise<UserState | Missing> {
    const { line } = this.tools;
    const begun = await line.run(() => this.#beginUpdate({ id, state }, inputs));
    if ("missing" in begun) return begun;
    const { user, known, change } = begun;
    // Not in line, as many confirmations share a query.
    const seen = await confirm(change, this.tools);
    const now = { ...stateOf(seen.user, known.state), email: state.email };
    if (seen.failure !== undefined) throw halfUpdated(user, state, now, seen.failure);
    this.#warnOfDrift(now, inputs);
    return now;
  }

  /** Decides on a fresh view, and writes. What it answers is still to be confirmed. */
  async #beginUpdate(
    { id, state }: KnownUser,
    inputs: UserInputs,
  ): Promise<{ user: ApiUser; known: KnownUser; change: Change } | Missing> {
    const takesSeat = inputs.enabled && !state.enabled;
    this.tools.breaker.refuse({ operation: "update", who: state.email, writes: true, takesSeat });
    const view = await this.tools.directory.view(DECISION_AGE_MS);
    const user = view.findById(id);
    if (user === undefined && state.unseen === true) {
      // What is declared now is stored, so that `onDestroy` can let go of it.
      const declared: KnownUser = { id, state: { ...redeclare(state, inputs), unseen: true } };
      throw new HalfDoneError(declared, notVisibleYet(declared, view).message);
    }
    if (user === undefined) return { missing: view };
    this.tools.run.keep(id);
    const found = state.adopted ? { ...foundProfile(user, inputs, state, view.showsRoles()), ...state.found } : {};
    const before = hasProfile(found) ? { ...state, found } : state;
    // Where the address was changed on the platform it is refresh that says so and follows it: followed here, the next
    // up would find another address declared, and replace the person.
    const known = { id, state: { ...stateOf(user, redeclare(before, inputs)), email: state.email } };
    const due = state.unfinished === true ? inputs : announced(state, inputs, user);
    refuseBadNames(due, user);
    if (isAsDeclared(known.state, due)) return { user, known, change: unchanged(user) };
    if (user.enabled && due.enabled === false && hasUnknownAddress(state, user)) {
      this.tools.log.warn(
        `${state.email} (id ${id}) has the address ${canonicalEmail(user.email ?? user.username)} on the platform now, ` +
          "which the state does not know: that account is deactivated. `pulumi refresh` follows the address.",
      );
    }
    try {
      return { user, known, change: await this.#write(known, due, state.admin) };
    } catch (error) {
      if (!(error instanceof HalfDoneError) && !isUncertain(error)) throw error;
      throw halfUpdated(user, state, error instanceof HalfDoneError ? error.user.state : known.state, error);
    }
  }

  #warnOfDrift(state: UserState, inputs: UserInputs): void {
    const drifted = DRIFTING.filter((name) => inputs[name] !== undefined && state[name] !== inputs[name]);
    if (drifted.length === 0) return;
    this.tools.log.warn(
      `${state.email}: ${drifted.join(", ")} ${drifted.length === 1 ? "was" : "were"} changed on the platform, which this ` +
        "run did not announce, and left alone. `pulumi preview` now shows an update of this resource, and the next " +
        "`pulumi up` repairs it.",
    );
  }

  /** See {@link Departures.leave}. */
  async delete(id: string, state: UserState): Promise<void> {
    if (state.unseen !== true) return this.#departures.leave({ id, state });
    if (planDelete(state) !== false) {
      const { email } = state;
      return this.tools.log.warn(
        `${email} was invited and never seen, and is no longer managed: once it shows up it is active.`,
      );
    }
    const user = findUnseen({ id, state }, await this.tools.directory.view(DECISION_AGE_MS));
    if (user === undefined) throw notToBeLeft(state.email);
    return this.#departures.leave({ id: user.id, state: seen(state) });
  }

  async #reconcile(known: KnownUser, inputs: UserInputs): Promise<UserState> {
    if (isAsDeclared(known.state, inputs)) return known.state;
    // Whom an invite has just made is no administrator, unless it asked for that.
    const mayBeAdmin = known.state.adopted || inputs.roles?.includes(ADMIN_ROLE) === true;
    const change = await this.tools.line.run(() => this.#write(known, inputs, mayBeAdmin ? undefined : false));
    const { user, failure } = await confirm(change, this.tools);
    const state = stateOf(user, known.state);
    if (failure !== undefined) throw new HalfDoneError({ id: known.id, state }, messageOf(failure), { cause: failure });
    return state;
  }

  /**
   * Brings the account to what is declared. What it answers is still to be confirmed. `wasAdmin`: as far as this stack
   * knows, for releases that show no roles.
   */
  async #write(known: KnownUser, inputs: UserInputs, wasAdmin: boolean | undefined): Promise<Change> {
    const view = await this.tools.directory.view(DECISION_AGE_MS);
    const { email, username, enabled } = known.state;
    const user = view.findById(known.id) ?? { id: known.id, email, username, enabled };
    if (user.enabled !== inputs.enabled) refuseSharedAddress(user, view);
    const context = await this.#context(view, cuttingOff(user, inputs, wasAdmin) !== undefined);
    refuseGuarded(user, inputs, context, wasAdmin);
    const change = await this.#accounts.setEnabled(user, inputs.enabled);
    if (!hasProfile(inputs)) return change;
    try {
      return inOrder(change, await this.#accounts.editProfile(change.wanted, inputs, wasAdmin));
    } catch (error) {
      const half = stateOf(change.wanted, known.state);
      if (half.enabled === enabled) throw error;
      throw new HalfDoneError({ id: known.id, state: half }, messageOf(error), { cause: error });
    }
  }

  async #context(view: View, cutsOff: boolean): Promise<GuardContext> {
    const { protectedEmails, protectedBy, run } = this.tools;
    const { leaving, invited } = run;
    const identity = await this.#identities.findForGuards(view, cutsOff);
    const seen = { everybody: view.everybody(), showsRoles: view.showsRoles() };
    return { ...identity, ...seen, protectedEmails, protectedBy, leaving, invited };
  }
}

const DRIFTING = ["enabled", ...PROFILE] as const;

/** The declared values that differ from the stored ones; of the others, what the account has now. */
function announced<T extends Partial<UserInputs>>(state: UserState, inputs: T, user: ApiUser): T {
  const { firstName, lastName, admin, ...others } = inputs;
  const due: Partial<UserInputs> = {
    ...others,
    ...(inputs.enabled === state.enabled ? { enabled: user.enabled } : {}),
    ...(firstName === undefined || firstName === state.firstName ? {} : { firstName }),
    ...(lastName === undefined || lastName === state.lastName ? {} : { lastName }),
    // Where no roles are shown, every edit has to say what is declared of them.
    ...(admin === undefined || (admin === state.admin && user.realmRoles !== undefined) ? {} : { admin }),
  };
  return due as T;
}

/**
 * An update of which a part is not done, or may not be. `half`: the state as it is then, as far as it is known. Where no
 * roles are shown, what was stored is all that is known of the role.
 */
function halfUpdated(user: ApiUser, { email, admin }: UserState, half: UserState, cause: unknown): HalfDoneError {
  const proven = user.realmRoles === undefined ? withAdmin(half, admin) : half;
  return new HalfDoneError({ id: user.id, state: { ...proven, email } }, messageOf(cause), { cause });
}

function withAdmin(state: UserState, admin: boolean | undefined): UserState {
  const { admin: _declared, ...others } = state;
  return { ...others, ...(admin === undefined ? {} : { admin }) };
}

/** Whoever has the address itself; not an account that has it for a username. */
function findByAddress(view: View, email: string): ApiUser | undefined {
  const user = view.findByEmail(email);
  return user !== undefined && canonicalEmail(user.email ?? user.username) === email ? user : undefined;
}

/**
 * The state of an account that has the address of the one that this stack knew, and another id. As if `adopt: true` had
 * been declared, which is what a replacement is told: it must not take the account for one of its own.
 */
function adoptedState(user: ApiUser, state: UserState, view: View): UserState {
  const { initialPassword: _ofTheOther, found: _before, ...declared } = state;
  const found = foundProfile(user, state, {}, view.showsRoles());
  const kept = { ...declared, adopt: true, adopted: true, foundEnabled: user.enabled };
  return { ...kept, ...(hasProfile(found) ? { found } : {}) };
}

/** Profile values are compared with the platform's own, by the edit itself. */
function isAsDeclared(state: UserState, inputs: UserInputs): boolean {
  return state.enabled === inputs.enabled && !hasProfile(inputs);
}
