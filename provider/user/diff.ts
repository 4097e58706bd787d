import type { ApiUser } from "../api/wire";
import { canonicalEmail } from "./email";
import type { IsUnknown, PreviewInputs, Unknown, UserInputs, UserState } from "./model";
import { PROPERTIES, hasProfile, isShown, namesOf, profileProperties, type Property } from "./properties";

/** What `up` would do to one user. */
export interface UserChanges {
  /** Inputs whose change is an update. */
  updates: string[];
  /** Inputs whose change needs another account. */
  replaces: string[];
}

/**
 * Compares what is stored with what is declared. An input that is declared no more is an update that sends nothing,
 * after which destroy does not put it back. Inputs that only matter at create (`password`, `adopt`, `roles`,
 * `requireReset`) make no change. Unknown values count as changed, an unknown email as a replacement: `up` never does
 * more than preview said.
 */
export function findChanges(olds: Partial<UserState>, news: PreviewInputs, isUnknown = isNeverUnknown): UserChanges {
  const changes: UserChanges = { updates: [], replaces: [] };
  for (const name of Object.keys(PROPERTIES) as (keyof UserInputs)[]) {
    const row: Property = PROPERTIES[name];
    const value = news[name];
    if (row.kind === "identity") {
      if (value !== undefined && (isUnknown(value) || !isSameEmail(olds.email, value))) changes.replaces.push(name);
    } else if (isCompared(row) && (value !== undefined || row.kind !== "account")) {
      if (isUnknown(value) || value !== (olds as Partial<UserInputs>)[name]) changes.updates.push(name);
    }
  }
  return changes;
}

const isNeverUnknown: IsUnknown = (_value): _value is Unknown => false;

function isCompared(row: Property): boolean {
  return row.kind === "account" || row.kind === "profile" || (row.kind === "policy" && row.isOfCreate !== true);
}

function isSameEmail(stored: string | undefined, declared: unknown): boolean {
  return stored !== undefined && typeof declared === "string" && canonicalEmail(stored) === canonicalEmail(declared);
}

/** Names of the values that a stack follows on the platform and that differ. */
export function findDrift(before: UserState, after: UserState): string[] {
  return namesOf("identity", "account", "profile").filter((name) => before[name] !== after[name]);
}

/** True when the account is as declared. Profile values are compared with the platform's own, by the edit itself. */
export function isAsDeclared(state: UserState, inputs: UserInputs): boolean {
  return state.enabled === inputs.enabled && !hasProfile(inputs);
}

/** The declared values that differ from the stored ones; the others as the account has them now. */
export function announced<T extends Partial<UserInputs>>(state: UserState, inputs: T, user: ApiUser): T {
  const due = { ...inputs };
  if (inputs.enabled === state.enabled) due.enabled = user.enabled;
  for (const [name, row] of profileProperties()) {
    // What the account does not show has to be said by every edit.
    if (inputs[name] === state[name] && isShown(row, user)) delete due[name];
  }
  return due;
}

/** The inputs without unknown ones; if there are any, also without names, which may turn out to be the same. */
export function withoutUnknown(news: PreviewInputs, isUnknown: IsUnknown): Partial<UserInputs> {
  const known = Object.entries(news).filter(([, value]) => !isUnknown(value));
  const inputs: Partial<UserInputs> = Object.fromEntries(known);
  if (known.length === Object.keys(news).length) return inputs;
  for (const [name, { isRole }] of profileProperties()) if (isRole !== true) delete inputs[name];
  return inputs;
}

/** True when two input values are the same, at any depth. */
export function isSameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
