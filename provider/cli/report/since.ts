import { WallarooError } from "../../api/errors";
import type { Report } from "./collect";
import { formatted } from "./formats";
import { NAMES, UNKNOWN, type Column } from "./table";

/** What happens by itself, and is no change of access. */
const VOLATILE: readonly Column[] = ["id", "lastSignIn", "idle"];

type Row = Record<Column, string>;

/** How one account differs between two reports. */
export interface Changed {
  id: string;
  who: string;
  what: "added" | "removed" | "changed";
  /** For a changed one, by column: before and now. */
  columns?: Partial<Record<Column, { before: string; now: string }>>;
}

/** What differs, by account, and what could not be compared, in full sentences. */
export interface Difference {
  changes: Changed[];
  notes: string[];
}

/** Compares with an earlier report in CSV. Accounts are told by their ids. Raises `badInput` for another file. */
export async function compareWith(previous: string, file: string, report: Report): Promise<Difference> {
  const before = await rowsOf(previous, file);
  const now = await rowsOf(await formatted(report, "csv"), "this report");
  const untold = NAMES.filter((name) => !VOLATILE.includes(name)).filter((name) => isUntold(name, before, now));
  const compared = NAMES.filter((name) => !VOLATILE.includes(name) && !untold.includes(name));
  const changes: Changed[] = [];
  for (const [id, row] of now) {
    const old = before.get(id);
    if (old === undefined) changes.push({ id, who: whoOf(row), what: "added" });
    else {
      const columns = compared.filter((name) => old[name] !== row[name]);
      if (columns.length === 0) continue;
      const pairs = columns.map((name) => [name, { before: old[name], now: row[name] }]);
      changes.push({
        id,
        who: whoOf(row),
        what: "changed",
        columns: Object.fromEntries(pairs) as Changed["columns"] & {},
      });
    }
  }
  for (const [id, row] of before) if (!now.has(id)) changes.push({ id, who: whoOf(row), what: "removed" });
  const notes = untold.map((name) => `${name} is not compared: one of the two reports does not tell it.`);
  return { changes, notes };
}

/** One line per account. */
export function describeChange({ who, what, columns = {} }: Changed): string {
  const details = Object.entries(columns).map(([name, { before, now }]) => `${name} ${shown(before)} -> ${shown(now)}`);
  return details.length === 0 ? `${what} ${who}` : `${what} ${who}: ${details.join(", ")}`;
}

function shown(text: string): string {
  return text === "" ? "none" : text;
}

function whoOf({ email, username }: Row): string {
  return email === "" ? username : email;
}

/** A column that one report tells of no account. */
function isUntold(name: Column, ...reports: Map<string, Row>[]): boolean {
  const isTold = (report: Map<string, Row>) => [...report.values()].some((row) => row[name] !== UNKNOWN);
  return reports.some(isTold) && !reports.every(isTold);
}

async function rowsOf(text: string, file: string): Promise<Map<string, Row>> {
  const { parse } = await import("csv-parse/sync");
  let records: string[][];
  try {
    records = parse(text, { bom: true });
  } catch {
    throw failure(file, "it is not CSV, or it is cut");
  }
  const [header = [], ...others] = records;
  if (header.join() !== NAMES.join()) throw failure(file, `its columns are not ${NAMES.join(", ")}`);
  const rows = others.map((cells) => Object.fromEntries(NAMES.map((name, index) => [name, cells[index] ?? ""])) as Row);
  return new Map(rows.map((row) => [row.id, row]));
}

function failure(file: string, words: string): WallarooError {
  const next = "Give --since a file that `pulumi-wallaroo report --format csv` has written, as it was written.";
  return new WallarooError({ kind: "badInput", operation: "compare with", who: file, words, next });
}
