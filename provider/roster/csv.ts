import type * as CSV from "csv-parse/sync";
import { readCell } from "./cells";
import { COLUMNS, isColumn } from "./columns";
import type { Place, Problem, Row, Rows } from "./rows";

/** One cell of the file as text. */
interface Raw {
  text: string;
  at: Place;
}

/** The rows of a CSV file: one header, and one record per member. Separated by what its header has: `,`, `;` or tabs. */
export function rowsOfCsv(text: string): Rows {
  const { records, problems } = recordsOfCsv(text);
  const [header, ...others] = records;
  if (header === undefined) return { rows: [], problems };
  const names = header.map((cell) => ({ ...cell, text: cell.text.trim() }));
  for (const [index, { text: name, at }] of names.entries()) {
    const first = names.findIndex((other) => other.text === name);
    if (name === "") problems.push({ at, words: "the column has no name" });
    else if (first < index)
      problems.push({ at, words: `the column ${name} is there twice: it is column ${first + 1} too` });
  }
  if (!names.some(({ text: name }) => name === "email")) {
    problems.push({ at: { line: header[0]?.at.line ?? 1, column: 1 }, words: "the header has no column email" });
    // A file without a header: every record would be wrong.
    if (!names.some(({ text: name }) => isColumn(name))) return { rows: [], problems };
  }
  const rows = others.flatMap((record) => {
    // Spreadsheet programs leave such records behind.
    if (record.every((cell) => cell.text.trim() === "")) return [];
    const at = record[0]?.at ?? { line: 1, column: 1 };
    if (record.length < names.length) {
      const words = `the record has ${record.length} of ${names.length} cells: the file may be cut`;
      problems.push({ at: { ...at, column: record.length }, words });
    } else if (record.length > names.length) {
      const words = `the record has ${record.length} cells, and the header ${names.length}: text with a separator in it needs quotes`;
      problems.push({ at: { ...at, column: names.length + 1 }, words });
    } else return [rowOf(names, record, at, problems)];
    return [];
  });
  return { rows, problems };
}

function rowOf(names: readonly Raw[], record: readonly Raw[], at: Place, problems: Problem[]): Row {
  const row: Row = { at, email: undefined, cells: [] };
  for (const [index, { text: name, at: nameAt }] of names.entries()) {
    const raw = record[index];
    if (raw === undefined || name === "") continue;
    // Said once for all records, by the place of the name.
    if (name !== "email" && !isColumn(name)) row.cells.push({ name, nameAt, cell: { value: undefined, at: raw.at } });
    else if (raw.text.trim() !== "") {
      const read = readCell(raw.text, name === "email" ? "text" : COLUMNS[name].cell);
      if ("problem" in read) problems.push({ at: raw.at, words: `${name} ${read.problem}` });
      else if (name === "email") row.email = { value: read.value, at: raw.at };
      else row.cells.push({ name, nameAt, cell: { value: read.value, at: raw.at } });
    }
  }
  return row;
}

/** Every record of the file as text, and the problem at which reading ended. */
export function recordsOfCsv(text: string): { records: Raw[][]; problems: Problem[] } {
  // Loaded when a roster is read: most programs and the provider's process never do.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parse, CsvError } = require("csv-parse/sync") as typeof CSV;
  const records: Raw[][] = [];
  // Lines up to the last cell, which the parser counts twice for \r\n in quotes, and empty ones up to there.
  let [line, twice, empty] = [0, 0, 0];
  try {
    parse(text, {
      delimiter: separatorOf(text),
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      skip_empty_lines: true,
      cast: (value, { lines, index, empty_lines }): unknown => {
        const begin = lines - twice - count(value, /[\r\n]/g);
        twice += count(value, /\r\n/g);
        [line, empty] = [lines - twice, empty_lines];
        return { text: value, at: { line: begin, column: index + 1 } } satisfies Raw;
      },
      on_record: (record) => {
        records.push(record as unknown as Raw[]);
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { code, index, empty_lines } = error as CSV.CsvError & {
      index: number;
      empty_lines: number;
    };
    // The line that the parser tells is where it stopped, which may be the end of the file.
    const begin = index > 0 ? line : line + 1 + empty_lines - empty;
    return { records, problems: [{ at: { line: begin, column: index + 1 }, words: wordsOf(code) }] };
  }
  return { records, problems: [] };
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** Our words, as those of the parser quote the cell. */
function wordsOf(code: string): string {
  if (code === "CSV_QUOTE_NOT_CLOSED") return "the quote that begins here is not closed: the file may be cut";
  if (code === "CSV_INVALID_CLOSING_QUOTE") return 'text follows a closing quote: a quote in quotes is written ""';
  if (code === "INVALID_OPENING_QUOTE") return "a quote is in a cell that does not begin with one";
  return `the file is not CSV (${code})`;
}

/** What separates the cells of the header: the first of a comma, a semicolon and a tab that it has. */
export function separatorOf(text: string): string {
  const header = /[^\r\n]+/.exec(text)?.[0] ?? "";
  return [",", ";", "\t"].find((separator) => header.includes(separator)) ?? ",";
}

/** A cell as it is written, in quotes if it needs them with any separator. */
export function quoted(cell: string): string {
  return /[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
