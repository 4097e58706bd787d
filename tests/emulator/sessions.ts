import { randomBytes, randomUUID } from "node:crypto";
import type { TokenErrorBody, TokenResponse } from "../../provider/api/wire";
import type { Bearer } from "./backend";
import type { Account, MemoryBackend } from "./memory";
import { TokenMint } from "./tokens";

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
  readonly #refreshTokens = new Map<string, string>();

  constructor(
    private readonly backend: MemoryBackend,
    private readonly options: SessionOptions,
  ) {}

  revokeAll(): void {
    this.#sessions.clear();
    this.#refreshTokens.clear();
  }

  authenticate(token: string): Bearer | undefined {
    const claims = this.#mint.verify(token, this.options.now());
    if (claims === undefined || !this.#sessions.has(claims.sid)) return undefined;
    if (claims.sub === SERVICE_ACCOUNT_ID)
      return { id: claims.sub, username: claims.preferred_username, isAdmin: true };
    const account = this.backend.accounts.get(claims.sub);
    if (account === undefined || !account.user.enabled) return undefined;
    return { id: claims.sub, username: account.user.username, isAdmin: account.roles.includes("admin") };
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
      return this.#issue(undefined, client, false);
    }
    return refuse(400, "unsupported_grant_type", "Unsupported grant_type");
  }

  #password(form: Record<string, string>, client: string): TokenAnswer {
    const account = this.backend.findAccount(form["username"] ?? "");
    if (account === undefined || account.password !== form["password"]) {
      return refuse(401, "invalid_grant", "Invalid user credentials");
    }
    if (!account.user.enabled) return refuse(400, "invalid_grant", "Account disabled");
    if ((account.user.requiredActions ?? []).length > 0) {
      return refuse(400, "invalid_grant", "Account is not fully set up");
    }
    account.lastLogin = this.options.now();
    return this.#issue(account, client, (form["scope"] ?? "").split(" ").includes("offline_access"));
  }

  #refresh(refreshToken: string, client: string): TokenAnswer {
    const sid = this.#refreshTokens.get(refreshToken);
    const session = sid === undefined ? undefined : this.#sessions.get(sid);
    if (
      sid === undefined ||
      session === undefined ||
      session.client !== client ||
      session.endsAt <= this.options.now()
    ) {
      return refuse(400, "invalid_grant", "Token is not active");
    }
    const account = this.backend.accounts.get(session.userId);
    if (account === undefined || !account.user.enabled) return refuse(400, "invalid_grant", "User disabled");
    return this.#issue(account, client, session.endsAt === Infinity, sid);
  }

  #issue(account: Account | undefined, client: string, isOffline: boolean, sid: string = randomUUID()): TokenAnswer {
    const now = this.options.now();
    const id = account?.user.id ?? SERVICE_ACCOUNT_ID;
    const endsAt = isOffline ? Infinity : now + REFRESH_LIFETIME * 1000;
    this.#sessions.set(sid, { userId: id, client, endsAt });
    const email = account?.user.email;
    const access_token = this.#mint.sign({
      iss: this.options.issuer(),
      sub: id,
      ...(email === undefined ? {} : { email }),
      preferred_username: account?.user.username ?? `service-account-${client}`,
      azp: client,
      sid,
      iat: Math.floor(now / 1000),
      // Not rounded, so that a life of less than a second can be asked for.
      exp: now / 1000 + this.options.tokenLifetime,
      realm_access: { roles: account?.roles ?? ["admin"] },
    });
    const body: TokenResponse = {
      access_token,
      expires_in: this.options.tokenLifetime,
      token_type: "Bearer",
      scope: isOffline ? "profile email offline_access" : "profile email",
    };
    // A service account gets no refresh token (Keycloak's default since 13).
    if (account !== undefined) {
      body.refresh_token = randomBytes(24).toString("base64url");
      body.refresh_expires_in = isOffline ? 0 : REFRESH_LIFETIME;
      this.#refreshTokens.set(body.refresh_token, sid);
    }
    return { status: 200, body };
  }
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

function refuse(status: number, error: string, error_description: string): TokenAnswer {
  return { status, body: { error, error_description } };
}
