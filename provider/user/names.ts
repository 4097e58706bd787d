import type { UserInputs } from "./model";
import { refusal } from "./policy";

/** Longest name that Keycloak accepts by default, in UTF-16 units. */
const MAX_LENGTH = 255;
/** Characters that Keycloak accepts in no name by default. Source: measured on 26.4. */
// eslint-disable-next-line no-control-regex
const REFUSED = /[\u0000-\u001f\u007f\u0085\u2028!"#$%&()*/;<=>?[\\\]^{|}~]/u;

/**
 * What Keycloak's default rules have against a first or last name, or undefined. A name of spaces alone would be dropped
 * without an error; `""` takes a name away, and is fine.
 */
export function findNameProblem(name: string): string | undefined {
  if (name !== "" && name.trim() === "") return "holds nothing but spaces";
  if (name.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  const bad = REFUSED.exec(name)?.[0];
  if (bad === undefined) return undefined;
  return /[!-~]/.test(bad) ? `holds the character ${bad}` : "holds a line break or another control character";
}

/**
 * Raises when a declared name would be refused by Keycloak's default rules. A name that the account has already is not
 * sent, and is fine: it may come from before the rules, or from a federated store.
 */
export function refuseBadNames(
  inputs: Pick<UserInputs, "email" | "firstName" | "lastName">,
  now: { firstName?: string; lastName?: string },
): void {
  for (const name of ["firstName", "lastName"] as const) {
    const declared = inputs[name];
    if (declared === undefined || declared === (now[name] ?? "")) continue;
    const problem = findNameProblem(declared);
    if (problem === undefined) continue;
    throw refusal(
      "use",
      `the ${name} of ${inputs.email}`,
      `it ${problem}, which Keycloak refuses by default`,
      "Nothing was sent. Write the name without it, or leave it out of the program.",
    );
  }
}
