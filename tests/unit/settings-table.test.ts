import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { SETTINGS, type Setting } from "../../provider/settings-table";
import { WallarooProvider } from "../../sdk/provider";

const ROWS: [string, Setting][] = Object.entries(SETTINGS);

describe("the table of settings", () => {
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
