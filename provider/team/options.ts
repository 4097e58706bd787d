import { isRecord, pick } from "../api/json";
import { checkInputs, unnamed, type InputFailure, type Row } from "../user/check";
import { findDefects, type Defect, type FindProblem } from "../user/decode";
import { canonicalEmail } from "../user/email";
import { PROPERTIES, oneOf } from "../user/properties";
import { storedDefaults, type StoredDefaults } from "./defaults";
import type { TeamState } from "./model";

/** What becomes of active accounts that nothing in the program declares. */
type UnmanagedMode = "ignore" | "report" | "deactivate";

/** Checked inputs of a team beside its members. */
export interface TeamOptions {
  defaults?: StoredDefaults;
  /**
   * Called `unmanaged` in a program. The engine answers a preview with inputs in place of the outputs that are not known
   * yet, and the output `unmanaged` is a list: so the input has another name on its way.
   */
  ifUnmanaged?: UnmanagedMode;
  /** Canonical. */
  unmanagedDomain?: string;
  /** A number of accounts, or a share such as `"25%"`. */
  maxDepartures?: number | string;
}

const OPTIONS: Record<string, Row> = {
  adopt: PROPERTIES.adopt,
  onDestroy: PROPERTIES.onDestroy,
  requireReset: PROPERTIES.requireReset,
  ifUnmanaged: { shown: "unmanaged", findProblem: oneOf("ignore", "report", "deactivate") },
  unmanagedDomain: {
    findProblem: (value) =>
      typeof value === "string" && /^[^\s@]+$/.test(domainOf(value))
        ? undefined
        : "must be a domain such as example.com",
    canonical: domainOf,
  },
  maxDepartures: {
    findProblem: (value) =>
      isCount(value) || shareOf(value) !== undefined
        ? undefined
        : 'must be a whole number of accounts, or a share from "0%" to "100%"',
  },
};

/** The options among `given` in canonical form, and what is wrong with the others. No failure names a property. */
export function checkOptions(
  given: Record<string, unknown>,
  isUnknown: (value: unknown) => boolean,
): { options: Record<string, unknown>; failures: InputFailure[] } {
  const rows = { members: { findProblem: () => undefined }, ...OPTIONS };
  const { inputs: options, failures } = checkInputs({}, given, rows, [], "Wallaroo team", isUnknown);
  // As if it were not there, so that declaring it changes nothing.
  if (options["ifUnmanaged"] === "ignore") delete options["ifUnmanaged"];
  return { options, failures: failures.map(({ property, reason }) => unnamed(`${property} ${reason}`.trimStart())) };
}

/** The options of checked inputs. What only `up` will know is left out, and bounds nothing. */
export function optionsOf(inputs: Record<string, unknown>, isUnknown: (value: unknown) => boolean): TeamOptions {
  const known = Object.fromEntries(Object.entries(inputs).filter(([, value]) => !isUnknown(value)));
  const options = known as TeamOptions & StoredDefaults;
  return {
    ...pick(options, ["ifUnmanaged", "unmanagedDomain", "maxDepartures"]),
    ...(isUnknown(inputs["maxDepartures"]) ? { maxDepartures: Infinity } : {}),
    defaults: storedDefaults(options),
  };
}

/** The options of which a change is an update; they are stored as they were declared. */
const STORED = ["ifUnmanaged", "unmanagedDomain"] as const;

export type StoredOptions = Pick<TeamOptions, (typeof STORED)[number]>;

export function storedOptions(source: StoredOptions): StoredOptions {
  return pick(source, STORED);
}

/** Names, as a program has them, of the options that are declared otherwise than they are stored. */
export function findOptionChanges(state: TeamState, inputs: Record<string, unknown>): string[] {
  return STORED.filter((name) => inputs[name] !== state[name]).map((name) => OPTIONS[name]?.shown ?? name);
}

/** What is stored of a team beside its members and defaults. */
const BESIDE = [...STORED, "unmanaged", "seats"] as const;

export function besideMembers(state: TeamState): Pick<TeamState, (typeof BESIDE)[number]> {
  return pick(state, BESIDE);
}

/** {@link besideMembers} of a state that may have been edited by hand, with what is wrong with it. */
export function decodeBeside(stored: Record<string, unknown>): { beside: Partial<TeamState>; defects: Defect[] } {
  const given = pick(stored as Record<(typeof BESIDE)[number], unknown>, BESIDE);
  const { good, defects } = findDefects(given, CHECKS, []);
  return { beside: good, defects };
}

const CHECKS: Record<string, FindProblem> = {
  ...Object.fromEntries(Object.entries(OPTIONS).map(([name, { findProblem }]) => [name, findProblem])),
  unmanaged: (value) =>
    Array.isArray(value) && value.every((email) => typeof email === "string")
      ? undefined
      : "must be a list of addresses",
  seats: (value) =>
    isRecord(value) && ["active", "inactive"].every((name) => name in value)
      ? undefined
      : "must be an object of counts",
};

function domainOf(text: string): string {
  return canonicalEmail(text).replace(/^@/, "");
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** A share as a fraction, of text such as `"25%"`; undefined for anything else. */
export function shareOf(value: unknown): number | undefined {
  const digits = typeof value === "string" ? /^(\d{1,3}(?:\.\d+)?)%$/.exec(value)?.[1] : undefined;
  const percent = digits === undefined ? undefined : Number(digits);
  return percent === undefined || percent > 100 ? undefined : percent / 100;
}
