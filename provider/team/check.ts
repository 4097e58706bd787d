import { isRecord } from "../api/json";
import { checkUser, findUnusable, isUnusable, unnamed, type CheckedInputs } from "../user/check";
import { canonicalEmail } from "../user/email";
import type { UserInputs } from "../user/model";
import { checkRoles, withoutWorkspaces } from "./memberships";
import type { MemberInputs } from "./model";
import { checkOptions } from "./options";

/** How messages name a property of a member. */
export function pathOf(email: string, property?: string): string {
  return `members[${JSON.stringify(email)}]${property === undefined ? "" : `.${property}`}`;
}

/**
 * Normalises and validates the inputs of a team; each member by the rules of a single user, under its canonical
 * address. Failures name no property to the engine, which would print its value, passwords included; their reason names
 * it instead.
 */
export function checkTeam(news: Record<string, unknown>, isUnknown: (value: unknown) => boolean): CheckedInputs {
  const { members, ...others } = news;
  const { options, failures } = checkOptions(others, isUnknown);
  const fail = (reason: string) => void failures.push(unnamed(reason));
  if (typeof members === "string" && isUnknown(members)) return { inputs: { members, ...options }, failures };
  const unusable = isRecord(members) && isUnusable(members) ? findUnusable(members) : undefined;
  if (unusable !== undefined) {
    fail(`members ${unusable}`);
    return { inputs: { members: {}, ...options }, failures };
  }
  if (!isRecord(members)) {
    const isGiven = members !== undefined && members !== null;
    const problem = Array.isArray(members) ? "is a list, and must be" : isGiven ? "must be" : "is required:";
    fail(`members ${problem} an object by address, such as { "ann@example.com": {} }`);
    return { inputs: { members: {}, ...options }, failures };
  }
  const checked = new Map<string, unknown>();
  for (const [key, member] of Object.entries(members)) {
    const email = canonicalEmail(key);
    if (checked.has(email)) {
      fail(
        `${pathOf(key)} is there twice: addresses that differ in case, spaces or the encoding of accents are the same`,
      );
    } else if (typeof member === "string" && isUnknown(member)) {
      checked.set(email, member);
    } else if (isRecord(member) && isUnusable(member)) {
      fail(`${pathOf(key)} ${findUnusable(member)}`);
    } else if (!isRecord(member)) {
      fail(`${pathOf(key)} must be an object of what is declared of the member, {} at least`);
    } else if (key !== email && member["password"] !== undefined) {
      // The engine keeps a value secret by its path; under another key it would be stored in plain text.
      fail(`${pathOf(key)} must be written ${pathOf(email)}, or its password would not stay a secret`);
    } else if (member["email"] !== undefined) {
      fail(`${pathOf(key)}.email must not be given: the key is the address`);
    } else {
      const { workspaces, ...account } = member;
      const { inputs, failures: found } = checkUser({ ...account, email }, isUnknown);
      const { email: _email, enabled, ...rest } = inputs;
      if (enabled !== true) rest["enabled"] = enabled;
      for (const { property, reason } of found) fail(reasonOf(key, property, reason));
      if (workspaces !== undefined && workspaces !== null) {
        const unusable = findUnusable(workspaces);
        const { roles, problems } = checkRoles(workspaces, isUnknown);
        rest["workspaces"] = roles;
        const path = pathOf(key, "workspaces");
        const all = unusable === undefined ? problems : [unusable];
        for (const problem of all) fail(`${path}${problem.startsWith("[") ? "" : " "}${problem}`);
      }
      checked.set(email, rest);
    }
  }
  return { inputs: { members: Object.fromEntries(checked), ...options }, failures };
}

function reasonOf(key: string, property: string, reason: string): string {
  if (property === "email") return `${pathOf(key)}: the address ${reason}`;
  // The reason of a property without a name begins with that name.
  return property === "" ? `${pathOf(key)}.${reason}` : `${pathOf(key, property)} ${reason}`;
}

/** The inputs of a member, for the rules of a single user. */
export function memberInputs(email: string, member: MemberInputs): UserInputs {
  const account = member.workspaces === undefined ? member : withoutWorkspaces(member);
  return { ...account, email, enabled: member.enabled ?? true };
}
