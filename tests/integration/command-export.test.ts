import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { operatorOf, runCommand } from "./command";
import { onPlatform } from "./platform";

describe("pulumi-wallaroo export", function () {
  this.timeout(60_000);
  // Before the platform is closed.
  afterEach(() => expect(writes()).to.deep.equal([]));
  const { platform, start, writes } = onPlatform();
  let folder: string;
  beforeEach(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-export-"));
    await start();
    await platform().addUser({ email: "Zoe@example.com", firstName: "Zoe" });
    await platform().addUser({ email: "ann@example.org", enabled: false });
    await platform().addUser({ email: "root@example.com", admin: true, lastName: "R" });
    await platform().addUser({ email: "", username: "service-account-billing\nnew WallarooUser()" });
    platform().clearLog();
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const run = (...args: string[]) => runCommand(["export", ...args], operatorOf(platform()), folder);
  const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
  const read = (name: string) => fs.readFileSync(path.join(folder, name), "utf8");
  const addresses = (text: string) => text.match(/^[\w.]+@[\w.]+/gm);

  it("prints a program with the policy once and every account that it leaves out, and asks for the accounts once", async () => {
    const { code, stdout, stderr } = await run("--to", "typescript", "--as", "team");
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    const host = new URL(platform().url).host;
    expect(stdout.split("\n")).to.deep.equal([
      'import { WallarooTeam } from "pulumi-wallaroo";',
      "",
      `// 3 accounts of ${host}, written by \`pulumi-wallaroo export\`. Review them, then run \`pulumi preview\`.`,
      'new WallarooTeam("staff", {',
      "  // adopt: what is declared is there already. It is taken over, and nothing is sent.",
      "  // onDestroy: what is taken out of here, and everything at `pulumi destroy`, stays as it is on the platform.",
      '  // Write "deactivate" once leaving has to cut off.',
      "  adopt: true,",
      '  onDestroy: "retain",',
      "  members: {",
      '    "ann@example.org": { enabled: false },',
      '    "root@example.com": {}, // administrator',
      '    "zoe@example.com": {},',
      "  },",
      "});",
      "",
      "// Left out:",
      "// - admin: the platform's built-in admin, which no stack manages",
      "// - operator@example.com: the account that this export ran as",
      "// - service-account-billing\ufffdnew wallaroouser(): the service account of a Keycloak client",
      "",
    ]);
    expect(platform().log.map(({ call }) => call)).to.deep.equal(["token", "query", "workspaces/list"]);
  });

  it("has names for --names alone", async () => {
    expect((await run("--to", "yaml")).stdout).to.not.include("Zoe");
    const { stdout } = await run("--to", "roster", "--names");
    expect(stdout).to.include("root@example.com:\n  lastName: R\nzoe@example.com:\n  firstName: Zoe\n");
  });

  for (const [options, expected] of [
    [["--enabled"], ["root@example.com", "zoe@example.com"]],
    [["--domain", "@Example.ORG"], ["ann@example.org"]],
    [
      ["--match", "*o*@example.com"],
      ["root@example.com", "zoe@example.com"],
    ],
    [
      ["--match", "ann@example.org", "ZOE*"],
      ["ann@example.org", "zoe@example.com"],
    ],
    [["--exclude", "root@*", "--exclude", "a*"], ["zoe@example.com"]],
    [["--domain", "example.com", "--exclude", "zoe@example.com"], ["root@example.com"]],
  ] as const) {
    it(`has the accounts of ${options.join(" ")}`, async () => {
      const { stdout } = await run("--to", "roster", ...options);
      expect(addresses(stdout)).to.deep.equal(expected);
    });
  }

  it("says which pattern fits no account", async () => {
    const { code, stderr } = await run("--to", "roster", "--exclude", "rot@example.com");
    expect({ code, stderr }).to.deep.equal({
      code: 0,
      stderr: "No account has an address that fits rot@example.com.\n",
    });
  });

  it("says on stderr what a roster in CSV has no place for", async () => {
    const { stdout, stderr } = await run("--to", "roster", "--format", "csv");
    expect(stdout).to.equal("email,enabled\nann@example.org,false\nroot@example.com,\nzoe@example.com,\n");
    expect(stderr).to.match(/^Left out:\n- admin: the platform's built-in admin/);
  });

  for (const [format, out] of [
    ["csv", undefined],
    ["csv", "staff.csv"],
    ["json", "staff.json"],
  ] as const) {
    it(`says on stderr which program takes the accounts of a roster in ${format} over (${out ?? "stdout"})`, async () => {
      const options = out === undefined ? ["--format", format] : ["--out", out];
      const reads = `In the program: new WallarooTeam("staff", { adopt: true, onDestroy: "retain", members: readRoster("${out ?? "team.csv"}") })`;
      expect((await run("--to", "roster", ...options)).stderr).to.include(`\n${reads}\nadopt: `);
      // It has been read by then.
      if (out !== undefined) expect((await run("--to", "roster", ...options)).stderr).to.not.include("In the program");
    });
  }

  it("writes a file whole, and leaves another one alone without --yes", async () => {
    const args = ["--to", "javascript", "--out", "index.js"];
    const first = await run(...args);
    expect(first).to.deep.equal({ code: 0, stdout: "index.js was written.\n", stderr: "" });
    const program = read("index.js");
    expect((await run(...args)).stdout).to.equal("index.js is up to date.\n");
    write("index.js", "// mine\n");
    const refused = await run(...args);
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.equal(
      "Could not write index.js: it is there already. Nothing was written. Run again with --yes, or name another file.\n",
    );
    expect(read("index.js")).to.equal("// mine\n");
    expect((await run(...args, "--yes")).code).to.equal(0);
    expect(read("index.js")).to.equal(program);
    expect(fs.readdirSync(folder)).to.deep.equal(["index.js"]);
  });

  it("adds to a roster that is there, after it was shown what changes", async () => {
    const before = "# Team\nzoe@example.com: {} # first\nlater@example.com: {}\n";
    write("team.yaml", before);
    const args = ["--to", "roster", "--out", "team.yaml"];
    const shown = ['+ ann@example.org: {"enabled":false}', "+ root@example.com: {}", ""].join("\n");
    const dry = await run(...args, "--dry-run");
    expect([dry.code, dry.stdout]).to.deep.equal([
      0,
      `${shown}team.yaml is there, and would change as above. Nothing was written (--dry-run).\n`,
    ]);
    expect(dry.stderr).to.include("Kept, though no exported account has the address: later@example.com.\n");
    const refused = await run(...args);
    expect([refused.code, refused.stdout]).to.deep.equal([1, shown]);
    expect(refused.stderr).to.include("Could not write team.yaml: it is there, and 2 of its members would change.");
    expect(read("team.yaml")).to.equal(before);
    const done = await run(...args, "--yes");
    expect([done.code, done.stdout]).to.deep.equal([0, `${shown}team.yaml was written.\n`]);
    expect(read("team.yaml")).to.equal(`${before}ann@example.org:\n  enabled: false\nroot@example.com: {}\n`);
    expect((await run(...args)).stdout).to.equal("team.yaml is up to date.\n");
  });

  it("keeps the target of a link and the mode of a file", async () => {
    write("real.csv", "email\nzoe@example.com\n");
    fs.chmodSync(path.join(folder, "real.csv"), 0o600);
    fs.symlinkSync("real.csv", path.join(folder, "team.csv"));
    expect((await run("--to", "roster", "--out", "team.csv", "--yes")).code).to.equal(0);
    expect(fs.lstatSync(path.join(folder, "team.csv")).isSymbolicLink()).to.equal(true);
    expect(read("real.csv")).to.equal("email,enabled\nzoe@example.com,\nann@example.org,false\nroot@example.com,\n");
    expect(fs.statSync(path.join(folder, "real.csv")).mode & 0o777).to.equal(0o600);
  });

  for (const [what, args, words] of [
    ["no account that fits", ["--to", "roster", "--domain", "example.net"], "no account meets the conditions"],
    ["a format of a program", ["--to", "yaml", "--format", "yaml"], "--format is for rosters alone"],
    ["resources of a roster", ["--to", "roster", "--as", "team"], "--as is for programs alone"],
    ["another end of the name", ["--to", "roster", "--out", "team.txt"], "does not tell the format of a roster"],
    [
      "two formats",
      ["--to", "roster", "--out", "team.csv", "--format", "json"],
      "is named as csv, and --format is json",
    ],
    [
      "a folder that is not there",
      ["--to", "python", "--out", "no/__main__.py"],
      "there is no folder no. Correct the path",
    ],
    ["a language that there is not", ["--to", "go"], "Allowed choices are typescript"],
    ["no form", [], "required option '--to <form>' not specified"],
  ] as const) {
    it(`ends with 1 and writes nothing for ${what}`, async () => {
      const { code, stdout, stderr } = await run(...args);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
      expect(stderr).to.include(words).and.not.include("    at ");
      expect(fs.readdirSync(folder)).to.deep.equal([]);
    });
  }

  it("ends with 1 and writes nothing when the platform answers half of the accounts, or none", async () => {
    const zoe = await platform().findByEmail("zoe@example.com");
    const half = JSON.stringify({ users: { [zoe?.id ?? ""]: zoe } });
    for (const what of [
      { status: 200, body: half },
      { status: 503, body: "" },
    ]) {
      platform().misbehave({ on: "query", times: 9, when: "after", what });
      const { code, stdout, stderr } = await run("--to", "roster", "--out", "team.yaml");
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
      expect(stderr).to.match(what.status === 200 ? /without the one that this provider runs as/ : /HTTP 503/);
      platform().behave();
    }
    expect(fs.readdirSync(folder)).to.deep.equal([]);
  });
});
