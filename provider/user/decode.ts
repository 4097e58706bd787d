import { refusal } from "../api/errors";
import { isRecord } from "../api/json";
import { canonicalEmail } from "./email";
import type { UserState } from "./model";
import type { Profile } from "./properties";

/** A value of a stored state that is not what this package writes there: somebody edited the state by hand. */
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

interface Check<T> {
  is: (value: unknown) => value is T;
  /** What it must be, for messages. */
  kind: string;
}

const TEXT: Check<string> = { is: (value): value is string => typeof value === "string", kind: "text" };
const FLAG: Check<boolean> = { is: (value): value is boolean => typeof value === "boolean", kind: "true or false" };
const TRUE: Check<true> = { is: (value): value is true => value === true, kind: "true, or not there" };
const NAME: Check<string> = {
  is: (value): value is string => typeof value === "string" && value.trim() !== "",
  kind: "text that is not blank",
};
const PROFILE_CHECKS: { [K in keyof Required<Profile>]: Check<Required<Profile>[K]> } = {
  firstName: TEXT,
  lastName: TEXT,
  admin: FLAG,
};

const CHECKS: { [K in keyof Required<UserState>]: Check<Required<UserState>[K]> } = {
  email: NAME,
  username: TEXT,
  enabled: FLAG,
  createdAt: TEXT,
  adopted: FLAG,
  initialPassword: TEXT,
  foundEnabled: FLAG,
  found: {
    is: (value): value is Profile =>
      isRecord(value) &&
      Object.entries(PROFILE_CHECKS).every(([name, { is }]) => value[name] === undefined || is(value[name])),
    kind: "an object of names and the admin role",
  },
  adopt: FLAG,
  onDestroy: {
    is: (value) => value === "deactivate" || value === "retain",
    kind: '"deactivate" or "retain"',
  },
  ...PROFILE_CHECKS,
  formerEmails: {
    is: (value): value is string[] => Array.isArray(value) && value.every(NAME.is),
    kind: "a list of addresses",
  },
  unfinished: TRUE,
  unseen: TRUE,
};

/**
 * Decodes what is stored of one user. A value that can't be decoded is a defect, and what stands in its place is the safe
 * side: an account that may not be ours counts as adopted, and an unknown `onDestroy` as `"retain"`. Whoever cuts off
 * has to ask {@link refuseDefects} before; read repairs. Keys that this release does not know are kept as they are.
 * Addresses become canonical: an earlier release stored the spelling that it was given.
 */
export function decodeUser(stored: Record<string, unknown>): DecodedUser {
  const defects: Defect[] = [];
  function pick<K extends keyof UserState>(key: K): UserState[K] | undefined {
    const { is, kind }: Check<Required<UserState>[K]> = CHECKS[key];
    const value = stored[key];
    if (value === undefined) return undefined;
    if (is(value)) return value;
    defects.push({ key, what: `must be ${kind}, and is ${kindOf(value)}` });
    return undefined;
  }
  function need<K extends keyof UserState>(key: K): UserState[K] | undefined {
    if (stored[key] === undefined) defects.push({ key, what: "is missing" });
    return pick(key);
  }
  const email = canonicalEmail(need("email") ?? "");
  const adopted = need("adopted");
  const foundEnabled = pick("foundEnabled");
  const onDestroy = pick("onDestroy");
  const isFoundLost = defects.some(({ key }) => key === "adopted" || key === "foundEnabled");
  const isOnDestroyLost = stored["onDestroy"] !== undefined && onDestroy === undefined;
  const others = Object.entries(stored).filter(([key]) => !Object.hasOwn(CHECKS, key));
  const state = {
    ...Object.fromEntries(others),
    email,
    username: canonicalEmail(pick("username") ?? email),
    enabled: need("enabled") ?? true,
    createdAt: pick("createdAt"),
    adopted: adopted ?? true,
    initialPassword: pick("initialPassword"),
    foundEnabled: adopted === undefined ? undefined : foundEnabled,
    found: pick("found"),
    adopt: pick("adopt"),
    onDestroy: isOnDestroyLost ? "retain" : onDestroy,
    firstName: pick("firstName"),
    lastName: pick("lastName"),
    admin: pick("admin"),
    formerEmails: pick("formerEmails")?.map(canonicalEmail),
    unfinished: pick("unfinished"),
    // An account that was never seen is not gone, and not invited again.
    unseen: pick("unseen") ?? (stored["unseen"] === undefined ? undefined : true),
  };
  return { state: JSON.parse(JSON.stringify(state)) as UserState, defects, isFoundLost };
}

/** Longest list of defects in a message. */
const MAX_NAMED = 10;

/** Raises `refused` when the stored state has defects: nobody is cut off by what can't be read. */
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
