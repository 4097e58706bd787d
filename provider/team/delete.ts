import { withTeam } from "../user/announce";
import type { WorkspaceContext } from "../workspace/context";
import { raiseAll } from "./departures";
import { letGo } from "./leave";
import { findLeaversRefusals } from "./leavers";
import type { TeamState } from "./model";
import { membersFailed } from "./run-all";
import { unpack } from "./state";

/** Leaves every member's account as its `onDestroy` says. May be called again for those that failed. */
export async function deleteTeam(outer: WorkspaceContext, state: TeamState, team: string): Promise<void> {
  const [context, announcements] = withTeam(outer, team);
  const members = unpack(state);
  context.directory.noteKnown(members.values());
  const total = members.size;
  const changes = { added: [], changed: [], removed: [...members.keys()] };
  raiseAll("delete", team, await findLeaversRefusals(context, { stored: members, declared: {}, changes }));
  const failures = await letGo(context, [...members.keys()], members, team);
  announcements.end();
  if (failures.length === 0) return;
  const next =
    "The next `pulumi destroy` (or `up`, if the team is not declared any more) tries again, and leaves alone what is " +
    "done. To keep the team instead, run `pulumi refresh` before `up`: the state does not know what was done.";
  throw membersFailed("delete", team, failures, total, next);
}
