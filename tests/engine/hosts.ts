import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { buildProgram, type Part } from "./build";
import { cacheFolder, ensureEngine } from "./ensure";
import { withLock } from "./lock";
import { isHostRunning } from "./programs";

/** Hosts of the languages that only the native plugin serves, and that the Go module proxy still serves. */
export const HOSTS: readonly Part[] = [
  {
    module: "language-yaml",
    command: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
    program: "pulumi-language-yaml",
    version: "1.38.3",
  },
  {
    module: "language-python",
    command: "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
    program: "pulumi-language-python",
    // The last release that carries the Python language host inside the SDK's module.
    version: "3.79.0",
    script: { module: "github.com/pulumi/pulumi/sdk/v3", file: "python/cmd/pulumi-language-python-exec" },
  },
];

/**
 * Makes sure of the language hosts beside that of Node: those beside the engine, if it is the vendor's, else those made
 * earlier, else a build from the pinned Go modules (some minutes after that of the engine, with lines of progress). Answers
 * their folder, for PATH. Raises as `ensureEngine` does.
 */
export async function ensureHosts(log: (line: string) => void = () => undefined): Promise<string> {
  const { directory } = await ensureEngine({ log });
  if ((await missingIn(directory)).length === 0) return directory;
  const cache = `${cacheFolder()}-hosts`;
  if ((await missingIn(cache)).length === 0) return cache;
  return withLock(`${cache}.lock`, log, async () => {
    const missing = await missingIn(cache);
    const draft = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-hosts-"));
    try {
      await Promise.all(missing.map((host) => buildProgram(host, draft, log)));
      for (const host of missing) {
        if (!(await isThere(host, draft))) throw new Error(`Could not make ${host.program}: the result does not run.`);
      }
      fs.mkdirSync(cache, { recursive: true });
      for (const name of missing.flatMap(filesOf)) fs.copyFileSync(path.join(draft, name), path.join(cache, name));
    } finally {
      fs.rmSync(draft, { recursive: true, force: true });
    }
    return cache;
  });
}

async function missingIn(directory: string): Promise<Part[]> {
  const states = await Promise.all(HOSTS.map((host) => isThere(host, directory)));
  return HOSTS.filter((_, index) => states[index] !== true);
}

async function isThere(host: Part, directory: string): Promise<boolean> {
  const files = filesOf(host).every((name) => fs.existsSync(path.join(directory, name)));
  return files && (await isHostRunning(directory, host.program));
}

function filesOf({ program, script }: Part): string[] {
  return script === undefined ? [program] : [program, path.basename(script.file)];
}
