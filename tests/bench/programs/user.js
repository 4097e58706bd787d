const { WallarooUser } = require("pulumi-wallaroo");

exports.declare = (accounts) => {
  for (const account of accounts) new WallarooUser(account.email, account);
};
