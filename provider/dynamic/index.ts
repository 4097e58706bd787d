import type * as pulumi from "@pulumi/pulumi";
import { findEngineAddress, prepareProcess } from "./diagnostics";
import { closeAtEnd } from "../resource/lifetime";
import { createProviders } from "./provider";

prepareProcess();

const engineAddress = findEngineAddress();
const providers = createProviders(engineAddress, () => process.exit());
if (engineAddress !== undefined) closeAtEnd(providers.close);

/**
 * What the text in every resource's state loads: `require("pulumi-wallaroo/provider").user`. A name exported here can
 * never change, because the states of every release so far refer to it.
 */
export const user: pulumi.dynamic.ResourceProvider = providers.user;
/** As {@link user}, for a `WallarooTeam`. */
export const team: pulumi.dynamic.ResourceProvider = providers.team;
/** As {@link user}, for a `WallarooWorkspaceMember`. */
export const workspaceMember: pulumi.dynamic.ResourceProvider = providers.workspaceMember;
