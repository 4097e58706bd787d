import type { Platform, PlatformOptions } from "../emulator/platform";
import { accountsContract } from "./contract-accounts";
import { adminContract } from "./contract-admin";
import { graphqlContract } from "./contract-graphql";
import { loginContract } from "./contract-login";
import { providerContract } from "./contract-provider";
import { cutOffContract } from "./contract-cut-off";
import { requestsContract } from "./contract-requests";
import { sessionsContract } from "./contract-sessions";
import { tokenContract } from "./contract-token";
import { vendorContract } from "./contract-vendor";
import { workspacesContract } from "./contract-workspaces";

/** What holds for every identity store behind the platform's API: the one in memory and a real Keycloak. */
export function platformContract(start: (options?: PlatformOptions) => Promise<Platform>): void {
  describe("at its user API", () => accountsContract(start));
  describe("with the provider", () => providerContract(start));
  describe("with odd requests", () => requestsContract(start));
  describe("at its token endpoint", () => tokenContract(start));
  describe("with a browser", () => loginContract(start));
  describe("at Keycloak's admin API", () => adminContract(start));
  describe("with workspaces", () => workspacesContract(start));
  describe("at its GraphQL", () => graphqlContract(start));
  describe("with sessions", () => sessionsContract(start));
  describe("with an account that is cut off", () => cutOffContract(start));
  describe("with the vendor's client", () => vendorContract(start));
}
