import { WallarooError } from "../api/errors";
import { READ_AGE_MS } from "../user/directory";
import { addressOf, canonicalEmail } from "../user/email";
import { getKnownWorkspace, refuseDoubtfulAbsence } from "./absence";
import { canonicalUser, isAddress } from "./check";
import type { WorkspaceContext } from "./context";
import type { KnownMember, MemberState } from "./model";
import { getAccount, getWorkspace } from "./resolve";
import { adopted, knownOf, membershipOf, nameOf, stateOf } from "./state";
import { idOf } from "./view";

/**
 * The membership as it is now, or undefined when the account is not a member any more (with a warning). A workspace is
 * followed by its id, an account too. An account that is gone stays a member. Views are at most 30 s old.
 */
export async function readMember(context: WorkspaceContext, { state }: KnownMember): Promise<KnownMember | undefined> {
  const { workspaceDirectory, log, host, run } = context;
  const workspace = await getKnownWorkspace(context, "read", state, READ_AGE_MS);
  const members = await workspaceDirectory.members(workspace.id, READ_AGE_MS);
  if (!members.has(state.userId)) {
    refuseDoubtfulAbsence("read", state, workspace, members, host);
    log.warn(`${nameOf(membershipOf(state))} is not a member any more and leaves the state; up adds it again.`);
    return undefined;
  }
  // What is there now is known: a step that failed before shows as drift, and as nothing else.
  const { unfinished: _unfinished, ...known } = state;
  const now: MemberState = {
    ...known,
    role: members.roleOf(state.userId) ?? state.role,
    workspaceName: workspace.name,
  };
  if (workspace.name !== state.workspaceName && isByName(state)) {
    now.workspace = workspace.name;
    if (run.isNew(`renamed workspace ${workspace.id}`)) {
      log.warn(
        `Workspace ${workspace.id} was renamed from "${state.workspaceName}" to "${workspace.name}" on the platform, and its ` +
          "memberships go with it. Declare the new name: up takes the old one for another workspace.",
      );
    }
  }
  return knownOf(isAddress(state.user) ? await followAccount(context, now) : now);
}

function isByName({ workspace, workspaceName, workspaceId }: MemberState): boolean {
  if (typeof workspace === "number") return false;
  return workspace.normalize("NFC") === workspaceName.normalize("NFC") || idOf(workspace) !== workspaceId;
}

async function followAccount({ directory, log, run }: WorkspaceContext, state: MemberState): Promise<MemberState> {
  const view = await directory.view(READ_AGE_MS);
  const account = view.findById(state.userId);
  const who = nameOf(membershipOf(state));
  if (account === undefined) {
    const [other] = view.findAllByEmail(state.user);
    // The account that is gone stays a member, under an id that nobody has.
    if (other === undefined) return state;
    log.warn(
      `${who}: the account was made anew with another id (${other.id}, was ${state.userId}), which up adds in its place.`,
    );
    const { email: _ofAnother, ...kept } = state;
    return { ...kept, user: state.userId };
  }
  const now = addressOf(account);
  if (now === state.user) return { ...state, email: now };
  if (run.isNew(`address ${state.userId}`)) {
    log.warn(`The address of ${who} was changed to ${now} on the platform. Declare the new address.`);
  }
  return { ...state, user: now, email: account.email === undefined ? now : canonicalEmail(account.email) };
}

/** A membership as adopted and found as it is. Raises `notFound`; `refused` for an unknown workspace or account. */
export async function findMember(
  context: WorkspaceContext,
  given: string | number,
  user: string,
): Promise<KnownMember> {
  const workspace = await getWorkspace(context, given, READ_AGE_MS);
  const account = await getAccount(context, canonicalUser(user), READ_AGE_MS);
  const members = await context.workspaceDirectory.members(workspace.id, READ_AGE_MS);
  if (!members.has(account.id)) {
    throw new WallarooError({
      kind: "notFound",
      operation: "find",
      who: `${addressOf(account)} in workspace "${workspace.name}"`,
      words: "the account is not a member",
      next: "Declare the membership without importing it: up adds the account.",
    });
  }
  // What is not told counts as the platform's default.
  const role = members.roleOf(account.id) ?? "COLLABORATOR";
  // A name that looks like an id may be taken for one.
  const name = idOf(workspace.name) === undefined ? workspace.name : workspace.id;
  const inputs = { workspace: name, user: addressOf(account), role, adopt: true };
  return knownOf(adopted(stateOf(inputs, { workspace, account }, role), members.roleOf(account.id)));
}
