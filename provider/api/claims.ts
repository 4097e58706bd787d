import { parseObject } from "./json";

/** What a token or an answer says of its bearer. Not verified: the platform does that. */
export type Claims = Record<string, unknown>;

/** The claims of a JWT; empty for any other text. */
export function decodeClaims(token: string): Claims {
  return parseObject(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
}

/** Seconds from issue to expiry by a token's own claims, as the clock of this machine may be another; undefined if untold. */
export function lifeOf({ iat, exp }: Claims): number | undefined {
  return typeof iat === "number" && typeof exp === "number" && exp > iat ? exp - iat : undefined;
}
