import fs from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { ROOT } from "./declarations";
import { currentSchema } from "./schema";

/** What the engine needs, without node_modules and without the network; all but the bundle is kept in git. */
const PLUGIN = path.join(ROOT, "plugin");

/** Bundles the plugin; with `--schema`, writes its schema instead. */
async function main(): Promise<void> {
  if (process.argv.includes("--schema")) return fs.writeFileSync(path.join(PLUGIN, "schema.json"), currentSchema());
  await build({
    entryPoints: [path.join(__dirname, "../main.ts")],
    outfile: path.join(PLUGIN, "index.js"),
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    legalComments: "eof",
    logLevel: "warning",
  });
}

void main();
