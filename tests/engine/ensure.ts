import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { buildEngine, ENGINE_VERSION } from "./build";
import { installEngine } from "./install";
import { withLock } from "./lock";
import { findOnPath, isComplete, isHostRunning, LANGUAGE_HOST, NODE_PROVIDER_SCRIPT, versionOf } from "./programs";

/** A folder with `pulumi`, its Node language host and the host of dynamic providers, ready for PATH. */
export interface Engine {
  directory: string;
  version: string;
  origin: "path" | "cache" | "installer" | "built";
}

/** What was found or made by PATH and cache folder: looking again starts two programs, for every stack. */
const known = new Map<string, Promise<Engine>>();

/**
 * Makes sure of a real Pulumi engine: the one on PATH when it is new enough, else one made earlier, else the vendor's
 * installer, else a build from the pinned Go modules (about five minutes on two cores, with lines of progress). What is
 * made is kept in `$PULUMI_WALLAROO_ENGINE_CACHE`, else in the user's cache folder. Safe when several processes ask at
 * once, and looked for once a process. Raises an Error that says what to install when there is no way.
 */
export function ensureEngine(options: { log?: (line: string) => void } = {}): Promise<Engine> {
  const cache = cacheFolder();
  const key = [process.env["PATH"], cache].join("\0");
  const engine = known.get(key) ?? findOrMake(cache, options.log ?? (() => undefined));
  known.set(key, engine);
  return engine;
}

async function findOrMake(cache: string, log: (line: string) => void): Promise<Engine> {
  const onPath = await findOnPath();
  if (onPath !== undefined) return { ...onPath, origin: "path" };
  const cached = await findCached(cache);
  if (cached !== undefined) return cached;
  return withLock(`${cache}.lock`, log, async () => {
    const made = await findCached(cache);
    if (made !== undefined) return made;
    // Made beside its place and moved there whole: a half-made one is never taken for an engine.
    const draft = `${cache}.${process.pid}.draft`;
    removeDrafts(cache);
    removeOldEngine(cache);
    fs.mkdirSync(draft, { recursive: true });
    try {
      const origin = (await installEngine(draft, log)) ? "installer" : "built";
      if (origin === "built") await buildEngine(draft, log);
      addProviderHost(draft);
      const version = await versionOf(path.join(draft, "pulumi"));
      if (version === undefined || !isComplete(draft) || !(await isHostRunning(draft))) {
        throw new Error(
          "Could not make a Pulumi engine: the result does not run. Install the Pulumi CLI and put it on PATH.",
        );
      }
      fs.renameSync(draft, cache);
      return { directory: cache, version, origin };
    } finally {
      fs.rmSync(draft, { recursive: true, force: true });
    }
  });
}

/** The folder is replaced as a whole, so one that was chosen by mistake (a home folder) must survive that. */
function removeOldEngine(cache: string): void {
  const entries = fs.existsSync(cache) ? fs.readdirSync(cache, { withFileTypes: true }) : [];
  // Exactly what is put there, and no folder: a folder called pulumi-projects begins with the same letters.
  const foreign = entries.find((entry) => !entry.isFile() || !isOwnFile(entry.name))?.name;
  if (foreign !== undefined) {
    throw new Error(
      `Could not make a Pulumi engine in ${cache}: the folder holds something else (${foreign}). ` +
        "Set PULUMI_WALLAROO_ENGINE_CACHE to a folder that is empty or does not exist yet.",
    );
  }
  fs.rmSync(cache, { recursive: true, force: true });
}

/** Whoever left one behind is gone: this process holds the lock. */
function removeDrafts(cache: string): void {
  const folder = path.dirname(cache);
  for (const name of fs.readdirSync(folder)) {
    if (name.startsWith(`${path.basename(cache)}.`) && name.endsWith(".draft")) {
      fs.rmSync(path.join(folder, name), { recursive: true, force: true });
    }
  }
}

function isOwnFile(name: string): boolean {
  return name === "pulumi" || name === LANGUAGE_HOST || name.startsWith(NODE_PROVIDER_SCRIPT);
}

async function findCached(directory: string): Promise<Engine | undefined> {
  if (!isComplete(directory)) return undefined;
  const version = await versionOf(path.join(directory, "pulumi"));
  if (version === undefined || !(await isHostRunning(directory))) return undefined;
  addProviderHost(directory);
  return { directory, version, origin: "cache" };
}

/** Where an engine is kept that was made here. */
export function cacheFolder(): string {
  const { PULUMI_WALLAROO_ENGINE_CACHE: chosen, XDG_CACHE_HOME: xdg } = process.env;
  if (chosen) return path.resolve(chosen);
  const base = xdg || path.join(os.homedir(), ".cache");
  return path.join(base, "pulumi-wallaroo", "engine", `${ENGINE_VERSION}-${process.platform}-${process.arch}`);
}

/** The host of dynamic providers is a script of the installed `@pulumi/pulumi`: the newest one is copied each time. */
function addProviderHost(directory: string): void {
  const source = path.join(path.dirname(require.resolve("@pulumi/pulumi/package.json")), NODE_PROVIDER_SCRIPT);
  const target = path.join(directory, NODE_PROVIDER_SCRIPT);
  const text = fs.readFileSync(source);
  if (fs.existsSync(target) && fs.readFileSync(target).equals(text)) return;
  fs.writeFileSync(`${target}.${process.pid}`, text, { mode: 0o755 });
  fs.renameSync(`${target}.${process.pid}`, target);
}
