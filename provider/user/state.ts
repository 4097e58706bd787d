import type { ApiUser } from "../api/wire";
import { canonicalEmail } from "./email";
import { isAdmin } from "./guards";
import type { KnownUser, Profile, UserInputs, UserState } from "./model";
import { createdAt } from "./policy";

/** Declared values that delete and refresh need later, as they see nothing but the state. */
export function declaredOf(inputs: UserInputs): Partial<UserState> {
  const { adopt, onDestroy, firstName, lastName, admin } = inputs;
  return JSON.parse(JSON.stringify({ adopt, onDestroy, firstName, lastName, admin })) as Partial<UserState>;
}

/**
 * The stored state with the values that are declared now; what is not declared any more is not managed any more, and
 * what was found of it is forgotten.
 */
export function redeclare(state: UserState, inputs: UserInputs): UserState {
  const { email, username, enabled, createdAt, adopted, initialPassword, foundEnabled } = state;
  const managed = Object.entries(state.found ?? {}).filter(([name]) => inputs[name as keyof Profile] !== undefined);
  const found = managed.length === 0 ? undefined : Object.fromEntries(managed);
  const own = { email, username, enabled, createdAt, adopted, initialPassword, foundEnabled, found };
  const kept = { ...own, ...declaredOf(inputs) };
  return JSON.parse(JSON.stringify(kept)) as UserState;
}

/** An adopted account of which it is not known how it was found: destroy leaves it as it is now. */
export function foundAsNow({ id, state }: KnownUser): KnownUser {
  return { id, state: state.adopted ? { ...state, foundEnabled: state.enabled } : state };
}

/** The state of an account whose address was `before`. */
export function withFormerEmail(state: UserState, before: string): UserState {
  const others = (state.formerEmails ?? []).filter((email) => email !== before && email !== state.email);
  return { ...state, formerEmails: [...others, before] };
}

/** The stored state with what the platform shows now. Profile values are followed only where they are managed. */
export function stateOf(user: ApiUser, state: UserState): UserState {
  const created = createdAt(user) ?? state.createdAt;
  return {
    ...state,
    email: canonicalEmail(user.email ?? user.username),
    username: canonicalEmail(user.username),
    enabled: user.enabled,
    ...(created === undefined ? {} : { createdAt: created }),
    ...(state.firstName === undefined ? {} : { firstName: user.firstName ?? "" }),
    ...(state.lastName === undefined ? {} : { lastName: user.lastName ?? "" }),
    ...(state.admin === undefined || user.realmRoles === undefined ? {} : { admin: isAdmin(user) }),
  };
}
