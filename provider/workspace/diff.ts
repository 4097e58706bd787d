import type { UserChanges } from "../user/diff";
import type { IsUnknown, Unknown } from "../user/model";
import { canonicalUser } from "./check";
import type { MemberState, PreviewMemberInputs } from "./model";

/** Compares stored and declared by the texts alone, but for `adopt`. Unknown values count as changed. */
export function findMemberChanges(
  olds: MemberState,
  { workspace, user, role, onDestroy }: PreviewMemberInputs,
  isUnknown: IsUnknown = (_value): _value is Unknown => false,
): UserChanges {
  const replaces: string[] = [];
  if (isUnknown(workspace) || !isSameWorkspace(olds, workspace)) replaces.push("workspace");
  if (isUnknown(user) || !isSameUser(olds, user)) replaces.push("user");
  const updates: string[] = [];
  if (role !== olds.role) updates.push("role");
  if (onDestroy !== olds.onDestroy) updates.push("onDestroy");
  return { updates, replaces };
}

/** A number is an id; a text may be the name that is stored, or the one that the workspace had when it was last seen, or its id. */
function isSameWorkspace({ workspace, workspaceId, workspaceName }: MemberState, given: unknown): boolean {
  if (typeof given !== "string") return given === workspaceId;
  const known = [String(workspace), workspaceName, String(workspaceId)];
  return known.some((name) => name.normalize("NFC") === given.normalize("NFC"));
}

function isSameUser({ user, userId, email }: MemberState, given: unknown): boolean {
  return typeof given === "string" && [canonicalUser(user), userId, email].includes(canonicalUser(given));
}
