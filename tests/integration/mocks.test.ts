import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { OPERATOR } from "../emulator/seeds";
import { startPlatform } from "../emulator/platform";
import { linkCheckout, platformEnvironment } from "../engine/environment";

const run = promisify(execFile);

/** Unit tests that a user writes of a program, with `pulumi.runtime.setMocks`. */
describe("a unit test of a user's program", function () {
  this.timeout(60_000);

  it("runs from the root of a workspace, from where the package can't be resolved, and sends nothing", async () => {
    const platform = await startPlatform();
    const root = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-workspace-"));
    try {
      const infra = path.join(root, "packages/infra");
      fs.cpSync(path.join(__dirname, "workspace/infra"), infra, { recursive: true });
      for (const [folder, name] of [
        [root, "workspace"],
        [infra, "infra"],
      ] as const) {
        fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name, private: true }));
      }
      linkCheckout(infra);
      const tsx = pathToFileURL(require.resolve("tsx")).href;
      const args = ["--import", tsx, require.resolve("mocha/bin/mocha.js"), "--reporter", "json", "--timeout", "30000"];
      const { stdout } = await run(process.execPath, [...args, "packages/infra/people.spec.ts"], {
        cwd: root,
        env: { ...process.env, ...platformEnvironment(platform, OPERATOR) },
      }).catch((error: Error & { stdout?: string }) => {
        throw new Error(error.stdout === undefined ? error.message : error.stdout);
      });
      expect(JSON.parse(stdout)).to.have.property("stats").that.includes({ passes: 3, failures: 0 });
      expect(platform.log).to.deep.equal([]);
    } finally {
      fs.rmSync(root, { recursive: true });
      await platform.close();
    }
  });
});
