import { pick, withoutUndefined } from "../api/json";
import type { ApiUser } from "../api/wire";
import { addressOf, canonicalEmail } from "./email";
import type { DeclaredState, KnownUser, UserInputs, UserState } from "./model";
import { hasProfile, isShown, namesOf, profileOf, profileProperties, type Profile } from "./properties";

/** Declared values that delete and refresh need later, as they see nothing but the state. */
export function declaredOf(inputs: DeclaredState): DeclaredState {
  return pick(inputs, namesOf("policy", "profile"));
}

/** The inputs that would have led to this state, without the password, which must not get into the state unmarked. */
export function inputsFrom(state: UserState): UserInputs {
  const { email, enabled } = state;
  return { email, enabled, ...declaredOf(state) };
}

/** The state of an account that an invite was just sent for. */
export function invitedState(inputs: UserInputs): UserState {
  const { email } = inputs;
  return { email, username: email, enabled: true, adopted: false, ...declaredOf(inputs) };
}

/** The stored state with the values that are declared now; what was found of others is forgotten. */
export function redeclare(state: UserState, inputs: UserInputs): UserState {
  const { email, username, enabled, createdAt, adopted, initialPassword, foundEnabled } = state;
  const found = profileOf((name) => (inputs[name] === undefined ? undefined : state.found?.[name]));
  const own = { email, username, enabled, createdAt, adopted, initialPassword, foundEnabled };
  return withoutUndefined({ ...own, found: hasProfile(found) ? found : undefined, ...declaredOf(inputs) });
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

/** The state without the mark of an account that was never seen. */
export function seen({ unseen: _unseen, invitedBefore: _before, ...state }: UserState): UserState {
  return state;
}

/** May a deactivated account have sessions that nobody ended? If last known as active, or if a step failed. */
export function mayHaveSessions({ enabled, unfinished }: UserState): boolean {
  return enabled || unfinished === true;
}

/** The stored state with what the platform shows now. Profile values are followed only while they are managed. */
export function stateOf(user: ApiUser, state: UserState): UserState {
  return {
    ...state,
    email: addressOf(user),
    username: canonicalEmail(user.username),
    enabled: user.enabled,
    ...withoutUndefined({ createdAt: createdAt(user) }),
    ...profileOf((name, row) => (state[name] !== undefined && isShown(row, user) ? row.read(user) : undefined)),
  };
}

/** The state with what was known `before` of the properties that not every look shows. */
export function unproven(state: UserState, before: Profile): UserState {
  const proven = { ...state };
  for (const [name, { isRole }] of profileProperties()) {
    if (isRole === true) Object.assign(proven, { [name]: before[name] });
  }
  return withoutUndefined(proven);
}

/** What the account has now of the profile values that are `declared` and were not managed `before`. */
function foundProfile(user: ApiUser, declared: Profile, before: Profile, showsRoles: boolean): Profile {
  // An account that is younger than the list of all accounts shows no roles, though others do.
  const shown = showsRoles ? { ...user, realmRoles: user.realmRoles ?? [] } : user;
  return profileOf((name, row) => {
    if (declared[name] === undefined || before[name] !== undefined) return undefined;
    // If no roles are shown, what was there is not known, and is not taken away later.
    return isShown(row, shown) ? row.read(shown) : undefined;
  });
}

/** The state with what was found of the profile values that were not managed so far, for destroy to put back. */
export function withFound(state: UserState, user: ApiUser, declared: Profile, showsRoles: boolean): UserState {
  if (!state.adopted) return state;
  const found = { ...foundProfile(user, declared, state, showsRoles), ...state.found };
  return hasProfile(found) ? { ...state, found } : state;
}

/** The state of an account that is taken over, with what destroy puts back. */
export function adoptedState(
  state: UserState,
  user: ApiUser,
  declared: Profile,
  { foundEnabled, showsRoles }: { foundEnabled: boolean; showsRoles: boolean },
): UserState {
  const { initialPassword: _ofAnother, found: _before, ...kept } = state;
  const found = foundProfile(user, declared, {}, showsRoles);
  return withoutUndefined({ ...kept, adopted: true, foundEnabled, found: hasProfile(found) ? found : undefined });
}

/** `createdTimestamp` as ISO 8601 UTC, or undefined when it is not a time. */
export function createdAt({ createdTimestamp }: Pick<ApiUser, "createdTimestamp">): string | undefined {
  return isoTime(createdTimestamp);
}

/** Milliseconds since the epoch as ISO 8601 UTC; undefined for what is not a time. */
export function isoTime(ms: unknown): string | undefined {
  const date = new Date(typeof ms === "number" ? ms : NaN);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
