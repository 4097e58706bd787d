import { isWallarooError } from "../../api/errors";
import { compare } from "../../api/json";
import type { ApiUser, ApiWorkspace, WorkspaceRole } from "../../api/wire";
import type { Platform } from "../../connect";
import { MEMBER_INPUTS } from "../../workspace/check";
import { isOwnDefault } from "../../workspace/guards";
import type { WorkspaceList } from "../../workspace/view";

/** What an account is in a workspace. */
export interface Membership {
  workspaceId: number;
  /** As a program names the workspace: by its name, or by its id if the name may be that of another one. */
  workspace: string | number;
  /** As the members of a team name it, who have no numbers; undefined if no text means it. */
  key: string | undefined;
  role: WorkspaceRole;
}

/**
 * The memberships of accounts in workspaces, by account id, in the order of the workspaces' names; and what is left out, in
 * full sentences. One request for the list, and one per workspace. Not among them: an account in its own default workspace,
 * which the platform makes; archived workspaces; and members whose role the platform does not tell. A release without
 * workspaces has none. Raises what the platform answers otherwise.
 */
export async function findMemberships(
  { context: { workspaceDirectory } }: Platform,
  users: readonly ApiUser[],
): Promise<{ byUser: Map<string, Membership[]>; notes: string[] }> {
  const byUser = new Map<string, Membership[]>();
  const list = await listOf(workspaceDirectory);
  if (typeof list === "string") return { byUser, notes: [list] };
  const workspaces = list.all().filter(({ archived }) => !archived);
  workspaces.sort((a, b) => compare(a.name, b.name) || a.id - b.id);
  const members = await Promise.all(workspaces.map(({ id }) => workspaceDirectory.members(id, 0)));
  let untold = 0;
  for (const [index, workspace] of workspaces.entries()) {
    for (const user of users) {
      if (members[index]?.has(user.id) !== true || isOwnDefault(workspace.name, user)) continue;
      const role = members[index].roleOf(user.id);
      if (role === undefined) untold += 1;
      else {
        const given = givenName(workspace, list);
        const key = means(String(given), workspace.id, list) ? String(given) : undefined;
        const membership = { workspaceId: workspace.id, workspace: given, key, role };
        byUser.set(user.id, [...(byUser.get(user.id) ?? []), membership]);
      }
    }
  }
  const archived = list.all().length - workspaces.length;
  return {
    byUser,
    notes: [
      ...(untold === 0 ? [] : [`${count(untold, "membership")} left out: the platform does not tell the role.`]),
      ...(archived === 0 ? [] : [`${count(archived, "archived workspace")} left out.`]),
    ],
  };
}

/** Why there is none, in one sentence, for a release without workspaces. */
async function listOf(directory: Platform["context"]["workspaceDirectory"]): Promise<WorkspaceList | string> {
  try {
    return await directory.workspaces(0);
  } catch (error) {
    if (!isWallarooError(error, "notFound")) throw error;
    return "This release of the platform has no workspaces in its API: no membership is written.";
  }
}

function givenName({ id, name }: ApiWorkspace, list: WorkspaceList): string | number {
  const isText = MEMBER_INPUTS.workspace.findProblem(name) === undefined && !name.includes("\ufffd");
  return isText && means(name, id, list) ? name : id;
}

function means(given: string, id: number, list: WorkspaceList): boolean {
  try {
    return list.find(given)?.id === id;
  } catch (error) {
    if (!isWallarooError(error, "refused")) throw error;
    return false;
  }
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what} is` : `${number} ${what}s are`;
}

/** The roles of a member of a team, by the name of the workspace; undefined for none. */
export function rolesOf(workspaces: readonly Membership[]): Record<string, WorkspaceRole> | undefined {
  const roles = workspaces.flatMap(({ key, role }) => (key === undefined ? [] : [[key, role] as const]));
  return roles.length === 0 ? undefined : Object.fromEntries(roles);
}

/** Which memberships no member of a team can have, a line each. */
export function unnamedLines(accounts: readonly { email: string; workspaces: readonly Membership[] }[]): string[] {
  return accounts.flatMap(({ email, workspaces }) =>
    workspaces
      .filter(({ key }) => key === undefined)
      .map(
        ({ workspaceId }) => `${email} in workspace ${workspaceId} is left out: no text means this workspace alone.`,
      ),
  );
}
