import { isRecord, pick } from "../api/json";
import type { DeclaredState, UserState } from "../user/model";
import { profileProperties } from "../user/properties";
import { declaredOf } from "../user/state";
import { storedDefaults, type StoredDefaults } from "./defaults";
import { rolesFrom, type StoredMembership } from "./memberships";
import type { MemberDetails, MemberInputs, Members, TeamMember, TeamState } from "./model";

/** The members of a stored team, by canonical address. */
export function unpack(state: TeamState): Map<string, TeamMember> {
  const members = new Map<string, TeamMember>();
  const defaults = storedDefaults(state);
  for (const [email, id] of Object.entries(state.ids)) {
    const { enabled = true, foundEnabled = true, workspaces, ...others } = state.details[email] ?? {};
    const adopted = state.adopted[email] === true;
    const initialPassword = state.initialPasswords[email];
    const member: UserState = { email, username: email, enabled, adopted, ...defaults, ...others };
    if (adopted) member.foundEnabled = foundEnabled;
    if (initialPassword !== undefined) member.initialPassword = initialPassword;
    members.set(email, workspaces === undefined ? { id, state: member } : { id, state: member, workspaces });
  }
  return members;
}

/**
 * The state of these members; each stands under the address that it has now.
 *
 * @param defaults of the team: what a member has of them is not written once more
 */
export function pack(members: Iterable<TeamMember>, defaults: StoredDefaults = {}): TeamState {
  const all = [...members];
  const common = commonTo(all, defaults);
  const state: TeamState = { ids: {}, adopted: {}, initialPasswords: {}, details: {}, ...common };
  for (const { id, state: member, workspaces } of all) {
    const { email, enabled, adopted, initialPassword, foundEnabled } = member;
    state.ids[email] = id;
    if (adopted) state.adopted[email] = true;
    if (initialPassword !== undefined) state.initialPasswords[email] = initialPassword;
    const kept = pick(member, ["found", "formerEmails", "unfinished", "unseen", "invitedBefore"]);
    const details: MemberDetails = { ...kept, ...without(declaredOf(member), common) };
    if (!enabled) details.enabled = enabled;
    if (adopted && foundEnabled === false) details.foundEnabled = foundEnabled;
    if (workspaces !== undefined) details.workspaces = workspaces;
    if (Object.keys(details).length > 0) state.details[email] = details;
  }
  return state;
}

/** The defaults that every member has a value for: one that a failed update did not reach may have none. */
function commonTo(members: readonly TeamMember[], defaults: StoredDefaults): StoredDefaults {
  const names = Object.keys(defaults) as (keyof StoredDefaults)[];
  const common = names.filter((name) => members.every(({ state }) => state[name] !== undefined));
  return pick(defaults, common);
}

function without(declared: DeclaredState, defaults: StoredDefaults): DeclaredState {
  const own = { ...declared };
  for (const name of Object.keys(defaults) as (keyof StoredDefaults)[]) {
    if (own[name] === defaults[name]) delete own[name];
  }
  return own;
}

/**
 * The inputs that would have led to these members, by the address that they had before. Passwords are left out, and so
 * are the names of a member that has another address now: the engine knows a secret by its path, and would store plain
 * text.
 *
 * @param defaults of the team, which no member needs to repeat
 */
export function inputsFrom(members: ReadonlyMap<string, TeamMember>, defaults: StoredDefaults = {}): Members {
  const names = profileProperties().flatMap(([name, { isRole }]) => (isRole === true ? [] : [name]));
  const inputs: Members = {};
  for (const [email, known] of members) {
    const { state } = known;
    const member: MemberInputs = without(declaredOf(state), defaults);
    const workspaces = rolesFrom(known);
    if (workspaces !== undefined) member.workspaces = workspaces;
    if (state.email !== email) for (const name of names) delete member[name];
    if (!state.enabled) member.enabled = false;
    inputs[state.email] = member;
  }
  return inputs;
}

/** As long as a Keycloak id, and as a password that a platform makes. */
const ID = "0".repeat(36);
const PASSWORD = "0".repeat(24);
/** With everything that may be stored of it. */
const MEMBERSHIP: StoredMembership = {
  id: Number.MAX_SAFE_INTEGER,
  role: "COLLABORATOR",
  adopted: true,
  foundRole: "COLLABORATOR",
  unfinished: true,
};

/**
 * About what would be stored of these checked members at the most, for its size alone; unknown values count for little.
 *
 * @param declared complete with the defaults
 */
export function expectedState(declared: Record<string, unknown>, defaults: StoredDefaults = {}): TeamState {
  const members = Object.entries(declared).map(([email, member]) => expected(email, isRecord(member) ? member : {}));
  return pack(members, defaults);
}

function expected(email: string, member: MemberInputs): TeamMember {
  const {
    password = PASSWORD,
    enabled = true,
    roles: _roles,
    requireReset: _reset,
    workspaces = {},
    ...declared
  } = member;
  const adopted = declared.adopt === true;
  const state = { email, username: email, enabled, adopted, ...declared, unfinished: true as const };
  const memberships = Object.keys(workspaces).map((name) => [name, MEMBERSHIP] as const);
  const known = { id: ID, state: adopted ? state : { ...state, initialPassword: password } };
  return memberships.length === 0 ? known : { ...known, workspaces: Object.fromEntries(memberships) };
}
