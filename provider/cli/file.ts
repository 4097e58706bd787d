import fs from "node:fs";
import path from "node:path";
import { WallarooError, messageOf } from "../api/errors";
import { CORRECT, bytesOf, unreadable } from "../roster/read";

/**
 * The text of a file. Raises `badInput` when it can't be read.
 *
 * @param next how to get such a file, for one that is not there
 */
export function readText(file: string, next: string): string {
  return bytesOf(file, next).toString("utf8");
}

/** The bytes of a file, or undefined when there is none. Raises `badInput` when it can't be read. */
export function readIfThere(file: string): Buffer | undefined {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw failure("read", file, unreadable(error, file));
  }
}

/** Writes a file whole or not at all: beside it, and then in its place. Raises `badInput` when it can't be written. */
export function writeWhole(file: string, text: string): void {
  // The target of a link keeps its place.
  const target = fs.existsSync(file) ? fs.realpathSync(file) : file;
  const beside = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}`);
  try {
    const mode = fs.existsSync(target) ? fs.statSync(target).mode : 0o666;
    fs.writeFileSync(beside, text, { mode, flag: "wx", flush: true });
    fs.renameSync(beside, target);
  } catch (error) {
    fs.rmSync(beside, { force: true });
    const folder = path.dirname(file);
    // The system's words would name the file beside it.
    throw failure("write", file, fs.existsSync(folder) ? messageOf(error) : `there is no folder ${folder}`);
  }
}

function failure(operation: string, who: string, words: string): WallarooError {
  return new WallarooError({ kind: "badInput", operation, who, words, next: CORRECT });
}
