import type { WorkspaceOptions } from "../emulator/workspace-routes";

/** All at once in which a release may differ without another request for it. What costs requests has tests of its own. */
export const OTHER_RELEASE: Partial<WorkspaceOptions> = {
  userType: "lower",
  userTypeTaken: "lower",
  usersNull: "empty",
  createdBy: "email",
  removeRules: "platform",
  unknownWorkspaceStatus: 500,
};
