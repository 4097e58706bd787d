import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { ROOT } from "./declarations";
import { currentRosterSchema } from "./roster-schema";
import { currentSchema } from "./schema";

/** What the engine needs, without node_modules and without the network; all but the bundle is kept in git. */
const PLUGIN = path.join(ROOT, "plugin");

/**
 * As the engine names them in the archives that it downloads. The plugin is the same for all, as it runs on Node. On Windows
 * it can't be executed, and has to come from the npm package.
 */
const PLATFORMS = ["linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64"];
/** Without PulumiPlugin.yaml, for which the engine would run `npm install` in the folder (measured). */
const ARCHIVED = ["pulumi-resource-wallaroo", "index.js", "schema.json"];

const SCHEMA = path.join(PLUGIN, "schema.json");
const ROSTER_SCHEMA = path.join(ROOT, "roster.schema.json");

/**
 * Bundles the plugin; with `--archives FOLDER`, packs it too, for each platform as `pluginDownloadURL` serves it. Instead of
 * that: `--schema` writes its schema and that of rosters; `--sdks FOLDER` writes the SDKs of the committed schema, a folder
 * per language.
 */
async function main(): Promise<void> {
  const [option, folder] = process.argv.slice(2);
  if (option === "--schema") {
    fs.writeFileSync(SCHEMA, currentSchema());
    return fs.writeFileSync(ROSTER_SCHEMA, currentRosterSchema());
  }
  if (option === "--sdks") return writeSdks(folder);
  const bundle = path.join(PLUGIN, "index.js");
  const { outputFiles } = await build({
    entryPoints: [path.join(__dirname, "../main.ts")],
    outfile: bundle,
    write: false,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    legalComments: "eof",
    logLevel: "warning",
  });
  // Replaced as a whole: a plugin that is started meanwhile loads the old bundle or the new one.
  fs.writeFileSync(`${bundle}.${process.pid}`, outputFiles[0]?.contents ?? "");
  fs.renameSync(`${bundle}.${process.pid}`, bundle);
  if (option === "--archives" && folder !== undefined) packInto(path.resolve(folder));
}

/** Writes and names the SDKs. Needs Go; the first time a minute or two, as the generators are compiled. */
function writeSdks(folder: string | undefined): void {
  if (folder === undefined) throw new Error("Could not write the SDKs: npm run --silent sdks -- FOLDER");
  const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOWORK: "off", GO111MODULE: "on" };
  const args = ["run", "-trimpath", ".", SCHEMA, path.resolve(folder)];
  const { error, status } = spawnSync("go", args, { cwd: path.join(__dirname, "sdks"), env, stdio: "inherit" });
  if (error !== undefined) throw new Error("Could not write the SDKs: Go 1.25.11 or later is not on PATH.");
  process.exitCode = status ?? 1;
}

/** Writes and names the archives. Needs `tar`. */
function packInto(folder: string): void {
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };
  fs.mkdirSync(folder, { recursive: true });
  for (const platform of PLATFORMS) {
    const archive = path.join(folder, `pulumi-resource-wallaroo-v${version}-${platform}.tar.gz`);
    execFileSync("tar", ["-czf", archive, "-C", PLUGIN, ...ARCHIVED]);
    process.stdout.write(`${archive}\n`);
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
