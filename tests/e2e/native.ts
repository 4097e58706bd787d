import path from "node:path";
import * as pulumi from "@pulumi/pulumi";

/** Folder of the plugin, as `npm run plugin` makes it. */
export const PLUGIN = path.resolve(__dirname, "../../plugin");

/** A user of the native plugin, as an SDK that is generated from its schema declares it. */
export class NativeUser extends pulumi.CustomResource {
  declare readonly initialPassword: pulumi.Output<string | undefined>;

  constructor(name: string, args: Record<string, unknown>, opts?: pulumi.CustomResourceOptions) {
    const aliases = { aliases: [{ type: "pulumi-nodejs:dynamic/wallaroo:User" }] };
    super("wallaroo:index:User", name, { ...args, initialPassword: undefined }, pulumi.mergeOptions(aliases, opts));
  }
}

/** {@link NativeUser} for a team. */
export class NativeTeam extends pulumi.CustomResource {
  declare readonly ids: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: Record<string, unknown>, opts?: pulumi.CustomResourceOptions) {
    const aliases = { aliases: [{ type: "pulumi-nodejs:dynamic/wallaroo:Team" }] };
    super("wallaroo:index:Team", name, { ...args, ids: undefined }, pulumi.mergeOptions(aliases, opts));
  }
}

/** {@link NativeUser} for an explicit provider. */
export class NativeProvider extends pulumi.ProviderResource {
  constructor(name: string, args: Record<string, pulumi.Input<string>>) {
    super("wallaroo", name, args);
  }
}
