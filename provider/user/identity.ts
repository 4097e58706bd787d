import type { Caller } from "../api/caller";
import type { ApiUser } from "../api/wire";
import type { Log } from "./account";
import type { View } from "./directory";
import { canonicalEmail } from "./email";

/** Answers who the provider runs as, and looks further while `isEnough` says that what it found does not do. */
export type AskCaller = (isEnough?: (caller: Caller) => boolean) => Promise<Caller>;

/** Who the provider runs as. */
export interface Identity {
  caller: Caller;
  /** True when that is an account of the view, or a service account, which no view shows. */
  isCallerKnown: boolean;
}

/**
 * The account of `view` that `caller` is, by whatever is known; none for a service account, and when nothing tells. Several
 * when an address alone is known and more than one account has it.
 */
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

/** Tells which account the provider runs as, and says once per process which guards are off. */
export class Identities {
  readonly #said = new Set<string>();

  constructor(private readonly tools: { caller: AskCaller; log: Log; protectedEmails: ReadonlySet<string> }) {}

  /** By whatever tells; costs one request per process where the tokens do not. Raises what signing in raises. */
  async find(view: View): Promise<Identity> {
    const caller = await this.tools.caller((found) => isFound(found, view));
    return { caller, isCallerKnown: isFound(caller, view) };
  }

  /**
   * {@link find} for guards. Nothing is asked for unless an account is cut off; then it is said what can't be guarded.
   *
   * @param cutsOff an account is deactivated or loses the admin role, unless a guard stands before it
   */
  async findForGuards(view: View, cutsOff: boolean): Promise<Identity> {
    if (!cutsOff) {
      const caller = await this.tools.caller();
      return { caller, isCallerKnown: isFound(caller, view) };
    }
    const identity = await this.find(view);
    const showsRoles = view.showsRoles();
    if (!identity.isCallerKnown)
      this.#warn(`${UNKNOWN}: ${showsRoles ? UNGUARDED_ADMINS : UNGUARDED_ALL}. To change that, ${IDENTIFY}.`);
    if (!showsRoles && this.tools.protectedEmails.size === 0) this.#warn(NO_ROLES);
    return identity;
  }

  /** Says that an account missing from a list is believed to be gone without the check that needs to know the caller. */
  warnOfBelief(): void {
    this.#warn(
      `${UNKNOWN}: a list that was cut short can't be recognised by its absence. To change that, ${IDENTIFY}.`,
    );
  }

  #warn(message: string): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.tools.log.warn(message);
  }
}

const UNKNOWN = "Neither the tokens nor userinfo tell which of the accounts this provider runs as";
const UNGUARDED_ADMINS = "no administrator is deactivated or loses the admin role, as that might be it";
const UNGUARDED_ALL = "as the platform shows no roles either, no account is deactivated or loses the admin role";
/** What to do where nothing tells who the provider runs as: a verb phrase. */
export const IDENTIFY =
  "sign in with wallaroo:username and wallaroo:password (or get the token with the scope openid, or have the Keycloak " +
  "client put `sub` and `preferred_username` into its access tokens: client scopes basic and profile)";
const NO_ROLES =
  "The platform shows no roles, so that the last administrator is not recognised: name the administrators in " +
  "wallaroo:protectedEmails, and none of them is cut off.";
