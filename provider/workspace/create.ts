import { refusal } from "../api/errors";
import { DECISION_AGE_MS } from "../user/directory";
import { findFirstMembers } from "./absence";
import { applyRole, mayBeDone } from "./apply";
import type { WorkspaceContext } from "./context";
import { memberId, type KnownMember, type MemberInputs, type MemberState } from "./model";
import { decideCreate, keyOf } from "./preview";
import { getAccount, getWorkspace } from "./resolve";
import { adopted, knownOf, membershipIn, nameOf, stateOf, unfinished } from "./state";

/** Adds the account with the declared role, or adopts its membership. Raises `PartialFailure` if it may be a member. */
export async function createMember(context: WorkspaceContext, inputs: MemberInputs): Promise<KnownMember> {
  const { memberships } = context;
  const workspace = await getWorkspace(context, inputs.workspace, DECISION_AGE_MS);
  const account = await getAccount(context, inputs.user, DECISION_AGE_MS);
  const place = { workspace, account };
  const id = memberId(workspace.id, account.id);
  let state: MemberState = stateOf(inputs, place, inputs.role);
  const membership = membershipIn(place);
  try {
    await applyRole(context, membership, inputs.role, async (listed) => {
      const members = await findFirstMembers(context, inputs, place, listed);
      const plan = await decideCreate(context, inputs, place, members);
      // At once: no other resource may begin to take it away.
      const declaration = memberships.findDeclaration(keyOf(inputs)) ?? memberships.findDeclaration(id);
      // Others may have named it in other words while the account was not there.
      const earlier = memberships.declare(id, declaration ?? { key: id, name: id });
      if (earlier !== undefined) {
        const next = "Nothing was sent for it. Declare a membership once.";
        throw refusal("create", nameOf(membership), `"${earlier.name}" declares it too`, next);
      }
      context.run.siblings?.tell({ verb: "keeps", who: id });
      const role = members.roleOf(account.id);
      if (plan === "adopt") state = adopted(state, role);
      // A role that is not told may be the last owner's: only a higher one is written.
      return plan === "add" || (role ?? "COLLABORATOR") !== inputs.role;
    });
  } catch (error) {
    throw mayBeDone(error) ? unfinished(state, error) : error;
  }
  return knownOf(state);
}
