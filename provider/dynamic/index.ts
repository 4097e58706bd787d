import { prepareProcess } from "./diagnostics";
import { createProviders } from "./provider";

prepareProcess();

/**
 * What the text in every resource's state loads: `require("pulumi-wallaroo/provider").user`, and `team` of a
 * `WallarooTeam`. A name exported here can never change, because the states of every release so far refer to it.
 */
export const { user, team } = createProviders();
