import { createHash, randomUUID } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Channel, Word } from "./user/siblings";

/** The processes that share: those of one engine that work on one platform. */
export interface Circle {
  /** Host and port of the engine; undefined where it is not known. */
  engineAddress: string | undefined;
  /** Canonical base URL of the platform. */
  url: string;
  /** An id alone says little: a realm that was cloned has the same ones. */
  realm: string;
  /** True for a provider that is declared in the program: then there may well be others. */
  isExplicit: boolean;
}

/** Files that dead processes left are removed at this age, in milliseconds; sooner, the engine may still be at work. */
const STALE_MS = 24 * 3_600_000;
/** The end of the name of a file that could not be written further. */
const INCOMPLETE = "-incomplete";
const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_RDONLY, O_WRONLY } = fs.constants;

/**
 * The memory that provider processes of one run share: each appends its words to a file of its own, and reads those of the
 * others. All lie in a folder that this user alone may enter, and none holds a secret. A program with one provider works
 * without it; see {@link findProblem}.
 */
export class SharedMemory implements Channel {
  readonly #key: string | undefined;
  readonly #isExplicit: boolean;
  #folder: string | undefined;
  #own: { file: string; descriptor: number } | undefined;
  /** By name of the file, how much of it was read. */
  readonly #others = new Map<string, { readBytes: number }>();
  #unusable: string | undefined;
  #unreadable: string | undefined;

  constructor({ engineAddress, url, realm, isExplicit }: Circle) {
    this.#isExplicit = isExplicit;
    if (engineAddress === undefined) this.#unusable = "the address of the engine is not known";
    // Machines may share a folder.
    else this.#key = digest(JSON.stringify([os.hostname(), engineAddress, url, realm]));
  }

  tell(word: Word): void {
    if (this.#unusable !== undefined) return;
    try {
      const own = (this.#own ??= this.#open());
      if (own !== undefined) fs.writeSync(own.descriptor, `${JSON.stringify(word)}\n`);
    } catch (error) {
      this.#unusable = reasonOf(error);
      this.#giveUp();
    }
  }

  hear(): { word: Word; pid: number }[] {
    const folder = this.#findFolder();
    if (folder === undefined) return [];
    try {
      return fs.readdirSync(folder).flatMap((name) => {
        const pid = this.#isOther(name) ? pidOf(name) : undefined;
        return pid === undefined ? [] : this.#read(path.join(folder, name), name).map((word) => ({ word, pid }));
      });
    } catch (error) {
      this.#unreadable = reasonOf(error);
      return [];
    }
  }

  /** Without a file of another process nothing hints at one, but that this provider is declared in the program. */
  findProblem(): string | undefined {
    this.#findFolder();
    return this.#unreadable ?? (this.#isExplicit || this.#others.size > 0 ? this.#unusable : undefined);
  }

  readonly isAlive = isAlive;

  /** Removes the own file. */
  close(): void {
    if (this.#own === undefined) return;
    fs.closeSync(this.#own.descriptor);
    fs.rmSync(this.#own.file, { force: true });
    this.#own = undefined;
    this.#unusable = "it is closed";
  }

  #open(): { file: string; descriptor: number } | undefined {
    const folder = this.#findFolder();
    if (folder === undefined) return undefined;
    for (const name of fs.readdirSync(folder)) if (!name.startsWith(`${this.#key}`)) sweep(path.join(folder, name));
    const file = path.join(folder, `${this.#key}-${process.pid}-${randomUUID()}`);
    return { file, descriptor: fs.openSync(file, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600) };
  }

  /** Lets others see that something is missing in the own file. */
  #giveUp(): void {
    if (this.#own === undefined) return;
    try {
      fs.renameSync(this.#own.file, `${this.#own.file}${INCOMPLETE}`);
      this.#own.file += INCOMPLETE;
    } catch {
      // What was told before stays readable.
    }
  }

  #findFolder(): string | undefined {
    if (this.#folder !== undefined || this.#unusable !== undefined) return this.#folder;
    try {
      this.#folder = privateFolder();
    } catch (error) {
      this.#unusable = reasonOf(error);
    }
    return this.#folder;
  }

  #isOther(name: string): boolean {
    return name.startsWith(`${this.#key}-`) && name !== path.basename(this.#own?.file ?? "");
  }

  /** What was appended to the file of another process since the last time. */
  #read(file: string, name: string): Word[] {
    const other = this.#others.get(name) ?? { readBytes: 0 };
    this.#others.set(name, other);
    if (name.endsWith(INCOMPLETE)) throw new Error(`${file} is incomplete`);
    const descriptor = openOwn(file);
    if (descriptor === undefined) return [];
    try {
      const bytes = Buffer.alloc(fs.fstatSync(descriptor).size - other.readBytes);
      const count = fs.readSync(descriptor, bytes, 0, bytes.length, other.readBytes);
      const end = bytes.subarray(0, count).lastIndexOf("\n") + 1;
      other.readBytes += end;
      const lines = bytes.subarray(0, end).toString().split("\n").slice(0, -1);
      return lines.map((line) => JSON.parse(line) as Word);
    } finally {
      fs.closeSync(descriptor);
    }
  }
}

/** Opens a file of this user to read; undefined for one that is gone, as its process has ended well. */
function openOwn(file: string): number | undefined {
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, O_RDONLY | O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const stat = fs.fstatSync(descriptor);
  if (stat.isFile() && isOwn(stat)) return descriptor;
  fs.closeSync(descriptor);
  throw new Error(`${file} is not a file of this user`);
}

/** A folder that this user alone may enter. Raises where there is none: one in a shared /tmp may be another user's trap. */
function privateFolder(): string {
  const { XDG_RUNTIME_DIR: runtime } = process.env;
  const folders = runtime === undefined || runtime === "" ? [] : [path.join(runtime, "pulumi-wallaroo")];
  folders.push(path.join(os.tmpdir(), `pulumi-wallaroo-runs-${process.getuid?.() ?? ""}`));
  let failure: unknown;
  for (const folder of folders) {
    try {
      makeFolder(folder);
      // A link is not followed.
      const stat = fs.lstatSync(folder);
      if (!stat.isDirectory() || !isOwn(stat)) throw new Error(`${folder} is not a folder of this user`);
      if (process.platform !== "win32" && (stat.mode & 0o077) !== 0) throw new Error(`others may enter ${folder}`);
      fs.accessSync(folder, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
      return folder;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** Users have no number on Windows, where the temporary folder is each user's own. */
function isOwn({ uid }: fs.Stats): boolean {
  return process.getuid === undefined || uid === process.getuid();
}

/** Removes what a process of another run left, should it be old and the process dead. Raises nothing. */
function sweep(file: string): void {
  try {
    const pid = pidOf(path.basename(file));
    const isOld = Date.now() - fs.lstatSync(file).mtimeMs > STALE_MS;
    if (isOld && (pid === undefined || !isAlive(pid))) fs.rmSync(file, { force: true });
  } catch {
    // Another process may have swept it.
  }
}

function pidOf(name: string): number | undefined {
  const [, pid] = /^[0-9a-f]+-(\d+)-/.exec(name) ?? [];
  return pid === undefined ? undefined : Number(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
