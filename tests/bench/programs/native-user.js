const pulumi = require("@pulumi/pulumi");

/** As an SDK that is generated from the plugin's schema declares it. */
class User extends pulumi.CustomResource {
  constructor(name, args) {
    const outputs = { username: undefined, createdAt: undefined, adopted: undefined, initialPassword: undefined };
    super("wallaroo:index:User", name, { ...args, ...outputs }, { additionalSecretOutputs: ["initialPassword"] });
  }
}

exports.declare = (accounts) => {
  for (const account of accounts) new User(account.email, account);
};
