import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The oldest engine that is taken from PATH: the first generation in which `read` may return inputs. */
const OLDEST = [3, 216, 0] as const;

export const LANGUAGE_HOST = "pulumi-language-nodejs";
/** Part of the npm package `@pulumi/pulumi`; the engine looks for it on PATH. */
export const NODE_PROVIDER_SCRIPT = "pulumi-resource-pulumi-nodejs";

/** True when the folder holds both programs; whether they run is for {@link versionOf} to say. */
export function isComplete(directory: string): boolean {
  return ["pulumi", LANGUAGE_HOST].every((name) => fs.existsSync(path.join(directory, name)));
}

/** `3.259.0`, or undefined when the program does not run. */
export async function versionOf(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(program, ["version"], {
      timeout: 30_000,
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1" },
    });
    return /v?(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

/** True when the language host starts at all; half a file does not. It is asked for its help, as it would serve for ever. */
export async function isHostRunning(directory: string, host = LANGUAGE_HOST): Promise<boolean> {
  try {
    await run(path.join(directory, host), ["-help"], { timeout: 30_000 });
    return true;
  } catch (error) {
    // A number: it ran, and thinks what it likes of the flag. A name: it could not be run. Null: it was killed.
    return typeof (error as { code?: unknown }).code === "number";
  }
}

/** The engine on PATH, when it is new enough and both of its hosts lie beside it. */
export async function findOnPath(): Promise<{ directory: string; version: string } | undefined> {
  for (const directory of (process.env["PATH"] ?? "").split(path.delimiter)) {
    if (directory === "" || !isComplete(directory)) continue;
    if (!fs.existsSync(path.join(directory, NODE_PROVIDER_SCRIPT))) continue;
    const version = await versionOf(path.join(directory, "pulumi"));
    if (version !== undefined && isNewEnough(version)) return { directory, version };
  }
  return undefined;
}

function isNewEnough(version: string): boolean {
  const parts = version.split(".").map(Number);
  for (const [index, least] of OLDEST.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}
