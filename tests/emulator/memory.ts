import { randomBytes, randomUUID } from "node:crypto";
import type { ApiUser } from "../../provider/api/wire";
import { fold, isWellFormed } from "./addresses";
import { StoreError, type Backend, type Bearer, type NewUser, type UserPatch } from "./backend";
import { MemorySessions, type SessionOptions } from "./sessions";

/** An account with what only the store knows. */
export interface Account {
  user: ApiUser;
  /** Undefined: the account has none, and nobody can sign in to it. */
  password: string | undefined;
  roles: string[];
  lastLogin: number | null;
}

const ACCESS = { impersonate: true, manage: true, manageGroupMembership: true, mapRoles: true, view: true };

/** The identity store in memory. Rules of Keycloak 26.4 for addresses, uniqueness and temporary passwords. */
export class MemoryBackend implements Backend {
  readonly accounts = new Map<string, Account>();
  readonly #byUsername = new Map<string, string>();
  /** Several accounts can have one address, as in a realm that allows it. */
  readonly #byEmail = new Map<string, string[]>();
  readonly #sessions: MemorySessions;

  constructor(options: SessionOptions) {
    this.#sessions = new MemorySessions(this, options);
  }

  /** Puts an account in, as it is. */
  put(account: Account): void {
    const { id, username, email } = account.user;
    if (this.#byUsername.has(fold(username))) throw new Error(`the username ${username} is taken`);
    this.accounts.set(id, account);
    this.#byUsername.set(fold(username), id);
    if (email) this.#byEmail.set(fold(email), [...(this.#byEmail.get(fold(email)) ?? []), id]);
  }

  /** By address, the oldest account that has it, or else by username. */
  findAccount(name: string): Account | undefined {
    const folded = fold(name.trim());
    const id = this.#byEmail.get(folded)?.[0] ?? this.#byUsername.get(folded);
    return id === undefined ? undefined : this.accounts.get(id);
  }

  list(): Promise<ApiUser[]> {
    return Promise.resolve([...this.accounts.values()].map(complete));
  }

  findById(id: string): Promise<ApiUser | undefined> {
    const account = this.accounts.get(id);
    return Promise.resolve(account && complete(account));
  }

  findByEmail(email: string): Promise<ApiUser | undefined> {
    const account = this.findAccount(email);
    return Promise.resolve(account && complete(account));
  }

  async create(request: NewUser): Promise<{ id: string; password: string | null }> {
    const email = fold(request.email);
    if (!isWellFormed(email)) throw new StoreError("illFormed", "error-invalid-email");
    if (this.#byEmail.has(email)) throw new StoreError("duplicate", "User exists with same email");
    if (this.#byUsername.has(email)) throw new StoreError("duplicate", "User exists with same username");
    const isTemporary = request.password === undefined || request.requireReset === true;
    const password = request.password === undefined ? randomBytes(9).toString("base64url") : request.password;
    const id = randomUUID();
    this.put({
      user: {
        access: ACCESS,
        createdTimestamp: Date.now(),
        disableableCredentialTypes: [],
        email,
        emailVerified: false,
        enabled: true,
        id,
        notBefore: 0,
        requiredActions: isTemporary ? ["UPDATE_PASSWORD"] : [],
        username: email,
      },
      password: password ?? undefined,
      roles: request.roles ?? [],
      lastLogin: null,
    });
    return Promise.resolve({ id, password });
  }

  patch(id: string, patch: UserPatch): Promise<void> {
    const account = this.accounts.get(id);
    if (account === undefined) throw new StoreError("unknown", "User not found");
    const { admin, ...fields } = patch;
    Object.assign(account.user, fields);
    if (admin !== undefined)
      account.roles = [...account.roles.filter((r) => r !== "admin"), ...(admin ? ["admin"] : [])];
    return Promise.resolve();
  }

  remove(id: string): Promise<void> {
    const account = this.accounts.get(id);
    if (account === undefined) throw new StoreError("unknown", "User not found");
    const email = fold(account.user.email ?? "");
    const others = (this.#byEmail.get(email) ?? []).filter((other) => other !== id);
    if (others.length > 0) this.#byEmail.set(email, others);
    else this.#byEmail.delete(email);
    this.#byUsername.delete(fold(account.user.username));
    this.accounts.delete(id);
    return Promise.resolve();
  }

  setPassword(id: string, password: string): Promise<void> {
    const account = this.accounts.get(id);
    if (account === undefined) throw new StoreError("unknown", "User not found");
    account.password = password;
    account.user.requiredActions = [];
    return Promise.resolve();
  }

  revokeSessions(): Promise<void> {
    this.#sessions.revokeAll();
    return Promise.resolve();
  }

  token(form: Record<string, string>, authorization: string | undefined) {
    return Promise.resolve(this.#sessions.token(form, authorization));
  }

  userinfo(authorization: string | undefined) {
    return Promise.resolve(this.#sessions.userinfo(authorization));
  }

  setLightweightTokens(isOn: boolean): Promise<void> {
    this.#sessions.lightweight = isOn;
    return Promise.resolve();
  }

  authenticate(accessToken: string): Promise<Bearer | undefined> {
    return Promise.resolve(this.#sessions.authenticate(accessToken));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function complete({ user, roles, lastLogin }: Account): ApiUser {
  return { ...user, lastLogin, federatedIdentities: [], ...(roles.length > 0 ? { realmRoles: [...roles] } : {}) };
}
