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
  const holder = readHolder(file);
  if (holder !== undefined && !isAlive(file, holder)) takeAway(file, holder);
  return false;
}

/** Moves the lock of a dead holder aside. Of several who found it dead at once, the last may hold a living one's lock by now. */
function takeAway(file: string, holder: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    fs.renameSync(file, aside);
    if (fs.readFileSync(aside, "utf8") === holder) fs.rmSync(aside);
    else fs.renameSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** What the lock says, or undefined when it was released meanwhile. */
function readHolder(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function isAlive(file: string, holder: string): boolean {
  const id = Number(holder);
  try {
    // A process that died between making the file and writing to it; id 0 would mean this very process group.
    if (!(id > 0)) return Date.now() - fs.statSync(file).mtimeMs < EMPTY_MS;
    process.kill(id, 0);
    return true;
  } catch (error) {
    // ENOENT: released meanwhile, the next try takes it. ESRCH: its process is gone.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
