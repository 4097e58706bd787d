import { isDeepStrictEqual } from "node:util";
import type { KnownUser } from "../user/model";
import { readUser } from "../user/read";
import { foundAsNow } from "../user/state";
import type { WorkspaceContext } from "../workspace/context";
import { readMember } from "../workspace/read";
import { storedDefaults } from "./defaults";
import { membershipsOf, withMembership } from "./memberships";
import type { Members, TeamMember, TeamState } from "./model";
import { besideMembers } from "./options";
import { findFailures, membersFailed } from "./run-all";
import { inputsFrom, pack, unpack } from "./state";

/**
 * Every member as it is now, without vanished ones. `inputs` are there if that is not what the state said.
 * @param foundLost adopted members that count as found as they are now, because the state does not tell any more
 */
export async function readTeam(
  context: WorkspaceContext,
  state: TeamState,
  team: string,
  foundLost: ReadonlySet<string> = new Set(),
): Promise<{ state: TeamState; inputs?: Members }> {
  const members = unpack(state);
  context.directory.noteKnown(members.values());
  const steps = [...members].map(([email, known]) => async () => {
    const now = await readUser(context, known);
    if (now === undefined) return void members.delete(email);
    const account = foundLost.has(email) ? foundAsNow(now) : now;
    members.set(
      email,
      known.workspaces === undefined ? account : await readMemberships(context, { ...known, ...account }),
    );
  });
  const failures = await findFailures(context, `${team}: read`, steps);
  // One answer is about all of them: if it is bad, no member's reading counts.
  if (failures.length > 0) throw membersFailed("read", team, failures, steps.length);
  const twice = findTwice(members.values());
  if (twice !== undefined) {
    const reason =
      `Could not read ${twice}: more than one member has this address on the platform now. Nothing was changed in the ` +
      "state. Give one of the accounts another address in Keycloak, then run the same command again.";
    throw membersFailed("read", team, [reason], steps.length);
  }
  const defaults = storedDefaults(state);
  // What an `up` reported stays as it is: a refresh does not know the program, and nothing of it is drift.
  const after = { ...pack(members.values(), defaults), ...besideMembers(state) };
  return isDeepStrictEqual(after, state) ? { state: after } : { state: after, inputs: inputsFrom(members, defaults) };
}

/** The memberships of a member as they are now, each under the name that its workspace has now. */
async function readMemberships(context: WorkspaceContext, member: TeamMember): Promise<TeamMember> {
  const { workspaces: _before, ...account } = member;
  let now: TeamMember = account;
  for (const [, known] of membershipsOf(member)) {
    const seen = await readMember(context, known);
    if (seen !== undefined) now = withMembership(now, seen.state.workspaceName.normalize("NFC"), seen.state);
  }
  return now;
}

/** An address that two members have, or undefined. */
function findTwice(members: Iterable<KnownUser>): string | undefined {
  const seen = new Set<string>();
  for (const { state } of members) {
    if (seen.has(state.email)) return state.email;
    seen.add(state.email);
  }
  return undefined;
}
