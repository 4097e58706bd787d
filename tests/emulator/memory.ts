import { randomBytes, randomUUID } from "node:crypto";
import type { ApiUser } from "../../provider/api/wire";
import { fold, isWellFormed } from "./addresses";
import { StoreError, type Backend, type Bearer, type NewUser, type UserPatch } from "./backend";
import { MemorySessions, type SessionOptions } from "./sessions";

/** An account with what only the store knows. */
export interface Account {
  user: ApiUser;
  password: string;
  roles: string[];
  lastLogin: number | null;
}

const ACCESS = { impersonate: true, manage: true, manageGroupMembership: true, mapRoles: true, view: true };

/** The identity store in memory. Rules of Keycloak 26.4 for addresses, uniqueness and temporary passwords. */
export class MemoryBackend implements Backend {
  readonly accounts = new Map<string, Account>();
  readonly #byName = new Map<string, string>();
  readonly #sessions: MemorySessions;

  constructor(options: SessionOptions) {
    this.#sessions = new MemorySessions(this, options);
  }

  /** Puts an account in, as it is. */
  put(account: Account): void {
    this.accounts.set(account.user.id, account);
    this.#byName.set(fold(account.user.username), account.user.id);
    if (account.user.email !== undefined) this.#byName.set(fold(account.user.email), account.user.id);
  }

  findAccount(name: string): Account | undefined {
    const id = this.#byName.get(fold(name.trim()));
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

  async create(request: NewUser): Promise<{ id: string; password: string }> {
    const email = fold(request.email);
    if (!isWellFormed(email)) throw new StoreError("illFormed", "error-invalid-email");
    if (this.#byName.has(email)) throw new StoreError("duplicate", "User exists with same email");
    const isTemporary = request.password === undefined || request.requireReset === true;
    const password = request.password ?? randomBytes(9).toString("base64url");
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
      password,
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
    this.accounts.delete(id);
    for (const [name, owner] of this.#byName) if (owner === id) this.#byName.delete(name);
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
