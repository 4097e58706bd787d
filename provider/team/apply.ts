import { withTeam } from "../user/announce";
import type { Context } from "../user/context";
import type { WorkspaceContext } from "../workspace/context";
import { createUser } from "../user/create";
import { PartialFailure, findHalfDone } from "../user/partial-failure";
import { redeclare } from "../user/state";
import { updateUser } from "../user/update";
import { READ_AGE_MS } from "../user/directory";
import { addressOf } from "../user/email";
import { seatsOf } from "../user/seats";
import { memberInputs } from "./check";
import { findDepartureRefusals, lookForDepartures, raiseAll } from "./departures";
import { findTeamChanges, isOfAccount, touchedBy } from "./diff";
import { letGo } from "./leave";
import { findLeaversRefusals } from "./leavers";
import { applyMemberships, countMemberships } from "./membership-steps";
import { findMembershipChanges } from "./memberships";
import type { Members, TeamMember, TeamState } from "./model";
import { besideMembers, storedOptions, type TeamOptions } from "./options";
import { findFailures, isNotTried, membersFailed, type Step } from "./run-all";
import { pack, unpack } from "./state";
import { asLeaving, findUnmanaged } from "./unmanaged";

/**
 * Create and update of a team: brings every member to what is declared. First the members that free a seat, then those
 * that join or change; last, and only if no member failed before, those that are not declared any more and unmanaged
 * accounts, as the engine deletes after everything else. Tries all before it raises `membersFailed`, or `PartialFailure`
 * when the state has members then.
 *
 * @param declared complete with the defaults of the team
 */
export async function applyTeam(
  outer: WorkspaceContext,
  id: string,
  before: TeamState | undefined,
  declared: Members,
  team: string,
  options: TeamOptions = {},
): Promise<TeamState> {
  const [context, announcements] = withTeam(outer, team);
  const members = before === undefined ? new Map<string, TeamMember>() : unpack(before);
  context.directory.noteKnown(members.values());
  const changes = findTeamChanges(members, declared);
  const departures = await lookForDepartures(context, before, members, declared, options);
  raiseAll("change", team, await findDepartureRefusals(context, departures, options, team));
  const memberships = findMembershipChanges(touchedBy(changes), members, declared);
  const plan = { stored: members, declared, changes, departures, memberships };
  raiseAll("change", team, await findLeaversRefusals(context, plan));
  const ofAccounts = changes.changed.filter(({ email, names }) => isOfAccount(names, members.get(email)));
  const accounts = new Set([...changes.added, ...ofAccounts.map(({ email }) => email)]);
  const freeing: Step[] = [];
  const others: Step[] = [];
  const failed = new Set<string>();
  for (const [email, member] of Object.entries(declared)) {
    const inputs = memberInputs(email, member);
    const known = members.get(email);
    if (known !== undefined && !accounts.has(email)) {
      members.set(email, { ...known, state: redeclare(known.state, inputs) });
      continue;
    }
    const step = async () => {
      try {
        if (known === undefined) members.set(email, await createUser(context, inputs));
        else members.set(email, { ...known, state: await updateUser(context, known, inputs) });
      } catch (error) {
        failed.add(email);
        const half = findHalfDone(error);
        if (half !== undefined) members.set(email, { ...known, ...half });
        throw error;
      }
    };
    (known !== undefined && !inputs.enabled ? freeing : others).push(step);
  }
  const leaving = changes.removed;
  const failures = await findFailures(context, `${team}: deactivate`, freeing);
  failures.push(...(await findFailures(context, `${team}: create and update`, others)));
  failures.push(...(await applyMemberships(context, memberships, { members, declared }, failed, team)));
  const isHeldBack = failures.length > 0 && leaving.length > 0;
  if (!isHeldBack) failures.push(...(await letGo(context, leaving, members, team)));
  const unmanaged = asLeaving(departures?.unmanaged ?? []);
  if (failures.length === 0) failures.push(...(await letGo(context, [...unmanaged.keys()], unmanaged, team)));
  announcements.end();
  // After a failure the next `up` looks at the accounts that the last good one reported.
  const beside = failures.length === 0 ? await report(context, members, declared, before, options) : undefined;
  const kept = before === undefined ? {} : besideMembers(before);
  const state = { ...pack(members.values(), options.defaults), ...(beside ?? kept) };
  if (failures.length === 0) return state;
  const held = isHeldBack ? `${leaving.length} not declared any more were left alone for now. ` : "";
  const count = countMemberships(memberships);
  const tried = freeing.length + others.length + count + (isHeldBack ? 0 : leaving.length);
  const hasOthers = failures.length < tried && !failures.some(isNotTried);
  const done = hasOthers ? "All others are done, and what" : "What";
  const next = `${done} was done is stored; the next \`pulumi up\` does the rest.`;
  const total = freeing.length + others.length + count + leaving.length + (departures?.unmanaged.length ?? 0);
  const failure = membersFailed("change", team, failures, total, held + next);
  throw members.size === 0 ? failure : new PartialFailure(id, state, failure.message, { cause: failure });
}

/** What is stored of the platform beside the members. Asks the platform only where unmanaged accounts are not ignored. */
async function report(
  context: Context,
  members: ReadonlyMap<string, TeamMember>,
  declared: Members,
  before: TeamState | undefined,
  options: TeamOptions,
): Promise<Partial<TeamState>> {
  const { directory, seatLimit } = context;
  const isReported = options.ifUnmanaged !== undefined;
  const view = isReported ? await directory.view(READ_AGE_MS) : directory.lastView;
  const seats = view === undefined ? before?.seats : seatsOf(view, seatLimit);
  const ids = new Set([...members.values()].map(({ id }) => id));
  return {
    ...storedOptions(options),
    ...(seats === undefined ? {} : { seats }),
    ...(isReported && view !== undefined
      ? { unmanaged: findUnmanaged(context, view, { ids, declared }, options).map(addressOf) }
      : {}),
  };
}
