import { messageOf } from "../api/errors";
import type { InputFailure } from "../user/inputs";
import type { Declaration } from "../user/run";
import { isUnknown, session } from "./session";

/** What a resource says of itself: who it is, and which other resources of the program declare whom in plain sight. */
export interface DeclaredInput extends Declaration {
  /**
   * Names of other resources, by canonical address; of a single user only those that declare the same person. Absent
   * where there are none, as all of this costs the engine time for each of many resources.
   */
  others?: Record<string, string[]>;
  /** Of a user, names of the inputs that are declared as secrets: of them the engine must print no value. */
  secrets?: string[];
  /** What went wrong in the program, of a resource that is only declared to be refused with it. */
  failure?: string;
}

/** Notes that a resource declares these people, and says who of them another one declares too. */
export function findDuplicates(emails: readonly unknown[], declared: DeclaredInput | undefined): InputFailure[] {
  if (declared === undefined) return [];
  const elsewhere = declared.others ?? {};
  for (const [email, [name]] of Object.entries(elsewhere)) {
    if (name !== undefined) session.run.expect(email, name);
  }
  return emails.flatMap((email) => {
    if (typeof email !== "string" || isUnknown(email)) return [];
    const earlier = session.run.declare(email, declared);
    const others = Object.hasOwn(elsewhere, email) ? (elsewhere[email] ?? []) : [];
    const names = new Set([...others, ...(earlier === undefined ? [] : [earlier.name])]);
    return names.size === 0 ? [] : [failure(email, [declared.name, ...names])];
  });
}

function failure(email: string, names: string[]): InputFailure {
  // In one order, whichever of them the engine happens to check first.
  const quoted = names.sort().map((name) => `"${name}"`);
  const times = quoted.length === 2 ? "twice" : `${quoted.length} times`;
  return {
    property: "",
    reason: `${email} is declared ${times}, by ${quoted.join(" and by ")}. Nothing was sent for it. Declare a person once.`,
  };
}

/** A failure as the engine prints it: on one line, and without the value where the property is one of `secrets`. */
export function sentence({ property, reason }: InputFailure, secrets: readonly string[] = []): InputFailure {
  if (secrets.includes(property)) return sentence({ property: "", reason: `${property} ${reason}` });
  return { property, reason: messageOf(new Error(reason)) };
}
