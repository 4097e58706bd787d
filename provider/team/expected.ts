import { isRecord } from "../user/decode";
import type { KnownUser } from "../user/model";
import type { MemberInputs, TeamState } from "./model";
import { pack } from "./state";

/** As long as a Keycloak id, and as a password that a platform makes. */
const ID = "0".repeat(36);
const PASSWORD = "0".repeat(24);

/**
 * About what would be stored of these members, at the most, for its size alone. What an adopted account was found with is
 * not in it.
 *
 * @param declared checked members; what is not known yet counts for little
 */
export function expectedState(declared: Record<string, unknown>): TeamState {
  return pack(Object.entries(declared).map(([email, member]) => expected(email, isRecord(member) ? member : {})));
}

function expected(email: string, member: MemberInputs): KnownUser {
  const { password = PASSWORD, enabled = true, roles: _roles, requireReset: _reset, ...declared } = member;
  const adopted = declared.adopt === true;
  const state = { email, username: email, enabled, adopted, ...declared, unfinished: true as const };
  return { id: ID, state: adopted ? state : { ...state, initialPassword: password } };
}
