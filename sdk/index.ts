export {
  getCurrentUser,
  getCurrentUserOutput,
  getSeats,
  getSeatsOutput,
  getUser,
  getUserOutput,
  getUsers,
  getUsersOutput,
  type GetUserArgs,
  type GetUsersArgs,
  type LookupOptions,
  type UserInfo,
  type WallarooSeats,
} from "./lookups";
export { WallarooProvider, type WallarooProviderArgs } from "./provider";
export { parseRoster, readRoster } from "./roster";
export { WallarooTeam, type WallarooTeamArgs, type WallarooTeamMember } from "./team";
export { WallarooUser, type WallarooUserArgs } from "./user";
export {
  getWorkspace,
  getWorkspaceOutput,
  getWorkspaces,
  getWorkspacesOutput,
  type GetWorkspaceArgs,
  type WorkspaceInfo,
  type WorkspaceMemberInfo,
} from "./workspace-lookups";
export { WallarooWorkspaceMember, type WallarooWorkspaceMemberArgs } from "./workspace-member";
export type { WorkspaceRole } from "../provider/api/wire";
export type { OnMemberDestroy } from "../provider/workspace/model";
export type { OnDestroy, OnSoleOwner } from "../provider/user/model";
