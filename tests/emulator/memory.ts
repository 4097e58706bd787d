import { randomBytes, randomUUID } from "node:crypto";
import type { ApiUser } from "../../provider/api/wire";
import { AdminApi } from "./admin-api";
import {
  StoreError,
  type AdminRequest,
  type Backend,
  type BareUser,
  type Bearer,
  type NewUser,
  type UserPatch,
} from "./backend";
import { OpenId, type TokenSettings } from "./openid";
import { fieldErrors, fold } from "./profile";
import { Sessions } from "./sessions";

/** An account with what only the store knows. */
export interface Account {
  user: ApiUser;
  /** Undefined: the account has none, and can't sign in. */
  password: string | undefined;
  roles: string[];
  lastLogin: number | null;
}

const ACCESS = { impersonate: true, manage: true, manageGroupMembership: true, mapRoles: true, view: true };
/** Roles of Keycloak's realm `master`. */
const REALM_ROLES = ["admin", "create-realm", "default-roles-master", "offline_access", "uma_authorization"];

/** The identity store in memory. Rules of Keycloak 26.4 for addresses, names, uniqueness and temporary passwords. */
export class MemoryBackend implements Backend {
  readonly accounts = new Map<string, Account>();
  readonly #byUsername = new Map<string, string>();
  /** Several accounts can have one address, as in a realm that allows it. */
  readonly #byEmail = new Map<string, string[]>();
  readonly #sessions: Sessions;
  readonly #openId: OpenId;
  readonly #admin: AdminApi;

  constructor(private readonly settings: TokenSettings) {
    this.#sessions = new Sessions(this.accounts, settings.now);
    this.#openId = new OpenId(this, this.#sessions, settings);
    this.#admin = new AdminApi(this, this.#sessions, settings.now);
  }

  /** Puts an account in, as it is. */
  put(account: Account): void {
    const { id, username } = account.user;
    if (this.#byUsername.has(fold(username))) throw new Error(`the username ${username} is taken`);
    this.accounts.set(id, account);
    this.#byUsername.set(fold(username), id);
    this.#index(account.user);
  }

  /** By address, the oldest account that has it, or else by username. */
  findAccount(name: string): Account | undefined {
    const folded = fold(name);
    const id = this.#byEmail.get(folded)?.[0] ?? this.#byUsername.get(folded);
    return id === undefined ? undefined : this.accounts.get(id);
  }

  list(): Promise<ApiUser[]> {
    return Promise.resolve([...this.accounts.values()].map(complete));
  }

  findByIds(ids: string[]): Promise<ApiUser[]> {
    const accounts = ids.flatMap((id) => this.accounts.get(id) ?? []);
    return Promise.resolve(accounts.map(complete));
  }

  findByEmail(email: string): Promise<ApiUser | undefined> {
    const account = this.findAccount(email);
    return Promise.resolve(account && complete(account));
  }

  findWithRoles(email: string): Promise<ApiUser | undefined> {
    return this.findByEmail(email);
  }

  countSeats(): Promise<number> {
    const taken = [...this.accounts.values()].filter(({ user }) => user.enabled && user.email);
    return Promise.resolve(taken.length);
  }

  async create({ email, password, roles = [], requireReset = false }: NewUser) {
    const unknown = roles.find((role) => !REALM_ROLES.includes(role));
    if (unknown !== undefined) throw new StoreError("illFormed", "Could not find role");
    const made = password === undefined ? randomBytes(9).toString("base64url") : password;
    const requiredActions = password === undefined || requireReset ? ["UPDATE_PASSWORD"] : [];
    const id = this.add({ username: email, email, enabled: true, requiredActions }, made ?? undefined, roles);
    return Promise.resolve({ id, password: made });
  }

  createAll(users: BareUser[]): Promise<string[]> {
    const ids = users.map(({ roles, ...names }) => this.add({ ...names, enabled: true }, undefined, roles));
    return Promise.resolve(ids);
  }

  /** Makes an account as Keycloak's admin API does; a field that is not given is absent. Raises {@link StoreError}. */
  add(fields: UserPatch & { username: string }, password: string | undefined, roles: string[] = []): string {
    const { username, enabled = false, requiredActions = [], emailVerified = false, ...named } = fields;
    checkFields(named);
    const { email, firstName, lastName } = filled(named);
    const id = randomUUID();
    if (email !== undefined) this.#refuseTaken(email, id, "email");
    this.#refuseTaken(username, id, "username");
    const user: ApiUser = {
      access: ACCESS,
      createdTimestamp: this.settings.now(),
      disableableCredentialTypes: [],
      ...(email === undefined ? {} : { email }),
      ...(firstName === undefined ? {} : { firstName }),
      ...(lastName === undefined ? {} : { lastName }),
      emailVerified,
      enabled,
      id,
      notBefore: 0,
      requiredActions,
      username: fold(username),
    };
    this.put({ user, password, roles, lastLogin: null });
    return id;
  }

  async patch(id: string, patch: UserPatch): Promise<void> {
    this.update(id, patch);
    return Promise.resolve();
  }

  /** Raises {@link StoreError}. */
  update(id: string, { admin, email, firstName, lastName, ...others }: UserPatch): void {
    const account = this.#get(id);
    const { user } = account;
    checkFields({ email, firstName, lastName });
    const texts = filled({ email, firstName, lastName });
    if (texts.email !== undefined && texts.email !== user.email) this.#refuseTaken(texts.email, id, "email");
    this.#unindex(user);
    for (const [name, value] of Object.entries({ email, firstName, lastName })) {
      if (value !== undefined) delete user[name as keyof typeof texts];
    }
    Object.assign(user, texts, others);
    this.#index(user);
    if (admin !== undefined) {
      account.roles = [...account.roles.filter((role) => role !== "admin"), ...(admin ? ["admin"] : [])];
    }
  }

  async remove(id: string): Promise<void> {
    const { user } = this.#get(id);
    this.#unindex(user);
    this.#byUsername.delete(fold(user.username));
    this.accounts.delete(id);
    return Promise.resolve();
  }

  async setPassword(id: string, password: string): Promise<void> {
    const account = this.#get(id);
    account.password = password;
    account.user.requiredActions = [];
    return Promise.resolve();
  }

  revokeSessions(): Promise<void> {
    this.#sessions.endAll();
    return Promise.resolve();
  }

  token(form: Record<string, string>, authorization: string | undefined) {
    return Promise.resolve(this.#openId.token(form, authorization));
  }

  device(form: Record<string, string>, authorization: string | undefined) {
    return Promise.resolve(this.#openId.device(form, authorization));
  }

  devicePage(fields: Record<string, string>) {
    return this.#openId.devicePage(fields);
  }

  userinfo(authorization: string | undefined) {
    return Promise.resolve(this.#openId.userinfo(authorization));
  }

  admin(request: AdminRequest) {
    return Promise.resolve(this.#admin.answer(request));
  }

  setLightweightTokens(isOn: boolean): Promise<void> {
    this.#openId.lightweight = isOn;
    return Promise.resolve();
  }

  authenticate(token: string): Promise<Bearer | undefined> {
    const found = this.#sessions.inspect(token);
    if (found?.session === undefined || !this.#sessions.isActive(found)) return Promise.resolve(undefined);
    const { claims, session, account } = found;
    const roles = account?.roles ?? ["admin"];
    return Promise.resolve({
      id: session.userId,
      username: account?.user.username ?? `service-account-${session.client}`,
      isAccess: claims.typ === "Bearer",
      isAdmin: claims.typ === "Bearer" && roles.includes("admin"),
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #get(id: string): Account {
    const account = this.accounts.get(id);
    if (account === undefined) throw new StoreError("unknown", "User not found");
    return account;
  }

  /** An address must not be another account's username either, nor the other way round. */
  #refuseTaken(name: string, id: string, field: "email" | "username"): void {
    const owners = [...(this.#byEmail.get(fold(name)) ?? []), this.#byUsername.get(fold(name)) ?? id];
    if (owners.some((owner) => owner !== id)) throw new StoreError("duplicate", `User exists with same ${field}`);
  }

  #index({ id, email }: ApiUser): void {
    if (email) this.#byEmail.set(fold(email), [...(this.#byEmail.get(fold(email)) ?? []), id]);
  }

  #unindex({ id, email = "" }: ApiUser): void {
    const others = (this.#byEmail.get(fold(email)) ?? []).filter((other) => other !== id);
    if (others.length > 0) this.#byEmail.set(fold(email), others);
    else this.#byEmail.delete(fold(email));
  }
}

function checkFields(fields: Parameters<typeof fieldErrors>[0]): void {
  const [error] = fieldErrors(fields);
  if (error !== undefined) throw new StoreError("illFormed", error.errorMessage);
}

/** As Keycloak stores them: the address folded, and nothing that is blank. */
function filled({ email, firstName, lastName }: UserPatch): Pick<ApiUser, "email" | "firstName" | "lastName"> {
  return {
    ...(email ? { email: fold(email) } : {}),
    ...(firstName?.trim() ? { firstName } : {}),
    ...(lastName?.trim() ? { lastName } : {}),
  };
}

function complete({ user, roles, lastLogin }: Account): ApiUser {
  return { federatedIdentities: [], ...user, lastLogin, ...(roles.length > 0 ? { realmRoles: [...roles] } : {}) };
}
