import { isRecord, pick } from "../api/json";
import { findDefects, type Defect } from "../user/decode";
import type { DeclaredState, UserInputs } from "../user/model";
import { PROPERTIES } from "../user/properties";

/** Inputs of a team that hold for every member that does not declare its own. */
const DEFAULTS = ["adopt", "onDestroy", "requireReset"] as const;

/** The defaults that delete and refresh need: they see nothing but the state. */
const STORED = ["adopt", "onDestroy"] as const;

/** Defaults as a state has them: a value that all members have is written once. */
export type StoredDefaults = Pick<DeclaredState, (typeof STORED)[number]>;

/** Each member with the defaults in place of what it does not declare. What is not known yet stays as it is. */
export function withDefaults(
  members: Record<string, unknown>,
  inputs: Partial<Record<(typeof DEFAULTS)[number], unknown>>,
): Record<string, unknown> {
  const defaults = pick(inputs, DEFAULTS);
  if (Object.keys(defaults).length === 0) return members;
  const complete = (member: unknown) => (isRecord(member) ? { ...defaults, ...member } : member);
  return Object.fromEntries(Object.entries(members).map(([email, member]) => [email, complete(member)]));
}

/** The defaults that are stored, of checked inputs or of a state. */
export function storedDefaults(source: Partial<Pick<UserInputs, (typeof STORED)[number]>>): StoredDefaults {
  return pick(source, STORED);
}

/** The defaults in a state that may have been edited by hand, with what is wrong with them. */
export function decodeDefaults(stored: Record<string, unknown>): { defaults: StoredDefaults; defects: Defect[] } {
  const given = pick(stored as Partial<Record<(typeof STORED)[number], unknown>>, STORED);
  const { adopt, onDestroy } = PROPERTIES;
  const { good, defects } = findDefects(given, { adopt: adopt.findProblem, onDestroy: onDestroy.findProblem }, []);
  // As for one user, what may have said that destroy is to leave accounts alone is taken to say so.
  const isLost = defects.some(({ key }) => key === "onDestroy");
  return { defaults: isLost ? { ...good, onDestroy: "retain" } : good, defects };
}
