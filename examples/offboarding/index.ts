import * as pulumi from "@pulumi/pulumi";
import { WallarooTeam, type WallarooTeamMember } from "pulumi-wallaroo";

const config = new pulumi.Config();
const staff = config.requireObject<string[]>("staff");
const leavers = config.getObject<string[]>("leavers") ?? [];

// A leaver stays in the program, deactivated, so that the account can be seen and audited. Taken out later, it stays
// deactivated. maxDepartures bounds what a mistake in the list can do to accounts that leave the list altogether.
const members = Object.fromEntries([
  ...staff.map((email): [string, WallarooTeamMember] => [email, {}]),
  ...leavers.map((email): [string, WallarooTeamMember] => [email, { enabled: false }]),
]);

const team = new WallarooTeam("staff", { members, maxDepartures: config.getNumber("maxDepartures") ?? 1 });

export const { ids } = team;
