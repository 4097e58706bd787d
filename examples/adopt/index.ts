import { WallarooTeam, readRoster } from "pulumi-wallaroo";

const team = new WallarooTeam("accounts", {
  members: readRoster("accounts.yaml"),
  // Accounts that are active already are taken over. A member that leaves the roster stays as it is on the platform, until
  // this says "deactivate".
  adopt: true,
  onDestroy: "retain",
  // Names active accounts that the roster does not have.
  unmanaged: "report",
});

export const { ids, unmanaged } = team;
