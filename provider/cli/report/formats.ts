import type { Report } from "./collect";
import { NAMES, cellsOf } from "./table";

export const FORMATS = ["csv", "md", "html"] as const;
export type Format = (typeof FORMATS)[number];

/** The whole report as the text of a file. */
export async function formatted(report: Report, format: Format): Promise<string> {
  if (format === "csv") return toCsv(report);
  return format === "md" ? toMarkdown(report) : toHtml(report);
}

/** Loaded when it is needed: no other command does. Its rows alone: notes have no place in CSV. */
async function toCsv({ accounts }: Report): Promise<string> {
  const { stringify } = await import("csv-stringify/sync");
  // A spreadsheet program would run what looks like a formula, and names of accounts come from anywhere.
  return stringify([NAMES, ...accounts.map(cellsOf)], { escape_formulas: true });
}

/** One line for counting, for the head of a report. */
function summary({ accounts, platform, at }: Report): string {
  const active = accounts.filter((entry) => entry.active).length;
  return `${accounts.length} accounts of ${platform}, ${active} of them active, at ${at}.`;
}

function toMarkdown(report: Report): string {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const lines = [
    "# Access to Wallaroo",
    "",
    inMarkdown(summary(report)),
    ...report.notes.flatMap((note) => ["", inMarkdown(note)]),
    "",
    row(NAMES),
    row(NAMES.map(() => "---")),
    ...report.accounts.map((entry) => row(cellsOf(entry).map(inMarkdown))),
  ];
  return `${lines.join("\n")}\n`;
}

/** Foreign text as nothing but text: no markup, no cell of its own, no link. */
function inMarkdown(text: string): string {
  return text.replace(/[\\`*_~[\]<>|&]/g, "\\$&").replace(/:\/\//g, "\\://");
}

/** One page that loads nothing. */
function toHtml(report: Report): string {
  const cells = (tag: string, texts: readonly string[]) =>
    texts.map((text) => `<${tag}>${inHtml(text)}</${tag}>`).join("");
  const rows = report.accounts.map(
    (entry) => `<tr${entry.active ? "" : ' class="inactive"'}>${cells("td", cellsOf(entry))}</tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Access to Wallaroo</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Access to Wallaroo</h1>
<p>${inHtml(summary(report))}</p>
${report.notes.map((note) => `<p>${inHtml(note)}</p>\n`).join("")}<table>
<thead><tr>${cells("th", NAMES)}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</body>
</html>
`;
}

const STYLE =
  "body{font:14px/1.4 system-ui,sans-serif;margin:2rem}table{border-collapse:collapse}" +
  "th,td{border:1px solid #999;padding:.25rem .5rem;text-align:left;vertical-align:top}" +
  "th{background:#eee;position:sticky;top:0}.inactive{color:#666;background:#f6f6f6}";

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function inHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? "");
}
