import { deleteUser } from "../user/delete";
import { findHalfDone } from "../user/partial-failure";
import { planDelete } from "../user/policy";
import type { WorkspaceContext } from "../workspace/context";
import { leaveWorkspaces } from "./membership-steps";
import type { TeamMember } from "./model";
import { findFailures, type Step } from "./run-all";

/** Lets go of members; of those that free a seat first, as some take one on their way out. Answers what failed. */
export async function letGo(
  context: WorkspaceContext,
  emails: readonly string[],
  members: Map<string, TeamMember>,
  team: string,
): Promise<unknown[]> {
  const freeing: Step[] = [];
  const others: Step[] = [];
  for (const email of emails) {
    const known = members.get(email);
    if (known === undefined) continue;
    const target = planDelete(known.state);
    (target === "deactivate" ? freeing : others).push(async () => {
      try {
        await deleteUser(context, known);
      } catch (error) {
        // Declared again, it has to be brought back: the state must not say that nothing happened.
        members.set(email, { ...known, ...findHalfDone(error) });
        throw error;
      }
      const { left, failures } =
        target === "leave" ? { left: known, failures: [] } : await leaveWorkspaces(context, known);
      if (failures.length === 0) return void members.delete(email);
      members.set(email, { ...left, state: { ...known.state, unfinished: true } });
      throw failures[0];
    });
  }
  const failures = await findFailures(context, `${team}: let go`, freeing);
  return [...failures, ...(await findFailures(context, `${team}: let go`, others))];
}
