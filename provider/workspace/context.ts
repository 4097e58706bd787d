import type { WorkspacesApi } from "../api/workspaces";
import type { Context } from "../user/context";
import type { WorkspaceDirectory } from "./directory";
import type { MemberMemory } from "./memory";

/** What the verbs of memberships work with, besides what those of users do. */
export interface WorkspaceContext extends Context {
  workspaces: WorkspacesApi;
  workspaceDirectory: WorkspaceDirectory;
  memberships: MemberMemory;
}
