import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { NAMESPACE, SETTINGS, type Setting } from "../../provider/settings-table";
import { WallarooProvider } from "../../sdk/provider";

const ROWS: [string, Setting][] = Object.entries(SETTINGS);

describe("the table of settings", () => {
  it("is the page's, row by row", () => {
    const page = fs.readFileSync(path.join(__dirname, "../../docs/settings.md"), "utf8");
    const section = /^# Settings\n(.*?)^## /ms.exec(page)?.[1] ?? "";
    const code = (text: string | number | boolean = "") => (text === "" ? "" : `\`${text}\``);
    expect(cellsOf(section).slice(2)).to.deep.equal(
      ROWS.map(([key, setting]) => [
        `${code(`${NAMESPACE}:${key}`)}${setting.secret ? " (secret)" : ""}`,
        code(setting.variable),
        setting.required ? "required" : code(setting.default),
        setting.description,
      ]),
    );
  });

  it("says which arguments of an explicit provider are secrets", async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: name, state: inputs as object }),
      call: () => ({}),
    });
    for (const [key, setting] of ROWS) {
      const args = { url: "https://x.example", [key]: "x" };
      const { isSecret } = new WallarooProvider(key, args).settings as unknown as { isSecret: Promise<boolean> };
      expect(await isSecret, key).to.equal(setting.secret === true);
    }
  });
});

/** The cells of every line of a Markdown table. */
function cellsOf(markdown: string): string[][] {
  const lines = markdown.split("\n").filter((line) => line.startsWith("|"));
  return lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
