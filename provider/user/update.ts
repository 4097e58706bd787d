import { WallarooError, isUncertain, messageOf, raise } from "../api/errors";
import { pick } from "../api/json";
import type { ApiUser } from "../api/wire";
import { notVisibleYet, refuseDoubtfulAbsence, refuseOtherAddresses } from "./absence";
import { applyInputs, settleChange } from "./apply";
import { unchanged, type Change } from "./confirmation";
import type { Context } from "./context";
import { announced, isAsDeclared } from "./diff";
import { DECISION_AGE_MS } from "./directory";
import { addressOf } from "./email";
import type { KnownUser, UserInputs, UserState } from "./model";
import { findHalfDone, halfDone, type PartialFailure } from "./partial-failure";
import { findBadValueRefusal, hasUnknownAddress } from "./policy";
import { namesOf } from "./properties";
import { mayHaveSessions, redeclare, stateOf, unproven, withFound } from "./state";
import type { View } from "./view";

/** An update whose writes were answered, and are still to be confirmed. */
interface Pending {
  kind: "pending";
  /** The account before the update. */
  user: ApiUser;
  /** What is stored if it is confirmed as it was. */
  known: KnownUser;
  change: Change;
}

/** `view` does not show the account, or under an address that the state does not know: whether to believe that is open. */
interface Doubtful {
  kind: "missing" | "renamed";
  view: View;
}

/**
 * Brings values that are declared otherwise than they are stored to what is declared; sends nothing when they are so
 * already. Values that were changed on the platform meanwhile, and not in the program, are left alone with a warning,
 * as preview did not announce them, and stored, so that the next preview announces an update. Raises `notFound`, and
 * `PartialFailure` when something was, or may have been, done that the stored state does not say.
 */
export async function updateUser(context: Context, before: KnownUser, inputs: UserInputs): Promise<UserState> {
  context.directory.noteKnown([before]);
  const updated = await context.directory.whileWorking(async () => {
    let begun = await context.limiter.run(() => begin(context, before, inputs));
    while (begun.kind === "renamed") {
      await refuseOtherAddresses("update", begun.view, context);
      context.directory.believe(before.id);
      begun = await context.limiter.run(() => begin(context, before, inputs, true));
    }
    // Not in the limiter, as many confirmations share a query.
    return begun.kind === "pending" ? settle(context, before, inputs, begun) : begun;
  });
  if ("view" in updated) throw await notThere(context, before, updated.view);
  return updated;
}

/** Decides on a fresh view, and writes. Runs in the limiter. */
async function begin(
  context: Context,
  { id, state }: KnownUser,
  inputs: UserInputs,
  isRenamed = false,
): Promise<Pending | Doubtful> {
  const takesSeat = inputs.enabled && !state.enabled;
  context.breaker.refuse({ operation: "update", who: state.email, writes: true, takesSeat });
  const view = await context.directory.view(DECISION_AGE_MS);
  const user = view.findById(id);
  if (user === undefined && state.unseen === true) {
    // What is declared now is stored, so that `onDestroy` can let go of it.
    const declared: KnownUser = {
      id,
      state: { ...redeclare(state, inputs), ...pick(state, ["unseen", "invitedBefore"]) },
    };
    throw halfDone(declared, notVisibleYet(declared, view).message);
  }
  if (user === undefined) return { kind: "missing", view };
  const isUnknown = hasUnknownAddress(state, user);
  if (isUnknown && !isRenamed && !inputs.enabled && user.enabled) return { kind: "renamed", view };
  context.run.keep(id);
  const declared = redeclare(withFound(state, user, inputs, view.showsRoles()), inputs);
  // A changed address is followed by refresh, which says so: followed here, the next up would replace the user.
  const known = { id, state: { ...stateOf(user, declared), email: state.email } };
  const due = state.unfinished === true ? inputs : announced(state, inputs, user);
  raise(findBadValueRefusal(due, user));
  const isCutOff = !user.enabled && !inputs.enabled && mayHaveSessions(state);
  if (isAsDeclared(known.state, due)) return { kind: "pending", user, known, change: { ...unchanged(user), isCutOff } };
  if (user.enabled && due.enabled === false && isUnknown) {
    context.log.warn(
      `${state.email} (id ${id}) has the address ${addressOf(user)} on the platform now, ` +
        "which the state does not know: that account is deactivated. `pulumi refresh` follows the address.",
    );
  }
  try {
    const change = await applyInputs(context, known, due, state.admin);
    return { kind: "pending", user, known, change: isCutOff ? { ...change, isCutOff } : change };
  } catch (error) {
    const half = findHalfDone(error);
    if (half === undefined && !isUncertain(error)) throw error;
    throw halfUpdated(user, state, half?.state ?? known.state, error);
  }
}

/** Says that the account is not there under its id, or raises what speaks against that. */
async function notThere(context: Context, known: KnownUser, view: View): Promise<WallarooError> {
  const { id, state } = known;
  const other = view.findByEmail(state.email);
  if (other === undefined) await refuseDoubtfulAbsence("update", known, view, context);
  return new WallarooError({
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

/** Confirms what was written, and says what else has changed. */
async function settle(
  context: Context,
  { state }: KnownUser,
  inputs: UserInputs,
  { user, known, change }: Pending,
): Promise<UserState> {
  const seen = await settleChange(change, context);
  const now = { ...stateOf(seen.user, known.state), email: state.email };
  if (seen.failure !== undefined) throw halfUpdated(user, state, now, seen.failure);
  const drifted = namesOf("account", "profile").filter(
    (name) => inputs[name] !== undefined && now[name] !== inputs[name],
  );
  if (drifted.length > 0) {
    context.log.warn(
      `${now.email}: ${drifted.join(", ")} ${drifted.length === 1 ? "was" : "were"} changed on the platform, which this ` +
        "run did not announce, and left alone. `pulumi preview` now shows an update of this resource, and the next " +
        "`pulumi up` repairs it.",
    );
  }
  return now;
}

/** An update of which a part is, or may be, undone; of a role that is not shown, only the stored value is known. */
function halfUpdated(user: ApiUser, stored: UserState, half: UserState, cause: unknown): PartialFailure {
  const proven = user.realmRoles === undefined ? unproven(half, stored) : half;
  return halfDone({ id: user.id, state: { ...proven, email: stored.email } }, messageOf(cause), { cause });
}
