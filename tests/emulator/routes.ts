import type { ApiUser, EditUserRequest, InviteUserRequest, QueryUsersRequest } from "../../provider/api/wire";
import { StoreError, type Backend, type Bearer } from "./backend";
import type { CallName } from "./misbehaviour";

/** Where the public sources disagree, and what a release knows. See DIFFERENCES.md. */
export interface ReleaseOptions {
  release: "2022" | "2024";
  inviteAnswersId: "uuid" | "email";
  duplicateStatus: 400 | 409 | 500;
  unknownEmailStatus: 400 | 404 | 500;
  unknownId: "null" | "absent";
  /** Whether an invite has to have `roles`. */
  roles: "optional" | "required";
  /** Enabled accounts with an address that the licence allows. */
  seatLimit: number | undefined;
}

export interface RouteAnswer {
  status: number;
  body: unknown;
}

const PATHS: Record<string, CallName> = {
  "/v1/api/users/query": "query",
  "/v1/api/users/invite": "invite",
  "/v1/api/users/activate": "activate",
  "/v1/api/users/deactivate": "deactivate",
  "/v1/api/user": "edit",
};

/** The call that a path belongs to. */
export function callOf(path: string): CallName {
  if (path.endsWith("/protocol/openid-connect/token")) return "token";
  return path === "/v1/api/config" ? "config" : (PATHS[path] ?? "other");
}

/** An error answer in the documented shape. */
export function failure(status: number, msg: string): RouteAnswer {
  return { status, body: { msg, code: status } };
}

/** Answers one call of the user API whose bearer is known. `body` is the parsed JSON. */
export async function answerCall(
  call: CallName,
  body: unknown,
  bearer: Bearer,
  backend: Backend,
  options: ReleaseOptions,
): Promise<RouteAnswer> {
  if (call === "edit" && options.release === "2022") return failure(404, "Not Found");
  if (!bearer.isAdmin) return failure(403, "Forbidden");
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return failure(400, "the body must be an object");
  try {
    if (call === "query") return await query(body, backend, options);
    if (call === "invite") return await invite(body as InviteUserRequest, backend, options);
    if (call === "edit") return await edit(body as EditUserRequest, backend);
    return await setEnabled((body as { email?: unknown }).email, call === "activate", backend, options);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.kind === "duplicate") return failure(options.duplicateStatus, error.message);
    return failure(error.kind === "illFormed" ? 400 : options.unknownEmailStatus, error.message);
  }
}

async function query(request: QueryUsersRequest, backend: Backend, options: ReleaseOptions): Promise<RouteAnswer> {
  const ids: unknown = request.user_ids;
  if (ids === undefined || ids === null) {
    const people = shuffled(await backend.list());
    return { status: 200, body: { users: Object.fromEntries(people.map((user) => [user.id, listed(user, options)])) } };
  }
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === "string"))
    return failure(400, "user_ids must be strings");
  const users: [string, ApiUser | null][] = [];
  for (const id of ids) {
    const user = await backend.findById(id);
    if (user !== undefined) users.push([id, picked(user, options)]);
    else if (options.unknownId === "null") users.push([id, null]);
  }
  return { status: 200, body: { users: Object.fromEntries(users) } };
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

async function invite(request: InviteUserRequest, backend: Backend, options: ReleaseOptions): Promise<RouteAnswer> {
  const { email, password } = request;
  const isNewer = options.release === "2024";
  if (typeof email !== "string" || email.trim() === "") return failure(400, "email is required");
  if (password !== undefined && typeof password !== "string") return failure(400, "password must be a string");
  if (isNewer && options.roles === "required" && request.roles === undefined) {
    return failure(400, "Json deserialize error: missing field `roles`");
  }
  const roles: unknown = isNewer ? (request.roles ?? []) : [];
  if (!Array.isArray(roles) || !roles.every((role) => typeof role === "string")) {
    return failure(400, "roles must be strings");
  }
  // A duplicate is said before a full licence: the address decides first.
  if ((await backend.findByEmail(email)) !== undefined)
    throw new StoreError("duplicate", "User exists with same email");
  if (await isFull(backend, options)) return failure(403, "The user limit of the licence is reached");
  const made = await backend.create({
    email,
    ...(password === undefined ? {} : { password }),
    roles: roles,
    requireReset: isNewer && request.require_reset === true,
  });
  return { status: 200, body: { id: options.inviteAnswersId === "uuid" ? made.id : email, password: made.password } };
}

async function setEnabled(
  email: unknown,
  enabled: boolean,
  backend: Backend,
  options: ReleaseOptions,
): Promise<RouteAnswer> {
  if (typeof email !== "string") return failure(400, "email must be a string");
  const user = await backend.findByEmail(email);
  if (user === undefined) throw new StoreError("unknown", "User not found");
  if (enabled && !user.enabled && (await isFull(backend, options))) {
    return failure(403, "The user limit of the licence is reached");
  }
  if (user.enabled !== enabled) await backend.patch(user.id, { enabled });
  return { status: 200, body: {} };
}

async function edit(request: EditUserRequest, backend: Backend): Promise<RouteAnswer> {
  const { id, firstName, lastName, email, enabled, isAdmin } = request;
  const strings: unknown[] = [id, firstName, lastName, email];
  if (
    !strings.every((value) => typeof value === "string") ||
    typeof enabled !== "boolean" ||
    typeof isAdmin !== "boolean"
  ) {
    return failure(400, "id, firstName, lastName, email, enabled and isAdmin are all required");
  }
  await backend.patch(id, { firstName, lastName, enabled, admin: isAdmin });
  return { status: 200, body: null };
}

async function isFull(backend: Backend, { seatLimit }: ReleaseOptions): Promise<boolean> {
  if (seatLimit === undefined) return false;
  return (await backend.list()).filter((user) => user.enabled && user.email !== undefined).length >= seatLimit;
}

/** The platform promises no order; neither do we, so that nobody relies on one. */
function shuffled(users: ApiUser[]): ApiUser[] {
  return [...users].sort((a, b) => (a.id.slice(-6) < b.id.slice(-6) ? -1 : 1));
}
