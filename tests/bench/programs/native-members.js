const pulumi = require("@pulumi/pulumi");

/** As an SDK that is generated from the plugin's schema declares it. */
class WorkspaceMember extends pulumi.CustomResource {
  constructor(name, args) {
    const outputs = {
      workspaceId: undefined,
      workspaceName: undefined,
      userId: undefined,
      email: undefined,
      adopted: undefined,
    };
    super("wallaroo:index:WorkspaceMember", name, { ...args, ...outputs });
  }
}

exports.declare = (memberships) => {
  for (const membership of memberships) new WorkspaceMember(membership.user, membership);
};
