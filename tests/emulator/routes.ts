import type { ApiUser, EditUserRequest, InviteUserRequest, QueryUsersRequest } from "../../provider/api/wire";
import { fold } from "./profile";
import { failure, StoreError, type Backend, type Bearer, type RouteAnswer } from "./backend";
import type { AdminCallName, ApiCallName, CallName } from "./misbehaviour";
import type { WorkspaceOptions } from "./workspace-routes";

/** Where the public sources disagree, what a release knows, and how an installation can differ. See DIFFERENCES.md. */
export interface ReleaseOptions extends WorkspaceOptions {
  release: "2022" | "2024";
  inviteAnswersId: "uuid" | "email";
  duplicateStatus: 400 | 409 | 500;
  unknownEmailStatus: 400 | 404 | 500;
  unknownId: "null" | "absent";
  /** Whether an invite has to have `roles`. */
  roles: "optional" | "required";
  /** Enabled accounts with an address that the licence allows. */
  seatLimit: number | undefined;
  /** Milliseconds after which an invited account shows up in queries; nothing else waits for it. */
  seenAfterMs: number;
  /** Addresses whose accounts activate and deactivate leave as they are, and answer `{}` all the same. */
  ignoresDeactivate: string[];
  /**
   * Whether an invite's password must have an upper-case letter. `before`: it is refused with 400 and nothing is made;
   * `after`: the account is made without a password, and then the invite answers 500.
   */
  passwordPolicy: "none" | "before" | "after";
}

const PATHS: Record<string, ApiCallName> = {
  "/v1/api/users/query": "query",
  "/v1/api/users/invite": "invite",
  "/v1/api/users/activate": "activate",
  "/v1/api/users/deactivate": "deactivate",
  "/v1/api/user": "edit",
  "/v1/graphql": "graphql",
  "/v1/api/workspaces/create": "workspaces/create",
  "/v1/api/workspaces/list": "workspaces/list",
  "/v1/api/workspaces/add_user": "workspaces/add_user",
  "/v1/api/workspaces/list_users": "workspaces/list_users",
  "/v1/api/workspaces/remove_user": "workspaces/remove_user",
  "/v1/api/workspaces/validate": "workspaces/validate",
};

/** What is served of Keycloak's admin API, below `/auth/admin/realms/{realm}/`. */
const ADMIN_ROUTES: [RegExp, AdminCallName][] = [
  [/^(GET|POST) users$/, "accounts"],
  [/^GET users\/count$/, "accounts"],
  [/^(GET|PUT) users\/[^/]+$/, "account"],
  [/^PUT users\/[^/]+\/reset-password$/, "account"],
  [/^GET users\/[^/]+\/(sessions|offline-sessions\/[^/]+|consents)$/, "sessions"],
  [/^POST users\/[^/]+\/logout$/, "endSessions"],
  [/^DELETE users\/[^/]+\/consents\/[^/]+$/, "endSessions"],
  [/^DELETE sessions\/[^/]+$/, "endSessions"],
];
const ADMIN_CALLS: readonly CallName[] = ADMIN_ROUTES.map(([, call]) => call);

/** Whether a call is one of Keycloak's admin API. */
export function isAdminCall(call: CallName): boolean {
  return ADMIN_CALLS.includes(call);
}

/** The call that a request belongs to. */
export function callOf(method: string, path: string): CallName {
  const below = /^\/auth\/admin\/realms\/[^/]+\/(.+)$/.exec(path)?.[1];
  if (below !== undefined) return ADMIN_ROUTES.find(([route]) => route.test(`${method} ${below}`))?.[1] ?? "other";
  if (path.endsWith("/protocol/openid-connect/token")) return "token";
  if (path.endsWith("/protocol/openid-connect/userinfo")) return "userinfo";
  if (path.endsWith("/protocol/openid-connect/auth/device")) return "device";
  if (/^\/auth\/realms\/[^/]+\/device$/.test(path)) return "devicePage";
  if (/^\/auth\/realms\/[^/]+$/.test(path)) return "realm";
  return path === "/v1/api/config" ? "config" : (PATHS[path] ?? "other");
}

/** Keycloak's words for a password that its policy refuses. */
const WEAK_PASSWORD = "Invalid password: must contain at least 1 upper case characters.";

/** The platform's user API over an identity store. */
export class UserApi {
  /** When an account was invited, by id, in milliseconds since the epoch. */
  readonly #invitedAt = new Map<string, number>();

  constructor(
    private readonly backend: Backend,
    private readonly options: ReleaseOptions,
    private readonly now: () => number,
  ) {}

  /** Answers one call whose bearer is known. `body` is the parsed JSON. */
  async answer(call: CallName, body: unknown, bearer: Bearer): Promise<RouteAnswer> {
    const { release, duplicateStatus, unknownEmailStatus } = this.options;
    if (call === "edit" && release === "2022") return failure(404, "Not Found");
    if (!bearer.isAdmin) return failure(403, "Forbidden");
    if (typeof body !== "object" || body === null || Array.isArray(body))
      return failure(400, "the body must be an object");
    try {
      if (call === "query") return await this.#query(body);
      if (call === "invite") return await this.#invite(body as InviteUserRequest);
      if (call === "edit") return await this.#edit(body as EditUserRequest);
      return await this.#setEnabled((body as { email?: unknown }).email, call === "activate");
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (error.kind === "duplicate") return failure(duplicateStatus, error.message);
      return failure(error.kind === "illFormed" ? 400 : unknownEmailStatus, error.message);
    }
  }

  async #query(request: QueryUsersRequest): Promise<RouteAnswer> {
    const ids: unknown = request.user_ids;
    if (ids === undefined || ids === null) {
      const people = shuffled(await this.backend.list()).filter((user) => this.#isSeen(user.id));
      const users = Object.fromEntries(people.map((user) => [user.id, listed(user, this.options)]));
      return { status: 200, body: { users } };
    }
    if (!Array.isArray(ids) || !ids.every((id) => typeof id === "string"))
      return failure(400, "user_ids must be strings");
    const found = await this.backend.findByIds([...new Set<string>(ids)].filter((id) => this.#isSeen(id)));
    const users = new Map<string, ApiUser | null>(found.map((user) => [user.id, picked(user, this.options)]));
    if (this.options.unknownId === "null") for (const id of ids) if (!users.has(id)) users.set(id, null);
    return { status: 200, body: { users: Object.fromEntries(users) } };
  }

  #isSeen(id: string): boolean {
    return this.now() >= (this.#invitedAt.get(id) ?? -Infinity) + this.options.seenAfterMs;
  }

  async #invite(request: InviteUserRequest): Promise<RouteAnswer> {
    const { email } = request;
    const isNewer = this.options.release === "2024";
    if (typeof email !== "string" || email.trim() === "") return failure(400, "email is required");
    // What is optional may be null, as in the models of the SDK.
    const password: unknown = request.password ?? undefined;
    if (password !== undefined && typeof password !== "string") return failure(400, "password must be a string");
    if (isNewer && this.options.roles === "required" && (request.roles ?? undefined) === undefined) {
      return failure(400, "Json deserialize error: missing field `roles`");
    }
    const roles: unknown = isNewer ? (request.roles ?? []) : [];
    if (!Array.isArray(roles) || !roles.every((role) => typeof role === "string")) {
      return failure(400, "roles must be strings");
    }
    const requireReset: unknown = isNewer ? (request.require_reset ?? false) : false;
    if (typeof requireReset !== "boolean") return failure(400, "require_reset must be a boolean");
    const isWeak = this.options.passwordPolicy !== "none" && password !== undefined && !/\p{Lu}/u.test(password);
    // A duplicate is said before a full licence or a weak password: the address decides first.
    if ((isWeak || this.options.seatLimit !== undefined) && (await this.backend.findByEmail(email)) !== undefined)
      throw new StoreError("duplicate", "User exists with same email");
    if (await this.#isFull()) return failure(403, "The user limit of the licence is reached");
    if (isWeak && this.options.passwordPolicy === "before") return failure(400, WEAK_PASSWORD);
    const made = await this.backend.create({
      email,
      ...(isWeak ? { password: null } : password === undefined ? {} : { password }),
      roles: roles,
      requireReset,
    });
    this.#invitedAt.set(made.id, this.now());
    if (isWeak) return failure(500, WEAK_PASSWORD);
    const id = this.options.inviteAnswersId === "uuid" ? made.id : email;
    return { status: 200, body: { id, password: made.password } };
  }

  async #setEnabled(email: unknown, enabled: boolean): Promise<RouteAnswer> {
    if (typeof email !== "string") return failure(400, "email must be a string");
    const user = await this.backend.findByEmail(email);
    if (user === undefined) throw new StoreError("unknown", "User not found");
    if (this.#isListed(user)) return { status: 200, body: {} };
    if (enabled && !user.enabled && (await this.#isFull())) {
      return failure(403, "The user limit of the licence is reached");
    }
    if (user.enabled !== enabled) await this.backend.patch(user.id, { enabled });
    return { status: 200, body: {} };
  }

  /** Whether `enabled` of this account can't be changed. */
  async isStuck(id: string): Promise<boolean> {
    if (this.options.ignoresDeactivate.length === 0) return false;
    return (await this.backend.findByIds([id])).some((user) => this.#isListed(user));
  }

  #isListed({ email = "" }: ApiUser): boolean {
    return this.options.ignoresDeactivate.some((stuck) => fold(stuck) === fold(email));
  }

  async #edit(request: EditUserRequest): Promise<RouteAnswer> {
    const { id, firstName, lastName, email, enabled, isAdmin } = request;
    const strings: unknown[] = [id, firstName, lastName, email];
    if (
      !strings.every((value) => typeof value === "string") ||
      typeof enabled !== "boolean" ||
      typeof isAdmin !== "boolean"
    ) {
      return failure(400, "id, firstName, lastName, email, enabled and isAdmin are all required");
    }
    const patch = { firstName, lastName, email, admin: isAdmin };
    await this.backend.patch(id, (await this.isStuck(id)) ? patch : { ...patch, enabled });
    return { status: 200, body: null };
  }

  async #isFull(): Promise<boolean> {
    const { seatLimit } = this.options;
    return seatLimit !== undefined && (await this.backend.countSeats()) >= seatLimit;
  }
}

/** The `{}` form: roles and the true last login (newer releases). */
function listed(user: ApiUser, { release }: ReleaseOptions): ApiUser {
  const { federatedIdentities, lastLogin, realmRoles, ...rest } = user;
  if (release === "2022") return rest;
  return { ...rest, lastLogin: lastLogin ?? null, ...(realmRoles === undefined ? {} : { realmRoles }) };
}

/** The `user_ids` form: federated identities, no roles, no last login (newer releases). */
function picked(user: ApiUser, { release }: ReleaseOptions): ApiUser {
  const { federatedIdentities, lastLogin, realmRoles, ...rest } = user;
  return release === "2022" ? rest : { ...rest, federatedIdentities: federatedIdentities ?? [], lastLogin: null };
}

/** The platform promises no order; neither do we, so that no test relies on one. */
function shuffled(users: ApiUser[]): ApiUser[] {
  return [...users].sort((a, b) => (a.id.slice(-6) < b.id.slice(-6) ? -1 : 1));
}
