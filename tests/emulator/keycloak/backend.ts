import type { ApiUser, TokenResponse } from "../../../provider/api/wire";
import { randomBytes } from "node:crypto";
import {
  StoreError,
  type AdminRequest,
  type Backend,
  type BareUser,
  type Bearer,
  type NewUser,
  type RouteAnswer,
  type TokenErrorBody,
  type UserPatch,
} from "../backend";
import { OPERATOR } from "../seeds";
import { CONFIDENTIAL_CLIENT, PUBLIC_CLIENT } from "../sessions";
import { AdminClient, unexpected } from "./admin-client";
import { Bearers } from "./bearers";
import { exchange } from "./exchange";
import { prepareRealm, setClientAttribute, setLifetimes, type Lifetimes, type RealmOptions } from "./realm";
import { ADMIN_ROLE, DEFAULT_ROLES, Roles, isId } from "./roles";
import { BOOTSTRAP, startKeycloak, type KeycloakServer } from "./server";

/** Ids that one request asks for: some 2 KB of the 4 KB that Keycloak takes as the first line of a request. */
const AT_ONCE = 50;

/** The identity store of a real Keycloak, by its admin API. The token endpoint is Keycloak's own. */
export class KeycloakBackend implements Backend {
  readonly #admin: AdminClient;
  readonly #roles: Roles;
  readonly #bearers: Bearers;
  /** Undefined until it was set once: a server that is given may have been used. */
  #isLightweight: boolean | undefined;

  private constructor(
    private readonly server: KeycloakServer,
    private readonly ownsServer: boolean,
  ) {
    this.#admin = new AdminClient(server.authUrl);
    this.#roles = new Roles(this.#admin);
    this.#bearers = new Bearers(this.#openid("token/introspect"));
  }

  /** Prepares a realm `master` as a Wallaroo installation has it. A server that is given is left running by `close`. */
  static async create(
    { hasOperator, ...options }: RealmOptions & { hasOperator: boolean },
    log: (line: string) => void,
    server?: KeycloakServer,
  ): Promise<KeycloakBackend> {
    const backend = new KeycloakBackend(server ?? (await startKeycloak(log)), server === undefined);
    await prepareRealm(backend.#admin, backend.#roles, options);
    if (hasOperator && (await backend.findByEmail(OPERATOR.email)) === undefined) {
      await backend.create({ ...OPERATOR, roles: [ADMIN_ROLE] });
    }
    return backend;
  }

  async list(): Promise<ApiUser[]> {
    const all = this.#admin.ask<ApiUser[]>("GET", "/users?max=100000");
    const [rolesOf, users] = await Promise.all([this.#roles.byAccount(), all]);
    return users.map((user) => complete(user, rolesOf.get(user.id) ?? []));
  }

  async findByIds(ids: string[]): Promise<ApiUser[]> {
    const known = ids.filter(isId);
    const chunks = Array.from({ length: Math.ceil(known.length / AT_ONCE) }, (_, index) =>
      known.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
    );
    const found = await Promise.all(
      chunks.map((chunk) => {
        // Keycloak's form of a search that finds all of these ids, and passes over those that it does not know.
        const query = new URLSearchParams({ search: `id:${chunk.join(" ")}`, max: String(AT_ONCE) });
        return this.#admin.ask<ApiUser[]>("GET", `/users?${query.toString()}`);
      }),
    );
    return found.flat().map((user) => complete(user, []));
  }

  async findByEmail(email: string): Promise<ApiUser | undefined> {
    for (const field of ["email", "username"]) {
      const query = new URLSearchParams({ [field]: email, exact: "true", briefRepresentation: "true" });
      // An empty filter would find all accounts.
      const [user] = email === "" ? [] : await this.#admin.ask<ApiUser[]>("GET", `/users?${query.toString()}`);
      if (user !== undefined) return complete(user, []);
    }
    return undefined;
  }

  async findWithRoles(email: string): Promise<ApiUser | undefined> {
    const id = (await this.findByEmail(email))?.id;
    if (id === undefined) return undefined;
    const [user, roles] = await Promise.all([
      this.#admin.ask<ApiUser>("GET", `/users/${id}`),
      this.#roles.ofAccount(id),
    ]);
    return complete(user, roles);
  }

  async countSeats(): Promise<number> {
    const query = "enabled=true&briefRepresentation=true&max=100000";
    return (await this.#admin.ask<ApiUser[]>("GET", `/users?${query}`)).filter(({ email }) => email).length;
  }

  async create({
    email,
    password,
    roles = [],
    requireReset = false,
  }: NewUser): Promise<{ id: string; password: string | null }> {
    const granted = await Promise.all(roles.map((name) => this.#roles.get(name)));
    const value = password === undefined ? randomBytes(9).toString("base64url") : password;
    const temporary = password === undefined || requireReset;
    const credentials = value === null ? [] : [{ type: "password", value, temporary }];
    const body = { username: email, email, enabled: true, credentials };
    const answer = await this.#admin.send("POST", "/users", body);
    if (answer.status !== 201) throw unexpected(answer);
    const id = answer.headers.location?.split("/").pop() ?? "";
    if (granted.length > 0) await this.#admin.ask("POST", `/users/${id}/role-mappings/realm`, granted);
    return { id, password: value };
  }

  async createAll(users: BareUser[]): Promise<string[]> {
    const { results } = await this.#admin.ask<{ results: { id: string; resourceName: string }[] }>(
      "POST",
      "/partialImport",
      {
        ifResourceExists: "FAIL",
        users: users.map(({ roles, ...names }) => ({ ...names, enabled: true, realmRoles: [DEFAULT_ROLES, ...roles] })),
      },
    );
    const ids = new Map(results.map(({ id, resourceName }) => [resourceName, id]));
    return users.map(({ username }) => ids.get(username) ?? "");
  }

  async patch(id: string, { admin, ...fields }: UserPatch): Promise<void> {
    if (!isId(id)) throw new StoreError("unknown", "User not found");
    try {
      // Keycloak keeps what the body does not name.
      await this.#admin.ask("PUT", `/users/${id}`, fields);
      if (admin !== undefined) await this.#roles.setAdmin(id, admin);
    } finally {
      this.#bearers.forget(id);
    }
  }

  async remove(id: string): Promise<void> {
    await this.#admin.ask("DELETE", `/users/${id}`);
    this.#bearers.forget(id);
  }

  async setPassword(id: string, password: string): Promise<void> {
    await this.#admin.ask("PUT", `/users/${id}/reset-password`, {
      type: "password",
      value: password,
      temporary: false,
    });
    await this.patch(id, { requiredActions: [] });
  }

  async revokeSessions(): Promise<void> {
    await this.#admin.ask("POST", "/logout-all");
    this.#admin.forget();
    this.#bearers.forget();
  }

  async token(form: Record<string, string>, authorization: string | undefined) {
    const { status, body } = await this.#post("token", form, authorization);
    return { status, body: body as TokenResponse | TokenErrorBody };
  }

  device(form: Record<string, string>, authorization: string | undefined): Promise<RouteAnswer> {
    return this.#post("auth/device", form, authorization);
  }

  async #post(endpoint: string, form: Record<string, string>, authorization: string | undefined): Promise<RouteAnswer> {
    const { status, text } = await exchange(this.#openid(endpoint), {
      method: "POST",
      headers: authorization === undefined ? {} : { authorization },
      body: new URLSearchParams(form),
    });
    return { status, body: parsed(text) };
  }

  async userinfo(authorization: string | undefined): Promise<RouteAnswer> {
    const headers = authorization === undefined ? {} : { authorization };
    const { status, text, headers: answered } = await exchange(this.#openid("userinfo"), { headers });
    const challenge = answered["www-authenticate"];
    return { status, body: parsed(text), ...(challenge ? { headers: { "www-authenticate": challenge } } : {}) };
  }

  async admin({ method, origin, target, body, authorization }: AdminRequest): Promise<RouteAnswer> {
    const base = this.server.authUrl.replace(/\/auth$/, "");
    const { status, text, headers } = await exchange(`${base}${target}`, {
      method,
      headers: { "content-type": "application/json", ...(authorization === undefined ? {} : { authorization }) },
      ...(method === "GET" ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    // Only Keycloak knows the account of a session, or of an id in another spelling.
    if (method !== "GET") this.#bearers.forget(/\/users\/([\w-]+)(?=\/|\?|$)/.exec(target)?.[1]);
    const { location } = headers;
    return {
      status,
      body: parsed(text),
      ...(location === undefined ? {} : { headers: { location: location.replace(base, origin) } }),
    };
  }

  async setLightweightTokens(isOn: boolean): Promise<void> {
    if (this.#isLightweight === isOn) return;
    for (const client of [PUBLIC_CLIENT, CONFIDENTIAL_CLIENT]) {
      await setClientAttribute(this.#admin, client, "client.use.lightweight.access.token.enabled", String(isOn));
    }
    this.#isLightweight = isOn;
  }

  authenticate(token: string): Promise<Bearer | undefined> {
    return this.#bearers.find(token);
  }

  setLifetimes(options: Lifetimes): Promise<void> {
    return setLifetimes(this.#admin, options);
  }

  /** Removes every account but the built-in admin and the operator, so that one Keycloak serves many tests. */
  async reset(): Promise<void> {
    await this.setLightweightTokens(false);
    for (const { id, username, enabled } of await this.#admin.ask<ApiUser[]>("GET", "/users?max=100000")) {
      const isKept = username === BOOTSTRAP.username || username === OPERATOR.email;
      if (!isKept) await this.remove(id);
      else if (!enabled) await this.patch(id, { enabled: true });
    }
  }

  async close(): Promise<void> {
    if (this.ownsServer) await this.server.stop();
  }

  #openid(endpoint: string): string {
    return `${this.server.authUrl}/realms/master/protocol/openid-connect/${endpoint}`;
  }
}

function parsed(text: string): unknown {
  return text === "" ? "" : JSON.parse(text);
}

function complete(user: ApiUser, roles: string[]): ApiUser {
  const { id, username, email, enabled, createdTimestamp, emailVerified, firstName, lastName } = user;
  const { requiredActions = [], disableableCredentialTypes = [], notBefore = 0, access } = user;
  const known = { id, username, email, enabled, createdTimestamp, emailVerified, firstName, lastName, access };
  const all = {
    ...known,
    requiredActions,
    disableableCredentialTypes,
    notBefore,
    lastLogin: null,
    federatedIdentities: [],
  };
  return { ...(JSON.parse(JSON.stringify(all)) as ApiUser), ...(roles.length > 0 ? { realmRoles: roles } : {}) };
}
