import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { addMixedWorkspaces, addMixed } from "../emulator/mixed";
import { startPlatform, type Platform } from "../emulator/platform";
import { ensureEngine } from "../engine/ensure";
import { engineEnvironment, linkCheckout, platformEnvironment } from "../engine/environment";
import { ensureHosts } from "../engine/hosts";
import { runCommand } from "../integration/command";
import { run } from "./consumer";
import { CI } from "./stack";

const NODE = (main: string) =>
  `name: exported\nmain: ${main}\nruntime:\n  name: nodejs\n  options:\n    typescript: true\n`;
const ROSTER = `
import { WallarooTeam, readRoster } from "pulumi-wallaroo";
new WallarooTeam("staff", { adopt: true, onDestroy: "retain", members: readRoster("team.csv") });
`;

/** What is exported, how many accounts there are, and the files that make a project of it. */
const EXPORTS: Record<string, { args: string[]; file: string; count: number; files: Record<string, string> }> = {
  "a TypeScript program with a team": {
    args: ["--to", "typescript", "--as", "team"],
    file: "index.ts",
    count: 500,
    files: { "Pulumi.yaml": NODE("index.ts") },
  },
  // Resources cost the engine seconds: 500 of them are taken over in tests/integration/export-applies.test.ts.
  "a JavaScript program with users": {
    args: ["--to", "javascript", "--names"],
    file: "index.js",
    count: 60,
    files: { "Pulumi.yaml": NODE("index.js") },
  },
  "a YAML program with a team": { args: ["--to", "yaml", "--as", "team"], file: "Pulumi.yaml", count: 500, files: {} },
  "a YAML program with users": { args: ["--to", "yaml", "--names"], file: "Pulumi.yaml", count: 190, files: {} },
  "a roster": {
    args: ["--to", "roster", "--names"],
    file: "team.csv",
    count: 500,
    files: { "Pulumi.yaml": NODE("index.ts"), "index.ts": ROSTER },
  },
};

describe("what pulumi-wallaroo exports", function () {
  this.timeout(300_000);
  let platform: Platform;
  let folder: string;
  let env: NodeJS.ProcessEnv;
  beforeEach(async () => {
    platform = await startPlatform();
    await platform.addUser({ ...CI, admin: true });
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-exported-")));
    linkCheckout(folder);
    const engine = engineEnvironment(await ensureEngine(), folder);
    const PATH = `${await ensureHosts()}${path.delimiter}${engine["PATH"] ?? ""}`;
    env = { ...process.env, ...engine, ...platformEnvironment(platform, CI), PATH };
  });
  afterEach(async () => {
    fs.rmSync(folder, { recursive: true, force: true });
    await platform.close();
  });

  for (const [what, { args, file, count, files }] of Object.entries(EXPORTS)) {
    it(`is taken over by up without a write, and then unchanged: ${what}`, async () => {
      await addMixedWorkspaces(platform, await addMixed(platform, count));
      const exported = async (out: string) => {
        const { code, stderr } = await runCommand(
          ["export", ...args, "--out", out],
          platformEnvironment(platform, CI),
          folder,
        );
        expect(code, stderr).to.equal(0);
        return fs.readFileSync(path.join(folder, out), "utf8");
      };
      const text = await exported(file);
      for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), content);
      const pulumi = (...words: string[]) =>
        run("pulumi", [...words, "--non-interactive"], { cwd: folder, env, maxBuffer: 1e8 });
      await pulumi("stack", "init", "test");
      await pulumi("up", "--yes", "--skip-preview");
      await pulumi("preview", "--expect-no-changes");
      await pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
      const { stdout } = await pulumi("stack", "export");
      const taken = (await platform.people()).filter(({ id }) => stdout.includes(id));
      // The operator of the emulated platform is one more.
      expect(taken).to.have.length(count + 1);
      expect(await exported(`again${path.extname(file)}`)).to.equal(
        text.replaceAll(file, `again${path.extname(file)}`),
      );
      expect(platform.written()).to.deep.equal([]);
    });
  }
});
