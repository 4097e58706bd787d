import type * as YAML from "yaml";
import { writeCell } from "./cells";
import { COLUMN_NAMES, type Roster } from "./columns";
import { quoted } from "./csv";
import type { RosterFormat } from "./roster";

/** The text of a roster, which `parseRoster` reads as the same members; CSV leaves out empty lists, maps and names. */
export function formatRoster(members: Roster, format: RosterFormat): string {
  if (format === "csv") return formatCsv(members);
  if (format === "json") return `${JSON.stringify(members, undefined, 2)}\n`;
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { Document } = require("yaml") as typeof YAML;
  // Quotes what YAML 1.1 would take for a day or a boolean, for other tools that read the file. Text of several lines is
  // quoted too: a block of spaces and line ends alone is not read as it was written (measured, yaml 2.9).
  const document = new Document(members, { compat: "yaml-1.1", aliasDuplicateObjects: false });
  return document.toString({ lineWidth: 0, blockQuote: false });
}

/** With the columns alone that some member needs. */
function formatCsv(members: Roster): string {
  const rows = Object.entries(members).map(([email, member]) => ({
    email: writeCell(email),
    ...Object.fromEntries(
      COLUMN_NAMES.map((name) => [name, member[name] === undefined ? "" : writeCell(member[name])]),
    ),
  }));
  const names = ["email", ...COLUMN_NAMES].filter((name) => rows.some((row) => cellOf(row, name) !== ""));
  const records = rows.map((row) => names.map((name) => quoted(cellOf(row, name))).join(","));
  return [names.join(","), ...records, ""].join("\n");
}

function cellOf(row: Record<string, string>, name: string): string {
  return row[name] ?? "";
}
