// The engine's own cost: resources that hold what a WallarooUser holds, and whose provider does nothing.
const pulumi = require("@pulumi/pulumi");

class NoOpUser extends pulumi.CustomResource {
  constructor(name, args) {
    const outputs = { username: undefined, createdAt: undefined, adopted: undefined, initialPassword: undefined };
    const text = `exports.handler=()=>require("module").createRequire(process.cwd()+"/_")("./noop-provider.js").user`;
    super(
      "pulumi-nodejs:dynamic/wallaroo:User",
      name,
      { ...args, ...outputs, __provider: text.padEnd(104) },
      { additionalSecretOutputs: ["initialPassword"] },
    );
  }
}

exports.declare = (accounts) => {
  for (const account of accounts) new NoOpUser(account.email, account);
};
