import { MAX_NAMED, refusal } from "../api/errors";
import { isRecord, withoutUndefined } from "../api/json";
import { canonicalEmail } from "./email";
import type { UserState } from "./model";
import { PROPERTIES, findBooleanProblem, namesOf, profileProperties } from "./properties";

/** A value of a stored state that is not what this package writes there: the state was edited by hand. */
export interface Defect {
  /** Name of the value, as messages show it. */
  key: string;
  /** What is wrong with it; never the value, which may be a secret. */
  what: string;
}

/** A stored state with every value of its promised type; see {@link decodeUser}. */
export interface DecodedUser {
  state: UserState;
  /** None for a state that a release of this package wrote. */
  defects: Defect[];
  /** How the account was found can't be known any more: read takes it for found as it is then. */
  isFoundLost: boolean;
}

/** What is wrong with a stored value, or undefined. */
export type FindProblem = (value: unknown) => string | undefined;

export const inText: FindProblem = (value) => (typeof value === "string" ? undefined : "must be text");
export const inMark: FindProblem = (value) => (value === true ? undefined : "must be true, or not there");
const inAddress: FindProblem = (value) =>
  typeof value === "string" && value.trim() !== "" ? undefined : "must be text that is not blank";

const CHECKS: Record<string, FindProblem> = {
  ...Object.fromEntries(namesOf("policy", "profile").map((name) => [name, PROPERTIES[name].findProblem])),
  email: inAddress,
  username: inText,
  enabled: findBooleanProblem,
  createdAt: inText,
  adopted: findBooleanProblem,
  initialPassword: inText,
  foundEnabled: findBooleanProblem,
  found: (value) =>
    isRecord(value) &&
    profileProperties().every(([name, row]) => !(name in value) || row.findProblem(value[name]) === undefined)
      ? undefined
      : "must be an object of names and the admin role",
  formerEmails: (value) =>
    Array.isArray(value) && value.every((email) => inAddress(email) === undefined)
      ? undefined
      : "must be a list of addresses",
  unfinished: inMark,
  unseen: inMark,
  invitedBefore: inText,
};

const NEEDED = ["email", "enabled", "adopted"] as const;

/**
 * Decodes what is stored of one user. A value that can't be decoded is a defect, and what stands in its place is the safe
 * side: an account that may not be ours counts as adopted, and an unknown `onDestroy` as `"retain"`. Whoever cuts off
 * has to ask {@link refuseDefects} before; read repairs. Keys that this release does not know are kept as they are.
 * Addresses become canonical: an earlier release stored the spelling that it was given.
 */
export function decodeUser(stored: Record<string, unknown>): DecodedUser {
  const { good: kept, defects } = findDefects(stored, CHECKS, NEEDED);
  const isLost = (name: string) => defects.some(({ key }) => key === name);
  const good: Partial<UserState> = kept;
  const { email = "", username = email, enabled = true, adopted = true, formerEmails } = good;
  const state = {
    ...good,
    email: canonicalEmail(email),
    username: canonicalEmail(username),
    enabled,
    adopted,
    foundEnabled: isLost("adopted") ? undefined : good.foundEnabled,
    onDestroy: isLost("onDestroy") ? "retain" : good.onDestroy,
    // Either may have asked that no workspace is left behind.
    onSoleOwner: isLost("handOver") || isLost("onSoleOwner") ? "refuse" : good.onSoleOwner,
    formerEmails: formerEmails?.map(canonicalEmail),
    // An account that was never seen is not gone, and not invited again.
    unseen: isLost("unseen") ? true : good.unseen,
  } satisfies UserState;
  const isFoundLost = isLost("adopted") || isLost("foundEnabled");
  return { state: withoutUndefined(state), defects, isFoundLost };
}

/** What is wrong with stored values, and the values that are left without those. Values without a check are good. */
export function findDefects(
  stored: Record<string, unknown>,
  checks: Record<string, FindProblem>,
  needed: readonly string[],
): { good: Record<string, unknown>; defects: Defect[] } {
  const given = Object.entries(stored).filter(([, value]) => value !== undefined);
  const missing = needed.filter((key) => stored[key] === undefined).map((key) => ({ key, what: "is missing" }));
  const wrong = given.flatMap(([key, value]) => {
    const problem = Object.hasOwn(checks, key) ? checks[key]?.(value) : undefined;
    return problem === undefined ? [] : [{ key, what: `${problem}, and is ${kindOf(value)}` }];
  });
  const good = given.filter(([key]) => !wrong.some((defect) => defect.key === key));
  return { good: Object.fromEntries(good), defects: [...missing, ...wrong] };
}

/** Raises `refused` when the stored state has defects: no account is cut off by what can't be read. */
export function refuseDefects(operation: string, who: string, defects: readonly Defect[]): void {
  if (defects.length === 0) return;
  throw refusal(
    operation,
    who,
    `the stored state can't be read: ${listOf(defects)}`,
    "Nothing was sent. Run `pulumi refresh`, which repairs the state from what the platform shows, and look at what it says; " +
      "or put back what was edited by hand (`pulumi stack export`, `pulumi stack import`).",
  );
}

/** What read says when it has repaired a state. */
export function describeRepair(who: string, defects: readonly Defect[]): string {
  return (
    `${who}: the stored state could not be read (${listOf(defects)}), and is repaired from what the platform shows. If it ` +
    "can't be known any more who made the account, it counts as adopted, and destroy leaves it as it is now; an unknown " +
    'onDestroy counts as "retain" until the next `pulumi up` stores what is declared.'
  );
}

function listOf(defects: readonly Defect[]): string {
  const named = defects.slice(0, MAX_NAMED).map(({ key, what }) => `${key} ${what}`);
  return `${named.join("; ")}${defects.length > MAX_NAMED ? `; and ${defects.length - MAX_NAMED} more` : ""}`;
}

/** What a value is, for messages that must not show it. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? "text" : `a ${typeof value}`;
}
