import type { TokenResponse } from "../../provider/api/wire";
import type { RouteAnswer, TokenErrorBody } from "./backend";
import { DeviceGrants } from "./device";
import type { Account, MemoryBackend } from "./memory";
import {
  CLIENT_SECRET,
  CONFIDENTIAL_CLIENT,
  PUBLIC_CLIENT,
  SERVICE_ACCOUNT_ID,
  type Session,
  type Sessions,
} from "./sessions";
import type { Claims } from "./tokens";

export interface TokenSettings {
  /** Life of an access token in seconds; Keycloak's default for the realm `master` is 60. */
  tokenLifetime: number;
  /** The same for one client each, by its name. */
  clientTokenLifetimes: Record<string, number>;
  /** Milliseconds since the epoch. */
  now: () => number;
  issuer: () => string;
  /** Seconds between two questions of a device that waits for its user; Keycloak's default is 5. */
  deviceInterval: number;
}

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

type TokenAnswer = { status: number; body: TokenResponse | TokenErrorBody };

/** Scopes that a client may ask for and that Keycloak prints when it grants them, in no promised order. */
const PRINTED_SCOPES = ["email", "address", "phone", "organization", "microprofile-jwt", "offline_access", "profile"];
/** The others that a client may ask for; `openid` is printed first. */
const UNPRINTED_SCOPES = ["openid", "web-origins", "acr", "roles", "basic"];
/** Granted without being asked for. */
const DEFAULT_SCOPES = ["email", "profile"];

/** Keycloak's token and userinfo endpoints over the accounts in memory; its words and order of checks (26.4). */
export class OpenId {
  /** Access tokens come without `sub`, `email`, `preferred_username` and roles; the platform knows their bearer anyway. */
  lightweight = false;
  readonly #devices: DeviceGrants;

  constructor(
    private readonly backend: MemoryBackend,
    private readonly sessions: Sessions,
    private readonly settings: TokenSettings,
  ) {
    this.#devices = new DeviceGrants(settings);
  }

  /** A device asks for a code (RFC 8628). */
  device(form: Record<string, string>, authorization: string | undefined): RouteAnswer {
    const client = authenticateClient(form, authorization);
    if (typeof client !== "string") return client;
    if (client === PUBLIC_CLIENT) return this.#devices.begin(client, form["scope"]);
    const words = "Client is not allowed to initiate OAuth 2.0 Device Authorization Grant. ";
    return refuse(400, "unauthorized_client", `${words}The flow is disabled for the client.`);
  }

  /** The page that a user opens with that code. */
  devicePage(fields: Record<string, string>): RouteAnswer {
    return this.#devices.page(fields, (name, password) => {
      const account = this.backend.findAccount(name);
      return account?.user.enabled === true && account.password === password ? account : undefined;
    });
  }

  token(form: Record<string, string>, authorization: string | undefined): TokenAnswer {
    const { grant_type: grantType } = form;
    if (grantType === undefined) return refuse(400, "invalid_request", "Missing form parameter: grant_type");
    if (!["password", "refresh_token", "client_credentials", DEVICE_GRANT].includes(grantType)) {
      return refuse(400, "unsupported_grant_type", "Unsupported grant_type");
    }
    const client = authenticateClient(form, authorization);
    if (typeof client !== "string") return client;
    if (grantType === "password") return this.#password(form, client);
    if (grantType === "refresh_token") return this.#refresh(form, client);
    if (grantType === DEVICE_GRANT) return this.#poll(form, client);
    if (client === PUBLIC_CLIENT) {
      return refuse(401, "unauthorized_client", "Public client not allowed to retrieve service account");
    }
    return (
      refusedScope(form) ??
      this.#issue(undefined, this.sessions.open(SERVICE_ACCOUNT_ID, client, false), scopesOf(form["scope"]))
    );
  }

  /** For tokens that were asked for with the scope `openid`. */
  userinfo(authorization: string | undefined): RouteAnswer {
    const token = bearerOf(authorization);
    if (token === undefined) return challenge(401);
    const found = this.sessions.inspect(token);
    if (found?.claims.typ !== "Bearer") return challenge(401, "invalid_token", "Token verification failed");
    const { claims, session, account } = found;
    if (!scopesOf(claims.scope).includes("openid")) {
      return challenge(403, "insufficient_scope", "Missing openid scope");
    }
    if (session === undefined) return challenge(401, "invalid_token", "user_session_not_found");
    if (account?.user.enabled === false) return challenge(401, "invalid_token", "User disabled");
    const { sub, email, preferred_username } = identityOf(account, session);
    const address = email === undefined ? {} : { email };
    const email_verified = account?.user.emailVerified ?? false;
    return { status: 200, body: { sub, email_verified, preferred_username, ...address } };
  }

  #password(form: Record<string, string>, client: string): TokenAnswer {
    const refused = refusedScope(form);
    if (refused !== undefined) return refused;
    if (form["username"] === undefined) return refuse(401, "invalid_request", "Missing parameter: username");
    const account = this.backend.findAccount(form["username"]);
    if (account?.user.enabled === false) return refuse(400, "invalid_grant", "Account disabled");
    // An empty password is stored and never right.
    if (!account?.password || account.password !== form["password"]) {
      return refuse(401, "invalid_grant", "Invalid user credentials");
    }
    if ((account.user.requiredActions ?? []).length > 0) {
      return refuse(400, "invalid_grant", "Account is not fully set up");
    }
    account.lastLogin = this.settings.now();
    const scopes = scopesOf(form["scope"]);
    return this.#issue(account, this.sessions.open(account.user.id, client, scopes.includes("offline_access")), scopes);
  }

  #poll(form: Record<string, string>, client: string): TokenAnswer {
    if (client !== PUBLIC_CLIENT) {
      return refuse(400, "invalid_grant", "Client not allowed OAuth 2.0 Device Authorization Grant");
    }
    const polled = this.#devices.poll(client, form["device_code"]);
    if ("error" in polled) return { status: 400, body: polled.error };
    const { account } = polled;
    account.lastLogin = this.settings.now();
    const scopes = scopesOf(polled.scope);
    return this.#issue(account, this.sessions.open(account.user.id, client, scopes.includes("offline_access")), scopes);
  }

  #refresh(form: Record<string, string>, client: string): TokenAnswer {
    if (form["refresh_token"] === undefined) return refuse(400, "invalid_request", "No refresh token");
    const refused = refusedScope(form);
    if (refused !== undefined) return refused;
    const claims = this.sessions.mint.read(form["refresh_token"]);
    if (claims?.typ !== "Refresh" && claims?.typ !== "Offline") {
      return refuse(400, "invalid_grant", "Invalid refresh token");
    }
    if (claims.azp !== client) {
      const words = "Invalid refresh token. Token client and authorized client don't match";
      return refuse(400, "invalid_grant", words);
    }
    if ((claims.exp ?? Infinity) * 1000 <= this.settings.now()) {
      return refuse(400, "invalid_grant", "Token is not active");
    }
    const session = this.sessions.find(claims.sid);
    const account = session && this.backend.accounts.get(session.userId);
    if (session === undefined || account === undefined) {
      const words = claims.typ === "Offline" ? "Offline user session not found" : "Session not active";
      return refuse(400, "invalid_grant", words);
    }
    if (!account.user.enabled) return refuse(400, "invalid_grant", "User disabled");
    if (this.sessions.isStale(claims, account)) return refuse(400, "invalid_grant", "Stale token");
    this.sessions.touch(session);
    return this.#issue(account, session, scopesOf(claims.scope));
  }

  /** Without an account: for the service account of the session's client. */
  #issue(account: Account | undefined, session: Session, scopes: string[]): TokenAnswer {
    const { tokenLifetime, clientTokenLifetimes, now, issuer } = this.settings;
    const granted = [...DEFAULT_SCOPES, ...scopes];
    const isOpenId = scopes.includes("openid");
    const scope = [...(isOpenId ? ["openid"] : []), ...PRINTED_SCOPES.filter((name) => granted.includes(name))].join(
      " ",
    );
    const lifetime = clientTokenLifetimes[session.client] ?? tokenLifetime;
    const common = { iss: issuer(), azp: session.client, sid: session.id, iat: Math.floor(now() / 1000) };
    // Not rounded, so that a life of less than a second can be asked for.
    const exp = now() / 1000 + lifetime;
    const identity = identityOf(account, session);
    const access: Claims = { typ: "Bearer", ...common, scope, exp, ...(this.lightweight ? {} : identity) };
    const { realm_access, ...person } = identity;
    const refresh: Claims = {
      ...common,
      scope,
      sub: identity.sub,
      ...(session.isOffline ? { typ: "Offline" } : { typ: "Refresh", exp: session.endsAt / 1000 }),
    };
    const body = {
      access_token: this.sessions.mint.sign(access),
      expires_in: lifetime,
      // A service account gets no refresh token (Keycloak's default since 13).
      refresh_expires_in: account === undefined || session.isOffline ? 0 : Math.round((session.endsAt - now()) / 1000),
      ...(account === undefined ? {} : { refresh_token: this.sessions.mint.sign(refresh) }),
      token_type: "Bearer",
      ...(isOpenId ? { id_token: this.sessions.mint.sign({ typ: "ID", ...common, exp, ...person }) } : {}),
      "not-before-policy": Math.max(this.sessions.notBefore, account?.user.notBefore ?? 0),
      ...(account === undefined ? {} : { session_state: session.id }),
      scope,
    };
    return { status: 200, body };
  }
}

/** The token of an Authorization header. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer (.+)$/.exec(authorization ?? "")?.[1];
}

/** What an access token that is not lightweight says of its bearer. */
function identityOf(account: Account | undefined, session: Session) {
  const { email, username = `service-account-${session.client}` } = account?.user ?? {};
  return {
    sub: session.userId,
    ...(email === undefined ? {} : { email }),
    preferred_username: username,
    realm_access: { roles: account?.roles ?? ["admin"] },
  };
}

/** The name of the client, or why it is refused. */
function authenticateClient(form: Record<string, string>, authorization: string | undefined): string | TokenAnswer {
  let { client_id: id, client_secret: secret } = form;
  if (authorization?.startsWith("Basic ")) {
    try {
      const [name = "", ...rest] = Buffer.from(authorization.slice(6), "base64").toString("utf8").split(":");
      if (rest.length === 0) throw new URIError("no colon");
      id = decodeURIComponent(name);
      secret = decodeURIComponent(rest.join(":"));
    } catch {
      return refuse(400, "unauthorized_client", "Unexpected error when authenticating client");
    }
  }
  if (id === PUBLIC_CLIENT || (id === CONFIDENTIAL_CLIENT && secret === CLIENT_SECRET)) return id;
  const error = id === CONFIDENTIAL_CLIENT ? "unauthorized_client" : "invalid_client";
  return refuse(401, error, "Invalid client or Invalid client credentials");
}

function scopesOf(scope: string | undefined): string[] {
  return scope === undefined ? [] : scope.split(" ");
}

function refusedScope({ scope }: Record<string, string>): TokenAnswer | undefined {
  const isKnown = (name: string) => PRINTED_SCOPES.includes(name) || UNPRINTED_SCOPES.includes(name);
  return scopesOf(scope).every(isKnown) ? undefined : refuse(400, "invalid_scope", `Invalid scopes: ${scope}`);
}

/** How Keycloak refuses a bearer: in a header, without a body. */
function challenge(status: number, error?: string, description?: string): RouteAnswer {
  const reason = error === undefined ? "" : `, error="${error}", error_description="${description}"`;
  return { status, body: "", headers: { "www-authenticate": `Bearer realm="master"${reason}` } };
}

function refuse(status: number, error: string, error_description: string): TokenAnswer {
  return { status, body: { error, error_description } };
}
