const { WallarooTeam } = require("pulumi-wallaroo");

exports.declare = (people) => {
  new WallarooTeam("everybody", {
    members: Object.fromEntries(people.map(({ email, enabled }) => [email, { enabled }])),
  });
};
