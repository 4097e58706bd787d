const { WallarooTeam } = require("pulumi-wallaroo");

exports.declare = (accounts) => {
  new WallarooTeam("team", {
    members: Object.fromEntries(accounts.map(({ email, enabled }) => [email, { enabled }])),
  });
};
