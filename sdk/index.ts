export { WallarooProvider, type WallarooProviderArgs } from "./provider";
export { WallarooUser, type WallarooUserArgs } from "./user";
