const { WallarooWorkspaceMember } = require("pulumi-wallaroo");

exports.declare = (memberships) => {
  for (const membership of memberships) new WallarooWorkspaceMember(membership.user, membership);
};
