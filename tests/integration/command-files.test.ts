import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { operatorOf, runCommand } from "./command";
import { onPlatform } from "./platform";

/** What `--out` of the command may be called, and what is said of a file that is not written. */
describe("a file that the command is asked for", function () {
  this.timeout(60_000);
  const { platform, start } = onPlatform();
  let folder: string;
  beforeEach(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-files-"));
    await start();
    await platform().addUser({ email: "ann@example.com" });
    await platform().addUser({ email: "bob@example.com" });
    platform().clearLog();
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));
  const run = (...args: string[]) => runCommand(args, operatorOf(platform()), folder);

  for (const [args, words] of [
    [["report", "--out", "a.pdf"], "a.pdf: the end of its name does not tell the format. Name it .csv, .md or .html,"],
    [["report", "--out", "a.json"], "a.json: it is named as json, and the report is JSON with --json alone. "],
    [["report", "--json", "--out", "a.csv"], "a.csv: it is named as csv, and the report is json. "],
    [["report", "--format", "csv", "--out", "a.HTML"], "a.HTML: it is named as html, and the report is csv. "],
    [["export", "--to", "typescript", "--out", "a.py"], "a.py is not named as a program in typescript. Name it .ts,"],
    [["export", "--to", "javascript", "--out", "a.ts"], "a.ts is not named as a program in javascript. Name it .js,"],
    [["export", "--to", "python", "--out", "a.yaml"], "a.yaml is not named as a program in python. Name it .py,"],
    [["export", "--to", "yaml", "--out", "a.csv"], "a.csv is not named as a program in yaml. Name it .yaml, .yml,"],
  ] as const) {
    it(`is not written, nor is anything asked, for ${args.join(" ")}`, async () => {
      const { code, stdout, stderr } = await run(...args);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
      expect(stderr).to.include(words);
      expect(platform().log).to.deep.equal([]);
      expect(fs.readdirSync(folder)).to.deep.equal([]);
    });
  }

  for (const args of [
    ["report", "--out", "A.CSV"],
    ["report", "--out", "access"],
    ["report", "--format", "csv", "--out", "access.txt"],
    ["report", "--json", "--out", "access.json"],
    ["export", "--to", "javascript", "--out", "index.cjs"],
    ["export", "--to", "python", "--out", "program"],
  ]) {
    it(`is written for ${args.join(" ")}`, async () => {
      expect(await run(...args)).to.include({ code: 0 });
      expect(fs.readFileSync(path.join(folder, args.at(-1) ?? ""), "utf8")).to.include("ann@example.com");
    });
  }

  it("is described by --dry-run: how many accounts a new program has, and which lines of another one differ", async () => {
    const args = ["export", "--to", "yaml", "--as", "team", "--out", "Pulumi.yaml"];
    const fresh = await run(...args, "--dry-run");
    expect(fresh.stdout).to.equal("Pulumi.yaml would be made, with 2 accounts. Nothing was written (--dry-run).\n");
    expect(fs.readdirSync(folder)).to.deep.equal([]);
    await run(...args);
    const before = fs.readFileSync(path.join(folder, "Pulumi.yaml"), "utf8");
    await platform().addUser({ email: "cleo@example.com" });
    await platform().remove("bob@example.com");
    const { stdout } = await run(...args, "--dry-run");
    expect(stdout)
      .to.match(/^- .*bob@example\.com.*$/m)
      .and.match(/^\+ .*cleo@example\.com.*$/m);
    expect(stdout).to.not.include("ann@example.com");
    expect(stdout.trimEnd().split("\n").at(-1)).to.equal(
      "Pulumi.yaml is there, and would change as above. Nothing was written (--dry-run).",
    );
    expect(fs.readFileSync(path.join(folder, "Pulumi.yaml"), "utf8")).to.equal(before);
  });
});
