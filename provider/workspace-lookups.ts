import { compare, withoutUndefined } from "./api/json";
import type { ApiWorkspace, WorkspaceRole } from "./api/wire";
import type { Platform } from "./connect";
import { badInput, notFound, refuseUnusable, type Question } from "./lookups";
import { findInFresh } from "./user/directory";
import { canonicalEmail } from "./user/email";
import { isoTime } from "./user/state";
import type { WorkspaceList } from "./workspace/view";

/** A member of a workspace. */
export interface WorkspaceMemberInfo {
  /** Keycloak user id (UUID). */
  id: string;
  /** Canonical address; absent for an account that is gone, which stays a member, and for one without an address. */
  email?: string;
  /** Its role; absent if the platform does not tell. */
  role?: WorkspaceRole;
}

/** A workspace on the platform. */
export interface WorkspaceInfo {
  /** Given by the platform. */
  id: number;
  /** Unique. */
  name: string;
  /** When the workspace was made: ISO 8601, UTC. */
  createdAt?: string;
  /** Canonical address of the account, or its Keycloak user id if the account is gone. */
  createdBy?: string;
  /** As the platform has it; nothing here archives one. */
  archived: boolean;
  /** Ids of the models in it. */
  models: number[];
  /** Ids of the pipelines in it. */
  pipelines: number[];
  /** All members, by address. */
  members: WorkspaceMemberInfo[];
}

/** One workspace, by name or by id. */
export type GetWorkspaceArgs =
  | {
      /** The exact name. */
      name: string;
      /** Not beside `name`. */
      id?: undefined;
    }
  | {
      /** The id that the platform gave. */
      id: number;
      /** Not beside `id`. */
      name?: undefined;
    };

export const WORKSPACE: Question<GetWorkspaceArgs, WorkspaceInfo> = {
  token: "wallaroo:index:getWorkspace",
  check: refuseNoWorkspace,
  find,
};

export const WORKSPACES: Question<object, WorkspaceInfo[]> = {
  token: "wallaroo:index:getWorkspaces",
  property: "workspaces",
  find: async (platform, _none, maxAgeMs) => {
    const list = await platform.context.workspaceDirectory.workspaces(maxAgeMs);
    const all = list.all().sort((a, b) => a.id - b.id);
    return Promise.all(all.map((workspace) => describe(platform, workspace, maxAgeMs)));
  },
};

function refuseNoWorkspace(args: GetWorkspaceArgs): void {
  refuseUnusable("a workspace", args);
  const { id, name }: { id?: unknown; name?: unknown } = args;
  const given = [typeof name === "string" && name !== "", Number.isSafeInteger(id)];
  const isOther = (value: unknown) => value !== undefined && value !== null && value !== "";
  if (given.filter(Boolean).length === 1 && !(isOther(name) && isOther(id))) return;
  const words = "exactly one of id and name has to be given, a whole number or text that is not empty";
  throw badInput("a workspace", words, "Check where the value comes from.");
}

async function find(platform: Platform, { id, name }: GetWorkspaceArgs, maxAgeMs: number): Promise<WorkspaceInfo> {
  const { workspaceDirectory } = platform.context;
  const findIn = (list: WorkspaceList) => {
    const [workspace, other] = typeof id === "number" ? [list.findById(id)] : list.findAllByName(name ?? "");
    // Raises, as several may be meant.
    if (other !== undefined) list.find(name ?? "");
    return workspace;
  };
  const { found } = await findInFresh((...ages) => workspaceDirectory.workspaces(...ages), maxAgeMs, findIn);
  if (found !== undefined) return describe(platform, found, maxAgeMs);
  const [who, what] = typeof id === "number" ? [`${id}`, "id"] : [`"${name ?? ""}"`, "name"];
  const words = `the account that the provider runs as sees no workspace of this ${what}`;
  throw notFound(
    `workspace ${who}`,
    words,
    "Check it, or use getWorkspaces(), which answers all that this account sees.",
  );
}

async function describe({ context }: Platform, workspace: ApiWorkspace, maxAgeMs: number): Promise<WorkspaceInfo> {
  const { id, name, archived, models, pipelines, created_at: created, created_by: by } = workspace;
  const [members, view] = await Promise.all([
    context.workspaceDirectory.members(id, maxAgeMs),
    context.directory.view(maxAgeMs),
  ]);
  const emailOf = (userId: string) => {
    const email = view.findById(userId)?.email;
    return email === undefined ? undefined : canonicalEmail(email);
  };
  const all = members.ids().map((userId) => {
    const member = { id: userId, email: emailOf(userId), role: members.roleOf(userId) };
    return withoutUndefined<WorkspaceMemberInfo>(member);
  });
  const info = {
    id,
    name,
    createdAt: isoTime(Date.parse(created ?? "")),
    // Releases answer the id or the address.
    createdBy: by === undefined ? undefined : (emailOf(by) ?? (by.includes("@") ? canonicalEmail(by) : by)),
    archived,
    // The platform promises no order, and an output that changes order is a change to the engine.
    models: [...models].sort((a, b) => a - b),
    pipelines: [...pipelines].sort((a, b) => a - b),
    members: all.sort((a, b) => compare(a.email ?? a.id, b.email ?? b.id) || compare(a.id, b.id)),
  };
  return withoutUndefined<WorkspaceInfo>(info);
}
