import { refusal } from "../api/errors";
import { isRecord } from "../api/json";
import { decodeUser, kindOf, type Defect } from "../user/decode";
import { canonicalEmail } from "../user/email";
import type { UserState } from "../user/model";
import { decodeDefaults, type StoredDefaults } from "./defaults";
import { findStoredProblem, type StoredMemberships } from "./memberships";
import type { TeamMember, TeamState } from "./model";
import { decodeBeside } from "./options";
import { pack } from "./state";

/** A stored team with every value of its promised type; see {@link decodeTeam}. */
export interface DecodedTeam {
  state: TeamState;
  /** None for a state that a release of this package wrote. */
  defects: Defect[];
  /** Addresses of members whose accounts were found in a way that can't be known any more. */
  foundLost: Set<string>;
}

/** Stands for an id that can't be read: no account has it, so that read looks for the address. */
const NO_ID = "unreadable";

/**
 * Decodes what is stored of a team; each member by the rules of {@link decodeUser}. Without its ids there is nothing that
 * could be decoded or repaired: raises `refused` then.
 *
 * @param operation for the message
 */
export function decodeTeam(stored: Record<string, unknown>, operation: string, team: string): DecodedTeam {
  const { ids } = stored;
  if (!isRecord(ids)) throw unreadableIds(ids, operation, team);
  const defects: Defect[] = [];
  const mapOf = (key: string): Record<string, unknown> | undefined => {
    const map = stored[key];
    if (isRecord(map)) {
      const stray = Object.keys(map).filter((name) => !Object.hasOwn(ids, name));
      for (const name of stray) defects.push({ key: at(key, name), what: "is of no member in ids" });
      // It may be what was known of a member: nothing that is missing in this map can be relied on then.
      return stray.length === 0 || key === "initialPasswords" ? map : undefined;
    }
    defects.push({ key, what: map === undefined ? "is missing" : `must be an object, and is ${kindOf(map)}` });
    return undefined;
  };
  const { defaults, defects: ofDefaults } = decodeDefaults(stored);
  const { beside, defects: ofBeside } = decodeBeside(stored);
  defects.push(...ofDefaults, ...ofBeside);
  const maps = {
    adopted: mapOf("adopted"),
    passwords: mapOf("initialPasswords"),
    details: mapOf(detailsKey(stored)),
    defaults,
  };
  const members = new Map<string, TeamMember>();
  const foundLost = new Set<string>();
  const spellings = new Map<string, string>();
  for (const spelling of Object.keys(ids)) {
    const email = canonicalEmail(spelling);
    if (email === "") {
      defects.push({ key: at("ids", spelling), what: "has no address" });
      continue;
    }
    // The spelling that this package writes is kept, else the first.
    const twin = spellings.get(email);
    const key = twin === undefined || spelling === email ? spelling : twin;
    spellings.set(email, key);
    const id = ids[key];
    if (twin !== undefined) defects.push(leftOut(ids, key === twin ? spelling : twin, email));
    // What was known of the member may stand under either.
    const own = twin === undefined ? maps : { ...maps, adopted: undefined, details: undefined };
    const isId = typeof id === "string" && id.trim() !== "";
    if (!isId) defects.push({ key: at("ids", key), what: `must be text that is not blank, and is ${kindOf(id)}` });
    const usual = usualMember(email, key, own);
    if (usual !== undefined) {
      members.set(email, { id: isId ? id : NO_ID, state: usual });
      continue;
    }
    const { workspaces, ...account } = memberOf(email, key, own);
    const decoded = decodeUser(account);
    const problem = workspaces === undefined ? undefined : findStoredProblem(workspaces);
    if (problem !== undefined)
      decoded.defects.push({ key: "workspaces", what: `${problem}, and is ${kindOf(workspaces)}` });
    for (const defect of decoded.defects) {
      // Said once, of the whole map.
      if (defect.key === "adopted" && own.adopted === undefined) continue;
      if (LOST_WITH_DETAILS.includes(defect.key) && own.details === undefined) continue;
      defects.push({ key: pathOf(defect.key, key, detailsKey(stored)), what: defect.what });
    }
    if (decoded.isFoundLost) foundLost.add(email);
    const known = { id: isId ? id : NO_ID, state: decoded.state };
    const isKept = workspaces !== undefined && problem === undefined;
    members.set(email, isKept ? { ...known, workspaces: workspaces as StoredMemberships } : known);
  }
  return { state: { ...pack(members.values(), defaults), ...beside }, defects, foundLost };
}

function leftOut(ids: Record<string, unknown>, spelling: string, email: string): Defect {
  const id = ids[spelling];
  const known = typeof id === "string" ? `id ${id}` : "no id";
  const what = `is another spelling of ${email}, and a refresh leaves it out (${known})`;
  return { key: at("ids", spelling), what };
}

/** The name of the details in a stored state: the commits before the first release had another one. */
function detailsKey(stored: Record<string, unknown>): "details" | "deviations" {
  return Object.hasOwn(stored, "deviations") && !Object.hasOwn(stored, "details") ? "deviations" : "details";
}

/** What refresh stores, under the names of `before`: another would show as a change, and be kept in plain text. */
export function encodeTeam({ details, ...state }: TeamState, before: Record<string, unknown>): Record<string, unknown> {
  return { ...state, [detailsKey(before)]: details };
}

type Maps = Record<"adopted" | "passwords" | "details", Record<string, unknown> | undefined> & {
  defaults: StoredDefaults;
};

/** Most members, perhaps ten thousand: nothing in them has to be decoded one by one. */
function usualMember(
  email: string,
  key: string,
  { adopted, passwords, details, defaults }: Maps,
): UserState | undefined {
  if (adopted === undefined || passwords === undefined || details === undefined) return undefined;
  if (Object.hasOwn(details, key) || Object.hasOwn(adopted, key)) return undefined;
  const state: UserState = { email, username: email, enabled: true, adopted: false, ...defaults };
  if (!Object.hasOwn(passwords, key)) return state;
  const initialPassword = passwords[key];
  return typeof initialPassword === "string" ? { ...state, initialPassword } : undefined;
}

/** What {@link memberOf} takes for lost if the details are. */
const LOST_WITH_DETAILS: readonly string[] = ["onDestroy", "foundEnabled"];

/** A member as {@link decodeUser} takes it. What is not stored of a member is as most are. */
function memberOf(
  email: string,
  key: string,
  { adopted, passwords, details, defaults }: Maps,
): Record<string, unknown> {
  const of = (map: Record<string, unknown>): unknown => (Object.hasOwn(map, key) ? map[key] : undefined);
  const own = details === undefined ? null : of(details);
  const entry = adopted === undefined ? null : of(adopted);
  const isAdopted = entry === undefined ? false : entry;
  return {
    ...(isAdopted === true ? { foundEnabled: true } : {}),
    enabled: true,
    ...defaults,
    // An entry that can't be read may have said that destroy is to leave the account alone.
    ...(own === undefined || isRecord(own) ? own : { onDestroy: null, foundEnabled: null }),
    email,
    adopted: isAdopted,
    initialPassword: passwords === undefined ? undefined : of(passwords),
  };
}

function at(map: string, member: string): string {
  return `${map}[${JSON.stringify(member)}]`;
}

function pathOf(key: string, member: string, details: string): string {
  if (key === "adopted") return at("adopted", member);
  return key === "initialPassword" ? at("initialPasswords", member) : `${at(details, member)}.${key}`;
}

function unreadableIds(ids: unknown, operation: string, team: string) {
  return ids === undefined
    ? refusal(
        operation,
        team,
        "nothing is stored of it",
        "A team can't be looked up by its id: declare its members, with `adopt: true` where they are there already.",
      )
    : refusal(
        operation,
        team,
        `the stored state can't be read: ids must be an object, and is ${kindOf(ids)}`,
        "Nothing was sent. Put back what was edited by hand (`pulumi stack export`, `pulumi stack import`), or let go of " +
          "the team with `pulumi state delete` and declare its members with `adopt: true`.",
      );
}
