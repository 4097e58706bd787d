import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "./ensure";
import { withLock } from "./lock";

const run = promisify(execFile);
const REQUIREMENTS = path.join(__dirname, "language-python/requirements.txt");
/** Prints what a virtual environment depends on. Fails without the modules that make one, and with a Python too old for Pulumi. */
const LOOKS = "import sys, venv, ensurepip; assert sys.version_info >= (3, 10); print(sys.version, sys.executable)";

function systemPython(): string {
  return process.env["PULUMI_WALLAROO_TESTS_PYTHON"] ?? "python3";
}

/** What keeps Python programs from running on this machine, and what to do about it; undefined if nothing does. */
export async function findPythonObstacle(): Promise<string | undefined> {
  try {
    await run(systemPython(), ["-c", LOOKS]);
    return undefined;
  } catch {
    return (
      `${systemPython()} is not a Python 3.10 or later with its modules venv and ensurepip (Debian: python3-venv); ` +
      "PULUMI_WALLAROO_TESTS_PYTHON names another"
    );
  }
}

/**
 * Makes sure of a virtual environment with the pinned requirements: the one made earlier, else a new one beside the
 * engine (some 20 s, from the Python package index). Answers its folder, which is to be copied and not to be changed:
 * other processes use it. Raises an Error with the words of Python.
 */
export async function ensurePython(log: (line: string) => void = () => undefined): Promise<string> {
  const { stdout } = await run(systemPython(), ["-c", LOOKS]);
  const key = createHash("sha256").update(stdout).update(fs.readFileSync(REQUIREMENTS)).digest("hex").slice(0, 8);
  const cache = `${cacheFolder()}-python-${key}`;
  if (isThere(cache)) return cache;
  return withLock(`${cache}.lock`, log, async () => {
    if (isThere(cache)) return cache;
    const draft = `${cache}.draft`;
    for (const folder of [draft, cache]) fs.rmSync(folder, { recursive: true, force: true });
    log("installing Pulumi for Python");
    await run(systemPython(), ["-m", "venv", draft]);
    const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS];
    await run(pythonOf(draft), install);
    // It may be moved, as long as its scripts are called by their modules.
    fs.renameSync(draft, cache);
    return cache;
  });
}

/** The Python of a virtual environment. */
export function pythonOf(environment: string): string {
  return path.join(environment, "bin/python");
}

/** False too when the Python below it is gone. */
function isThere(environment: string): boolean {
  return fs.existsSync(pythonOf(environment));
}
