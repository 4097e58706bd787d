import { WallarooError, refusal } from "../api/errors";
import type { ApiWorkspace } from "../api/wire";
import { DECISION_AGE_MS, findInFresh } from "../user/directory";
import { addressOf } from "../user/email";
import type { WorkspaceContext } from "./context";
import type { MemberInputs, MemberState } from "./model";
import { membershipOf, nameOf, type Place } from "./state";
import type { Members } from "./view";

/** The workspace of a stored membership. Raises `refused` if the provider does not see it: none is ever deleted. */
export async function getKnownWorkspace(
  { workspaceDirectory, host }: WorkspaceContext,
  operation: string,
  state: MemberState,
  maxAgeMs: number,
): Promise<ApiWorkspace> {
  const { workspaceId } = state;
  const { found } = await findInFresh(
    (...ages) => workspaceDirectory.workspaces(...ages),
    maxAgeMs,
    (list) => list.findById(workspaceId),
  );
  if (found !== undefined) return found;
  throw refusal(
    operation,
    nameOf(membershipOf(state)),
    `the account that the provider runs as does not see workspace ${workspaceId} on ${host}`,
    "The platform deletes no workspace, so the membership is not taken for gone. Run the provider as an administrator who " +
      "sees that workspace, and check wallaroo:url (WALLAROO_URL). To let go of the membership: `pulumi state delete`.",
  );
}

/** Raises when an absence is not to be believed: no member is shown, or the workspace has another name than known. */
export function refuseDoubtfulAbsence(
  operation: string,
  state: MemberState,
  workspace: ApiWorkspace,
  members: Members,
  host: string,
): void {
  const who = nameOf(membershipOf(state));
  if (members.size === 0) {
    const next = "Run the same command again, and if it stays so, let go of it with `pulumi state delete`.";
    throw noMember(operation, who, `Nothing was changed. ${next}`);
  }
  if (workspace.name.normalize("NFC") === state.workspaceName.normalize("NFC")) return;
  throw refusal(
    operation,
    who,
    `the account is not a member of workspace ${workspace.id} on ${host}, which is called "${workspace.name}" there`,
    "Another platform answers there, most likely: check wallaroo:url (WALLAROO_URL). If the workspace was renamed and the " +
      "account taken out of it, let go of the membership with `pulumi state delete`.",
  );
}

/**
 * The members of a workspace to which one is added. A list without any is asked for once more, as there is always one.
 * Raises `unreadable` for a collaborator if it stays so: the account may be the owner, which would be lowered by that.
 */
export async function findFirstMembers(
  { workspaceDirectory }: WorkspaceContext,
  { role }: Pick<MemberInputs, "role">,
  { workspace, account }: Place,
  listed: Members,
  isFirst = true,
): Promise<Members> {
  if (listed.size > 0) return listed;
  const members = await workspaceDirectory.members(workspace.id, DECISION_AGE_MS, listed.askedAtMs + listed.tookMs);
  if (members.size > 0 || role === "OWNER" || !isFirst) return members;
  const next = "Nothing was sent. Run the same command again. If it stays so, give the workspace an owner first.";
  throw noMember("add", `${addressOf(account)} to workspace "${workspace.name}"`, next);
}

function noMember(operation: string, who: string, next: string): WallarooError {
  const words = "the platform lists no member of the workspace at all, and there is always one";
  return new WallarooError({ kind: "unreadable", operation, who, words, next });
}
