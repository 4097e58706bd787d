import { isUncertain, messageOf, raise, refusal } from "../api/errors";
import type { ApiUser } from "../api/wire";
import { findUnseen, isInvited, notToBeLeft, refuseDoubtfulAbsence } from "./absence";
import { ofGone, ofLeaving, ofMove, ofUnseen } from "./announce";
import { editProfile, setEnabled, settleChange } from "./apply";
import { inOrder, type Change } from "./confirmation";
import type { Context } from "./context";
import { DECISION_AGE_MS } from "./directory";
import { addressOf } from "./email";
import { cuttingOff, findCutOffRefusal, findGuardContext, findLeavingRefusal } from "./guards";
import type { KnownUser, UserState } from "./model";
import { halfDone, type PartialFailure } from "./partial-failure";
import {
  findSharedAddressRefusal,
  findUnknownAddressRefusal,
  hasUnknownAddress,
  planDelete,
  planRestore,
} from "./policy";
import { hasProfile, isShown, profileOf } from "./properties";
import type { Siblings } from "./siblings";
import { handOver } from "./sole-owner";
import { mayHaveSessions, seen, stateOf } from "./state";
import type { View } from "./view";

/** A look that took longer, in milliseconds, is followed by another where it alone says that nothing is to be done. */
const SLOW_MS = 1_000;

/** How far a departure has come when its turn in the limiter ends. */
type Left =
  /** All that had to be sent by what `view` shows was sent, and is still to be confirmed. */
  | { kind: "pending"; change: Change; view: View }
  /** Another resource has the account. */
  | { kind: "stays" }
  /** `view` does not show the account; whether to believe that is still open. */
  | { kind: "missing"; view: View };

/**
 * Leaves the account as its `onDestroy` says. Leaves it alone if this run created or took it over, or another resource
 * of the program declares it: a rename or a move. Raises `PartialFailure` when something was, or may have been, done.
 */
export async function deleteUser(context: Context, { id, state }: KnownUser): Promise<void> {
  if (state.unseen !== true) return leave(context, { id, state });
  const { email } = state;
  if (planDelete(state) !== "deactivate") return context.announcements.say(ofUnseen(email));
  const user = findUnseen({ id, state }, await context.directory.view(DECISION_AGE_MS));
  if (user === undefined) throw notToBeLeft(email);
  return leave(context, { id: isInvited({ id, state }, user) ? user.id : id, state: seen(state) });
}

async function leave(context: Context, { id, state }: KnownUser): Promise<void> {
  const { run, limiter, directory, announcements } = context;
  const { email } = state;
  const target = planDelete(state);
  // Nothing is asked for this: what was last seen has to do.
  if (target === "leave") {
    const { enabled } = directory.lastView?.findById(id) ?? state;
    return announcements.say(ofLeaving(state, enabled, "was"));
  }
  // A replacement that ends in the account that it began with.
  if (run.isOwn(email) && run.isKept(id)) return warnOfForgotten(context, state);
  if (isStaying(context, id, [email])) return;
  const known = { id, state };
  directory.noteKnown([known]);
  const left = await directory.whileWorking(async () => {
    let left = await limiter.run(() => letGo(context, known, target === "activate"));
    if (target === "deactivate" && left.kind === "pending" && isOldNews(left)) {
      // Nothing would confirm it.
      const { askedAtMs, tookMs } = left.view;
      left = await limiter.run(() => letGo(context, known, false, askedAtMs + tookMs));
    }
    if (left.kind === "pending") {
      await settle(context, known, left.change);
      if (!run.isKept(id)) announcements.say(ofLeaving(state, left.change.before.enabled, "was"));
    }
    return left;
  });
  if (left.kind !== "missing") return;
  await refuseDoubtfulAbsence("delete", known, left.view, context);
  directory.believe(id);
  announcements.say(ofGone(email));
}

/** Not in the limiter, as many confirmations share a query. */
async function settle(context: Context, known: KnownUser, change: Change): Promise<void> {
  const { user, failure } = await settleChange(change, context);
  // Another resource took it over meanwhile, and made it what it is now.
  if (failure === undefined || context.run.isKept(known.id)) return;
  throw halfGone(known, user, failure);
}

/** True, and said, when this run took the account over, or declares one of these addresses. */
function isStaying(
  { run, log, announcements }: Context,
  id: string,
  emails: readonly [string, ...string[]],
  siblings?: Siblings,
): boolean {
  const here = emails.map((email) => run.findDeclaration(email)).find((found) => found !== undefined);
  const elsewhere = here === undefined && !run.isKept(id) ? siblings?.findStay(id, emails) : undefined;
  if (here === undefined && !run.isKept(id) && elsewhere === undefined) return false;
  const name = here?.name ?? elsewhere?.name;
  const email = emails.at(-1) ?? emails[0];
  // A declared move, such as from a user to a team.
  if (name !== undefined) announcements.say(ofMove(email, name));
  else log.warn(`${email} is not deactivated, because this run has just taken it over.`);
  return true;
}

/**
 * Warns when a replacement that ended in the same account forgot what destroy would have put back: its create gets no
 * old values from the engine, and takes what this stack made of the account for what it found.
 */
function warnOfForgotten({ run, log }: Context, state: UserState): void {
  const { email, adopted, foundEnabled, found, onDestroy } = state;
  if (onDestroy !== undefined) return;
  const isAdoptedAnew = run.wasAdopted(email);
  if (!hasProfile(found ?? {}) && !(isAdoptedAnew && (!adopted || foundEnabled === false))) return;
  const was = adopted ? "as it was found before this stack managed it" : "deactivated, though this stack invited it";
  log.warn(
    `${email} was replaced and is the same account: destroy would have left it ${was}, and now leaves it ` +
      `${isAdoptedAnew ? "as it was just now" : "deactivated"}. Set \`onDestroy\` to say what it has to do.`,
  );
}

/** True when nothing was sent, by an answer that was long under way. */
function isOldNews({ change, view }: { change: Change; view: View }): boolean {
  return change.written.length === 0 && view.tookMs > SLOW_MS;
}

/** Decides on a fresh view, asked for at `sinceMs` or later, and writes. Runs in the limiter. */
async function letGo(
  context: Context,
  { id, state }: KnownUser,
  target: boolean,
  sinceMs?: number,
  isHandedOver = false,
): Promise<Left> {
  const { directory, run, breaker } = context;
  const { email } = state;
  breaker.refuse({ operation: "delete", who: email, writes: true, takesSeat: target });
  const view = await directory.view(DECISION_AGE_MS, sinceMs);
  const user = view.findById(id);
  if (user === undefined) {
    const other = view.findByEmail(email);
    if (other === undefined) return { kind: "missing", view };
    throw refusal(
      "delete",
      email,
      `the account of this address has id ${other.id}, and this stack manages ${id}`,
      "Run `pulumi refresh` to make this stack manage that account, or `pulumi state delete` to let go of it.",
    );
  }
  const found = planRestore(state);
  const cutsOff = target ? cuttingOff(user, found, state.admin) !== undefined : user.enabled;
  const guards = await findGuardContext(context, view, cutsOff);
  const emails = [email, addressOf(user)] as const;
  const isWritten = target !== user.enabled || hasProfile(found);
  const restored = { ...found, email };
  const refuse = () => {
    if (target !== user.enabled) raise(findSharedAddressRefusal(user, view));
    if (isWritten) raise(findUnknownAddressRefusal(state, user));
    raise(target ? findCutOffRefusal(user, restored, guards, state.admin) : findLeavingRefusal(user, guards));
  };
  if (!target && user.enabled && !isHandedOver) {
    if (isStaying(context, id, emails, run.siblings)) return { kind: "stays" };
    refuse();
    await handOver(context, { ...state, user });
    // That takes its time: the account is looked at again.
    return letGo(context, { id, state }, target, sinceMs, true);
  }
  // Nothing is awaited from here to the write.
  if (isWritten) run.siblings?.beginDeparture(id);
  let isLeaving = false;
  try {
    // Again, as the address of today is known now, and of other processes too.
    if (isStaying(context, id, emails, run.siblings)) return { kind: "stays" };
    if (isWritten) raise(run.siblings?.findRefusal("delete", email, id, emails));
    refuse();
    isLeaving = true;
  } finally {
    if (!isLeaving) run.siblings?.endDeparture(id);
  }
  if (cutsOff) run.noteLeaving(user);
  const wasActive = mayHaveSessions(state) && !hasUnknownAddress(state, user);
  let change: Change | undefined;
  const write = async () => {
    change = await setEnabled(context, user, target, wasActive);
    if (!hasProfile(found)) return change;
    // If no roles are shown, the edit has to say what this stack knows of them.
    const unshown = profileOf((name, row) => (isShown(row, user) ? undefined : state[name]));
    return inOrder(change, await editProfile(context, change.wanted, { ...unshown, ...restored }, state.admin));
  };
  try {
    const departure = write();
    // The writes alone: a resource that waits for them in the limiter holds up confirmations.
    run.noteDeparture(id, departure);
    return { kind: "pending", change: await departure, view };
  } catch (error) {
    const left = change?.wanted ?? user;
    if (left === user && !isUncertain(error)) throw error;
    throw halfGone({ id, state }, left, error);
  }
}

/** A departure of which a part is not done, or may not be; `user` is the account as it is now. */
function halfGone({ id, state }: KnownUser, user: ApiUser, cause: unknown): PartialFailure {
  return halfDone({ id, state: { ...stateOf(user, state), email: state.email } }, messageOf(cause), { cause });
}
