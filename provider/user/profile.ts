import type { ApiUser } from "../api/wire";
import { isAdmin } from "./guards";
import type { Profile, UserState } from "./model";

/** The inputs that `POST /v1/api/user` writes. */
export const PROFILE = ["firstName", "lastName", "admin"] as const;

export function hasProfile(inputs: Profile): boolean {
  return PROFILE.some((name) => inputs[name] !== undefined);
}

/** What the account has now of the profile values that are `declared` and were not managed `before`. */
export function foundProfile(user: ApiUser, declared: Profile, before: Profile, showsRoles: boolean): Profile {
  const isNew = (name: keyof Profile) => declared[name] !== undefined && before[name] === undefined;
  return {
    ...(isNew("firstName") ? { firstName: user.firstName ?? "" } : {}),
    ...(isNew("lastName") ? { lastName: user.lastName ?? "" } : {}),
    // Where nobody's roles are shown, what was there is not known, and is not taken away later.
    ...(isNew("admin") && showsRoles ? { admin: isAdmin(user) } : {}),
  };
}

/** What destroy puts back: of an adopted account without an explicit `onDestroy`, the values that are still managed. */
export function planRestore(state: UserState): Profile {
  if (!state.adopted || state.onDestroy !== undefined) return {};
  const { firstName, lastName, admin } = state.found ?? {};
  return {
    ...(firstName === undefined || state.firstName === undefined ? {} : { firstName }),
    ...(lastName === undefined || state.lastName === undefined ? {} : { lastName }),
    ...(admin === undefined || state.admin === undefined ? {} : { admin }),
  };
}
