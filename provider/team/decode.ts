import { refusal } from "../api/errors";
import { isRecord } from "../api/json";
import { decodeUser, kindOf, type Defect } from "../user/decode";
import { canonicalEmail } from "../user/email";
import type { KnownUser, UserState } from "../user/model";
import type { TeamState } from "./model";
import { pack } from "./state";

/** A stored team with every value of its promised type; see {@link decodeTeam}. */
export interface DecodedTeam {
  state: TeamState;
  /** None for a state that a release of this package wrote. */
  defects: Defect[];
  /** Addresses of members of whom it can't be known any more how their account was found. */
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
  const mapOf = (key: "adopted" | "initialPasswords" | "deviations"): Record<string, unknown> | undefined => {
    const map = stored[key];
    if (isRecord(map)) return map;
    defects.push({ key, what: map === undefined ? "is missing" : `must be an object, and is ${kindOf(map)}` });
    return undefined;
  };
  const maps = { adopted: mapOf("adopted"), passwords: mapOf("initialPasswords"), deviations: mapOf("deviations") };
  const members = new Map<string, KnownUser>();
  const foundLost = new Set<string>();
  for (const [key, id] of Object.entries(ids)) {
    const email = canonicalEmail(key);
    if (email === "" || members.has(email)) {
      defects.push({ key: `ids[${JSON.stringify(key)}]`, what: email === "" ? "has no address" : "is there twice" });
      if (email === "") continue;
    }
    const isId = typeof id === "string" && id.trim() !== "";
    if (!isId)
      defects.push({
        key: `ids[${JSON.stringify(key)}]`,
        what: `must be text that is not blank, and is ${kindOf(id)}`,
      });
    const usual = usualMember(email, key, maps);
    if (usual !== undefined) {
      members.set(email, { id: isId ? id : NO_ID, state: usual });
      continue;
    }
    const decoded = decodeUser(memberOf(email, key, maps));
    for (const defect of decoded.defects) {
      // Said once, of the whole map.
      if (defect.key === "adopted" && maps.adopted === undefined) continue;
      if (defect.key === "onDestroy" && maps.deviations === undefined) continue;
      defects.push({ key: pathOf(defect.key, key), what: defect.what });
    }
    if (decoded.isFoundLost) foundLost.add(email);
    members.set(email, { id: isId ? id : NO_ID, state: decoded.state });
  }
  return { state: pack(members.values()), defects, foundLost };
}

type Maps = Record<"adopted" | "passwords" | "deviations", Record<string, unknown> | undefined>;

/** Most members, of whom there may be ten thousand: there is nothing in them that would have to be decoded one by one. */
function usualMember(email: string, key: string, { adopted, passwords, deviations }: Maps): UserState | undefined {
  if (adopted === undefined || passwords === undefined || deviations === undefined) return undefined;
  if (Object.hasOwn(deviations, key) || Object.hasOwn(adopted, key)) return undefined;
  const state: UserState = { email, username: email, enabled: true, adopted: false };
  if (!Object.hasOwn(passwords, key)) return state;
  const initialPassword = passwords[key];
  return typeof initialPassword === "string" ? { ...state, initialPassword } : undefined;
}

/** A member as {@link decodeUser} takes it. What is not stored of a member is as most are. */
function memberOf(email: string, key: string, { adopted, passwords, deviations }: Maps): Record<string, unknown> {
  const of = (map: Record<string, unknown>): unknown => (Object.hasOwn(map, key) ? map[key] : undefined);
  const deviation = deviations === undefined ? null : of(deviations);
  const entry = adopted === undefined ? null : of(adopted);
  const isAdopted = entry === undefined ? false : entry;
  return {
    ...(isAdopted === true ? { foundEnabled: true } : {}),
    enabled: true,
    // An entry that can't be read may have said that destroy is to leave the account alone.
    ...(deviation === undefined || isRecord(deviation) ? deviation : { onDestroy: null, foundEnabled: null }),
    email,
    adopted: isAdopted,
    initialPassword: passwords === undefined ? undefined : of(passwords),
  };
}

function pathOf(key: string, member: string): string {
  const at = JSON.stringify(member);
  if (key === "adopted") return `adopted[${at}]`;
  if (key === "initialPassword") return `initialPasswords[${at}]`;
  return `deviations[${at}].${key}`;
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
