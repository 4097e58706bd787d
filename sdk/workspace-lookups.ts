import * as pulumi from "@pulumi/pulumi";
import { WORKSPACE, WORKSPACES, type GetWorkspaceArgs, type WorkspaceInfo } from "../provider/workspace-lookups";
import { ask, askLater, type LookupOptions } from "./asked";
import { resolved } from "./resolved";

export type { GetWorkspaceArgs, WorkspaceInfo, WorkspaceMemberInfo } from "../provider/workspace-lookups";

/** One workspace with its members; raises an Error if the provider's account sees none of that id or name. Asks at preview too. */
export function getWorkspace(args: GetWorkspaceArgs, opts: LookupOptions = {}): Promise<WorkspaceInfo> {
  return ask(WORKSPACE, resolved(args) as GetWorkspaceArgs, opts);
}

/** All workspaces that the provider's account sees, with their members: one request per workspace. */
export function getWorkspaces(opts: LookupOptions = {}): Promise<WorkspaceInfo[]> {
  return ask(WORKSPACES, {}, opts);
}

/** {@link getWorkspace} for inputs that are outputs of resources. */
export function getWorkspaceOutput(
  args: { id: pulumi.Input<number> } | { name: pulumi.Input<string> },
  opts?: LookupOptions,
): pulumi.Output<WorkspaceInfo> {
  return askLater(WORKSPACE, pulumi.output(resolved(args)), opts);
}

/** {@link getWorkspaces} as an output. */
export function getWorkspacesOutput(opts?: LookupOptions): pulumi.Output<WorkspaceInfo[]> {
  return askLater(WORKSPACES, pulumi.output({}), opts);
}
