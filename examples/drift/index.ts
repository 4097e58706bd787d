import * as pulumi from "@pulumi/pulumi";
import { WallarooTeam } from "pulumi-wallaroo";

const emails = new pulumi.Config().requireObject<string[]>("members");

const team = new WallarooTeam("science", {
  members: Object.fromEntries(emails.map((email) => [email, {}])),
  // Names active accounts that nothing in this program declares, too.
  unmanaged: "report",
});

export const { ids, unmanaged } = team;
