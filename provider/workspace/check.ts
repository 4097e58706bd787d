import { checkInputs, type CheckedInputs, type Row } from "../user/check";
import { canonicalEmail, findEmailProblem } from "../user/email";
import { isUuid } from "../user/invite";
import { findBooleanProblem, oneOf } from "../user/properties";
import type { MemberInputs } from "./model";

/** Longest name of a workspace and longest id of a user, in characters. */
const MAX_LENGTH = 1000;

/** The inputs of a membership, and what is wrong with a value of each. */
export const MEMBER_INPUTS: Record<keyof MemberInputs, Row> = {
  workspace: { findProblem: findWorkspaceProblem },
  user: { findProblem: findUserProblem, canonical: canonicalUser },
  role: { findProblem: oneOf("OWNER", "COLLABORATOR") },
  adopt: { findProblem: findBooleanProblem },
  onDestroy: { findProblem: oneOf("remove", "retain") },
};

/** Normalises and validates the inputs of one membership; unknown values stay, `undefined` and `null` are left out. */
export function checkMember(news: Record<string, unknown>, isUnknown: (value: unknown) => boolean): CheckedInputs {
  const needed = ["workspace", "user"];
  return checkInputs({ role: "COLLABORATOR" }, news, MEMBER_INPUTS, needed, "member of a workspace", isUnknown);
}

/** The canonical form of an address or a UUID; another id as it is. */
export function canonicalUser(user: string): string {
  const id = user.trim();
  if (isAddress(id)) return canonicalEmail(user);
  return isUuid(id) ? id.toLowerCase() : id;
}

/** True for what is not an id. Some ids hold an address: of accounts of another store, and of one that was never seen. */
export function isAddress(user: string): boolean {
  return user.includes("@") && !/^[a-z]+:/.test(user);
}

function findWorkspaceProblem(value: unknown): string | undefined {
  if (typeof value === "number") {
    return Number.isSafeInteger(value) && value >= 0 ? undefined : "must be the name of a workspace, or its id";
  }
  if (typeof value !== "string") return "must be the name of a workspace, or its id";
  return findTextProblem(value);
}

function findUserProblem(value: unknown): string | undefined {
  if (typeof value !== "string") return "must be an address, or the id of an account";
  return findTextProblem(value) ?? (isAddress(value.trim()) ? findEmailProblem(canonicalEmail(value)) : undefined);
}

function findTextProblem(text: string): string | undefined {
  if (text.trim() === "") return "must not be empty";
  if (text.length > MAX_LENGTH) return `must not be longer than ${MAX_LENGTH} characters`;
  return /[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text) ? "must not hold control characters" : undefined;
}
