import { WallarooError, cut } from "../api/errors";
import { findNearest } from "../user/nearest";
import { canonicalEmail, findEmailProblem } from "../user/email";
import { COLUMN_NAMES, findValueProblem, isColumn, type ColumnName, type Roster, type RosterMember } from "./columns";
import { rowsOfCsv } from "./csv";
import type { Place, Problem, Row, Rows } from "./rows";
import { rowsOfYaml } from "./yaml";

/** The formats of a roster. */
export const FORMATS = ["yaml", "csv", "json"] as const;
export type RosterFormat = (typeof FORMATS)[number];

/** So many problems of one file are listed. */
const MAX_LISTED = 50;
/** Longest value that a problem quotes, in characters. */
const MAX_VALUE = 60;

/**
 * The members of a roster, by canonical address and in the order of the file. Raises one `badInput` that lists every problem
 * with its line and column. An empty roster is a problem, as it would let go every member. Asks no platform.
 *
 * @param who what messages call the roster: its path
 */
export function membersOf(text: string, format: RosterFormat, who: string): Roster {
  // A mark at the start of a file that is UTF-8 says nothing.
  const content = text.replace(/^\ufeff/, "");
  const unreadable = findUnreadable(content);
  const { rows, problems } = unreadable === undefined ? rowsIn(content, format) : { rows: [], problems: [unreadable] };
  const members = check(rows, problems);
  if (problems.length === 0) return members;
  const sorted = problems.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  const lines = [...new Set(sorted.map(({ at, words }) => `  line ${at.line}, column ${at.column}: ${words}`))];
  const more = lines.length > MAX_LISTED ? [`  and ${lines.length - MAX_LISTED} more`] : [];
  throw new WallarooError({
    kind: "badInput",
    operation: "read",
    who,
    words: lines.length === 1 ? "it has 1 problem" : `it has ${lines.length} problems`,
    next: "Correct the roster and run again.",
    reasons: [...lines.slice(0, MAX_LISTED), ...more],
  });
}

/** A text that was not decoded well, or has nothing in it. */
function findUnreadable(text: string): Problem | undefined {
  const index = text.search(/[\0\ufffd]/);
  if (index >= 0) {
    const words =
      text[index] === "\0"
        ? "a zero character: the file is not text, or UTF-16"
        : "a character that was lost in reading";
    return { at: placeIn(text, index), words: `${words}; save it as UTF-8` };
  }
  return text.trim() === "" ? { at: { line: 1, column: 1 }, words: "the file is empty" } : undefined;
}

function placeIn(text: string, index: number): Place {
  const before = text.slice(0, index).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

function rowsIn(text: string, format: RosterFormat): Rows {
  return format === "csv" ? rowsOfCsv(text) : rowsOfYaml(text, format === "json" ? "JSON" : "YAML");
}

/** Adds what is wrong with the rows to `problems`. */
function check(rows: readonly Row[], problems: Problem[]): Roster {
  const members = new Map<string, RosterMember>();
  const lines = new Map<string, number>();
  for (const row of rows) {
    const email = emailOf(row, problems);
    const member = memberOf(row, email ?? "this member", problems);
    if (email === undefined) continue;
    const first = lines.get(email);
    if (first !== undefined) {
      const words = `${email} is there twice: line ${first} has it too, as case, spaces and the encoding of accents do not count`;
      problems.push({ at: row.email?.at ?? row.at, words });
    }
    lines.set(email, first ?? (row.email?.at ?? row.at).line);
    members.set(email, member);
  }
  if (rows.length === 0 && problems.length === 0) {
    problems.push({
      at: { line: 1, column: 1 },
      words: "the roster has no member, and would let go all that there are",
    });
  }
  return Object.fromEntries(members);
}

function emailOf({ email, at }: Row, problems: Problem[]): string | undefined {
  if (email === undefined) {
    problems.push({ at, words: "email is missing" });
    return undefined;
  }
  const { value } = email;
  const address = typeof value === "string" ? canonicalEmail(value) : undefined;
  const problem = address === undefined ? "must be text" : findEmailProblem(address);
  if (problem === undefined) return address;
  problems.push({ at: email.at, words: `the address ${shown(value)} ${problem}` });
  return undefined;
}

function memberOf({ cells }: Row, who: string, problems: Problem[]): RosterMember {
  const values = new Map<ColumnName, unknown>();
  for (const { name, nameAt, cell } of cells) {
    if (name === "password") problems.push({ at: nameAt, words: PASSWORD });
    else if (!isColumn(name)) problems.push({ at: nameAt, words: unknownName(name) });
    else if (values.has(name)) problems.push({ at: nameAt, words: `${name} of ${who} is there twice` });
    else {
      values.set(name, cell.value);
      const problem = findValueProblem(name, cell.value) ?? findHalfCharacter(cell.value);
      if (problem !== undefined) {
        const hint =
          name === "expires" ? " (YYYY-MM-DD; a spreadsheet program changes days unless the column is text)" : "";
        problems.push({ at: cell.at, words: `${name} of ${who} ${problem}, not ${shown(cell.value)}${hint}` });
      }
    }
  }
  return Object.fromEntries(values);
}

const PASSWORD =
  "a roster has no passwords, as it is plain text that many can read: the platform makes one, or declare it as a secret in the program";

function unknownName(name: string): string {
  const nearest = findNearest(name, ["email", ...COLUMN_NAMES]);
  return `${shown(name)} is not a column of a roster; the nearest is ${nearest}`;
}

/** The engine gets no answer from half a character (measured). */
function findHalfCharacter(value: unknown): string | undefined {
  if (typeof value === "string") return /\p{Cs}/u.test(value) ? "must not hold half a character" : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value)
    .flat()
    .map(findHalfCharacter)
    .find((problem) => problem !== undefined);
}

function shown(value: unknown): string {
  return cut(JSON.stringify(value) ?? "nothing", MAX_VALUE);
}
