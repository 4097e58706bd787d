import { isWallarooError, messageOf, raise, refusal } from "../api/errors";
import type { NotEnded } from "../api/sessions";
import type { ApiUser, EditUserRequest } from "../api/wire";
import { confirm, inOrder, unchanged, type Change, type Confirmed } from "./confirmation";
import type { Context } from "./context";
import { DECISION_AGE_MS } from "./directory";
import { addressOf, canonicalEmail } from "./email";
import { cuttingOff, findCutOffRefusal, findGuardContext } from "./guards";
import type { KnownUser, UserInputs } from "./model";
import { halfDone } from "./partial-failure";
import { findBlindEditRefusal, findSharedAddressRefusal } from "./policy";
import { hasProfile, profileOf, profileProperties, type Profile } from "./properties";
import { handOver } from "./sole-owner";
import { stateOf } from "./state";

/**
 * Brings the account to what is declared, unless a guard refuses; the change is not confirmed yet. `wasAdmin`: as far
 * as this stack knows, for releases that show no roles. Raises `PartialFailure` when a part was done.
 */
export async function applyInputs(
  context: Context,
  known: KnownUser,
  inputs: UserInputs,
  wasAdmin: boolean | undefined,
): Promise<Change> {
  const view = await context.directory.view(DECISION_AGE_MS);
  const { email, username, enabled } = known.state;
  const user = view.findById(known.id) ?? { id: known.id, email, username, enabled };
  if (user.enabled !== inputs.enabled) raise(findSharedAddressRefusal(user, view));
  const cutsOff = cuttingOff(user, inputs, wasAdmin) !== undefined;
  const guards = await findGuardContext(context, view, cutsOff);
  // They may be cutting off other administrators.
  if (cutsOff) context.run.siblings?.hear();
  raise(findCutOffRefusal(user, inputs, guards, wasAdmin));
  if (cutsOff) context.run.noteLeaving(user);
  if (!inputs.enabled) await handOver(context, { ...inputs, user });
  const change = await setEnabled(context, user, inputs.enabled);
  if (!hasProfile(inputs)) return change;
  try {
    return inOrder(change, await editProfile(context, change.wanted, inputs, wasAdmin));
  } catch (error) {
    const half = stateOf(change.wanted, known.state);
    if (half.enabled === enabled) throw error;
    throw halfDone({ id: known.id, state: half }, messageOf(error), { cause: error });
  }
}

type Writing = Pick<Context, "users" | "directory" | "run" | "seatLimit">;
type Ending = Pick<Context, "sessions" | "mustEndSessions" | "log" | "run">;

/**
 * Activates or deactivates; sends nothing when the account is so already. Not guarded; the change is not confirmed yet, see
 * {@link settleChange}. An activation would bring open sessions back, whoever deactivated the account: they are ended before.
 *
 * @param wasActive as far as this stack knows: deactivated by hand since, or by a run that died before it ended the sessions
 */
export async function setEnabled(
  context: Writing & Ending,
  user: ApiUser,
  enabled: boolean,
  wasActive = false,
): Promise<Change> {
  if (user.enabled === enabled) return { ...unchanged(user), isCutOff: !enabled && wasActive };
  const { users, directory } = context;
  const email = user.email ?? user.username;
  const wanted = { ...user, enabled };
  if (enabled) await takeSeat(context, email);
  try {
    if (enabled) await endSessionsBefore(context, user);
    const isAsPromised = enabled ? await users.activate(email) : await users.deactivate(email);
    directory.record(wanted);
    return { before: user, wanted, written: ["enabled"], isAsPromised, isCutOff: !enabled };
  } finally {
    if (enabled) releaseSeat(context, email);
  }
}

async function endSessionsBefore(context: Ending, user: ApiUser): Promise<void> {
  try {
    const refused = await context.sessions?.end({ id: user.id, email: addressOf(user) });
    if (refused !== undefined) goOnWithout(context, refused);
  } catch (error) {
    if (!isWallarooError(error)) throw error;
    const isUnsent = ["refused", "notTried"].includes(error.kind);
    const words = isUnsent ? error.words : `its sessions could not be ended before that: ${error.words}`;
    throw error.with({ operation: "activate", words, next: isUnsent ? error.next : `${error.next} ${OTHERWISE}` });
  }
}

/** {@link confirm}s a change, and ends the sessions of an account that it is seen to cut off. Raises nothing. */
export async function settleChange(
  change: Change,
  context: Ending & Pick<Context, "directory" | "pause">,
): Promise<Confirmed> {
  const seen = await confirm(change, context);
  const { sessions, directory } = context;
  if (change.isCutOff !== true || seen.user.enabled || sessions === undefined) return seen;
  const { id } = seen.user;
  try {
    const refused = await sessions.end({ id, email: addressOf(seen.user) });
    // An account that was deleted meanwhile has no sessions. A look tells it from one of another realm.
    if (refused?.isGone === true && (await directory.confirm(id)) === undefined) return seen;
    if (refused !== undefined) goOnWithout(context, refused);
    return seen;
  } catch (error) {
    if (!isWallarooError(error)) throw error;
    const next = `${error.next} The account is deactivated; the next \`pulumi up\` ends them. ${OTHERWISE}`;
    return { ...seen, failure: seen.failure ?? error.with({ next }) };
  }
}

/** Goes on although sessions were not ended, and says so once, unless that must not be. */
function goOnWithout({ mustEndSessions, run, log }: Ending, { error }: NotEnded): void {
  if (mustEndSessions) throw error;
  if (!run.isNew("sessions")) return;
  log.warn(
    `${error.message} An account that is activated again, by hand too, has its old sessions back then. This is said once, ` +
      "for all accounts that this run deactivates or activates. wallaroo:endSessions (WALLAROO_END_SESSIONS) set to " +
      "`off` ends no sessions, and says nothing.",
  );
}

const OTHERWISE = "wallaroo:endSessions (WALLAROO_END_SESSIONS) set to `off` ends no sessions.";

/**
 * Edits names and the admin role; what is not declared is sent as it is, because the platform wants all of it.
 * `wasAdmin` counts if no roles are shown; if undefined, a declared role is sent. The change is not confirmed yet.
 */
export async function editProfile(
  { users, directory }: Writing,
  stale: ApiUser,
  inputs: Profile & { email: string },
  wasAdmin: boolean | undefined,
): Promise<Change> {
  const view = await directory.view(DECISION_AGE_MS);
  const listed = view.findById(stale.id);
  // Only the answer about all accounts shows roles, and this account may be younger than the last one.
  const isRecent = listed?.realmRoles !== undefined;
  const latest = isRecent ? listed : ((await directory.view(0)).findById(stale.id) ?? stale);
  // What was just written is not confirmed yet.
  const user = { ...latest, enabled: stale.enabled };
  const hasRoles = view.showsRoles() || user.realmRoles !== undefined;
  const now = profileOf((_name, row) => (row.isRole === true && !hasRoles ? wasAdmin : row.read(user)));
  const rows = profileProperties();
  const written = rows.filter(([name]) => inputs[name] !== undefined && inputs[name] !== now[name]);
  if (written.length === 0) return unchanged(user);
  raise(findBlindEditRefusal(inputs, user, hasRoles));
  const wanted = rows.map(([name, row]) => [row, inputs[name] ?? row.read(user)] as const);
  const after = wanted
    // If none are shown, one account with roles would make all others look as if they had none.
    .filter(([{ isRole }]) => isRole !== true || hasRoles)
    .reduce((account, [row, value]) => row.write(account, value), user);
  const values = Object.fromEntries(wanted.map(([{ wire }, value]) => [wire, value]));
  const account = { id: user.id, email: user.email ?? user.username, enabled: user.enabled };
  const isAsPromised = await users.edit({ ...account, ...values } as EditUserRequest);
  directory.record(after);
  return { before: user, wanted: after, written: written.map(([name]) => name), isAsPromised };
}

/** Takes a seat until {@link releaseSeat}. Raises `refused` when wallaroo:seatLimit leaves none. */
export async function takeSeat(
  { seatLimit, directory, run }: Pick<Context, "seatLimit" | "directory" | "run">,
  email: string,
): Promise<void> {
  if (seatLimit === undefined) return;
  const view = await directory.view(DECISION_AGE_MS);
  // An account that is shown already, though not confirmed yet, is counted once.
  const unseen = [...run.seating].filter((other) => !view.findAllByEmail(other).some(({ enabled }) => enabled));
  const taken = view.seatsTaken() + unseen.length;
  if (taken >= seatLimit) {
    throw refusal(
      "give a seat to",
      email,
      `${taken} of the ${seatLimit} seats in wallaroo:seatLimit are taken`,
      "Deactivate an account first (`enabled: false`), or raise wallaroo:seatLimit to what the licence allows.",
    );
  }
  run.seating.add(canonicalEmail(email));
}

export function releaseSeat({ run }: Pick<Context, "run">, email: string): void {
  run.seating.delete(canonicalEmail(email));
}
