// The engine's own cost: resources that hold what a WallarooWorkspaceMember holds, and whose provider does nothing.
const pulumi = require("@pulumi/pulumi");

class NoOpMember extends pulumi.CustomResource {
  constructor(name, args) {
    const outputs = {
      workspaceId: undefined,
      workspaceName: undefined,
      userId: undefined,
      email: undefined,
      adopted: undefined,
    };
    const text = `exports.handler=()=>require("module").createRequire(process.cwd()+"/_")("./noop-provider.js").member`;
    super("pulumi-nodejs:dynamic/wallaroo:WorkspaceMember", name, {
      ...args,
      ...outputs,
      __provider: text.padEnd(115),
    });
  }
}

exports.declare = (memberships) => {
  for (const membership of memberships) new NoOpMember(membership.user, membership);
};
