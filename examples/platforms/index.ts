import * as pulumi from "@pulumi/pulumi";
import { WallarooProvider, WallarooUser } from "pulumi-wallaroo";

const config = new pulumi.Config();

// An explicit provider takes its settings from here alone.
for (const platform of ["staging", "production"]) {
  const provider = new WallarooProvider(platform, {
    url: config.require(`${platform}Url`),
    username: config.require("username"),
    password: config.requireSecret("password"),
  });
  new WallarooUser(`ann-${platform}`, { email: "ann@example.com" }, { provider });
}
