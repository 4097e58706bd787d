const { WallarooUser } = require("pulumi-wallaroo");

exports.declare = (people) => {
  for (const person of people) new WallarooUser(person.email, person);
};
