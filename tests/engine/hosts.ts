import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { buildProgram, type Part } from "./build";
import { cacheFolder, ensureEngine } from "./ensure";
import { withLock } from "./lock";
import { isHostRunning } from "./programs";

/** Hosts of the languages that only the native plugin serves, and that the Go module proxy still serves. */
const HOSTS: readonly Part[] = [
  {
    module: "language-yaml",
    command: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
    program: "pulumi-language-yaml",
    version: "1.38.3",
  },
];

/**
 * Makes sure of the language hosts beside that of Node: those beside the engine, if it is the vendor's, else those made
 * earlier, else a build from the pinned Go modules (some minutes after that of the engine, with lines of progress). Answers
 * their folder, for PATH. Raises as `ensureEngine` does.
 */
export async function ensureHosts(log: (line: string) => void = () => undefined): Promise<string> {
  const { directory } = await ensureEngine({ log });
  if (await areThere(directory)) return directory;
  const cache = `${cacheFolder()}-hosts`;
  if (await areThere(cache)) return cache;
  return withLock(`${cache}.lock`, log, async () => {
    if (await areThere(cache)) return cache;
    const draft = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-hosts-"));
    try {
      await Promise.all(HOSTS.map((host) => buildProgram(host, draft, log)));
      if (!(await areThere(draft))) throw new Error("Could not make the language hosts: the result does not run.");
      fs.mkdirSync(cache, { recursive: true });
      for (const { program } of HOSTS) fs.copyFileSync(path.join(draft, program), path.join(cache, program));
    } finally {
      fs.rmSync(draft, { recursive: true, force: true });
    }
    return cache;
  });
}

async function areThere(directory: string): Promise<boolean> {
  for (const { program } of HOSTS) {
    if (!fs.existsSync(path.join(directory, program)) || !(await isHostRunning(directory, program))) return false;
  }
  return true;
}
