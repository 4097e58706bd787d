import { cleanWords } from "../api/errors";

/** Prints one value as JSON, for a program. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Prints lines, without the characters of foreign text that write over a console. */
export function printLines(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line.trimEnd()}\n`).join(""));
}

/** Says lines on stderr, beside an answer on stdout. */
export function printNotes(lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${line}\n`).join(""));
}

/** Names and values in two columns; names without a value are left out. */
export function inColumns(rows: readonly (readonly [name: string, value: string | undefined])[]): string[] {
  const shown = rows.filter(([, value]) => value !== undefined);
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, value = ""]) => `${name.padEnd(width)}  ${cleanWords(value)}`);
}
