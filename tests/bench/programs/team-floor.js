// The engine's own cost: one resource that holds what a WallarooTeam holds, and whose provider does nothing.
const pulumi = require("@pulumi/pulumi");

class NoOpTeam extends pulumi.CustomResource {
  constructor(name, args) {
    const outputs = { ids: undefined, adopted: undefined, initialPasswords: undefined, details: undefined };
    const text = `exports.handler=()=>require("module").createRequire(process.cwd()+"/_")("./noop-provider.js").team`;
    super(
      "pulumi-nodejs:dynamic/wallaroo:Team",
      name,
      { ...args, ...outputs, __provider: text.padEnd(104) },
      { additionalSecretOutputs: ["initialPasswords", "details"] },
    );
  }
}

exports.declare = (accounts) => {
  new NoOpTeam("team", {
    members: Object.fromEntries(accounts.map(({ email, enabled }) => [email, { enabled }])),
  });
};
