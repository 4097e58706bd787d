import { isWallarooError, messageOf } from "../api/errors";
import { withoutUndefined } from "../api/json";
import { provisionalId } from "./absence";
import { ofCreate } from "./announce";
import { applyInputs, releaseSeat, settleChange } from "./apply";
import type { Context } from "./context";
import { isAsDeclared } from "./diff";
import { DECISION_AGE_MS } from "./directory";
import { cuttingOff, findGuardContext } from "./guards";
import { NEW_PASSWORD, beginInvite, findInvited, isUuid, type Invitation, type PendingInvite } from "./invite";
import type { KnownUser, UserInputs, UserState } from "./model";
import { findHalfDone, halfDone, type PartialFailure } from "./partial-failure";
import { planTakeOver, type TakeOver } from "./policy";
import { decideCreate } from "./preview";
import { ADMIN_ROLE, hasProfile } from "./properties";
import { adoptedState, invitedState, stateOf, unproven } from "./state";

/** Where a create stands when its turn in the limiter ends. */
type Begun =
  /** Nothing was done: nobody knows yet whether an earlier invite arrived, and another would be as lost. */
  { kind: "unclear" } | PendingInvite | { kind: "takeOver"; plan: TakeOver };

/** Where it stands after its turn among those who work, for whose confirmations others wait. */
type Arrived = { kind: "unclear" } | PendingInvite | { kind: "done"; known: KnownUser };

/** Invites, reactivates or adopts, and applies what is declared. Raises `PartialFailure` once there is an account. */
export async function createUser(context: Context, inputs: UserInputs): Promise<KnownUser> {
  for (;;) {
    await context.lookout.whenClear();
    const arrived = await context.directory.whileWorking(() => arrive(context, inputs), inputs.email);
    if (arrived.kind === "unclear") continue;
    if (arrived.kind === "done") return arrived.known;
    // Not among those who work: the joined confirmations of others would wait for it.
    return finish(context, await settle(context, inputs, arrived), inputs);
  }
}

async function arrive(context: Context, inputs: UserInputs): Promise<Arrived> {
  const begun = await context.limiter.run(() => begin(context, inputs));
  // Not in the limiter: many confirmations are joined into one query, and the limiter would let but a few come together.
  if (begun.kind === "unclear") return begun;
  if (begun.kind === "takeOver") {
    const known = await takeOver(context, inputs, begun.plan);
    return { kind: "done", known: await finish(context, known, inputs) };
  }
  const known = await findAnswered(context, inputs, begun.first);
  return known === undefined ? begun : { kind: "done", known: await finish(context, known, inputs) };
}

/** Decides, and sends the invite if there is to be one. Runs in the limiter. */
async function begin(context: Context, inputs: UserInputs): Promise<Begun> {
  const { run, directory, lookout, breaker } = context;
  breaker.refuse({ operation: "create", who: inputs.email, writes: true, takesSeat: true });
  if (!lookout.isClear()) return { kind: "unclear" };
  let plan = await decideCreate(context, inputs);
  const departure = plan.kind === "invite" ? undefined : run.claim(plan.user.id, inputs.email);
  if (departure !== undefined) {
    // Another resource lets go of the account: what it is like after that counts, also where the answer was lost.
    await directory.view(DECISION_AGE_MS, await departure);
    plan = await decideCreate(context, inputs);
  }
  if (plan.kind === "invite") return beginInvite(context, inputs);
  // At once: nobody else may begin to let go of it while it is taken over.
  run.keep(plan.user.id);
  context.announcements.say(ofCreate(plan, inputs));
  return { kind: "takeOver", plan };
}

/** The invited account, if the first invite was answered and the account is shown. */
async function findAnswered(
  context: Context,
  inputs: UserInputs,
  first: PendingInvite["first"],
): Promise<KnownUser | undefined> {
  if (!("answer" in first)) return undefined;
  const user = await findInvited(context, inputs.email, first.answer);
  if (user === undefined) return undefined;
  releaseSeat(context, inputs.email);
  return { id: user.id, state: stateOf(user, { ...invitedState(inputs), initialPassword: first.answer.password }) };
}

/** Brings an account that is there to what is declared. */
async function finish(context: Context, known: KnownUser, inputs: UserInputs): Promise<KnownUser> {
  const { run } = context;
  run.keep(known.id);
  if (!known.state.adopted && !run.isOwn(inputs.email)) run.invited.add(known.id);
  try {
    return { id: known.id, state: await reconcile(context, known, inputs) };
  } catch (error) {
    // Nothing was sent for an account that was there already.
    if (known.state.adopted && isWallarooError(error, "notTried")) throw error;
    const { id, state } = findHalfDone(error) ?? known;
    throw halfDone({ id, state: unproven(state, {}) }, messageOf(error));
  }
}

async function reconcile(context: Context, known: KnownUser, inputs: UserInputs): Promise<UserState> {
  if (isAsDeclared(known.state, inputs)) return known.state;
  // An account that an invite has just made is not an administrator, unless the invite asked for that.
  const mayBeAdmin = known.state.adopted || inputs.roles?.includes(ADMIN_ROLE) === true;
  const wasAdmin = mayBeAdmin ? undefined : false;
  const change = await context.limiter.run(() => applyInputs(context, known, inputs, wasAdmin));
  const { user, failure } = await settleChange(change, context);
  const state = stateOf(user, known.state);
  if (failure !== undefined) throw halfDone({ id: known.id, state }, messageOf(failure), { cause: failure });
  return state;
}

async function takeOver(context: Context, inputs: UserInputs, { kind, user }: TakeOver): Promise<KnownUser> {
  const { run, directory } = context;
  const state = stateOf(user, { ...invitedState(inputs), enabled: user.enabled });
  if (kind === "continue") return { id: user.id, state };
  const showsRoles = hasProfile(inputs) && (await directory.view(DECISION_AGE_MS)).showsRoles();
  // An account that this very run cut off comes from another resource of the program, which is no reason to do it again.
  const foundEnabled = user.enabled || run.leaving.get(user.id) === true;
  return { id: user.id, state: adoptedState(state, user, inputs, { foundEnabled, showsRoles }) };
}

/** Time after which a look is announced, in milliseconds. */
const SLOW_MS = 5_000;

/** Finds out what an invite came to, as long as it takes. Raises `PartialFailure` when the account may be there and is not shown. */
async function settle(context: Context, inputs: UserInputs, { ending }: PendingInvite): Promise<KnownUser> {
  const slow = setTimeout(() => saySlow(context, inputs.email), SLOW_MS);
  try {
    return await settleAs(context, inputs, await ending);
  } finally {
    clearTimeout(slow);
    releaseSeat(context, inputs.email);
  }
}

/** Once, however many accounts are looked for. */
function saySlow({ run, log, lookout }: Context, email: string): void {
  if (!run.isNew("slow")) return;
  log.info(
    `${email} was invited and is not visible on the platform yet. It is looked for, and every account in the same ` +
      `place, for up to ${lookout.lookingMs / 1000} s after its invite.`,
  );
}

async function settleAs(context: Context, inputs: UserInputs, invitation: Invitation): Promise<KnownUser> {
  const { email, password } = inputs;
  const state = invitedState(inputs);
  if (invitation.kind === "invited") {
    const { idHint, password: initialPassword, atMs } = invitation;
    const invited = { ...state, initialPassword };
    const sight = await context.lookout.find(email, "shown", atMs, idHint);
    if (sight.kind === "shown") return { id: sight.user.id, state: stateOf(sight.user, invited) };
    // The id of an account that has another address is not that of the invited one.
    const isHint = isUuid(idHint) && context.directory.lastView?.findById(idHint) === undefined;
    const id = isHint ? idHint : provisionalId(email);
    const invitedBefore = findInvitedBefore(context, atMs);
    const failure = sight.kind === "unknown" ? sight.failure : undefined;
    throw unseen({ id, state: withoutUndefined({ ...invited, invitedBefore }) }, "the invite was accepted", failure);
  }
  const { error } = invitation;
  // Nobody has said that an invite of this stack made it, so destroy is not to cut it off.
  if (invitation.kind === "unseen") {
    const doubtful = { id: provisionalId(email), state: { ...state, adopted: true } };
    throw unseen(doubtful, `the invite may have arrived, its answer was ${error.quoted}`, invitation.failure);
  }
  const { user } = invitation;
  if (invitation.kind === "taken") return takeTaken(context, inputs, invitation);
  const look = `The answer to the invite of ${email} was lost (${error.quoted}), and a look at the platform shows the account.`;
  if (invitation.doubt !== undefined) {
    context.log.warn(
      `${look} ${invitation.doubt}, so another stack or program may have made it: it ` +
        `counts as adopted, and destroy leaves it as it is now, unless \`onDestroy\` says otherwise. ${NEW_PASSWORD}`,
    );
    return takeOver(context, inputs, { kind: "adopt", user });
  }
  context.log.warn(
    password === undefined
      ? `${look} With the answer the temporary password was lost. ${NEW_PASSWORD}`
      : `${look} Whether the declared password was accepted is not known. ${NEW_PASSWORD}`,
  );
  const initialPassword = password === undefined ? {} : { initialPassword: password };
  return { id: user.id, state: stateOf(user, { ...state, ...initialPassword }) };
}

/** How far off the platform's clock is known to be at most, in milliseconds: `Date` has whole seconds. */
const CLOCK_OFF_MS = 2_000;

/** By when an invite that was answered at this time of `performance.now()` had made its account; see `UserState`. */
function findInvitedBefore({ clock }: Pick<Context, "clock">, answeredAtMs: number): string | undefined {
  const nowMs = clock.earliestMs();
  if (nowMs === undefined) return undefined;
  return new Date(nowMs - (performance.now() - answeredAtMs) + CLOCK_OFF_MS).toISOString();
}

type Taken = Extract<Invitation, { kind: "taken" }>;

/** Decides again, on the account that has the address now and that the invite did not make. */
async function takeTaken(context: Context, inputs: UserInputs, { user, error, why }: Taken): Promise<KnownUser> {
  const { run, directory, log } = context;
  const cutsOff = cuttingOff(user, inputs) !== undefined;
  const guards = await findGuardContext(context, await directory.view(DECISION_AGE_MS), cutsOff);
  const plan = planTakeOver(inputs, user, run, guards);
  const answered = `the invite was answered with ${error.quoted}${why === undefined ? "" : `, and the account is not taken for that of this invite: ${why}`}`;
  if (plan.kind === "refused") {
    const { words, next } = plan.refusal;
    throw plan.refusal.with({ words: `${words}; ${answered}`, next: `${next} ${NEW_PASSWORD}` });
  }
  if (cutsOff) run.noteLeaving(user);
  log.warn(
    `${inputs.email}: ${answered}, and a look at the platform shows an account of this address, which is taken over. ${NEW_PASSWORD}`,
  );
  return takeOver(context, inputs, plan);
}

/** What is stored of an account that may be there, and that no look showed in time. */
function unseen({ id, state }: KnownUser, why: string, failure: unknown): PartialFailure {
  const look = failure === undefined ? "no look shows the account" : `the last look failed: ${messageOf(failure)}`;
  return halfDone(
    { id, state: { ...state, unseen: true } },
    `Could not confirm ${state.email}: ${why}, but ${look.replace(/[.\s]+$/, "")}. It stays in the state as not visible yet, and is not ` +
      `invited again. Run \`pulumi refresh\` once the platform shows it, then \`pulumi up\`.`,
  );
}
