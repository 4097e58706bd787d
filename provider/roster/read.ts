import fs from "node:fs";
import path from "node:path";
import { WallarooError, messageOf } from "../api/errors";
import type { Roster } from "./columns";
import { FORMATS, membersOf, type RosterFormat } from "./roster";

/** The members of a roster that is text already. Raises `badInput`. */
export function parseRoster(text: string, format: RosterFormat): Roster {
  if (typeof text !== "string") throw badRoster("the roster", `it is ${typeof text}, and must be text`, "");
  if (!FORMATS.includes(format)) throw badRoster("the roster", `"${String(format)}" is not a format`, ONE_OF);
  return membersOf(text, format, "the roster");
}

/** The members of the roster in a file, in the format that its name ends in. Raises `badInput`. */
export function readRoster(file: string): Roster {
  const format = formatOfFile(file);
  if (format === undefined) throw badRoster(file, "the end of its name does not tell the format", ENDINGS);
  return membersOf(decode(bytesOf(file), file), format, file);
}

/** The format that the name of a file ends in, in any case; undefined for another end. */
export function formatOfFile(file: string): RosterFormat | undefined {
  const ending = path.extname(file).slice(1).toLowerCase();
  return FORMATS.find((one) => one === (ending === "yml" ? "yaml" : ending));
}

const ONE_OF = `There are ${FORMATS.join(", ")}.`;
export const CORRECT = "Correct the path or its permissions.";
const ENDINGS = "Name it .yaml, .yml, .csv or .json, or give its text to parseRoster.";

/** The bytes of a file. Raises `badInput` if it can't be read, with `next` as the next step. */
export function bytesOf(file: string, next = CORRECT): Buffer {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    throw badRoster(file, unreadable(error, file), next);
  }
}

/** Why the system can't read a file, without its code. */
export function unreadable(error: unknown, file: string): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EISDIR") return "it is a folder";
  if (code === "EACCES") return "this user may not read it";
  if (code !== "ENOENT") return messageOf(error);
  return `there is no such file${path.isAbsolute(file) ? "" : ` in ${process.cwd()}`}`;
}

/** The text of a file in UTF-8. Raises `badInput` for another encoding. */
export function decode(bytes: Buffer, file: string): string {
  const isWide = bytes.length > 1 && [0xfffe, 0xfeff].includes(bytes.readUInt16BE(0));
  if (isWide) throw badRoster(file, "it is UTF-16", SAVE);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw badRoster(file, `it is not UTF-8, on line ${badLineOf(bytes)} first`, SAVE);
  }
}

const SAVE = 'Save it as UTF-8; spreadsheet programs name that "CSV UTF-8".';

function badLineOf(bytes: Buffer): number {
  const text = bytes.toString("utf8");
  // A byte that is not UTF-8 becomes U+FFFD; one that the file has itself has the same bytes.
  let offset = 0;
  for (const [index, line] of text.split("\n").entries()) {
    const length = Buffer.byteLength(line);
    if (Buffer.compare(bytes.subarray(offset, offset + length), Buffer.from(line)) !== 0) return index + 1;
    offset += length + 1;
  }
  return 1;
}

function badRoster(who: string, words: string, next: string): WallarooError {
  return new WallarooError({ kind: "badInput", operation: "read", who, words, next });
}
