import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How long a lock may be without its holder's id, in milliseconds. */
const EMPTY_MS = 10_000;

/** Runs `body` while no other process does so under the same lock file. A lock whose process is gone is taken over. */
export async function withLock<T>(file: string, log: (line: string) => void, body: () => Promise<T>): Promise<T> {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  for (let waits = 0; !tryLock(file); waits += 1) {
    if (waits % 15 === 0) log("waiting for another process that makes the engine");
    await sleep(1000);
  }
  try {
    return await body();
  } finally {
    fs.rmSync(file, { force: true });
  }
}

function tryLock(file: string): boolean {
  try {
    fs.writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  if (!isHolderAlive(file)) fs.rmSync(file, { force: true });
  return false;
}

function isHolderAlive(file: string): boolean {
  try {
    const id = Number(fs.readFileSync(file, "utf8"));
    // A process that died between making the file and writing to it; id 0 would mean this very process group.
    if (!(id > 0)) return Date.now() - fs.statSync(file).mtimeMs < EMPTY_MS;
    process.kill(id, 0);
    return true;
  } catch (error) {
    // ENOENT: released meanwhile, the next try takes it. ESRCH: its process is gone.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
