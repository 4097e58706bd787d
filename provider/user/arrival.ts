import { isWallarooError, messageOf, type WallarooError } from "../api/errors";
import type { ApiUser } from "../api/wire";
import type { Accounts, LifecycleTools } from "./account";
import { DECISION_AGE_MS, type View } from "./directory";
import { canonicalEmail } from "./email";
import type { GuardContext } from "./guards";
import { HalfDoneError } from "./half-done";
import type { Identities } from "./identity";
import { NEW_PASSWORD, attemptInvite, settleInvite, type Attempt, type Invitation } from "./invitation";
import { LOOKING_MS, Lookout } from "./lookout";
import type { KnownUser, UserInputs, UserState } from "./model";
import { refuseBadNames } from "./names";
import { cuttingOff, planCreate, planExisting, refuseBlindEdit, type Plan } from "./policy";
import { foundProfile, hasProfile } from "./profile";
import { declaredOf, stateOf } from "./state";
import { provisionalId } from "./unseen";

/** What {@link Arrivals} works with. */
export interface ArrivalTools extends LifecycleTools {
  accounts: Accounts;
  identities: Identities;
  /** `cutsOff`: see {@link Identities.findForGuards}. */
  context: (view: View, cutsOff: boolean) => Promise<GuardContext>;
}

/** Where a create stands after its turn in line: at the account, or with something that may take minutes to find out. */
export type Step = { known: KnownUser } | { later: () => Promise<KnownUser> };

/** How a user comes to an account that this stack manages: by an invite, or by taking over the one that is there. */
export class Arrivals {
  readonly #lookingMs: number;
  readonly #lookout: Lookout;
  #hasSaidSlow = false;

  constructor(private readonly tools: ArrivalTools) {
    const { directory, breaker } = tools;
    const view = (maxAgeMs: number) => breaker.whileLooking(() => directory.view(maxAgeMs));
    this.#lookingMs = tools.lookingMs ?? LOOKING_MS;
    this.#lookout = new Lookout({ view }, this.#lookingMs, () => breaker.isOver());
  }

  /** Decides on a fresh view, and sends nothing that changes something. */
  async plan(inputs: UserInputs): Promise<Plan> {
    const view = await this.tools.directory.view(DECISION_AGE_MS);
    const existing = view.findByEmail(inputs.email);
    const cutsOff = existing !== undefined && cuttingOff(existing, inputs) !== undefined;
    const plan = planCreate(inputs, existing, this.tools.run, await this.tools.context(view, cutsOff));
    refuseBadNames(inputs, existing ?? {});
    refuseBlindEdit(inputs, existing ?? {}, view.showsRoles() || existing?.realmRoles !== undefined);
    return plan;
  }

  /** Ends when no invite of this process is left of which nobody knows whether it arrived: another would be as lost. */
  whenClear(): Promise<void> {
    return this.#lookout.whenClear();
  }

  /**
   * Does what {@link plan} says. Answers what is left to do then, which needs no turn in line; undefined, with nothing
   * done, while {@link whenClear} has to be waited for.
   */
  async begin(inputs: UserInputs): Promise<(() => Promise<Step>) | undefined> {
    const { run, directory, breaker } = this.tools;
    breaker.refuse({ operation: "create", who: inputs.email, writes: true, takesSeat: true });
    if (!this.#lookout.isClear()) return undefined;
    let plan = await this.plan(inputs);
    const departure = plan.kind === "invite" ? undefined : run.findDeparture(plan.user.id);
    if (departure !== undefined) {
      // Another resource lets go of the account: what it is like after that counts, also where the answer was lost.
      await directory.view(DECISION_AGE_MS, await departure);
      plan = await this.plan(inputs);
    }
    if (plan.kind === "invite") return this.#invite(inputs);
    const existing = plan;
    // At once: nobody else may begin to let go of it while it is taken over.
    run.keep(existing.user.id);
    return async () => ({ known: await this.#takeOver(inputs, existing) });
  }

  async #invite(inputs: UserInputs): Promise<() => Promise<Step>> {
    const { accounts, line } = this.tools;
    const { email, password, roles, requireReset } = inputs;
    const request = {
      email,
      ...(password === undefined ? {} : { password }),
      ...(roles === undefined ? {} : { roles }),
      ...(requireReset === undefined ? {} : { require_reset: requireReset }),
    };
    const release = await accounts.takeSeat(email);
    const attempt = () => attemptInvite(request, this.tools.users);
    let first: Attempt;
    try {
      first = await attempt();
    } catch (error) {
      release();
      throw error;
    }
    // Begun at once, while the place in line is held: the next in line has to see that this invite is in doubt.
    const tools = { lookout: this.#lookout, pause: this.tools.pause };
    const settling = settleInvite(email, first, () => line.run(attempt), tools);
    settling.catch(() => undefined);
    const later = async () => {
      const slow = setTimeout(() => this.#saySlow(email), SLOW_MS);
      try {
        return await this.#settle(inputs, await settling);
      } finally {
        clearTimeout(slow);
        release();
      }
    };
    if (!("answer" in first)) return () => Promise.resolve({ later });
    const { id, password: initialPassword } = first.answer;
    return async () => {
      const user = await this.#confirm(id, email);
      if (user === undefined) return { later };
      release();
      return { known: { id: user.id, state: stateOf(user, { ...invitedState(inputs), initialPassword }) } };
    };
  }

  /** Once, however many accounts are looked for. */
  #saySlow(email: string): void {
    if (this.#hasSaidSlow) return;
    this.#hasSaidSlow = true;
    this.tools.log.info(
      `${email} was invited and is not visible on the platform yet. It is looked for, and every account in the same ` +
        `place, for up to ${this.#lookingMs / 1000} s after its invite.`,
    );
  }

  /**
   * The invited account by one joined query: the invite's own `id` is the UUID in some releases and the email in others.
   * Undefined when it is not shown, or could not be asked for.
   */
  async #confirm(idHint: string, email: string): Promise<ApiUser | undefined> {
    const { directory } = this.tools;
    try {
      const user = UUID.test(idHint) ? await directory.confirm(idHint) : await directory.confirmByEmail(email);
      return user !== undefined && canonicalEmail(user.email ?? user.username) === email ? user : undefined;
    } catch (error) {
      if (isWallarooError(error)) return undefined;
      throw error;
    }
  }

  /** Looks for the invited account as long as it takes. Raises {@link HalfDoneError} when it may be there and is not shown. */
  async #settle(inputs: UserInputs, invitation: Invitation): Promise<KnownUser> {
    const { email, password } = inputs;
    const state = invitedState(inputs);
    if (invitation.kind === "invited") {
      const { idHint, password: initialPassword, atMs } = invitation;
      const invited = { ...state, initialPassword };
      const sight = await this.#lookout.find(email, "shown", atMs, idHint);
      if (sight.kind === "shown") return { id: sight.user.id, state: stateOf(sight.user, invited) };
      const id = UUID.test(idHint) ? idHint : provisionalId(email);
      throw unseen(
        { id, state: invited },
        "the invite was accepted",
        sight.kind === "unknown" ? sight.failure : undefined,
      );
    }
    const { error } = invitation;
    // Nobody has said that an invite of this stack made it, so destroy is not to cut it off.
    if (invitation.kind === "unseen") {
      const doubtful = { id: provisionalId(email), state: { ...state, adopted: true } };
      throw unseen(doubtful, `the invite may have arrived, its answer was ${error.quoted}`, invitation.failure);
    }
    const { user } = invitation;
    if (invitation.kind === "taken") return this.#takeTaken(inputs, user, error);
    const look = `The answer to the invite of ${email} was lost (${error.quoted}), and a look at the platform shows the account.`;
    if (!invitation.isOurs) {
      this.tools.log.warn(
        `${look} The platform said of a second invite that it failed, so another stack or program may have made it: it ` +
          `counts as adopted, and destroy leaves it as it is now, unless \`onDestroy\` says otherwise. ${NEW_PASSWORD}`,
      );
      return this.#takeOver(inputs, { kind: "adopt", user });
    }
    this.tools.log.warn(
      password === undefined
        ? `${look} With the answer the temporary password was lost. ${NEW_PASSWORD}`
        : `${look} Whether the declared password was accepted is not known. ${NEW_PASSWORD}`,
    );
    const initialPassword = password === undefined ? {} : { initialPassword: password };
    return { id: user.id, state: stateOf(user, { ...state, ...initialPassword }) };
  }

  /** Decides again, on the account that has the address now, although the platform refused to make it. */
  async #takeTaken(inputs: UserInputs, user: ApiUser, error: WallarooError): Promise<KnownUser> {
    const cutsOff = cuttingOff(user, inputs) !== undefined;
    const context = await this.tools.context(await this.tools.directory.view(DECISION_AGE_MS), cutsOff);
    const answered = `the invite was answered with ${error.quoted}`;
    let plan;
    try {
      plan = planExisting(inputs, user, this.tools.run, context);
    } catch (refused) {
      if (!isWallarooError(refused, "refused")) throw refused;
      throw refused.with({ words: `${refused.words}; ${answered}`, next: `${refused.next} ${NEW_PASSWORD}` });
    }
    this.tools.log.warn(
      `${inputs.email}: ${answered}, and a look at the platform shows an account of this address, which is taken over. ${NEW_PASSWORD}`,
    );
    return this.#takeOver(inputs, plan);
  }

  async #takeOver(inputs: UserInputs, plan: Exclude<Plan, { kind: "invite" }>): Promise<KnownUser> {
    const { user } = plan;
    const { run, directory } = this.tools;
    const { email } = inputs;
    const base: UserState = { email, username: email, enabled: user.enabled, adopted: false, ...declaredOf(inputs) };
    if (plan.kind === "continue") return { id: user.id, state: stateOf(user, base) };
    if (inputs.password !== undefined) {
      this.tools.log.warn(`${email} was there already: the declared password is not applied.`);
    }
    const view = hasProfile(inputs) ? await directory.view(DECISION_AGE_MS) : undefined;
    const found = view === undefined ? {} : foundProfile(user, inputs, {}, view.showsRoles());
    const state = {
      ...base,
      adopted: true,
      // Somebody whom this very run cut off comes from another resource of the program, which is no reason to do it again.
      foundEnabled: user.enabled || run.leaving.get(user.id) === true,
      ...(hasProfile(found) ? { found } : {}),
    };
    return { id: user.id, state: stateOf(user, state) };
  }
}

/** Time after which a look is announced, in milliseconds. */
const SLOW_MS = 5_000;

function invitedState(inputs: UserInputs): UserState {
  const { email } = inputs;
  return { email, username: email, enabled: true, adopted: false, ...declaredOf(inputs) };
}

/** What is stored of an account that may be there, and that no look showed in time. */
function unseen({ id, state }: KnownUser, why: string, failure: unknown): HalfDoneError {
  const look = failure === undefined ? "no look shows the account" : `the last look failed: ${messageOf(failure)}`;
  return new HalfDoneError(
    { id, state: { ...state, unseen: true } },
    `Could not confirm ${state.email}: ${why}, but ${look.replace(/[.\s]+$/, "")}. It stays in the state as not visible yet, and is not ` +
      `invited again. Run \`pulumi refresh\` once the platform shows it, then \`pulumi up\`.`,
  );
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
