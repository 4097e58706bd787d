import type { ApiUser, TokenErrorBody, TokenResponse } from "../../../provider/api/wire";
import { randomBytes } from "node:crypto";
import {
  StoreError,
  type AdminRequest,
  type Backend,
  type Bearer,
  type NewUser,
  type RouteAnswer,
  type UserPatch,
} from "../backend";
import { OPERATOR } from "../seeds";
import { CLIENT_SECRET, CONFIDENTIAL_CLIENT, PUBLIC_CLIENT } from "../sessions";
import { AdminClient, unexpected } from "./admin-client";
import { prepareRealm, setClientAttribute, type RealmOptions } from "./realm";
import { ADMIN_ROLE, DEFAULT_ROLES, Roles, isId, type Role } from "./roles";
import { BOOTSTRAP, startKeycloak, type KeycloakServer } from "./server";

/** Above so many ids one list of all accounts costs less than asking for each. */
const MANY = 50;

/** The identity store of a real Keycloak, by its admin API. The token endpoint is Keycloak's own. */
export class KeycloakBackend implements Backend {
  readonly #admin: AdminClient;
  readonly #roles: Roles;

  private constructor(
    private readonly server: KeycloakServer,
    private readonly ownsServer: boolean,
  ) {
    this.#admin = new AdminClient(server.authUrl);
    this.#roles = new Roles(this.#admin);
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
    const roles = await this.#admin.ask<Role[]>("GET", "/roles");
    const rolesOf = new Map<string, string[]>();
    for (const { name } of roles.filter((role) => role.name !== DEFAULT_ROLES)) {
      const members = await this.#admin.ask<ApiUser[]>("GET", `/roles/${name}/users?max=100000`);
      for (const { id } of members) rolesOf.set(id, [...(rolesOf.get(id) ?? []), name]);
    }
    const users = await this.#admin.ask<ApiUser[]>("GET", "/users?max=100000");
    return users.map((user) => complete(user, rolesOf.get(user.id) ?? []));
  }

  async findByIds(ids: string[]): Promise<ApiUser[]> {
    if (ids.length > MANY) {
      const wanted = new Set(ids);
      return (await this.list()).filter((user) => wanted.has(user.id));
    }
    const found: ApiUser[] = [];
    for (const id of ids.filter(isId)) {
      const answer = await this.#admin.send("GET", `/users/${id}`);
      if (answer.ok) found.push(await this.#withRoles((await answer.json()) as ApiUser));
      else if (answer.status !== 404) throw await unexpected(answer);
    }
    return found;
  }

  async findByEmail(email: string): Promise<ApiUser | undefined> {
    for (const field of ["email", "username"]) {
      const query = new URLSearchParams({ [field]: email, exact: "true" });
      // An empty filter would find all accounts.
      const [user] = email === "" ? [] : await this.#admin.ask<ApiUser[]>("GET", `/users?${query.toString()}`);
      if (user !== undefined) return this.#withRoles(user);
    }
    return undefined;
  }

  async #withRoles(user: ApiUser): Promise<ApiUser> {
    const roles = await this.#admin.ask<Role[]>("GET", `/users/${user.id}/role-mappings/realm`);
    return complete(
      user,
      roles.map(({ name }) => name).filter((name) => name !== DEFAULT_ROLES),
    );
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
    if (answer.status !== 201) throw await unexpected(answer);
    const id = answer.headers.get("location")?.split("/").pop() ?? "";
    if (granted.length > 0) await this.#admin.ask("POST", `/users/${id}/role-mappings/realm`, granted);
    return { id, password: value };
  }

  async patch(id: string, { admin, ...fields }: UserPatch): Promise<void> {
    if (!isId(id)) throw new StoreError("unknown", "User not found");
    // Keycloak keeps what the body does not name.
    await this.#admin.ask("PUT", `/users/${id}`, fields);
    if (admin !== undefined) await this.#roles.setAdmin(id, admin);
  }

  async remove(id: string): Promise<void> {
    await this.#admin.ask("DELETE", `/users/${id}`);
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
  }

  async token(form: Record<string, string>, authorization: string | undefined) {
    const { status, body } = await this.#post("token", form, authorization);
    return { status, body: body as TokenResponse | TokenErrorBody };
  }

  device(form: Record<string, string>, authorization: string | undefined): Promise<RouteAnswer> {
    return this.#post("auth/device", form, authorization);
  }

  async #post(endpoint: string, form: Record<string, string>, authorization: string | undefined): Promise<RouteAnswer> {
    const answer = await fetch(this.#openid(endpoint), {
      method: "POST",
      headers: authorization === undefined ? {} : { authorization },
      body: new URLSearchParams(form),
    });
    return { status: answer.status, body: await answer.json() };
  }

  async userinfo(authorization: string | undefined): Promise<RouteAnswer> {
    const headers = authorization === undefined ? undefined : { authorization };
    const answer = await fetch(this.#openid("userinfo"), headers && { headers });
    const challenge = answer.headers.get("www-authenticate");
    const text = await answer.text();
    return {
      status: answer.status,
      body: text === "" ? "" : (JSON.parse(text) as unknown),
      ...(challenge === null ? {} : { headers: { "www-authenticate": challenge } }),
    };
  }

  async admin({ method, origin, target, body, authorization }: AdminRequest): Promise<RouteAnswer> {
    const base = this.server.authUrl.replace(/\/auth$/, "");
    const answer = await fetch(`${base}${target}`, {
      method,
      headers: { "content-type": "application/json", ...(authorization === undefined ? {} : { authorization }) },
      ...(method === "GET" ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const location = answer.headers.get("location");
    return {
      status: answer.status,
      body: text === "" ? "" : (JSON.parse(text) as unknown),
      ...(location === null ? {} : { headers: { location: location.replace(base, origin) } }),
    };
  }

  async setLightweightTokens(isOn: boolean): Promise<void> {
    for (const client of [PUBLIC_CLIENT, CONFIDENTIAL_CLIENT]) {
      await setClientAttribute(this.#admin, client, "client.use.lightweight.access.token.enabled", String(isOn));
    }
  }

  async authenticate(token: string): Promise<Bearer | undefined> {
    const answer = await fetch(this.#openid("token/introspect"), {
      method: "POST",
      body: new URLSearchParams({ token, client_id: CONFIDENTIAL_CLIENT, client_secret: CLIENT_SECRET }),
    });
    const claims = (await answer.json()) as {
      active?: boolean;
      typ?: string;
      sub?: string;
      username?: string;
      realm_access?: { roles: string[] };
    };
    if (claims.active !== true || claims.sub === undefined) return undefined;
    return {
      id: claims.sub,
      username: claims.username ?? "",
      // Keycloak says the roles of a refresh token, too; a service must look at its kind.
      isAccess: claims.typ === "Bearer",
      isAdmin: claims.typ === "Bearer" && claims.realm_access?.roles.includes(ADMIN_ROLE) === true,
    };
  }

  /** Removes every account but the built-in admin and the operator, so that one Keycloak serves many tests. */
  async reset(): Promise<void> {
    await this.setLightweightTokens(false);
    for (const user of await this.list()) {
      if (user.username !== BOOTSTRAP.username && user.username !== OPERATOR.email) await this.remove(user.id);
    }
    const operator = await this.findByEmail(OPERATOR.email);
    if (operator !== undefined && !operator.enabled) await this.patch(operator.id, { enabled: true });
  }

  async close(): Promise<void> {
    if (this.ownsServer) await this.server.stop();
  }

  #openid(endpoint: string): string {
    return `${this.server.authUrl}/realms/master/protocol/openid-connect/${endpoint}`;
  }
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
