import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";

/** Claims of Keycloak's tokens, as it names them. Times are in seconds. */
export interface Claims {
  typ: "Bearer" | "Refresh" | "Offline" | "ID";
  iss: string;
  /** Absent from lightweight access tokens, as are `email`, `preferred_username` and `realm_access`. */
  sub?: string;
  email?: string;
  preferred_username?: string;
  azp: string;
  /** Session id. */
  sid: string;
  scope?: string;
  iat: number;
  /** Absent from offline tokens. */
  exp?: number;
  realm_access?: { roles: string[] };
}

/** Makes and checks signed JWTs (HS256). */
export class TokenMint {
  readonly #key = randomBytes(32);

  sign(claims: Claims): string {
    const head = encode({ alg: "HS256", typ: "JWT" });
    const body = encode({ jti: randomUUID(), ...claims });
    return `${head}.${body}.${this.#signature(`${head}.${body}`)}`;
  }

  /** The claims when the signature is ours, of an expired token, too. */
  read(token: string): Claims | undefined {
    const [head = "", body = "", signature = ""] = token.split(".");
    const expected = Buffer.from(this.#signature(`${head}.${body}`));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    return JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as Claims;
  }

  #signature(text: string): string {
    return createHmac("sha256", this.#key).update(text).digest("base64url");
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
