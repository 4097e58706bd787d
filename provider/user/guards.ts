import type { Caller } from "../api/token";
import type { ApiUser } from "../api/wire";
import { canonicalEmail } from "./email";

/** Username of the account that every installation has. */
const BUILT_IN = "admin";
/** Realm role of administrators, as newer releases show it. */
export const ADMIN_ROLE = "admin";

/** What the guards know besides the account itself. */
export interface GuardContext {
  caller: Caller;
  /** Canonical addresses. */
  protectedEmails: ReadonlySet<string>;
  everybody: Iterable<ApiUser>;
  /**
   * By id, those whom this run cuts off or demotes, or has tried to: they are no administrators to count on, whatever is
   * seen. True for whoever was active then.
   */
  leaving: Map<string, boolean>;
}

/**
 * Why this account must not be cut off (deactivated, or stripped of the admin role), or undefined. Four kinds are
 * guarded: the built-in `admin`, the account that the provider runs as, everything in `wallaroo:protectedEmails`, and
 * the last enabled administrator that can be seen. Older releases show no roles; there the last guard has nothing to
 * go by.
 */
export function findGuard(user: ApiUser, context: GuardContext): string | undefined {
  const names = [user.email, user.username].filter((name) => typeof name === "string").map(canonicalEmail);
  const isNamed = (name: string | undefined) => name !== undefined && names.includes(canonicalEmail(name));
  if (canonicalEmail(user.username) === BUILT_IN) return "it is the platform's built-in admin";
  const { caller } = context;
  if (caller.id === user.id || isNamed(caller.email) || isNamed(caller.username)) {
    return "it is the account that this provider runs as";
  }
  if (names.some((name) => context.protectedEmails.has(name))) return "wallaroo:protectedEmails protects it";
  if (user.enabled && isAdmin(user)) {
    const isLeft = (other: ApiUser) => other.id !== user.id && !context.leaving.has(other.id);
    const others = [...context.everybody].filter((other) => isLeft(other) && other.enabled && isAdmin(other));
    if (others.length === 0) return "it is the last enabled administrator that can be seen";
  }
  return undefined;
}

/** True when the platform shows the realm role `admin`; false when it does not, or shows no roles at all. */
export function isAdmin(user: ApiUser): boolean {
  return Array.isArray(user.realmRoles) && user.realmRoles.includes(ADMIN_ROLE);
}
