import * as pulumi from "@pulumi/pulumi";
import { WallarooUser, WallarooWorkspaceMember, getWorkspaceOutput, type WorkspaceRole } from "pulumi-wallaroo";

// pulumi config set --path 'workspaces.churn["ann@example.com"]' OWNER
const workspaces = new pulumi.Config().requireObject<Record<string, Record<string, WorkspaceRole>>>("workspaces");

const emails = new Set(Object.values(workspaces).flatMap((members) => Object.keys(members)));
const users = new Map([...emails].map((email) => [email, new WallarooUser(email, { email })]));

export const members = Object.entries(workspaces).map(([workspace, roles]) => {
  const declared = Object.entries(roles).map(([email, role]) => {
    // By the account's id, so that it is invited first.
    const user = users.get(email)?.id ?? email;
    return new WallarooWorkspaceMember(`${workspace}/${email}`, { workspace, user, role });
  });
  // With those that the platform had before.
  const all = getWorkspaceOutput({ name: pulumi.all(declared.map(({ id }) => id)).apply(() => workspace) }).members;
  return all.apply(
    (found) => `${workspace}: ${found.map(({ email, id, role }) => `${email ?? id} (${role})`).join(", ")}`,
  );
});
