import { types } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { messageOf } from "../provider/api/errors";
import { unusable } from "../provider/user/check";
import { partsOf } from "./parts";

/** Deeper than any input is; beyond it a value that holds itself would be walked for ever. */
const MAX_DEPTH = 16;

/**
 * The same value as the engine will see it, at any depth and however late it comes: what would be lost on the way (a
 * Map becomes `{}`, a function nothing), and a promise or output that fails, becomes a mark that the provider's check
 * refuses. Raises nothing, now or later: the SDK swallows what an apply of an inline program raises, and the engine
 * would take the resource for gone (measured). Does not see what `pulumi.output` or `pulumi.all` have already made
 * `{}`.
 */
export function resolved(value: unknown, depth = 0): unknown {
  if (pulumi.isUnknown(value)) return value;
  if (pulumi.Output.isInstance(value)) {
    // Not `pulumi.output(value)`, which makes `{}` of a Map in it first.
    return caught(value).apply((known) => pulumi.output(resolvedLate(known, depth)));
  }
  if (types.isPromise(value)) {
    return pulumi.output(
      Promise.resolve(value).then(
        (known) => resolvedLate(known, depth),
        (error: unknown) => unusable(`is a Promise that failed: ${messageOf(error)}`),
      ),
    );
  }
  const problem = findProblem(value);
  if (problem !== undefined) return unusable(problem);
  if (typeof value !== "object" || value === null) return value;
  if (depth > MAX_DEPTH) return unusable("is nested too deeply, or holds itself");
  if (Array.isArray(value)) return Array.from(value, (part) => resolved(part, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, resolved(part, depth + 1)]));
}

/** The SDK does not declare it, and has no other way to catch what an output fails with. */
type NewOutput = new (
  resources: Set<pulumi.Resource>,
  promise: Promise<unknown>,
  isKnown: Promise<boolean>,
  isSecret: Promise<boolean>,
  allResources: Promise<Set<pulumi.Resource>>,
) => pulumi.Output<unknown>;

/** The same output; one that fails becomes a mark instead. */
function caught(output: pulumi.Output<unknown>): pulumi.Output<unknown> {
  const parts = partsOf(output);
  const resources = parts.resources();
  const Output: unknown = pulumi.Output;
  return new (Output as NewOutput)(
    resources,
    parts.promise(true).catch((error: unknown) => unusable(`is an Output that failed: ${messageOf(error)}`)),
    parts.isKnown.catch(() => true),
    parts.isSecret.catch(() => false),
    parts.allResources?.().catch(() => resources) ?? Promise.resolve(resources),
  );
}

/** {@link resolved} in an apply, as reading an object may raise, by a getter or a proxy. */
function resolvedLate(value: unknown, depth: number): unknown {
  try {
    return resolved(value, depth);
  } catch (error) {
    return unusable(`is an object that can't be read: ${messageOf(error)}`);
  }
}

/** True for what `{ ... }` makes, in any realm, and for objects without a prototype; not for instances of classes. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return isOfObject(prototype) && !(Symbol.toStringTag in value) && !(Symbol.iterator in value);
}

/** True for `null` and for the `Object.prototype` of any realm; not for other objects without a prototype, which may hold inputs. */
function isOfObject(prototype: unknown): boolean {
  if (prototype === null || prototype === Object.prototype) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "isPrototypeOf");
}

/** Why the engine would not see this value as it is, and how to make another one of it; undefined when it would. */
function findProblem(value: unknown): string | undefined {
  if (typeof value === "function") return "is a function: call it, and give what it returns";
  if (typeof value === "symbol" || typeof value === "bigint") return `is a ${typeof value}, which can't be an input`;
  if (typeof value !== "object" || value === null || Array.isArray(value) || isPlainObject(value)) return undefined;
  if (types.isMap(value)) return "is a Map: `Object.fromEntries(map)` makes a plain object of it";
  if (types.isSet(value)) return "is a Set: `[...set]` makes a list of it";
  if (types.isDate(value)) return "is a Date: `date.toISOString()` makes text of it";
  if (pulumi.Resource.isInstance(value)) return "is a resource: give one of its outputs";
  return `is an instance of ${nameOf(value)}: write out what of it is meant`;
}

/** What is wrong with the arguments of `who` as a whole, as one sentence. */
export function findArgsProblem(who: string, args: unknown): string | undefined {
  if (isPlainObject(args)) return undefined;
  if (args === undefined || args === null) return `${who}: its arguments are missing.`;
  if (pulumi.Output.isInstance(args) || types.isPromise(args)) {
    return `${who}: its arguments must be an object that is there at once; each of them may be an output.`;
  }
  const problem =
    findProblem(args) ?? `${Array.isArray(args) ? "is a list" : `is a ${typeof args}`}, and must be a plain object`;
  return `${who}: what is given for its arguments ${problem}.`;
}

function nameOf(value: object): string {
  const { constructor } = value as { constructor?: { name?: unknown } };
  return typeof constructor?.name === "string" && constructor.name !== "" ? constructor.name.slice(0, 80) : "a class";
}
