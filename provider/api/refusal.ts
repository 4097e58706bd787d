import { cleanWords } from "./errors";
import { parseObject } from "./json";
import type { Grant, TokenOptions } from "./token";

/** The settings that each kind of sign-in is made with. */
const CREDENTIAL: Record<Grant["type"], string> = {
  token: "wallaroo:token (WALLAROO_TOKEN)",
  refresh:
    "wallaroo:refreshToken (WALLAROO_REFRESH_TOKEN), and that it was issued to the client of wallaroo:clientId " +
    "(WALLAROO_CLIENT_ID). A realm that revokes refresh tokens takes each only once: pulumi preview spends it, and up " +
    "fails. There use an offline token that is not revoked, a client's id and secret, or username and password",
  password: "wallaroo:username (WALLAROO_USER) and wallaroo:password (WALLAROO_PASSWORD)",
  client: "wallaroo:clientId (WALLAROO_CLIENT_ID) and wallaroo:clientSecret (WALLAROO_CLIENT_SECRET)",
};

/** Codes of RFC 6749 5.2 that refuse the client itself. */
const OF_CLIENT: readonly unknown[] = ["invalid_client", "unauthorized_client"];

/** Which settings to look at after the token endpoint answered a sign-in with this body. */
export function adviseAfterRefusal({ grant: { type }, clientId, isFromFile }: TokenOptions, body: string): string {
  let wrong = isFromFile === true ? "the file that WALLAROO_SDK_CREDENTIALS names" : CREDENTIAL[type];
  if (type === "token") wrong += "; access tokens live for a minute or so, a refresh token lives longer";
  const isOfClient = type !== "client" && OF_CLIENT.includes(parseObject(body)["error"]);
  if (isOfClient) wrong = `${CREDENTIAL.client}: Keycloak refuses the client ${cleanWords(clientId)}`;
  return `Check ${wrong}. After a change run pulumi up: refresh and destroy use the settings of the last up.`;
}
