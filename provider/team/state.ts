import { isRecord, pick } from "../api/json";
import type { KnownUser, UserState } from "../user/model";
import { profileProperties } from "../user/properties";
import { declaredOf } from "../user/state";
import type { MemberDetails, MemberInputs, Members, TeamState } from "./model";

/** The members of a stored team, by canonical address. */
export function unpack(state: TeamState): Map<string, KnownUser> {
  const members = new Map<string, KnownUser>();
  for (const [email, id] of Object.entries(state.ids)) {
    const { enabled = true, foundEnabled = true, ...others } = state.details[email] ?? {};
    const adopted = state.adopted[email] === true;
    const initialPassword = state.initialPasswords[email];
    const member: UserState = {
      email,
      username: email,
      enabled,
      adopted,
      ...(adopted ? { foundEnabled } : {}),
      ...(initialPassword === undefined ? {} : { initialPassword }),
      ...others,
    };
    members.set(email, { id, state: member });
  }
  return members;
}

/** The state of these members; each stands under the address that it has now. */
export function pack(members: Iterable<KnownUser>): TeamState {
  const state: TeamState = { ids: {}, adopted: {}, initialPasswords: {}, details: {} };
  for (const { id, state: member } of members) {
    const { email, enabled, adopted, initialPassword, foundEnabled } = member;
    state.ids[email] = id;
    if (adopted) state.adopted[email] = true;
    if (initialPassword !== undefined) state.initialPasswords[email] = initialPassword;
    const details: MemberDetails = {
      ...(enabled ? {} : { enabled }),
      ...(adopted && foundEnabled === false ? { foundEnabled } : {}),
      ...pick(member, ["found", "formerEmails", "unfinished", "unseen"]),
      ...declaredOf(member),
    };
    if (Object.keys(details).length > 0) state.details[email] = details;
  }
  return state;
}

/**
 * The inputs that would have led to these members, who stand under the address that they had before. Passwords are left
 * out, and so are the names of a member that has another address now: the engine knows a secret by its path, and they would
 * get into the state in plain text.
 */
export function inputsFrom(members: ReadonlyMap<string, KnownUser>): Members {
  const names = profileProperties().flatMap(([name, { isRole }]) => (isRole === true ? [] : [name]));
  const inputs: Members = {};
  for (const [email, { state }] of members) {
    const declared = declaredOf(state);
    if (state.email !== email) for (const name of names) delete declared[name];
    inputs[state.email] = { ...declared, ...(state.enabled ? {} : { enabled: false }) };
  }
  return inputs;
}

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
