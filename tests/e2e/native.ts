import fs from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import * as pulumi from "@pulumi/pulumi";

/** Folder of the plugin, as `npm run plugin` makes it. */
export const PLUGIN = path.resolve(__dirname, "../../plugin");

/** Puts the plugin into a folder, as one that looks for accounts for another time than users have to wait. */
export async function pluginLookingFor(ms: number, folder: string): Promise<void> {
  for (const file of ["pulumi-resource-wallaroo", "schema.json"]) {
    fs.copyFileSync(path.join(PLUGIN, file), path.join(folder, file));
  }
  const time = /LOOKING_MS = [\d_]+/;
  await build({
    entryPoints: [path.resolve(__dirname, "../../provider/native/main.ts")],
    outfile: path.join(folder, "index.js"),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "warning",
    plugins: [
      {
        name: "looking",
        setup: (bundler) =>
          bundler.onLoad({ filter: /[\\/]user[\\/]lookout\.ts$/ }, ({ path: file }) => {
            const source = fs.readFileSync(file, "utf8");
            if (!time.test(source))
              throw new Error("the time for which accounts are looked for is called otherwise now");
            return { contents: source.replace(time, `LOOKING_MS = ${ms}`), loader: "ts" };
          }),
      },
    ],
  });
}

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
