const pulumi = require("@pulumi/pulumi");

/** As an SDK that is generated from the plugin's schema declares it. */
class Team extends pulumi.CustomResource {
  constructor(name, args) {
    const outputs = { ids: undefined, adopted: undefined, initialPasswords: undefined, seats: undefined };
    super("wallaroo:index:Team", name, { ...args, ...outputs }, { additionalSecretOutputs: ["initialPasswords"] });
  }
}

exports.declare = (accounts) => {
  new Team("team", { members: Object.fromEntries(accounts.map(({ email, enabled }) => [email, { enabled }])) });
};
