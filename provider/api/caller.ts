import { isWallarooError } from "./errors";
import { parseObject } from "./json";
import type { Transport } from "./transport";

/** What a token or an answer says of its bearer. Not verified: the platform does that. */
export type Claims = Record<string, unknown>;

/** The claims of a JWT; empty for any other text. */
export function decodeClaims(token: string): Claims {
  return parseObject(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
}

/** Seconds from issue to expiry by a token's own claims; undefined if untold. */
export function lifeOf({ iat, exp }: Claims): number | undefined {
  return typeof iat === "number" && typeof exp === "number" && exp > iat ? exp - iat : undefined;
}

/** The account that holds the access token, as far as anything tells. */
export interface Caller {
  /** Keycloak user id (`sub`). */
  id?: string;
  email?: string;
  username?: string;
  /** False for a service account, which the platform lists nowhere; undefined when nothing tells. */
  isPerson?: boolean;
}

/** Time that `userinfo` has for its answer, in milliseconds: a decision waits for it. */
const USERINFO_MS = 5_000;
/** How Keycloak names the accounts of clients; until 2019 they had an address too. */
const SERVICE = /^service-account-/i;

/** Joins what several sources tell, the first ones first; one that is about another `sub` is left out. */
export function callerOf(sources: readonly Claims[]): Caller {
  const caller: Caller = {};
  for (const claims of sources) {
    const id = text(claims["sub"]);
    if (id !== undefined && caller.id !== undefined && id !== caller.id) continue;
    const found = { id, email: text(claims["email"]), username: text(claims["preferred_username"]) };
    for (const name of ["id", "email", "username"] as const) {
      const value = found[name];
      if (value !== undefined) caller[name] ??= value;
    }
  }
  const names = [caller.email, caller.username].filter((name) => name !== undefined);
  if (names.length > 0) caller.isPerson = !names.some((name) => SERVICE.test(name));
  return caller;
}

/** True when no source could tell more. */
export function isComplete({ id, email, username }: Caller): boolean {
  return id !== undefined && email !== undefined && username !== undefined;
}

/** What `userinfo` says of the token's bearer (OpenID Connect Core, 5.3); empty if it does not say. Asks once. */
export async function askUserinfo(
  { authUrl, realm }: { authUrl: string; realm: string },
  token: string,
  transport: Transport,
): Promise<Claims> {
  try {
    const { status, body } = await transport({
      url: `${authUrl}/realms/${encodeURIComponent(realm)}/protocol/openid-connect/userinfo`,
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
      },
      body: "",
      operation: "ask",
      who: "for the account that this provider runs as",
      timeoutMs: USERINFO_MS,
    });
    if (status !== 200) return {};
    // A client may be set up to get a signed answer.
    const claims = [parseObject(body), decodeClaims(body)].find((found) => text(found["sub"]) !== undefined);
    return claims ?? {};
  } catch (error) {
    if (!isWallarooError(error)) throw error;
    return {};
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
