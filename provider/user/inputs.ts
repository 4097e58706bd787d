import { canonicalEmail, findEmailProblem } from "./email";
import { findUnusable } from "./unusable";

/** One thing that is wrong with a resource's inputs. */
export interface InputFailure {
  /** Name of the input, or "" where the engine must not print its value beside the reason. */
  property: string;
  reason: string;
}

/** Inputs after the check: the same values in canonical form, unknown ones untouched. */
export interface CheckedInputs {
  inputs: Record<string, unknown>;
  failures: InputFailure[];
}

type Check = (value: unknown) => string | undefined;

const isString: Check = (value) => (typeof value === "string" ? undefined : "must be a string");
const isBoolean: Check = (value) => (typeof value === "boolean" ? undefined : "must be true or false");

const CHECKS: Record<string, Check> = {
  email: (value) => isString(value) ?? findEmailProblem(canonicalEmail(value as string)),
  password: (value) => (typeof value === "string" && value !== "" ? undefined : "must be a string that is not empty"),
  enabled: isBoolean,
  adopt: isBoolean,
  onDestroy: (value) => (value === "deactivate" || value === "retain" ? undefined : 'must be "deactivate" or "retain"'),
  firstName: isString,
  lastName: isString,
  admin: isBoolean,
  roles: (value) =>
    Array.isArray(value) && value.every((role) => typeof role === "string" && role !== "")
      ? undefined
      : "must be a list of role names",
  requireReset: isBoolean,
};

/** The inputs of one person that are used by the invite alone: a later change has no effect, which a warning says. */
export const INVITE_ONLY = ["password", "roles", "requireReset"] as const;

/**
 * Normalises and validates the inputs of one person. `isUnknown` tells values that only `up` will know: they are left as
 * they are and not validated. A value of `undefined` or `null` counts as not given.
 */
export function checkInputs(news: Record<string, unknown>, isUnknown: (value: unknown) => boolean): CheckedInputs {
  const inputs: Record<string, unknown> = { enabled: true };
  const failures: InputFailure[] = [];
  for (const [name, value] of Object.entries(news)) {
    if (value === undefined || value === null) continue;
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
    if (check === undefined) {
      // It may be a misspelled password.
      const reason = `${name} is no input of a Wallaroo user; there are ${Object.keys(CHECKS).join(", ")}`;
      failures.push({ property: "", reason });
      continue;
    }
    inputs[name] = value;
    const unusable = findUnusable(value);
    if (unusable !== undefined) {
      failures.push({ property: "", reason: `${name} ${unusable}` });
      continue;
    }
    if (isUnknown(value)) continue;
    const problem = check(value);
    if (problem === undefined) {
      if (name === "email") inputs[name] = canonicalEmail(value as string);
      continue;
    }
    // The engine prints the value of a property that it can name.
    if (name === "password") failures.push({ property: "", reason: `password ${problem}` });
    else failures.push({ property: name, reason: problem });
  }
  if (inputs["email"] === undefined) failures.push({ property: "email", reason: "is required" });
  return { inputs, failures };
}

/** True when two input values are the same, at any depth. */
export function isSameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
