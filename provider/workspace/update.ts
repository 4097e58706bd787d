import { refusal } from "../api/errors";
import { DECISION_AGE_MS } from "../user/directory";
import { getKnownWorkspace } from "./absence";
import { applyRole, mayBeDone } from "./apply";
import type { WorkspaceContext } from "./context";
import type { KnownMember, MemberInputs, MemberState } from "./model";
import { guardLoss, lossOf } from "./preview";
import { membershipOf, nameOf, redeclare, unfinished } from "./state";

/** Brings a membership to the declared role. Sends nothing if only `onDestroy` or the spelling changed. Raises `PartialFailure`. */
export async function updateMember(
  context: WorkspaceContext,
  { state: before }: KnownMember,
  inputs: MemberInputs,
): Promise<MemberState> {
  const state = redeclare(before, inputs);
  if (before.unfinished !== true && before.role === inputs.role) return state;
  const workspace = await getKnownWorkspace(context, "update", before, DECISION_AGE_MS);
  const membership = { ...membershipOf(before), workspace };
  try {
    await applyRole(context, membership, inputs.role, async (members) => {
      if (!members.has(membership.user.id) && before.unfinished !== true) {
        const next = "Run `pulumi refresh`, then `pulumi up`, which adds it again.";
        throw refusal("change the role of", nameOf(membership), "the account is not a member any more", next);
      }
      if (inputs.role === "COLLABORATOR") {
        await guardLoss(context, lossOf("lower", before), members);
      }
      return members.roleOf(membership.user.id) !== inputs.role;
    });
  } catch (error) {
    throw mayBeDone(error) ? unfinished({ ...state, role: before.role }, error) : error;
  }
  return state;
}
