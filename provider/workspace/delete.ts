import { DECISION_AGE_MS } from "../user/directory";
import { getKnownWorkspace, refuseDoubtfulAbsence } from "./absence";
import { applyRemoval, applyRole, mayBeDone } from "./apply";
import type { WorkspaceContext } from "./context";
import type { KnownMember } from "./model";
import { planRemoval } from "./policy";
import { guardLoss, lossOf } from "./preview";
import { membershipOf, nameOf, unfinished } from "./state";
import type { Members } from "./view";

/**
 * Leaves the membership as its `onDestroy` says: takes it away by default, and puts an adopted one back as it was found.
 * Leaves it alone if this run added it or took it over, or another resource of the program declares it. One that is gone is
 * done. Raises `PartialFailure` when something may have been done.
 */
export async function deleteMember(context: WorkspaceContext, { id, state }: KnownMember): Promise<void> {
  const { memberships, announcements, host, run } = context;
  const email = nameOf(membershipOf(state));
  const target = planRemoval(state);
  if (target === "leave") {
    return announcements.say({ kind: "left", email, text: "stays a member, and is no longer managed." });
  }
  const isElsewhere = run.siblings?.findStay(id, []) !== undefined;
  if (isElsewhere || memberships.heirs.has(id) || memberships.findDeclaration(id) !== undefined) {
    const { foundRole, role } = state;
    const isLost = target !== "remove" && foundRole !== undefined && foundRole !== role;
    const lost = isLost ? ` Nothing makes it ${foundRole} again, as it was found: declare what is to be.` : "";
    return announcements.say({ kind: "moved", email, text: `${STAYS}${lost}` });
  }
  const workspace = await getKnownWorkspace(context, "delete", state, DECISION_AGE_MS);
  const membership = { ...membershipOf(state), workspace };
  /** Whether there is anything to write. */
  const decide = async (kind: "remove" | "lower", members: Members) => {
    if (!members.has(state.userId)) {
      refuseDoubtfulAbsence("delete", state, workspace, members, host);
      announcements.say({ kind: "gone", email, text: "is not a member any more: nothing to remove." });
      return false;
    }
    if (target === "remove" || target === "COLLABORATOR") {
      await guardLoss(context, lossOf(kind, state), members);
    }
    return target === "remove" || (members.roleOf(state.userId) ?? state.role) !== target;
  };
  try {
    if (target === "remove") return await applyRemoval(context, membership, (members) => decide("remove", members));
    await applyRole(context, membership, target, (members) => decide("lower", members));
  } catch (error) {
    throw mayBeDone(error) ? unfinished(state, error) : error;
  }
  announcements.say({ kind: "left", email, text: `stays a member (${target}), as it was when this stack adopted it.` });
}

const STAYS = "stays a member, because the program declares it, or hands the workspace over to it.";
