import { randomUUID } from "node:crypto";
import type { TokenErrorBody, TokenResponse } from "../../provider/api/wire";
import type { Bearer, RouteAnswer } from "./backend";
import type { Account, MemoryBackend } from "./memory";
import { TokenMint, type Claims } from "./tokens";

/** Keycloak's clients of a Wallaroo installation: what the SDK uses, and the one of the API connection guide. */
export const PUBLIC_CLIENT = "sdk-client";
export const CONFIDENTIAL_CLIENT = "api-client";
/** Secret of {@link CONFIDENTIAL_CLIENT} on the emulated platform. */
export const CLIENT_SECRET = "api-client-secret";

export interface SessionOptions {
  /** Life of an access token in seconds; Keycloak's default for the realm `master` is 60. */
  tokenLifetime: number;
  /** Milliseconds since the epoch. */
  now: () => number;
  issuer: () => string;
}

interface Session {
  userId: string;
  client: string;
  /** Milliseconds since the epoch; Infinity for offline sessions. */
  endsAt: number;
}

type TokenAnswer = { status: number; body: TokenResponse | TokenErrorBody };

const REFRESH_LIFETIME = 1800;
const SERVICE_ACCOUNT_ID = "5e1f0000-0000-4000-8000-00000000a11c";

/** Keycloak's token endpoint and its sessions, over the accounts in memory. */
export class MemorySessions {
  readonly #mint = new TokenMint();
  readonly #sessions = new Map<string, Session>();
  /** Access tokens come without `sub`, `email`, `preferred_username` and roles; the platform knows their bearer anyway. */
  lightweight = false;

  constructor(
    private readonly backend: MemoryBackend,
    private readonly options: SessionOptions,
  ) {}

  revokeAll(): void {
    this.#sessions.clear();
  }

  authenticate(token: string): Bearer | undefined {
    const claims = this.#mint.verify(token, this.options.now());
    const session = claims && this.#sessions.get(claims.sid);
    if (claims?.typ !== "Bearer" || session === undefined) return undefined;
    const { userId: id, client } = session;
    if (id === SERVICE_ACCOUNT_ID) return { id, username: `service-account-${client}`, isAdmin: true };
    const account = this.backend.accounts.get(id);
    if (account === undefined || !account.user.enabled) return undefined;
    return { id, username: account.user.username, isAdmin: account.roles.includes("admin") };
  }

  /** The userinfo endpoint; only for tokens that were asked for with the scope `openid`, as Keycloak has it. */
  userinfo(authorization: string | undefined): RouteAnswer {
    const token = /^Bearer (.+)$/.exec(authorization ?? "")?.[1];
    if (token === undefined) return challenge(401);
    const bearer = this.authenticate(token);
    if (bearer === undefined) return challenge(401, "invalid_token", "Token verification failed");
    const { scope = "" } = this.#mint.verify(token, this.options.now()) ?? {};
    if (!scope.split(" ").includes("openid")) return challenge(403, "insufficient_scope", "Missing openid scope");
    const user = this.backend.accounts.get(bearer.id)?.user;
    const { email, emailVerified = false } = user ?? {};
    const address = email === undefined ? {} : { email };
    const body = { sub: bearer.id, email_verified: emailVerified, preferred_username: bearer.username, ...address };
    return { status: 200, body };
  }

  token(form: Record<string, string>, authorization: string | undefined): TokenAnswer {
    const client = authenticateClient(form, authorization);
    if (client === undefined) {
      return refuse(401, "invalid_client", "Invalid client or Invalid client credentials");
    }
    if (form["grant_type"] === "password") return this.#password(form, client);
    if (form["grant_type"] === "refresh_token") return this.#refresh(form["refresh_token"] ?? "", client);
    if (form["grant_type"] === "client_credentials") {
      if (client === PUBLIC_CLIENT) {
        return refuse(401, "unauthorized_client", "Public client not allowed to retrieve service account");
      }
      return this.#issue(undefined, client, (form["scope"] ?? "").split(" "));
    }
    return refuse(400, "unsupported_grant_type", "Unsupported grant_type");
  }

  #password(form: Record<string, string>, client: string): TokenAnswer {
    const account = this.backend.findAccount(form["username"] ?? "");
    if (account?.password === undefined || account.password !== form["password"]) {
      return refuse(401, "invalid_grant", "Invalid user credentials");
    }
    if (!account.user.enabled) return refuse(400, "invalid_grant", "Account disabled");
    if ((account.user.requiredActions ?? []).length > 0) {
      return refuse(400, "invalid_grant", "Account is not fully set up");
    }
    account.lastLogin = this.options.now();
    return this.#issue(account, client, (form["scope"] ?? "").split(" "));
  }

  #refresh(refreshToken: string, client: string): TokenAnswer {
    const claims = this.#mint.verify(refreshToken, this.options.now());
    const sid = claims?.sid ?? "";
    const session = this.#sessions.get(sid);
    if (
      claims === undefined ||
      claims.typ === "Bearer" ||
      session === undefined ||
      session.client !== client ||
      session.endsAt <= this.options.now()
    ) {
      return refuse(400, "invalid_grant", "Token is not active");
    }
    const account = this.backend.accounts.get(session.userId);
    if (account === undefined || !account.user.enabled) return refuse(400, "invalid_grant", "User disabled");
    return this.#issue(account, client, claims.scope.split(" "), sid);
  }

  #issue(account: Account | undefined, client: string, scopes: string[], sid: string = randomUUID()): TokenAnswer {
    const isOffline = account !== undefined && scopes.includes("offline_access");
    const now = this.options.now();
    const id = account?.user.id ?? SERVICE_ACCOUNT_ID;
    const endsAt = isOffline ? Infinity : now + REFRESH_LIFETIME * 1000;
    this.#sessions.set(sid, { userId: id, client, endsAt });
    const scope = [
      ...(scopes.includes("openid") ? ["openid"] : []),
      "email profile",
      ...(isOffline ? ["offline_access"] : []),
    ].join(" ");
    const common = { iss: this.options.issuer(), azp: client, sid, scope, iat: Math.floor(now / 1000) };
    const claims: Claims = {
      ...common,
      typ: "Bearer",
      // Not rounded, so that a life of less than a second can be asked for.
      exp: now / 1000 + this.options.tokenLifetime,
      ...(this.lightweight ? {} : identityOf(account, id, client)),
    };
    const body: TokenResponse = {
      access_token: this.#mint.sign(claims),
      expires_in: this.options.tokenLifetime,
      token_type: "Bearer",
      scope,
    };
    // A service account gets no refresh token (Keycloak's default since 13).
    if (account !== undefined) {
      const ofRefresh = isOffline ? { typ: "Offline" as const } : { typ: "Refresh" as const, exp: endsAt / 1000 };
      body.refresh_token = this.#mint.sign({ ...common, sub: id, ...ofRefresh });
      body.refresh_expires_in = isOffline ? 0 : REFRESH_LIFETIME;
    }
    return { status: 200, body };
  }
}

/** What an access token that is not lightweight says of its bearer. */
function identityOf(account: Account | undefined, id: string, client: string): Partial<Claims> {
  const { email, username = `service-account-${client}` } = account?.user ?? {};
  return {
    sub: id,
    ...(email === undefined ? {} : { email }),
    preferred_username: username,
    realm_access: { roles: account?.roles ?? ["admin"] },
  };
}

function authenticateClient(form: Record<string, string>, authorization: string | undefined): string | undefined {
  let id = form["client_id"];
  let secret = form["client_secret"];
  if (authorization?.startsWith("Basic ")) {
    const pair = Buffer.from(authorization.slice(6), "base64").toString("utf8").split(":");
    id = decodeURIComponent(pair[0] ?? "");
    secret = decodeURIComponent(pair.slice(1).join(":"));
  }
  if (id === PUBLIC_CLIENT) return id;
  return id === CONFIDENTIAL_CLIENT && secret === CLIENT_SECRET ? id : undefined;
}

/** How Keycloak refuses a bearer: in a header, without a body. */
function challenge(status: number, error?: string, description?: string): RouteAnswer {
  const reason = error === undefined ? "" : `, error="${error}", error_description="${description}"`;
  return { status, body: "", headers: { "www-authenticate": `Bearer realm="master"${reason}` } };
}

function refuse(status: number, error: string, error_description: string): TokenAnswer {
  return { status, body: { error, error_description } };
}
