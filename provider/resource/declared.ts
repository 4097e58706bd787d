import { messageOf } from "../api/errors";
import type { InputFailure } from "../user/check";
import type { Declared } from "./resource";
import type { Session } from "./session";

/** Notes that a resource declares these addresses, and says which of them another resource declares too. */
export function findDuplicates(
  emails: readonly unknown[],
  declared: Declared | undefined,
  { run, isUnknown }: Pick<Session, "run" | "isUnknown">,
): InputFailure[] {
  if (declared === undefined) return [];
  const elsewhere = declared.others ?? {};
  for (const [email, [name]] of Object.entries(elsewhere)) {
    if (name !== undefined) run.expect(email, name);
  }
  return emails.flatMap((email) => {
    if (typeof email !== "string" || isUnknown(email)) return [];
    const earlier = run.declare(email, declared);
    const others = Object.hasOwn(elsewhere, email) ? (elsewhere[email] ?? []) : [];
    const names = new Set([...others, ...(earlier === undefined ? [] : [earlier.name])]);
    return names.size === 0 ? [] : [declaredTwice(email, [declared.name, ...names])];
  });
}

function declaredTwice(email: string, names: string[]): InputFailure {
  // In one order, whichever of them the engine happens to check first.
  const quoted = names.sort().map((name) => `"${name}"`);
  const times = quoted.length === 2 ? "twice" : `${quoted.length} times`;
  const by = quoted.join(" and by ");
  return unnamed(`${email} is declared ${times}, by ${by}. Nothing was sent for it. Declare a person once.`);
}

/** A failure of no property that the engine could print the value of. */
export function unnamed(reason: string): InputFailure {
  return { property: "", reason };
}

/** A failure as an engine prints it: on one line, and without the value of a property that is one of `secrets`. */
export function sentence({ property, reason }: InputFailure, secrets: readonly string[] = []): InputFailure {
  if (secrets.includes(property)) return sentence(unnamed(`${property} ${reason}`));
  return { property, reason: messageOf(new Error(reason)) };
}
