import type { WorkspaceRole } from "../api/wire";
import type { Unknown } from "../user/model";

/** What destroy does to a membership. */
export type OnMemberDestroy = "remove" | "retain";

/** Checked inputs of one membership: canonical, complete, every value of its promised type. */
export interface MemberInputs {
  /** A name, or an id: as a number, or as text. */
  workspace: string | number;
  /** Canonical address, or Keycloak user id. */
  user: string;
  role: WorkspaceRole;
  adopt?: boolean;
  /** Undefined means the default, which spares an adopted membership; see {@link MemberState.foundRole}. */
  onDestroy?: OnMemberDestroy;
}

/** Inputs of which some may be known by `up` alone. */
export type PreviewMemberInputs = { [N in keyof MemberInputs]?: MemberInputs[N] | Unknown };

/** What is kept of one membership in the state, with what is declared. Only JSON values. */
export interface MemberState extends MemberInputs {
  workspaceId: number;
  /** As last seen. */
  workspaceName: string;
  /** Keycloak user id. */
  userId: string;
  /** Canonical address as last seen; absent if the account has none. */
  email?: string;
  /** This stack did not add the member. */
  adopted: boolean;
  /** Role of an adopted member before this stack managed it: what destroy puts back. */
  foundRole?: WorkspaceRole;
  /** A write failed, or may have been done: the next update looks and repeats it. */
  unfinished?: true;
}

/** A membership with the engine's id of it, see {@link memberId}. */
export interface KnownMember {
  id: string;
  state: MemberState;
}

/** The engine's id of a membership: `WORKSPACE_ID/USER_UUID`. */
export function memberId(workspaceId: number, userId: string): string {
  return `${workspaceId}/${userId}`;
}

/** The two ids in an engine's id; undefined for another text. */
export function parseMemberId(id: string): { workspaceId: number; userId: string } | undefined {
  const [, workspaceId = "", userId = ""] = /^(\d{1,15})\/(.+)$/s.exec(id) ?? [];
  return userId === "" ? undefined : { workspaceId: Number(workspaceId), userId };
}
