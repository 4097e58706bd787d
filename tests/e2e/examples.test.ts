import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { startPlatform, type Platform } from "../emulator/platform";
import { ensureEngine } from "../engine/ensure";
import { engineEnvironment, linkCheckout, platformEnvironment } from "../engine/environment";
import { ensureHosts } from "../engine/hosts";
import { ROOT, run } from "./consumer";
import { PythonSdk } from "./python";
import { CI } from "./stack";

/** One example: its configuration and what it writes. */
interface Example {
  /** Arguments of `pulumi config set`. */
  config: (url: string, otherUrl: string) => string[][];
  /** The keys of its own that it can't do without. */
  missing: string;
  invites: number;
  deactivated: number;
  /** Folder for PATH with the programs of its language. */
  programs?: (test: Mocha.Context) => Promise<string>;
}

const PEOPLE: Example = {
  config: () => [
    ["--path", "people[0]", "ann@example.com"],
    ["--path", "people[1]", "bob@example.com"],
  ],
  missing: "wallaroo-people:people",
  invites: 2,
  deactivated: 2,
};

/** By folder of `examples/`. */
const EXAMPLES: Record<string, Example> = {
  people: PEOPLE,
  team: {
    config: () => [
      ["--path", 'members["ann@example.com"].enabled', "true"],
      ["--path", 'members["bob@example.com"].enabled', "false"],
    ],
    invites: 2,
    missing: "wallaroo-team:members",
    // Bob, who is declared so, and Ann at destroy.
    deactivated: 2,
  },
  // Bob is declared deactivated, and destroy deactivates the other two.
  roster: { config: () => [], missing: "wallaroo:url", invites: 3, deactivated: 3 },
  workspaces: {
    config: () => [
      ["--path", 'workspaces.churn["ann@example.com"]', "OWNER"],
      ["--path", 'workspaces.churn["bob@example.com"]', "COLLABORATOR"],
    ],
    missing: "wallaroo-workspaces:workspaces",
    invites: 2,
    deactivated: 2,
  },
  javascript: { config: () => [], missing: "wallaroo:url", invites: 1, deactivated: 0 },
  // Cid is declared deactivated, and destroy deactivates the other two.
  yaml: { config: () => [], missing: "wallaroo:url", invites: 3, deactivated: 3 },
  python: {
    config: () => [],
    missing: "wallaroo:url",
    invites: 3,
    // Cid, who is declared so and retained, and the other two at destroy.
    deactivated: 3,
    programs: async (test) => (await PythonSdk.buildFor(test)).programs,
  },
  platforms: {
    config: (url, otherUrl) => [
      ["stagingUrl", url],
      ["productionUrl", otherUrl],
      ["username", CI.email],
      ["--secret", "password", CI.password],
    ],
    missing: "wallaroo-platforms:stagingUrl",
    // On each of the two.
    invites: 1,
    deactivated: 1,
  },
};

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
    await platform.addWorkspace("churn", { owners: [CI.email] });
  });
  afterEach(async () => {
    await other.close();
    fs.rmSync(folder, { recursive: true, force: true });
    await platform.close();
  });

  /**
   * `pulumi` in a folder, with a state of its own.
   * @param programs folders for PATH
   * @param settings what the environment says of the platform
   */
  async function pulumiIn(cwd: string, programs: string[], settings = platformEnvironment(platform, CI)) {
    const engine = engineEnvironment(await ensureEngine(), folder);
    const PATH = [...programs, await ensureHosts(), engine["PATH"]].join(path.delimiter);
    // Their types are checked with those of the checkout.
    const host = { PULUMI_NODEJS_TRANSPILE_ONLY: "true", PYTHONDONTWRITEBYTECODE: "1" };
    const env = { ...process.env, ...engine, ...settings, PATH, ...host };
    return async (...args: string[]) => (await run("pulumi", [...args, "--non-interactive"], { cwd, env })).stdout;
  }

  /** The example as a user has it who copied the folder and ran `npm install`. */
  function copy(name: string): string {
    const cwd = path.join(folder, name);
    fs.cpSync(path.join(ROOT, "examples", name), cwd, { recursive: true });
    linkCheckout(cwd);
    return cwd;
  }

  async function runThrough(cwd: string, example: Example, programs: string[] = []): Promise<void> {
    const pulumi = await pulumiIn(cwd, programs);
    const stack = `test-${process.pid}`;
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
    expect(platform.requests("invite")).to.have.length(example.invites);
    expect(platform.requests("deactivate")).to.have.length(example.deactivated);
  }

  it("are all run by an end-to-end test, here or elsewhere", () => {
    const tests = fs
      .readdirSync(__dirname)
      .filter((file) => file.endsWith(".test.ts") && file !== path.basename(__filename));
    const text = tests.map((file) => fs.readFileSync(path.join(__dirname, file), "utf8")).join("\n");
    const folders = fs
      .readdirSync(path.join(ROOT, "examples"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory());
    const others = folders.map(({ name }) => name).filter((name) => !Object.hasOwn(EXAMPLES, name));
    expect(
      others.filter((name) => !text.includes(`copy("${name}"`) && !text.includes(`examples/${name}`)),
    ).to.deep.equal([]);
  });

  it("work: people, from the root of the checkout", () => runThrough(ROOT, PEOPLE));

  for (const [name, example] of Object.entries(EXAMPLES)) {
    const findPrograms = async (test: Mocha.Context) => [(await example.programs?.(test)) ?? []].flat();

    it(`work when copied out: ${name}`, async function () {
      await runThrough(copy(name), example, await findPrograms(this));
      if (name === "platforms") expect(other.requests("invite")).to.have.length(example.invites);
    });

    it(`end before anything is sent, and name what is missing, without a configuration: ${name}`, async function () {
      const settings = example.missing === "wallaroo:url" ? {} : platformEnvironment(platform, CI);
      const pulumi = await pulumiIn(copy(name), await findPrograms(this), settings);
      await pulumi("stack", "init", "test");
      const error = await pulumi("preview").catch((failed: { stdout: string; stderr: string }) => failed);
      expect(error).to.have.property("stdout").that.includes(example.missing);
      expect(platform.written()).to.deep.equal([]);
    });
  }
});
