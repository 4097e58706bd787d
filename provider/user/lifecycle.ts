import { WallarooError, messageOf } from "../api/errors";
import type { ApiUser } from "../api/wire";
import { Accounts, PROFILE, type LifecycleTools } from "./account";
import { DECISION_AGE_MS, READ_AGE_MS, type View } from "./directory";
import { canonicalEmail } from "./email";
import type { GuardContext } from "./guards";
import { invite, type Invitation } from "./invitation";
import type { KnownUser, UserInputs, UserState } from "./model";
import { planCreate, planDelete, planExisting, refusal, refuseGuarded, refuseGuardedDelete, type Plan } from "./policy";
import { declaredOf, redeclare, stateOf } from "./state";

/** The account is there and ours, but a step after that failed: to be stored, so that the next run finishes the job. */
export class HalfDoneError extends Error {
  override readonly name = "HalfDoneError";

  constructor(
    readonly user: KnownUser,
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** Create, read, update and delete of one person. All methods raise `WallarooError`; see each. */
export class Lifecycle {
  readonly #accounts: Accounts;

  constructor(private readonly tools: LifecycleTools) {
    this.#accounts = new Accounts(tools);
  }

  /** What create would do, decided on a fresh view and without sending anything that changes something; for preview. */
  async plan(inputs: UserInputs): Promise<Plan> {
    const plan = await this.#plan(inputs);
    if (plan.kind === "invite") this.tools.directory.announce(inputs.email);
    return plan;
  }

  async #plan(inputs: UserInputs): Promise<Plan> {
    const view = await this.tools.directory.view(DECISION_AGE_MS);
    const existing = view.findByEmail(inputs.email);
    return planCreate(inputs, existing, this.tools.run, await this.#context(view));
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
    const begun = await line.run(async () => {
      const plan = await this.#plan(inputs);
      return plan.kind === "invite" ? this.#invite(inputs) : () => Promise.resolve(this.#takeOver(inputs, plan));
    });
    // Not in line: many confirmations are joined into one query, and the line would let but a few come together.
    const known = await begun();
    run.keep(known.id);
    try {
      return { id: known.id, state: await this.#reconcile(known, inputs) };
    } catch (error) {
      throw new HalfDoneError(known, messageOf(error));
    }
  }

  /**
   * The account as it is now, or undefined when it is gone for good (with a warning). An account that has another id
   * but the same address is the same person, restored or made anew. The view is at most 30 s old.
   */
  async read(id: string, state: UserState): Promise<KnownUser | undefined> {
    const { directory, log } = this.tools;
    const view = await directory.view(READ_AGE_MS);
    const user = view.findById(id) ?? view.findByEmail(state.email);
    if (user !== undefined) {
      if (user.id !== id) {
        log.warn(`${state.email} has another account id now (${user.id}, was ${id}): the state follows the address.`);
      }
      const known = { id: user.id, state: stateOf(user, state) };
      if (known.state.email !== state.email) {
        log.warn(
          `The address of ${state.email} was changed to ${known.state.email} on the platform. Declare the new address; ` +
            "the old one would be invited as another person, and this account deactivated.",
        );
      }
      return known;
    }
    if (await directory.isThere(id)) {
      throw new WallarooError({
        kind: "unreadable",
        operation: "read",
        who: state.email,
        words: "the platform lists everybody without this account, and yet has it when asked for its id",
        next: "The list was cut short, by a proxy perhaps. Nothing was changed; run the same command again.",
      });
    }
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

  /** Brings an existing account to what is declared; sends nothing when it is so already. Raises `notFound`. */
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
    return this.#apply({ id, state: stateOf(user, redeclare(state, inputs)) }, inputs);
  }

  /**
   * Leaves the account as its `onDestroy` says. An account that this run created or took over, or that another resource
   * of the program declares, is left alone: that is a rename or a move, not a departure.
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
    if (run.isOwn(email) && run.isKept(id)) return;
    const declaration = run.findDeclaration(email);
    if (run.isKept(id) || declaration !== undefined) {
      const by = declaration === undefined ? "this run has just taken it over" : `"${declaration.name}" declares it`;
      log.warn(
        `${email} is not deactivated, because ${by}. To rename or move a resource without this, use \`aliases\`.`,
      );
      return;
    }
    await this.tools.line.run(() => this.#leave(id, email, target));
  }

  async #leave(id: string, email: string, target: boolean): Promise<void> {
    const { directory, log } = this.tools;
    const view = await directory.view(DECISION_AGE_MS);
    const user = view.findById(id);
    if (user === undefined) {
      const other = view.findByEmail(email);
      if (other === undefined) return log.info(`${email} is not on the platform any more: nothing to deactivate.`);
      throw refusal(
        "delete",
        email,
        `the account of this address has id ${other.id}, and this stack manages ${id}`,
        "Run `pulumi refresh` to make this stack manage that account, or `pulumi state delete` to let go of it.",
      );
    }
    if (!target) refuseGuardedDelete(user, await this.#context(view));
    await this.#accounts.setEnabled(user, target);
  }

  /** Sends the invite. Answers what is left to do, which needs no turn in line. */
  async #invite(inputs: UserInputs): Promise<() => Promise<KnownUser>> {
    const { directory, log } = this.tools;
    const { email, password, roles, requireReset } = inputs;
    const request = {
      email,
      ...(password === undefined ? {} : { password }),
      ...(roles === undefined ? {} : { roles }),
      ...(requireReset === undefined ? {} : { require_reset: requireReset }),
    };
    const release = await this.#accounts.takeSeat(email);
    const seated = async <T>(body: () => Promise<T>): Promise<T> => body().finally(release);
    let invitation: Invitation;
    try {
      invitation = await invite(request, this.tools);
    } catch (error) {
      release();
      throw error;
    }
    if (invitation.kind === "taken") {
      release();
      // Somebody else was faster: decide again, on what is there now.
      const context = await this.#context(await directory.view(DECISION_AGE_MS));
      const plan = planExisting(inputs, invitation.user, this.tools.run, context);
      return () => Promise.resolve(this.#takeOver(inputs, plan));
    }
    const state: UserState = { email, username: email, enabled: true, adopted: false, ...declaredOf(inputs) };
    const initialPassword = invitation.kind === "invited" ? invitation.password : password;
    if (initialPassword !== undefined) state.initialPassword = initialPassword;
    else log.warn(`${email} was invited, but the answer with the temporary password was lost: reset it in Keycloak.`);
    return () =>
      seated(async () => {
        const user =
          invitation.kind === "invited" ? await this.#confirm(invitation.idHint, email, state) : invitation.user;
        return { id: user.id, state: stateOf(user, state) };
      });
  }

  /** The invited account by a query: the invite's own `id` is the UUID in some releases and the email in others. */
  async #confirm(idHint: string, email: string, state: UserState): Promise<ApiUser> {
    const { directory, pause } = this.tools;
    const isOurs = (user: ApiUser | undefined): user is ApiUser =>
      user !== undefined && canonicalEmail(user.email ?? user.username) === email;
    const startedMs = performance.now();
    const hasId = UUID.test(idHint);
    for (let retry = 1; ; retry += 1) {
      let failure: unknown;
      try {
        const byId = hasId ? await directory.confirm(idHint) : undefined;
        if (isOurs(byId)) return byId;
        const byEmail = await directory.confirmByEmail(email);
        if (isOurs(byEmail)) return byEmail;
      } catch (error) {
        failure = error;
      }
      if (failure === undefined && (await pause(retry, startedMs, failure))) continue;
      const reason =
        failure === undefined
          ? `Could not confirm ${email}: the invite was accepted, but no query shows the account. Run \`pulumi up\` again.`
          : messageOf(failure);
      // Without an id there is nothing that the state could hold: the next run finds the account by its address.
      if (hasId) throw new HalfDoneError({ id: idHint, state }, reason);
      throw new Error(`${reason} ${email} was invited: if the next run finds it active, write \`adopt: true\`.`, {
        cause: failure,
      });
    }
  }

  #takeOver(inputs: UserInputs, plan: Exclude<Plan, { kind: "invite" }>): KnownUser {
    const { user } = plan;
    const { email } = inputs;
    const base: UserState = { email, username: email, enabled: user.enabled, adopted: false, ...declaredOf(inputs) };
    if (plan.kind === "continue") return { id: user.id, state: stateOf(user, base) };
    if (inputs.password !== undefined) {
      this.tools.log.warn(`${email} was there already: the declared password is not applied.`);
    }
    return { id: user.id, state: stateOf(user, { ...base, adopted: true, foundEnabled: user.enabled }) };
  }

  async #reconcile(known: KnownUser, inputs: UserInputs): Promise<UserState> {
    if (isAsDeclared(known.state, inputs)) return known.state;
    return this.tools.line.run(() => this.#apply(known, inputs));
  }

  async #apply(known: KnownUser, inputs: UserInputs): Promise<UserState> {
    if (isAsDeclared(known.state, inputs)) return known.state;
    const view = await this.tools.directory.view(DECISION_AGE_MS);
    const { email, username, enabled } = known.state;
    let user = view.findById(known.id) ?? { id: known.id, email, username, enabled };
    refuseGuarded(user, inputs, await this.#context(view));
    user = await this.#accounts.setEnabled(user, inputs.enabled);
    if (hasProfile(inputs)) user = await this.#accounts.editProfile(user, inputs);
    return stateOf(user, known.state);
  }

  async #context(view: View): Promise<GuardContext> {
    const { caller, protectedEmails, run } = this.tools;
    return { caller: await caller(), protectedEmails, everybody: view.everybody(), leaving: run.leaving };
  }
}

function hasProfile(inputs: UserInputs): boolean {
  return PROFILE.some((name) => inputs[name] !== undefined);
}

/** Profile values are compared with the platform's own, by the edit itself. */
function isAsDeclared(state: UserState, inputs: UserInputs): boolean {
  return state.enabled === inputs.enabled && !hasProfile(inputs);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
