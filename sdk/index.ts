export {
  getCurrentUser,
  getCurrentUserOutput,
  getUser,
  getUserOutput,
  getUsers,
  getUsersOutput,
  type GetUserArgs,
  type GetUsersArgs,
  type LookupOptions,
  type UserInfo,
} from "./lookups";
export { WallarooProvider, type WallarooProviderArgs } from "./provider";
export { WallarooTeam, type WallarooSeats, type WallarooTeamArgs, type WallarooTeamMember } from "./team";
export { WallarooUser, type WallarooUserArgs } from "./user";
export type { OnDestroy } from "../provider/user/model";
