import { prepareProcess, sayingFirst } from "./dynamic/diagnostics";
import { TeamProvider } from "./dynamic/team";
import { UserProvider } from "./dynamic/user";

prepareProcess();

/**
 * What the text in every resource's state loads: `require("pulumi-wallaroo/provider").user`. A name exported here can
 * never change, because the states of every release so far refer to it.
 */
export const user = sayingFirst(new UserProvider());
/** As {@link user}, for a `WallarooTeam`. */
export const team = sayingFirst(new TeamProvider());
