import { WallarooError, isUncertain, messageOf } from "../api/errors";
import type { ApiUser } from "../api/wire";
import { Accounts, type LifecycleTools } from "./account";
import { Arrivals } from "./arrival";
import { DECISION_AGE_MS, READ_AGE_MS, type View } from "./directory";
import { canonicalEmail } from "./email";
import type { GuardContext } from "./guards";
import { HalfDoneError } from "./half-done";
import type { KnownUser, UserInputs, UserState } from "./model";
import { planDelete, refusal, refuseGuarded, refuseGuardedDelete, type Plan } from "./policy";
import { hasProfile, planRestore, foundProfile } from "./profile";
import { redeclare, stateOf } from "./state";

/** Create, read, update and delete of one person. All methods raise `WallarooError`; see each. */
export class Lifecycle {
  readonly #accounts: Accounts;
  readonly #arrivals: Arrivals;

  constructor(private readonly tools: LifecycleTools) {
    this.#accounts = new Accounts(tools);
    this.#arrivals = new Arrivals({ ...tools, accounts: this.#accounts, context: (view) => this.#context(view) });
  }

  /** What create would do, decided on a fresh view and without sending anything that changes something; for preview. */
  async plan(inputs: UserInputs): Promise<Plan> {
    const plan = await this.#arrivals.plan(inputs);
    if (plan.kind === "invite") this.tools.directory.announce(inputs.email);
    return plan;
  }

  /**
   * Invites, or reactivates or adopts the account that has the address, then brings it to what is declared. Raises
   * {@link HalfDoneError} once there is an account to remember.
   */
  create(inputs: UserInputs): Promise<KnownUser> {
    return this.tools.directory.whileCreating(inputs.email, () => this.#create(inputs));
  }

  async #create(inputs: UserInputs): Promise<KnownUser> {
    const { line, run } = this.tools;
    const begun = await line.run(() => this.#arrivals.begin(inputs));
    // Not in line: many confirmations are joined into one query, and the line would let but a few come together.
    const known = await begun();
    run.keep(known.id);
    try {
      return { id: known.id, state: await this.#reconcile(known, inputs) };
    } catch (error) {
      throw error instanceof HalfDoneError ? error : new HalfDoneError(known, messageOf(error));
    }
  }

  /**
   * The account as it is now, or undefined when it is gone for good (with a warning). An account that has another id
   * but the same address is followed, and adopted from then on: this stack's create did not make it, be it the same person
   * made anew or somebody on another platform. The view is at most 30 s old.
   */
  async read(id: string, state: UserState): Promise<KnownUser | undefined> {
    const { directory, log } = this.tools;
    const view = await directory.view(READ_AGE_MS);
    const user = view.findById(id) ?? findByAddress(view, state.email);
    if (user !== undefined) {
      const isOther = user.id !== id;
      if (isOther) {
        log.warn(
          `${state.email} has another account id now (${user.id}, was ${id}): the state follows the address. This stack ` +
            "did not make that account, so destroy leaves it as it is now, unless `onDestroy` says otherwise.",
        );
      }
      const known = { id: user.id, state: stateOf(user, isOther ? adoptedState(user, state, view) : state) };
      if (known.state.email !== state.email) {
        log.warn(
          `The address of ${state.email} was changed to ${known.state.email} on the platform. Declare the new address; ` +
            "the old one would be invited as another person, and this account deactivated.",
        );
      }
      return known;
    }
    if (await directory.isThere(id)) throw cutShort("read", state.email);
    log.warn(`${state.email} (id ${id}) is not on the platform any more and leaves the state; up invites it again.`);
    return undefined;
  }

  /** Reads somebody by id for whom nothing is stored. Raises `notFound`. */
  async get(id: string): Promise<KnownUser> {
    const user = (await this.tools.directory.view(READ_AGE_MS)).findById(id);
    if (user === undefined) {
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

  /** Preview of an update or replacement: raises when a guard would refuse it. Sends nothing that changes something. */
  async check(known: KnownUser, inputs: Partial<UserInputs>, isReplaced: boolean): Promise<void> {
    const view = await this.tools.directory.view(DECISION_AGE_MS);
    const user = view.findById(known.id);
    if (user === undefined) return;
    const context = await this.#context(view);
    if (!isReplaced) refuseGuarded(user, { ...inputs, email: known.state.email }, context);
    else if (planDelete(known.state) === false) refuseGuardedDelete(user, context);
  }

  /**
   * Brings an existing account to what is declared; sends nothing when it is so already. Raises `notFound`, and
   * {@link HalfDoneError} when something was done, or may have been, that the stored state does not say.
   */
  update(id: string, state: UserState, inputs: UserInputs): Promise<UserState> {
    return this.tools.line.run(() => this.#update(id, state, inputs));
  }

  async #update(id: string, state: UserState, inputs: UserInputs): Promise<UserState> {
    const view = await this.tools.directory.view(DECISION_AGE_MS);
    const user = view.findById(id);
    if (user === undefined) {
      const other = view.findByEmail(state.email);
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
    this.tools.run.keep(id);
    const found = state.adopted ? { ...foundProfile(user, inputs, state, view.showsRoles()), ...state.found } : {};
    const before = hasProfile(found) ? { ...state, found } : state;
    // Where the address was changed on the platform it is refresh that says so and follows it: followed here, the next
    // up would find another address declared, and replace the person.
    const asStored = (now: UserState): UserState => ({ ...now, email: state.email });
    const known = { id, state: asStored(stateOf(user, redeclare(before, inputs))) };
    try {
      return asStored(await this.#apply(known, inputs, state.admin));
    } catch (error) {
      if (error instanceof HalfDoneError)
        throw new HalfDoneError({ id, state: asStored(error.user.state) }, error.reason);
      throw isUncertain(error) ? new HalfDoneError(known, messageOf(error)) : error;
    }
  }

  /**
   * Leaves the account as its `onDestroy` says. An account that this run created or took over, or that another resource
   * of the program declares, is left alone: that is a rename or a move, not a departure. Raises {@link HalfDoneError} when
   * something was done, or may have been.
   */
  async delete(id: string, state: UserState): Promise<void> {
    const { run, log } = this.tools;
    const { email } = state;
    const target = planDelete(state);
    if (target === undefined) {
      log.info(
        `${email} is left as it is on the platform and is no longer managed${state.onDestroy === "retain" ? ' (onDestroy: "retain")' : ""}.`,
      );
      return;
    }
    // A replacement that ends in the account that it began with: nobody leaves.
    if (run.isOwn(email) && run.isKept(id)) return this.#warnOfForgotten(state);
    if (this.#isStaying(id, [email])) return;
    await this.tools.line.run(() => this.#leave({ id, state }, target));
  }

  /** True, with a warning, when this run took the account over, or declares somebody of one of these addresses. */
  #isStaying(id: string, emails: readonly string[]): boolean {
    const { run, log } = this.tools;
    const declaration = emails.map((email) => run.findDeclaration(email)).find((found) => found !== undefined);
    if (declaration === undefined && !run.isKept(id)) return false;
    const by = declaration === undefined ? "this run has just taken it over" : `"${declaration.name}" declares it`;
    log.warn(
      `${emails.at(-1)} is not deactivated, because ${by}. To rename or move a resource without this, use \`aliases\`.`,
    );
    return true;
  }

  /**
   * Says so when a replacement that ended in the same account forgot what destroy would have put back: its create is
   * given no old values by the engine, and takes what this stack made of the account for what it found.
   */
  #warnOfForgotten(state: UserState): void {
    const { email, adopted, foundEnabled, found, onDestroy } = state;
    if (onDestroy !== undefined) return;
    const isAdoptedAnew = this.tools.run.wasAdopted(email);
    if (!hasProfile(found ?? {}) && !(isAdoptedAnew && (!adopted || foundEnabled === false))) return;
    const was = adopted ? "as it was found before this stack managed it" : "deactivated, though this stack invited it";
    this.tools.log.warn(
      `${email} was replaced and is the same account: destroy would have left it ${was}, and now leaves it ` +
        `${isAdoptedAnew ? "as it was just now" : "deactivated"}. Set \`onDestroy\` to say what it is to do.`,
    );
  }

  async #leave({ id, state }: KnownUser, target: boolean): Promise<void> {
    const { directory, log } = this.tools;
    const { email } = state;
    const view = await directory.view(DECISION_AGE_MS);
    const user = view.findById(id);
    if (user === undefined) {
      const other = view.findByEmail(email);
      if (other === undefined) {
        if (await directory.isThere(id)) throw cutShort("delete", email);
        return log.info(`${email} is not on the platform any more: nothing to deactivate.`);
      }
      throw refusal(
        "delete",
        email,
        `the account of this address has id ${other.id}, and this stack manages ${id}`,
        "Run `pulumi refresh` to make this stack manage that account, or `pulumi state delete` to let go of it.",
      );
    }
    const found = planRestore(state);
    const context = await this.#context(view);
    // Asked again, now that the turn has come and the address of today is known; nothing is awaited from here to the write.
    if (this.#isStaying(id, [email, canonicalEmail(user.email ?? user.username)])) return;
    if (!target) refuseGuardedDelete(user, context);
    else refuseGuarded(user, { ...found, email }, context);
    let left = user;
    try {
      const departure = this.#accounts.setEnabled(user, target);
      this.tools.run.noteDeparture(id, departure);
      left = await departure;
      if (hasProfile(found)) await this.#accounts.editProfile(left, { ...found, email, enabled: target }, state.admin);
    } catch (error) {
      if (left === user && !isUncertain(error)) throw error;
      throw new HalfDoneError({ id, state: { ...stateOf(left, state), email } }, messageOf(error));
    }
  }

  async #reconcile(known: KnownUser, inputs: UserInputs): Promise<UserState> {
    if (isAsDeclared(known.state, inputs)) return known.state;
    // Whom an invite has just made is no administrator.
    return this.tools.line.run(() => this.#apply(known, inputs, known.state.adopted ? undefined : false));
  }

  /** `wasAdmin`: as far as this stack knows, for releases that show no roles. */
  async #apply(known: KnownUser, inputs: UserInputs, wasAdmin: boolean | undefined): Promise<UserState> {
    if (isAsDeclared(known.state, inputs)) return known.state;
    const view = await this.tools.directory.view(DECISION_AGE_MS);
    const { email, username, enabled } = known.state;
    let user = view.findById(known.id) ?? { id: known.id, email, username, enabled };
    refuseGuarded(user, inputs, await this.#context(view));
    user = await this.#accounts.setEnabled(user, inputs.enabled);
    const half = stateOf(user, known.state);
    if (!hasProfile(inputs)) return half;
    try {
      user = await this.#accounts.editProfile(user, inputs, wasAdmin);
    } catch (error) {
      throw half.enabled === enabled ? error : new HalfDoneError({ id: known.id, state: half }, messageOf(error));
    }
    return stateOf(user, known.state);
  }

  async #context(view: View): Promise<GuardContext> {
    const { caller, protectedEmails, run } = this.tools;
    return { caller: await caller(), protectedEmails, everybody: view.everybody(), leaving: run.leaving };
  }
}

/** Whoever has the address itself; not an account that has it for a username. */
function findByAddress(view: View, email: string): ApiUser | undefined {
  const user = view.findByEmail(email);
  return user !== undefined && canonicalEmail(user.email ?? user.username) === email ? user : undefined;
}

/** The state of an account that has the address of the one that this stack knew, and another id. */
function adoptedState(user: ApiUser, state: UserState, view: View): UserState {
  const { initialPassword: _ofTheOther, found: _before, ...declared } = state;
  const found = foundProfile(user, state, {}, view.showsRoles());
  return { ...declared, adopted: true, foundEnabled: user.enabled, ...(hasProfile(found) ? { found } : {}) };
}

/** An absence is believed only when both forms of the query agree. */
function cutShort(operation: string, who: string): WallarooError {
  return new WallarooError({
    kind: "unreadable",
    operation,
    who,
    words: "the platform lists everybody without this account, and yet has it when asked for its id",
    next: "The list was cut short, by a proxy perhaps. Nothing was changed; run the same command again.",
  });
}

/** Profile values are compared with the platform's own, by the edit itself. */
function isAsDeclared(state: UserState, inputs: UserInputs): boolean {
  return state.enabled === inputs.enabled && !hasProfile(inputs);
}
