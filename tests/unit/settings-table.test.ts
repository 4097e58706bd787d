import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { SETTINGS, type Setting } from "../../provider/settings-table";
import { WallarooProvider } from "../../sdk/provider";
import { ROOT } from "../markdown";

const ROWS: [string, Setting][] = Object.entries(SETTINGS);

describe("the table of settings", () => {
  it("has no setting that nothing reads", () => {
    const folder = path.join(ROOT, "provider");
    const files = fs.readdirSync(folder).filter((file) => file.endsWith(".ts") && file !== "settings-table.ts");
    const code = files.map((file) => fs.readFileSync(path.join(folder, file), "utf8")).join("\n");
    expect(ROWS.map(([key]) => key).filter((key) => !code.includes(`"${key}"`))).to.deep.equal([]);
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
