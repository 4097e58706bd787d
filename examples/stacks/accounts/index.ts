import * as pulumi from "@pulumi/pulumi";
import { WallarooProvider, WallarooTeam } from "pulumi-wallaroo";

const config = new pulumi.Config();
const platform = new pulumi.StackReference(config.require("platformStack"));

// An explicit provider: its settings come from the other stack alone, and its password stays a secret.
const provider = new WallarooProvider("platform", {
  url: platform.requireOutput("url"),
  username: platform.requireOutput("operator"),
  password: platform.requireOutput("operatorPassword"),
});

const emails = config.requireObject<string[]>("members");
const team = new WallarooTeam(
  "staff",
  { members: Object.fromEntries(emails.map((email) => [email, {}])) },
  { provider },
);

export const { ids } = team;
