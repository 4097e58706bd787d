import { withoutUndefined } from "../api/json";
import { findDefects, inMark, inText, type Defect, type FindProblem } from "../user/decode";
import { findBooleanProblem } from "../user/properties";
import { MEMBER_INPUTS, canonicalUser } from "./check";
import { parseMemberId, type MemberState } from "./model";

/** A stored state with every value of its promised type; see {@link decodeMember}. */
export interface DecodedMember {
  state: MemberState;
  /** None for a state that a release of this package wrote. */
  defects: Defect[];
}

const CHECKS: Record<string, FindProblem> = {
  ...Object.fromEntries(Object.entries(MEMBER_INPUTS).map(([name, { findProblem }]) => [name, findProblem])),
  workspaceId: (value) => (Number.isSafeInteger(value) ? undefined : "must be a whole number"),
  workspaceName: inText,
  userId: inText,
  email: inText,
  adopted: findBooleanProblem,
  foundRole: MEMBER_INPUTS.role.findProblem,
  unfinished: inMark,
};

/**
 * Decodes what is stored of one membership. The engine's id says which it is. A value that can't be decoded is a defect, and
 * what stands in its place is the safe side: a membership that may not be ours counts as adopted, and is left as it is.
 */
export function decodeMember(id: string, stored: Record<string, unknown>): DecodedMember {
  const { good, defects } = findDefects(stored, CHECKS, ["role", "adopted"]);
  const isLost = (name: string) => defects.some(({ key }) => key === name);
  const ids = parseMemberId(id);
  if (ids === undefined) defects.push({ key: "id", what: "must be WORKSPACE_ID/USER_ID" });
  const { workspaceId = -1, userId = "" } = ids ?? {};
  const {
    workspace = workspaceId,
    user = userId,
    role = "COLLABORATOR",
    workspaceName = String(workspace),
    adopted = true,
    ...others
  } = good as Partial<MemberState>;
  const state = {
    ...others,
    ...{ workspace, user: canonicalUser(user), role, workspaceName, workspaceId, userId, adopted },
    foundRole: isLost("adopted") ? undefined : others.foundRole,
    onDestroy: isLost("onDestroy") ? "retain" : others.onDestroy,
  } satisfies MemberState;
  return { state: withoutUndefined<MemberState>(state), defects };
}
