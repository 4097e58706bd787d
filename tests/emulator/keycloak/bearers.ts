import type { Bearer } from "../backend";
import { CLIENT_SECRET, CONFIDENTIAL_CLIENT } from "../sessions";
import { exchange } from "./exchange";
import { ADMIN_ROLE } from "./roles";

/** Longest time for which Keycloak's word about a token is kept, in milliseconds. */
const KEPT_MS = 5_000;

interface Claims {
  active?: boolean;
  typ?: string;
  sub?: string;
  exp?: number;
  username?: string;
  realm_access?: { roles: string[] };
}

/** What Keycloak said of one token; without `id` it has not answered yet. */
interface Kept {
  claims: Promise<Claims>;
  id?: string;
  untilMs: number;
}

/**
 * The bearers of tokens, by Keycloak's introspection. A good token is asked about again after some seconds, at its end, and
 * as soon as {@link forget} says that something was done to its account. What is done to an account past this platform
 * (in Keycloak's own console) counts only after those seconds.
 */
export class Bearers {
  readonly #kept = new Map<string, Kept>();

  /** `url` is Keycloak's introspection endpoint. */
  constructor(private readonly url: string) {}

  /** The bearer of a token, or undefined when it is not (or no longer) good. A refresh token has no rights. */
  async find(token: string): Promise<Bearer | undefined> {
    const claims = await this.#claims(token);
    if (claims.active !== true || claims.sub === undefined) return undefined;
    return {
      id: claims.sub,
      username: claims.username ?? "",
      // Keycloak says the roles of a refresh token, too; a service must look at its kind.
      isAccess: claims.typ === "Bearer",
      isAdmin: claims.typ === "Bearer" && claims.realm_access?.roles.includes(ADMIN_ROLE) === true,
    };
  }

  /** Forgets the tokens of an account, or of all accounts. To be called once Keycloak has answered what ends them. */
  forget(id?: string): void {
    for (const [token, kept] of this.#kept) {
      // An answer that is under way may be from before.
      if (id === undefined || kept.id === undefined || kept.id === id) this.#kept.delete(token);
    }
  }

  async #claims(token: string): Promise<Claims> {
    const now = Date.now();
    for (const [other, { untilMs }] of this.#kept) if (untilMs <= now) this.#kept.delete(other);
    const known = this.#kept.get(token);
    if (known !== undefined) return known.claims;
    const kept: Kept = { claims: this.#introspect(token), untilMs: Infinity };
    this.#kept.set(token, kept);
    try {
      const claims = await kept.claims;
      kept.id = claims.sub ?? "";
      kept.untilMs = claims.active === true ? Math.min(now + KEPT_MS, (claims.exp ?? 0) * 1000) : now;
      return claims;
    } catch (error) {
      kept.untilMs = now;
      throw error;
    }
  }

  async #introspect(token: string): Promise<Claims> {
    const { text } = await exchange(this.url, {
      method: "POST",
      body: new URLSearchParams({ token, client_id: CONFIDENTIAL_CLIENT, client_secret: CLIENT_SECRET }),
    });
    return JSON.parse(text) as Claims;
  }
}
