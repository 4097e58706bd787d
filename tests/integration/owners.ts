import type { Platform } from "../emulator/platform";

export const [ann, bob, cleo] = ["ann@example.com", "bob@example.com", "cleo@example.com"] as const;

/** Ann owns two workspaces alone, and one with Bob; Cleo is in none. */
export async function plantWorkspaces(platform: Platform): Promise<void> {
  for (const email of [ann, bob, cleo]) await platform.addUser({ email });
  await platform.addDefaultWorkspace(ann);
  await platform.addWorkspace("churn", { owners: [ann], models: 3, pipelines: 1 });
  await platform.addWorkspace("fraud", { owners: [ann], collaborators: [bob], pipelines: 2 });
  await platform.addWorkspace("shared", { owners: [ann, bob] });
}
