"use strict";
const { WallarooUser } = require("pulumi-wallaroo");

const ann = new WallarooUser("ann", { email: "ann@example.com", onDestroy: "retain" });

module.exports = { annId: ann.id };
