import { isWallarooError, messageOf, refusal, type WallarooError } from "../api/errors";
import { unnamed, type InputFailure } from "../user/check";
import type { Declaration } from "../user/run";
import type { WorkspaceContext } from "../workspace/context";
import type { Checked, Declared, Refusal } from "./resource";
import { ownFailure } from "./failures";
import type { Session } from "./session";

/** Notes that a resource declares these addresses; answers a failure for each that another resource declares too. */
export function findDuplicates(
  emails: readonly unknown[],
  declared: Declared | undefined,
  { run, isUnknown }: Pick<Session, "run" | "isUnknown">,
): InputFailure[] {
  if (declared === undefined) return [];
  for (const email of declared.elsewhere ?? []) run.managed.elsewhere.add(email);
  const others = declared.others ?? {};
  for (const [email, [name]] of Object.entries(others)) {
    if (name !== undefined) run.expect(email, name);
  }
  return emails.flatMap((email) => {
    if (typeof email !== "string" || isUnknown(email)) return [];
    const team = run.managed.findCutOff(email);
    if (team !== undefined) return [cutOff(email, declared.name, team)];
    const earlier = run.declare(email, declared);
    const all = Object.hasOwn(others, email) ? (others[email] ?? []) : [];
    const names = new Set([...all, ...(earlier === undefined ? [] : [earlier.name])]);
    return names.size === 0 ? [] : [declaredTwice(email, [declared.name, ...names])];
  });
}

/**
 * Raises `refused` when a team of the program takes one of these accounts, which stay in their resource, for unmanaged: its
 * address was changed on the platform, so that the declared one did not tell.
 */
export function refuseCutOff(ids: readonly string[], who: string, { run }: Pick<Session, "run">): void {
  if (!run.hasProgram) return;
  for (const id of ids) {
    const team = run.managed.findCutOff(id);
    if (team === undefined) continue;
    throw refusal(
      "compare",
      who,
      `its account ${id} has another address on the platform now, and ${team}, which deactivates unmanaged accounts, takes it for one`,
      "Run `pulumi refresh`, and declare the address that the account has now. In a preview nothing was sent.",
    );
  }
}

/** The team was asked before anything told it of this resource. */
function cutOff(email: string, name: string, team: string): InputFailure {
  return unnamed(
    `${email} is declared by "${name}", and ${team}, which deactivates unmanaged accounts, did not know of it in time. ` +
      "Declare it before the program waits for anything (`await`), with its address as text, or let the team depend on it " +
      "(`dependsOn`). In a preview nothing was sent; after an `up`, run `pulumi refresh` and `pulumi up`.",
  );
}

/** @param what is declared, with its article */
function declaredTwice(who: string, names: string[], what = "an account"): InputFailure {
  // In one order, as the engine checks them in any.
  const by = names.sort().map((name) => `"${name}"`);
  const times = by.length === 2 ? "twice" : `${by.length} times`;
  return unnamed(
    `${who} is declared ${times}, by ${by.join(" and by ")}. Nothing was sent for it. Declare ${what} once.`,
  );
}

/** Notes that a resource declares the membership of this key. Answers a failure if another one does. */
export function findDuplicateMembership(
  { memberships }: Pick<WorkspaceContext, "memberships">,
  key: string,
  declared: Declaration | undefined,
  who: string,
): InputFailure[] {
  const earlier = declared === undefined ? undefined : memberships.declare(key, declared);
  if (earlier === undefined || declared === undefined) return [];
  return [declaredTwice(who, [declared.name, earlier.name], "a membership")];
}

/** A failure as an engine prints it: on one line, and without the value of a property that is one of `secrets`. */
export function sentence({ property, reason }: InputFailure, secrets: readonly string[] = []): InputFailure {
  if (secrets.includes(property)) return sentence(unnamed(`${property} ${reason}`));
  return { property, reason: messageOf(new Error(reason)) };
}

/** Adds what `look` finds to a check: its failures, or what it raises. */
export async function addFound(
  result: Checked,
  who: string,
  { worded }: Pick<Session, "worded">,
  look: () => Promise<readonly InputFailure[]>,
): Promise<Checked> {
  try {
    result.failures.push(...(await look()));
  } catch (error) {
    result.failures.push(unnamed(ownFailure(worded(error), "check", who).message));
    const refusals = refusalsOf(error, worded);
    if (refusals.length > 0) result.refusals = refusals;
  }
  return result;
}

/** The refusals that an error is, or that a team met with, for {@link Checked.refusals}; none if there was anything else. */
export function refusalsOf(error: unknown, worded: Session["worded"]): Refusal[] {
  const found: unknown[] =
    error instanceof Error && error.cause instanceof AggregateError ? error.cause.errors : [error];
  const all = found.map(worded);
  return all.every((one) => isWallarooError(one, "refused")) ? all.map(partsOf) : [];
}

function partsOf({ message, next }: WallarooError): Refusal {
  return { problem: message.slice(0, -next.length).trimEnd(), next };
}
