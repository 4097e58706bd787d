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
export { WallarooUser, type WallarooUserArgs } from "./user";
