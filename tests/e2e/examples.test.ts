import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { startPlatform, type Platform } from "../emulator/platform";
import { ensureEngine } from "../engine/ensure";
import { engineEnvironment, platformEnvironment } from "../engine/environment";
import { ensureHosts } from "../engine/hosts";
import { ROOT, run } from "./consumer";
import { PythonSdk } from "./python";
import { CI } from "./stack";

/** Every example with its folder, its configuration and the invites that it sends. */
const EXAMPLES: Record<
  string,
  {
    folder: string;
    config: (url: string, otherUrl: string) => string[][];
    invites: number;
    deactivated: number;
    /** Folder for PATH with the programs of its language. */
    programs?: (test: Mocha.Context) => Promise<string>;
  }
> = {
  "people, which is the checkout itself": {
    folder: ".",
    config: () => [
      ["--path", "people[0]", "ann@example.com"],
      ["--path", "people[1]", "bob@example.com"],
    ],
    invites: 2,
    deactivated: 2,
  },
  team: {
    folder: "examples/team",
    config: () => [
      ["--path", 'members["ann@example.com"].enabled', "true"],
      ["--path", 'members["bob@example.com"].enabled', "false"],
    ],
    invites: 2,
    // Bob, who is declared so, and Ann at destroy.
    deactivated: 2,
  },
  // Bob is declared deactivated, and destroy deactivates the other two.
  roster: { folder: "examples/roster", config: () => [], invites: 3, deactivated: 3 },
  javascript: { folder: "examples/javascript", config: () => [], invites: 1, deactivated: 0 },
  // Cid is declared deactivated, and destroy deactivates the other two.
  yaml: { folder: "examples/yaml", config: () => [], invites: 3, deactivated: 3 },
  python: {
    folder: "examples/python",
    config: () => [],
    invites: 3,
    // Cid, who is declared so and retained, and the other two at destroy.
    deactivated: 3,
    programs: async (test) => (await PythonSdk.buildFor(test)).programs,
  },
  platforms: {
    folder: "examples/platforms",
    config: (url, otherUrl) => [
      ["stagingUrl", url],
      ["productionUrl", otherUrl],
      ["username", CI.email],
      ["--secret", "password", CI.password],
    ],
    // On each of the two.
    invites: 1,
    deactivated: 1,
  },
};

/** Recipes have tests of their own. */
const RECIPES = ["automation", "contractors", "drift", "environment", "offboarding", "stacks"].map(
  (name) => `examples/${name}`,
);

describe("the examples", function () {
  this.timeout(240_000);
  let platform: Platform;
  let other: Platform;
  let folder: string;
  beforeEach(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-examples-"));
    platform = await startPlatform();
    other = await startPlatform();
    for (const one of [platform, other]) await one.addUser({ ...CI, admin: true });
  });
  afterEach(async () => {
    await other.close();
    fs.rmSync(folder, { recursive: true, force: true });
    await platform.close();
  });

  it("are all run here", () => {
    const folders = fs.readdirSync(path.join(ROOT, "examples")).map((name) => `examples/${name}`);
    const tested = Object.values(EXAMPLES).map((example) =>
      example.folder === "." ? "examples/people" : example.folder,
    );
    expect([...tested, ...RECIPES].sort()).to.deep.equal(folders.sort());
  });

  for (const [name, example] of Object.entries(EXAMPLES)) {
    it(`work: ${name}`, async function () {
      const programs = (await example.programs?.(this)) ?? [];
      const engine = engineEnvironment(await ensureEngine(), folder);
      const PATH = [programs, await ensureHosts(), engine["PATH"]].flat().join(path.delimiter);
      const own = { PATH, PYTHONDONTWRITEBYTECODE: "1" };
      const env = { ...process.env, ...engine, ...platformEnvironment(platform, CI), ...own };
      const cwd = path.join(ROOT, example.folder);
      const stack = `test-${process.pid}`;
      const pulumi = async (...args: string[]) =>
        (await run("pulumi", [...args, "--non-interactive"], { cwd, env })).stdout;
      try {
        await pulumi("stack", "init", stack);
        for (const setting of example.config(platform.url, other.url)) await pulumi("config", "set", ...setting);
        await pulumi("preview");
        await pulumi("up", "--yes", "--skip-preview");
        await pulumi("preview", "--expect-no-changes");
        await pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
        await pulumi("destroy", "--yes", "--skip-preview");
      } finally {
        fs.rmSync(path.join(cwd, `Pulumi.${stack}.yaml`), { force: true });
      }
      if (name === "platforms") expect(other.requests("invite")).to.have.length(example.invites);
      expect(platform.requests("invite")).to.have.length(example.invites);
      expect(platform.requests("deactivate")).to.have.length(example.deactivated);
    });
  }
});
