import fs from "node:fs";
import path from "node:path";
import { fork } from "node:child_process";
import { LANGUAGE_HOST } from "./programs";
import { ENGINE_VERSION } from "./build";

/** Where no download site can be reached this is how long finding that out may take, in milliseconds. */
const PATIENCE_MS = 20_000;
const DOWNLOAD_MS = 300_000;

/**
 * The vendor's own installer, through the Automation API, into `directory`. False, with a line that says so, when it
 * does not work here. It runs in a process of its own, because it can't be cancelled.
 */
export async function installEngine(directory: string, log: (line: string) => void): Promise<boolean> {
  const root = path.join(directory, "installer");
  log(`getting Pulumi ${ENGINE_VERSION} with the vendor's installer`);
  const isInstalled = await new Promise<boolean>((resolve) => {
    const child = fork(path.join(__dirname, "installer.ts"), [ENGINE_VERSION, root], {
      stdio: "ignore",
      execArgv: process.execArgv,
      detached: true,
    });
    // The installer's own download runs in grandchildren; the group ends them all.
    const end = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // It ended by itself at this very moment.
      }
    };
    const giveUp = setTimeout(() => {
      if (!fs.existsSync(path.join(root, "bin"))) end();
    }, PATIENCE_MS);
    const limit = setTimeout(end, DOWNLOAD_MS);
    child.on("exit", (code) => {
      clearTimeout(giveUp);
      clearTimeout(limit);
      resolve(code === 0);
    });
    child.on("error", () => resolve(false));
  });
  if (isInstalled) {
    for (const name of ["pulumi", LANGUAGE_HOST])
      fs.renameSync(path.join(root, "bin", name), path.join(directory, name));
  } else log("the vendor's installer does not work here");
  fs.rmSync(root, { recursive: true, force: true });
  return isInstalled;
}
