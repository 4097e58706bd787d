import { pick, withoutUndefined } from "../api/json";
import type { ApiUser, WorkspaceRole } from "../api/wire";
import type { Membership } from "../api/workspaces";
import { addressOf, canonicalEmail } from "../user/email";
import { PartialFailure } from "../user/partial-failure";
import { memberId, type KnownMember, type MemberInputs, type MemberState } from "./model";

/** Where a membership is, and whose it is. */
export interface Place {
  workspace: { id: number; name: string };
  account: ApiUser;
}

/** The state of a membership with this role. */
export function stateOf(inputs: MemberInputs, { workspace, account }: Place, role: WorkspaceRole): MemberState {
  return withoutUndefined<MemberState>({
    ...inputs,
    role,
    workspaceId: workspace.id,
    workspaceName: workspace.name,
    userId: account.id,
    email: account.email === undefined ? undefined : canonicalEmail(account.email),
    adopted: false,
  });
}

/** The state of a membership that was there before this stack managed it. */
export function adopted(state: MemberState, foundRole: WorkspaceRole | undefined): MemberState {
  return withoutUndefined<MemberState>({ ...state, adopted: true, foundRole });
}

/** The inputs that would have led to this state. */
export function inputsFrom({ workspace, user, role, adopt, onDestroy }: MemberState): MemberInputs {
  return withoutUndefined<MemberInputs>({ workspace, user, role, adopt, onDestroy });
}

/** The stored state with what is declared now. */
export function redeclare(state: MemberState, inputs: MemberInputs): MemberState {
  const { unfinished: _done, ...kept } = state;
  return withoutUndefined<MemberState>({ ...kept, ...pick(inputs, DECLARED), onDestroy: inputs.onDestroy });
}

const DECLARED = ["workspace", "user", "role", "adopt"] as const;

/** The membership that requests are about. */
export function membershipOf({ workspaceId, workspaceName, userId, email, user }: MemberState): Membership {
  return { workspace: { id: workspaceId, name: workspaceName }, user: { id: userId, who: email ?? user } };
}

/** The membership of this account in this workspace, whether there is one or not. */
export function membershipIn({ workspace, account }: Place): Membership {
  return { workspace, user: { id: account.id, who: addressOf(account) } };
}

/** How messages call a membership. */
export function nameOf({ workspace, user }: Membership): string {
  return `${user.who} in workspace "${workspace.name}"`;
}

/** A step failed and may have been done: stored, for the next run to look and go on. */
export function unfinished(state: MemberState, error: Error): PartialFailure {
  const id = memberId(state.workspaceId, state.userId);
  return new PartialFailure(id, { ...state, unfinished: true }, error.message, { cause: error });
}

export function knownOf(state: MemberState): KnownMember {
  return { id: memberId(state.workspaceId, state.userId), state };
}
