import type * as pulumi from "@pulumi/pulumi";
import { prepareProcess } from "./diagnostics";
import { createProviders } from "./provider";

prepareProcess();

const providers = createProviders();

/**
 * What the text in every resource's state loads: `require("pulumi-wallaroo/provider").user`. A name exported here can
 * never change, because the states of every release so far refer to it.
 */
export const user: pulumi.dynamic.ResourceProvider = providers.user;
/** As {@link user}, for a `WallarooTeam`. */
export const team: pulumi.dynamic.ResourceProvider = providers.team;
