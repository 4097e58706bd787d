// `npm run docs` writes the parts of the documentation that come from the code, between their markers.
import fs from "node:fs";
import path from "node:path";
import { format } from "prettier";
import { NAMESPACE, SETTINGS, type Setting } from "../../provider/settings-table";
import { ROOT, readPage } from "../markdown";

const ROWS: [string, Setting][] = Object.entries(SETTINGS);

/** What stands between the markers, by its name. */
const PARTS: Record<string, () => string> = { settings: settingsTable };

function settingsTable(): string {
  const code = (text: string | number | boolean = "") => (text === "" ? "" : `\`${text}\``);
  const rows = ROWS.map(([key, setting]) => [
    `${code(`${NAMESPACE}:${key}`)}${setting.secret ? " (secret)" : ""}`,
    code(setting.variable),
    setting.required ? "required" : code(setting.default),
    setting.description,
  ]);
  const head = ["Stack configuration", "Environment", "Default", ""];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A page with every part as the code says. Raises for a marker without a part of its name. */
export function generated(page: string): Promise<string> {
  const text = readPage(page).replace(
    /(<!-- begin (\w+): .*? -->\n).*?(<!-- end -->)/gs,
    (_, begin: string, name: string, end: string) => {
      const part = PARTS[name];
      if (part === undefined) throw new Error(`${page}: there is no part ${name}`);
      return `${begin}\n${part()}\n\n${end}`;
    },
  );
  return format(text, { parser: "markdown", printWidth: 120 });
}

/** The pages that have such parts. */
export const GENERATED = ["docs/settings.md"];

async function main(): Promise<void> {
  for (const page of GENERATED) fs.writeFileSync(path.join(ROOT, page), await generated(page));
}

if (require.main === module) void main();
