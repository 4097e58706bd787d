import type { Caller } from "../api/caller";
import type { ApiUser } from "../api/wire";
import type { Context } from "./context";
import { canonicalEmail } from "./email";
import type { View } from "./view";

/** The account that the provider runs as. */
export interface Identity {
  caller: Caller;
  /** True when that is an account of the view, or a service account, which no view shows. */
  isCallerKnown: boolean;
}

/** The account of `view` that `caller` is; several if more than one account has the address that is all it tells. */
export function findOwn({ id, email, username }: Caller, view: View): ApiUser[] {
  const byId = id === undefined ? undefined : view.findById(id);
  if (byId !== undefined) return [byId];
  // A realm may give tokens a `sub` that is not the user id. Two accounts may have one address, but never one username.
  const name = username === undefined ? undefined : canonicalEmail(username);
  const byName = name === undefined ? [] : view.findAllByEmail(name);
  const exact = byName.filter((user) => canonicalEmail(user.username) === name);
  if (exact.length > 0 || email === undefined) return exact.length > 0 ? exact : byName;
  return view.findAllByEmail(canonicalEmail(email));
}

/** True when `caller` is an account of `view`, or a service account, which no view shows. */
export function isFound(caller: Caller, view: View): boolean {
  return caller.isPerson === false || findOwn(caller, view).length > 0;
}

/** Which account the provider runs as; one request per process if tokens do not tell. Raises what signing in does. */
export async function findIdentity({ caller: ask }: Pick<Context, "caller">, view: View): Promise<Identity> {
  const caller = await ask((found) => isFound(found, view));
  return { caller, isCallerKnown: isFound(caller, view) };
}

type Guarding = Pick<Context, "caller" | "log" | "run" | "protectedEmails">;

/**
 * {@link findIdentity} for guards. Asks only when an account is cut off, and says then, once, what can't be guarded.
 * @param cutsOff an account is deactivated or loses the admin role, unless a guard stands before it
 */
export async function findIdentityForGuards(context: Guarding, view: View, cutsOff: boolean): Promise<Identity> {
  if (!cutsOff) {
    const caller = await context.caller();
    return { caller, isCallerKnown: isFound(caller, view) };
  }
  const identity = await findIdentity(context, view);
  const showsRoles = view.showsRoles();
  if (!identity.isCallerKnown) {
    warnOnce(context, `${UNKNOWN}: ${showsRoles ? UNGUARDED_ADMINS : UNGUARDED_ALL}. To change that, ${IDENTIFY}.`);
  }
  if (!showsRoles && context.protectedEmails.size === 0) warnOnce(context, NO_ROLES);
  return identity;
}

/** Says that an account missing from a list is believed to be gone without the check that needs to know the caller. */
export function warnOfBelief(context: Pick<Context, "log" | "run">): void {
  const words = "a list that was cut short can't be recognised by its absence";
  warnOnce(context, `${UNKNOWN}: ${words}. To change that, ${IDENTIFY}.`);
}

function warnOnce({ log, run }: Pick<Context, "log" | "run">, message: string): void {
  if (run.isNew(message)) log.warn(message);
}

const UNKNOWN = "Neither the tokens nor userinfo tell which of the accounts this provider runs as";
const UNGUARDED_ADMINS = "no administrator is deactivated or loses the admin role, as that might be it";
const UNGUARDED_ALL = "as the platform shows no roles either, no account is deactivated or loses the admin role";
/** What to do when nothing tells which account the provider runs as: a verb phrase. */
export const IDENTIFY =
  "sign in with wallaroo:username and wallaroo:password (or get the token with the scope openid, or have the Keycloak " +
  "client put `sub` and `preferred_username` into its access tokens: client scopes basic and profile)";
const NO_ROLES =
  "The platform shows no roles, so that the last administrator is not recognised: name the administrators in " +
  "wallaroo:protectedEmails, and none of them is cut off.";
