import { cleanWords } from "./errors";
import { parseObject } from "./json";
import type { Grant } from "./token";

/** How messages call the settings of a sign-in. */
export interface SettingNames {
  named(
    key: "token" | "refreshToken" | "username" | "password" | "clientId" | "clientSecret" | "authUrl" | "realm",
  ): string;
  /** Of a provider that is declared in the program, and takes no credential from anywhere else. */
  readonly isExplicit: boolean;
}

/** The settings that each kind of sign-in is made with. */
const CREDENTIAL: Record<Grant["type"], (names: SettingNames) => string> = {
  token: (names) =>
    `${names.named("token")}${fileOf(names)}; access tokens live for a minute or so, a refresh token lives longer`,
  refresh: (names) =>
    `${names.named("refreshToken")}, and that it was issued to the client of ${names.named("clientId")}. A realm that ` +
    "revokes refresh tokens takes each only once: pulumi preview spends it, and up fails. There use an offline token " +
    "that is not revoked, a client's id and secret, or username and password",
  password: (names) => `${names.named("username")} and ${names.named("password")}${fileOf(names)}`,
  client: (names) => `${names.named("clientId")} and ${names.named("clientSecret")}`,
};

function fileOf({ isExplicit }: SettingNames): string {
  return isExplicit ? "" : ", or the file that WALLAROO_SDK_CREDENTIALS names";
}

/** Codes of RFC 6749 5.2 that refuse the client itself. */
const OF_CLIENT: readonly unknown[] = ["invalid_client", "unauthorized_client"];

/** Which settings to look at after the token endpoint answered a sign-in with this body. */
export function adviseAfterRefusal(grant: Grant["type"], clientId: string, body: string, names: SettingNames): string {
  const isOfClient = grant !== "client" && OF_CLIENT.includes(parseObject(body)["error"]);
  const wrong = isOfClient
    ? `${CREDENTIAL.client(names)}: Keycloak refuses the client ${cleanWords(clientId)}`
    : CREDENTIAL[grant](names);
  return `Check ${wrong}. After a change run pulumi up: refresh and destroy use the settings of the last up.`;
}
