import type { ApiUser } from "../../provider/api/wire";
import { StoreError, type AdminRequest, type RouteAnswer, type UserPatch } from "./backend";
import type { MemoryBackend } from "./memory";
import { bearerOf } from "./openid";
import { fieldErrors, fold } from "./profile";
import { CONFIDENTIAL_CLIENT, PUBLIC_CLIENT, type Session, type Sessions } from "./sessions";
import { findUsers } from "./user-search";

/** Ids of the clients, which stand in consents and sessions. */
const CLIENT_IDS: Record<string, string> = {
  [CONFIDENTIAL_CLIENT]: "c11e0000-0000-4000-8000-00000000a001",
  "admin-cli": "c11e0000-0000-4000-8000-00000000a002",
  [PUBLIC_CLIENT]: "c11e0000-0000-4000-8000-00000000a003",
};

/** The keys of Keycloak's UserRepresentation; any other one is refused. */
const KNOWN_KEYS = new Set(
  (
    "id username firstName lastName email emailVerified attributes userProfileMetadata enabled self origin " +
    "createdTimestamp totp federationLink serviceAccountClientId credentials disableableCredentialTypes " +
    "requiredActions federatedIdentities realmRoles clientRoles clientConsents notBefore applicationRoles " +
    "socialLinks groups access"
  ).split(" "),
);
/** The types of what can be written, but for lists. Most of the rest is ignored by Keycloak, too. */
const TYPES = {
  username: "string",
  email: "string",
  firstName: "string",
  lastName: "string",
  enabled: "boolean",
  emailVerified: "boolean",
} as const;

interface Password {
  value?: string;
  temporary?: boolean;
}

type Representation = UserPatch & { username?: string; credentials?: Password[] };

/** An answer that ends a request at once. */
class Refusal extends Error {
  constructor(readonly answer: RouteAnswer) {
    super("refused");
  }
}

/**
 * Keycloak's admin API of the realm `master` over the accounts in memory, as far as `callOf` knows it: accounts, their
 * sessions and their offline sessions. Words, statuses and shapes are those of 26.4.
 */
export class AdminApi {
  constructor(
    private readonly backend: MemoryBackend,
    private readonly sessions: Sessions,
    private readonly now: () => number,
  ) {}

  answer({ method, origin, target, body, authorization }: AdminRequest): RouteAnswer {
    const url = new URL(target, origin);
    const [realm, resource, ...rest] = url.pathname.split("/").slice(4);
    try {
      const parts = rest.map(decoded);
      this.#authorize(authorization, realm);
      if (resource === "sessions") return this.#endSession(parts[0] ?? "", url.searchParams);
      if (parts[0] === undefined) return method === "GET" ? this.#list(url.searchParams) : this.#create(body, url);
      if (parts[0] === "count") return { status: 200, body: this.#found(url.searchParams).length };
      return this.#ofUser(method, parts[0], parts.slice(1), body);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      if (error instanceof StoreError) return { status: 409, body: { errorMessage: error.message } };
      throw error;
    }
  }

  #authorize(authorization: string | undefined, realm: string | undefined): void {
    const found = this.sessions.inspect(bearerOf(authorization) ?? "");
    if (found?.claims.typ !== "Bearer" || !this.sessions.isActive(found)) throw refusal(401, "HTTP 401 Unauthorized");
    if (realm !== "master") throw refusal(404, "Realm not found.");
    const roles = found.account?.roles ?? ["admin"];
    if (!roles.includes("admin")) throw refusal(403, "HTTP 403 Forbidden");
  }

  #found(query: URLSearchParams): ApiUser[] {
    const unsupported = ["q", "idpAlias", "idpUserId"].find((name) => query.has(name));
    if (unsupported !== undefined) throw refusal(501, `the filter ${unsupported} is not emulated`);
    return findUsers(
      [...this.backend.accounts.values()].map(({ user }) => user),
      query,
    );
  }

  #list(query: URLSearchParams): RouteAnswer {
    const number = (name: string, fallback: number) => {
      const text = query.get(name);
      if (text !== null && !/^-?\d+$/.test(text)) throw refusal(404, "HTTP 404 Not Found");
      return text === null ? fallback : Number(text);
    };
    const first = Math.max(0, number("first", 0));
    const max = number("max", 100);
    const page = this.#found(query).slice(first, max < 0 ? undefined : first + max);
    return { status: 200, body: page.map((user) => represent(user, { manage: true })) };
  }

  #create(body: unknown, { origin, pathname }: URL): RouteAnswer {
    const { username, credentials, ...fields } = representation(body);
    if (!username) return { status: 400, body: { errorMessage: "User name is missing" } };
    refuseFields(fields);
    const [password] = credentials ?? [];
    const id = this.backend.add({ ...fields, username }, password?.value);
    if (password?.temporary === true) this.#setPassword(id, password);
    return { status: 201, body: "", headers: { location: `${origin}${pathname}/${id}` } };
  }

  #ofUser(method: string, id: string, [kind, client]: string[], body: unknown): RouteAnswer {
    const user = this.backend.accounts.get(id)?.user;
    if (user === undefined) throw refusal(404, "User not found");
    if (kind === undefined)
      return method === "GET" ? { status: 200, body: represent(user, ALL) } : this.#edit(user, body);
    if (kind === "reset-password") return this.#setPassword(id, body as Password);
    if (kind === "logout") return this.#logout(user);
    if (kind === "sessions") return this.#showSessions(user, false, undefined);
    if (kind === "offline-sessions") {
      const name = Object.keys(CLIENT_IDS).find((known) => CLIENT_IDS[known] === client);
      if (name === undefined) throw refusal(404, "Client not found");
      return this.#showSessions(user, true, name);
    }
    return method === "GET" ? this.#showConsents(user) : this.#endOffline(user, client ?? "");
  }

  /** Keeps what the body does not name. Sessions go on, of a deactivated account too. */
  #edit(user: ApiUser, body: unknown): RouteAnswer {
    const { username, credentials, ...patch } = representation(body);
    const isRenamed = username !== undefined && fold(username) !== user.username;
    const readOnly = { field: "username", errorMessage: "error-user-attribute-read-only", params: ["username"] };
    refuseFields(patch, isRenamed ? [readOnly] : []);
    this.backend.update(user.id, patch);
    const [password] = credentials ?? [];
    return password === undefined ? { status: 204, body: "" } : this.#setPassword(user.id, password);
  }

  #setPassword(id: string, { value, temporary }: Password): RouteAnswer {
    if (value === undefined) throw refusal(400, "No password provided");
    if (value === "") throw refusal(400, "Empty password not allowed");
    const account = this.backend.accounts.get(id);
    if (account === undefined) throw refusal(404, "User not found");
    account.password = value;
    const others = (account.user.requiredActions ?? []).filter((action) => action !== "UPDATE_PASSWORD");
    account.user.requiredActions = temporary === true ? [...others, "UPDATE_PASSWORD"] : others;
    return { status: 204, body: "" };
  }

  /** Ends the online sessions. Offline ones stay, but a token of theirs from an earlier second is stale now. */
  #logout(user: ApiUser): RouteAnswer {
    for (const { id } of this.sessions.ofUser(user.id, false)) this.sessions.end(id);
    user.notBefore = Math.floor(this.now() / 1000);
    return { status: 204, body: "" };
  }

  #showSessions(user: ApiUser, isOffline: boolean, client: string | undefined): RouteAnswer {
    const shown = this.sessions
      .ofUser(user.id, isOffline)
      .filter((session) => (client ?? session.client) === session.client);
    return { status: 200, body: shown.map((session) => describe(session, user)) };
  }

  #showConsents(user: ApiUser): RouteAnswer {
    const clients = new Set(this.sessions.ofUser(user.id, true).map(({ client }) => client));
    const body = [...clients].sort().map((clientId) => ({
      clientId,
      grantedClientScopes: [],
      additionalGrants: [{ client: CLIENT_IDS[clientId], key: "Offline Token" }],
    }));
    return { status: 200, body };
  }

  /** Ends the offline sessions with one client. Online ones stay. */
  #endOffline(user: ApiUser, client: string): RouteAnswer {
    if (!(client in CLIENT_IDS)) throw refusal(404, "Client not found");
    const ended = this.sessions.ofUser(user.id, true).filter((session) => session.client === client);
    if (ended.length === 0) throw refusal(404, "Consent nor offline token not found");
    for (const { id } of ended) this.sessions.end(id);
    return { status: 204, body: "" };
  }

  #endSession(id: string, query: URLSearchParams): RouteAnswer {
    // With three s, as Keycloak writes it.
    if (this.sessions.find(id)?.isOffline !== (query.get("isOffline") === "true"))
      throw refusal(404, "Sesssion not found");
    this.sessions.end(id);
    return { status: 204, body: "" };
  }
}

const ALL = {
  manageGroupMembership: true,
  resetPassword: true,
  view: true,
  mapRoles: true,
  impersonate: true,
  manage: true,
};

function represent(user: ApiUser, access: Record<string, boolean>) {
  const { id, username, firstName, lastName, email, emailVerified, enabled, createdTimestamp } = user;
  const { disableableCredentialTypes = [], requiredActions = [], notBefore = 0 } = user;
  return {
    ...{ id, username, firstName, lastName, email, emailVerified, enabled, createdTimestamp, totp: false },
    ...{ disableableCredentialTypes, requiredActions, notBefore, access },
  };
}

function describe({ id, client, startedAt, lastAccessAt }: Session, { id: userId, username }: ApiUser) {
  const seconds = (ms: number) => Math.floor(ms / 1000) * 1000;
  return {
    ...{ id, username, userId, ipAddress: "127.0.0.1", start: seconds(startedAt), lastAccess: seconds(lastAccessAt) },
    ...{ rememberMe: false, clients: { [CLIENT_IDS[client] ?? client]: client }, transientUser: false },
  };
}

/** The body of a request, checked; fields that are null are as good as absent. */
function representation(body: unknown): Representation {
  const unreadable = (error: string) => ({ status: 400, body: { error, error_description: "Cannot parse the JSON" } });
  if (typeof body === "string") throw new Refusal(unreadable("invalid_request"));
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new Refusal(unreadable("unknown_error"));
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  const unknown = Object.keys(given).find((key) => !KNOWN_KEYS.has(key));
  if (unknown !== undefined) {
    throw refusal(400, `Invalid json representation for UserRepresentation. Unrecognized field "${unknown}".`);
  }
  for (const key of ["attributes", "groups", "federatedIdentities"]) {
    if (key in given) throw refusal(501, `${key} of an account are not emulated`);
  }
  for (const [key, type] of Object.entries(TYPES)) {
    if (key in given && typeof given[key] !== type) throw new Refusal(unreadable("unknown_error"));
  }
  for (const key of ["requiredActions", "credentials"]) {
    if (key in given && !Array.isArray(given[key])) throw new Refusal(unreadable("unknown_error"));
  }
  const written = [...Object.keys(TYPES), "requiredActions", "credentials"];
  return Object.fromEntries(Object.entries(given).filter(([key]) => written.includes(key)));
}

function refuseFields(fields: UserPatch, others: ReturnType<typeof fieldErrors> = []): void {
  const errors = [...fieldErrors(fields), ...others];
  if (errors.length > 0) throw new Refusal({ status: 400, body: errors.length > 1 ? { errors } : errors[0] });
}

function refusal(status: number, error: string): Refusal {
  return new Refusal({ status, body: { error } });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refusal({ status: 400, body: "" });
  }
}
