import { WallarooError, isWallarooError, messageOf } from "../api/errors";
import type { ApiUser } from "../api/wire";
import type { Accounts, LifecycleTools } from "./account";
import { DECISION_AGE_MS, type View } from "./directory";
import { canonicalEmail } from "./email";
import type { GuardContext } from "./guards";
import { HalfDoneError } from "./half-done";
import type { Identities } from "./identity";
import { invite, type Invitation } from "./invitation";
import type { KnownUser, UserInputs, UserState } from "./model";
import { cuttingOff, planCreate, planExisting, refuseBlindEdit, type Plan } from "./policy";
import { foundProfile, hasProfile } from "./profile";
import { declaredOf, stateOf } from "./state";

/** What {@link Arrivals} works with. */
export interface ArrivalTools extends LifecycleTools {
  accounts: Accounts;
  identities: Identities;
  /** `cutsOff`: see {@link Identities.findForGuards}. */
  context: (view: View, cutsOff: boolean) => Promise<GuardContext>;
}

/** How a person comes to an account that this stack manages: by an invite, or by taking over the one that is there. */
export class Arrivals {
  constructor(private readonly tools: ArrivalTools) {}

  /** Decides on a fresh view, and sends nothing that changes something. */
  async plan(inputs: UserInputs): Promise<Plan> {
    const view = await this.tools.directory.view(DECISION_AGE_MS);
    const existing = view.findByEmail(inputs.email);
    const cutsOff = existing !== undefined && cuttingOff(existing, inputs) !== undefined;
    const plan = planCreate(inputs, existing, this.tools.run, await this.tools.context(view, cutsOff));
    refuseBlindEdit(inputs, existing ?? {}, view.showsRoles() || existing?.realmRoles !== undefined);
    return plan;
  }

  /** Does what {@link plan} says. Answers what is left to do then, which needs no turn in line. */
  async begin(inputs: UserInputs): Promise<() => Promise<KnownUser>> {
    const { run, directory } = this.tools;
    let plan = await this.plan(inputs);
    const departure = plan.kind === "invite" ? undefined : run.findDeparture(plan.user.id);
    if (departure !== undefined) {
      // Another resource lets go of the account: what it is like after that counts, also where the answer was lost.
      await departure;
      await directory.view(0);
      plan = await this.plan(inputs);
    }
    if (plan.kind === "invite") return this.#invite(inputs);
    const existing = plan;
    // At once: nobody else may begin to let go of it while it is taken over.
    run.keep(existing.user.id);
    return () => this.#takeOver(inputs, existing);
  }

  async #invite(inputs: UserInputs): Promise<() => Promise<KnownUser>> {
    const { directory, log } = this.tools;
    const { email, password, roles, requireReset } = inputs;
    const request = {
      email,
      ...(password === undefined ? {} : { password }),
      ...(roles === undefined ? {} : { roles }),
      ...(requireReset === undefined ? {} : { require_reset: requireReset }),
    };
    const release = await this.tools.accounts.takeSeat(email);
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
      const { user } = invitation;
      const cutsOff = cuttingOff(user, inputs) !== undefined;
      const context = await this.tools.context(await directory.view(DECISION_AGE_MS), cutsOff);
      const plan = planExisting(inputs, user, this.tools.run, context);
      return () => this.#takeOver(inputs, plan);
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
      const unseen = new WallarooError({
        kind: isWallarooError(failure) ? failure.kind : "unreadable",
        operation: "confirm",
        who: email,
        words: `the invite was accepted, but ${failure === undefined ? "no query shows the account" : `the query failed: ${messageOf(failure)}`}`,
        next: hasId
          ? "Run `pulumi up` again."
          : "Run `pulumi up` again; if it finds an active account of this address, write `adopt: true`. A password that the platform made is lost: reset it in Keycloak.",
        cause: failure,
      });
      // Without an id there is nothing that the state could hold: the next run finds the account by its address.
      throw hasId ? new HalfDoneError({ id: idHint, state }, unseen.message) : unseen;
    }
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

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
