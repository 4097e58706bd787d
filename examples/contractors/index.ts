import * as pulumi from "@pulumi/pulumi";
import { WallarooTeam, type WallarooTeamMember } from "pulumi-wallaroo";

/** One contract: its last day (`YYYY-MM-DD`, UTC), and the addresses of those who work under it. */
interface Contract {
  lastDay: string;
  members: string[];
}

const contracts = new pulumi.Config().requireObject<Record<string, Contract>>("contracts");

const teams = Object.entries(contracts).map(([name, { lastDay, members }]) => {
  const entries = members.map((email): [string, WallarooTeamMember] => [email, { expires: lastDay }]);
  // An account that is active already is taken over, and put back as it was found when the contract leaves the program.
  return new WallarooTeam(name, { members: Object.fromEntries(entries), adopt: true });
});

export const ids = pulumi.all(teams.map((team) => team.ids)).apply((all) => Object.assign({}, ...all) as object);
