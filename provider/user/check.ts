import { isRecord } from "../api/json";
import { PROPERTIES } from "./properties";

/** One thing that is wrong with a resource's inputs. */
export interface InputFailure {
  /** Name of the input, or "" if the engine must not print its value beside the reason. */
  property: string;
  reason: string;
}

/** A failure of no property that the engine could print the value of. */
export function unnamed(reason: string): InputFailure {
  return { property: "", reason };
}

/** Inputs after the check: the same values in canonical form, unknown ones untouched. */
export interface CheckedInputs {
  inputs: Record<string, unknown>;
  failures: InputFailure[];
}

/** One input: what is wrong with a value of it, its canonical form, and whether the engine must not print it. */
export interface Row {
  /** Its name in a program, where that is another one. */
  shown?: string;
  findProblem: (value: unknown) => string | undefined;
  canonical?: (value: string) => string;
  isSecret?: boolean;
}

/** Normalises and validates the inputs of one user; unknown values stay, `undefined` and `null` are left out. */
export function checkUser(news: Record<string, unknown>, isUnknown: (value: unknown) => boolean): CheckedInputs {
  const rows = PROPERTIES satisfies Record<string, Row>;
  const { inputs, failures } = checkInputs({ enabled: true }, news, rows, ["email"], "Wallaroo user", isUnknown);
  const { email, handOver } = inputs;
  if (typeof email === "string" && !isUnknown(email) && email === handOver) {
    failures.push({ property: "handOver", reason: "must be the address of another account" });
  }
  return { inputs, failures };
}

/** {@link checkUser}, of the inputs that `rows` say. */
export function checkInputs(
  defaults: Record<string, unknown>,
  news: Record<string, unknown>,
  rows: Record<string, Row>,
  needed: readonly string[],
  what: string,
  isUnknown: (value: unknown) => boolean,
): CheckedInputs {
  const inputs = { ...defaults };
  const failures: InputFailure[] = [];
  for (const [name, value] of Object.entries(news)) {
    if (value === undefined || value === null) continue;
    const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
    if (row === undefined) {
      // It may be a misspelled password.
      const names = Object.entries(rows).map(([key, { shown }]) => shown ?? key);
      failures.push(unnamed(`${name} is not an input of a ${what}; there are ${names.join(", ")}`));
      continue;
    }
    inputs[name] = value;
    const { shown = name, isSecret } = row;
    const unusable = findUnusable(value);
    if (unusable !== undefined) {
      failures.push(unnamed(`${shown} ${unusable}`));
      continue;
    }
    if (isUnknown(value)) continue;
    const problem = row.findProblem(value);
    if (problem === undefined) {
      if (row.canonical !== undefined) inputs[name] = row.canonical(value as string);
      continue;
    }
    // The engine prints the value of a property that it can name.
    failures.push(isSecret === true ? unnamed(`${shown} ${problem}`) : { property: shown, reason: problem });
  }
  for (const name of needed) if (inputs[name] === undefined) failures.push({ property: name, reason: "is required" });
  return { inputs, failures };
}

/** The SDK's mark for a value that the engine would lose (a `Map` becomes `{}`); every check refuses it. */
const UNUSABLE = "wallaroo:unusable:0b9b5c3e-6a55-4f0e-8f4b-7d5c6a1e2f90";

/** @param what why it is unusable and what to write instead, after the name of the input: `is a Map: ...` */
export function unusable(what: string): Record<string, unknown> {
  return { [UNUSABLE]: what };
}

export function isUnusable(value: object): boolean {
  return Object.hasOwn(value, UNUSABLE);
}

/** What {@link unusable} was told, of this value or of the first one in it; undefined when there is none. */
export function findUnusable(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (isRecord(value) && isUnusable(value)) return String(value[UNUSABLE]);
  for (const part of Object.values(value)) {
    const found = findUnusable(part);
    if (found !== undefined) return found;
  }
  return undefined;
}
