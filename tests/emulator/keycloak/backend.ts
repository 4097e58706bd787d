import type { ApiUser, TokenErrorBody, TokenResponse } from "../../../provider/api/wire";
import { randomBytes } from "node:crypto";
import { StoreError, type Backend, type Bearer, type NewUser, type RouteAnswer, type UserPatch } from "../backend";
import { OPERATOR } from "../seeds";
import { CLIENT_SECRET, CONFIDENTIAL_CLIENT, PUBLIC_CLIENT } from "../sessions";
import { BOOTSTRAP, startKeycloak, type KeycloakServer } from "./server";

interface Role {
  id: string;
  name: string;
}

type Json = Record<string, unknown>;

/** The identity store of a real Keycloak, by its admin API. The token endpoint is Keycloak's own. */
export class KeycloakBackend implements Backend {
  #token = "";
  #tokenUntilMs = 0;
  #adminRole: Role | undefined;

  private constructor(
    private readonly server: KeycloakServer,
    private readonly ownsServer: boolean,
  ) {}

  /** Prepares a realm `master` as a Wallaroo installation has it. A server that is given is left running by `close`. */
  static async create(
    options: { tokenLifetime: number; hasOperator: boolean },
    log: (line: string) => void,
    server?: KeycloakServer,
  ): Promise<KeycloakBackend> {
    const backend = new KeycloakBackend(server ?? (await startKeycloak(log)), server === undefined);
    await backend.#prepare(options);
    return backend;
  }

  async list(): Promise<ApiUser[]> {
    const [users, admins] = await Promise.all([
      this.#admin<ApiUser[]>("GET", "/users?max=100000&briefRepresentation=false"),
      this.#admin<ApiUser[]>("GET", "/roles/admin/users?max=100000"),
    ]);
    const adminIds = new Set(admins.map((user) => user.id));
    return users.map((user) => complete(user, adminIds.has(user.id)));
  }

  async findById(id: string): Promise<ApiUser | undefined> {
    return (await this.list()).find((user) => user.id === id);
  }

  async findByEmail(email: string): Promise<ApiUser | undefined> {
    const name = email.toLowerCase();
    return (await this.list()).find((user) => user.email === name || user.username === name);
  }

  async create({
    email,
    password,
    roles = [],
    requireReset = false,
  }: NewUser): Promise<{ id: string; password: string | null }> {
    const value = password === undefined ? randomBytes(9).toString("base64url") : password;
    const temporary = password === undefined || requireReset;
    const credentials = value === null ? [] : [{ type: "password", value, temporary }];
    const body = { username: email, email, enabled: true, credentials };
    const answer = await this.#send("POST", "/users", body);
    if (answer.status === 409) throw new StoreError("duplicate", await wordsOf(answer));
    if (answer.status === 400) throw new StoreError("illFormed", await wordsOf(answer));
    if (answer.status !== 201) throw new Error(`Keycloak answered ${answer.status} to a new user`);
    const id = answer.headers.get("location")?.split("/").pop() ?? "";
    if (roles.includes("admin")) await this.#setAdmin(id, true);
    return { id, password: value };
  }

  async patch(id: string, { admin, ...fields }: UserPatch): Promise<void> {
    if (Object.keys(fields).length > 0) {
      const user = await this.#admin<Json>("GET", `/users/${id}`);
      await this.#admin("PUT", `/users/${id}`, { ...user, ...fields });
    }
    if (admin !== undefined) await this.#setAdmin(id, admin);
  }

  async remove(id: string): Promise<void> {
    await this.#admin("DELETE", `/users/${id}`);
  }

  async setPassword(id: string, password: string): Promise<void> {
    await this.#admin("PUT", `/users/${id}/reset-password`, { type: "password", value: password, temporary: false });
    const user = await this.#admin<Json>("GET", `/users/${id}`);
    await this.#admin("PUT", `/users/${id}`, { ...user, requiredActions: [] });
  }

  async revokeSessions(): Promise<void> {
    await this.#admin("POST", "/logout-all");
    this.#tokenUntilMs = 0;
  }

  async token(form: Record<string, string>, authorization: string | undefined) {
    const answer = await fetch(this.#openid("token"), {
      method: "POST",
      headers: authorization === undefined ? {} : { authorization },
      body: new URLSearchParams(form),
    });
    return { status: answer.status, body: (await answer.json()) as TokenResponse | TokenErrorBody };
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

  async setLightweightTokens(isOn: boolean): Promise<void> {
    for (const client of await this.#admin<{ id: string; clientId: string; attributes: Json }[]>("GET", "/clients")) {
      if (client.clientId !== PUBLIC_CLIENT && client.clientId !== CONFIDENTIAL_CLIENT) continue;
      const attributes = { ...client.attributes, "client.use.lightweight.access.token.enabled": String(isOn) };
      await this.#admin("PUT", `/clients/${client.id}`, { ...client, attributes });
    }
  }

  async authenticate(accessToken: string): Promise<Bearer | undefined> {
    const answer = await fetch(this.#openid("token/introspect"), {
      method: "POST",
      body: new URLSearchParams({ token: accessToken, client_id: CONFIDENTIAL_CLIENT, client_secret: CLIENT_SECRET }),
    });
    const claims = (await answer.json()) as {
      active?: boolean;
      sub?: string;
      username?: string;
      realm_access?: { roles: string[] };
    };
    if (claims.active !== true || claims.sub === undefined) return undefined;
    return {
      id: claims.sub,
      username: claims.username ?? "",
      isAdmin: claims.realm_access?.roles.includes("admin") ?? false,
    };
  }

  /** Everybody but the built-in admin and the operator goes, so that one Keycloak serves many tests. */
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

  async #prepare({ tokenLifetime, hasOperator }: { tokenLifetime: number; hasOperator: boolean }): Promise<void> {
    await this.#admin("PUT", "", { accessTokenLifespan: tokenLifetime });
    // Keycloak asks everybody for both names at first login unless told not to; the guides' people have none.
    const profile = await this.#admin<{ attributes: Json[] }>("GET", "/users/profile");
    for (const attribute of profile.attributes) {
      if (attribute["name"] === "firstName" || attribute["name"] === "lastName") delete attribute["required"];
      // The default profile refuses o'brien@ and every other sign in a username but . _ - @ +; a platform whose
      // usernames are addresses can't keep that.
      if (attribute["name"] === "username") attribute["validations"] = {};
    }
    await this.#admin("PUT", "/users/profile", profile);
    const clients = await this.#admin<{ clientId: string; id: string }[]>("GET", "/clients");
    if (!clients.some((client) => client.clientId === PUBLIC_CLIENT)) {
      await this.#admin("POST", "/clients", {
        clientId: PUBLIC_CLIENT,
        publicClient: true,
        directAccessGrantsEnabled: true,
      });
      await this.#admin("POST", "/clients", {
        clientId: CONFIDENTIAL_CLIENT,
        secret: CLIENT_SECRET,
        directAccessGrantsEnabled: true,
        serviceAccountsEnabled: true,
      });
      const [client] = await this.#admin<{ id: string }[]>("GET", `/clients?clientId=${CONFIDENTIAL_CLIENT}`);
      const account = await this.#admin<{ id: string }>("GET", `/clients/${client?.id}/service-account-user`);
      await this.#setAdmin(account.id, true);
    }
    if (hasOperator && (await this.findByEmail(OPERATOR.email)) === undefined) {
      await this.create({ ...OPERATOR, roles: ["admin"] });
    }
  }

  async #setAdmin(id: string, isAdmin: boolean): Promise<void> {
    this.#adminRole ??= await this.#admin<Role>("GET", "/roles/admin");
    await this.#admin(isAdmin ? "POST" : "DELETE", `/users/${id}/role-mappings/realm`, [this.#adminRole]);
  }

  async #admin<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.#send(method, path, body);
    if (!answer.ok) throw new Error(`Keycloak answered ${answer.status} to ${method} ${path}: ${await answer.text()}`);
    const text = await answer.text();
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  async #send(method: string, path: string, body?: unknown): Promise<Response> {
    if (performance.now() > this.#tokenUntilMs) {
      const askedMs = performance.now();
      const answer = await fetch(this.#openid("token"), {
        method: "POST",
        body: new URLSearchParams({ grant_type: "password", client_id: "admin-cli", ...BOOTSTRAP }),
      });
      const { access_token, expires_in } = (await answer.json()) as TokenResponse;
      this.#token = access_token;
      this.#tokenUntilMs = askedMs + expires_in * 500;
    }
    return fetch(`${this.server.authUrl}/admin/realms/master${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  #openid(endpoint: string): string {
    return `${this.server.authUrl}/realms/master/protocol/openid-connect/${endpoint}`;
  }
}

function complete(user: ApiUser, isAdmin: boolean): ApiUser {
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
  return { ...(JSON.parse(JSON.stringify(all)) as ApiUser), ...(isAdmin ? { realmRoles: ["admin"] } : {}) };
}

async function wordsOf(answer: Response): Promise<string> {
  const { errorMessage } = (await answer.json()) as { errorMessage?: string };
  return errorMessage ?? `HTTP ${answer.status}`;
}
