import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { startPlatform, type Platform } from "../emulator/platform";
import { ROOT, run } from "./consumer";
import { PLUGIN } from "./native";
import { CI } from "./stack";
import { PluginProject } from "./plugin-project";

const [ann, bob, cid] = ["ann@example.com", "bob@example.com", "cid@example.com"];
const UP = ["up", "--yes", "--skip-preview"];
const REFRESH = ["refresh", "--yes", "--skip-preview", "--expect-no-changes"];

describe("a YAML program with the native plugin", function () {
  this.timeout(300_000);
  let platform: Platform;
  let project: PluginProject;
  beforeEach(async () => {
    platform = await startPlatform();
    await platform.addUser({ ...CI, admin: true });
    project = await PluginProject.create(platform);
  });
  afterEach(async () => {
    (project as PluginProject | undefined)?.remove();
    await platform.close();
  });

  it("declares users and teams with what is known late, looks accounts up, and keeps passwords to itself", async () => {
    const program = (enabled: boolean) => `
resources:
  ann:
    type: wallaroo:index:User
    properties: { email: " Ann@example.com", password: Ann-the-password, enabled: ${enabled} }
  team:
    type: wallaroo:index:Team
    properties:
      members:
        ${bob}: { password: Bob-the-password, enabled: "\${ann.enabled}" }
        ${cid}: { onDestroy: retain }
variables:
  found:
    fn::invoke: { function: "wallaroo:index:getUser", arguments: { id: "\${ann.id}" } }
outputs:
  found: \${found.email}
  bob: \${team.ids["${bob}"]}
  password: \${ann.initialPassword}
`;
    project.write(program(true));
    const preview = await project.pulumi("preview", "--diff");
    expect(platform.written()).to.deep.equal([]);
    const up = await project.pulumi(...UP);
    expect(await project.outputs()).to.deep.equal({
      found: ann,
      bob: (await platform.findByEmail(bob))?.id,
      password: "[secret]",
    });
    await project.pulumi("preview", "--expect-no-changes");
    await project.pulumi(...REFRESH);
    project.write(program(false));
    const down = await project.pulumi(...UP, "--diff");
    const destroy = await project.pulumi("destroy", "--yes", "--skip-preview");
    const said = [preview, up, down, destroy, project.onDisk()].join("\n");
    expect(said).to.not.match(/Ann-the-password|Bob-the-password/);
    expect(platform.written().slice(0, 3)).to.have.members([ann, bob, cid].map((email) => `invite ${email}`));
    expect(platform.written().slice(3)).to.have.members([ann, bob].map((email) => `deactivate ${email}`));
  });

  it("has several platforms, whose credentials are kept to them", async () => {
    const other = await startPlatform();
    try {
      await other.addUser({ email: "ci2@example.com", password: "Other-password-of-ci", admin: true });
      project.write(`
resources:
  other:
    type: pulumi:providers:wallaroo
    properties: { url: "${other.url}", username: ci2@example.com, password: Other-password-of-ci, maxRetries: 2, protectedEmails: [${bob}] }
  here: { type: "wallaroo:index:User", properties: { email: ${ann} } }
  there: { type: "wallaroo:index:User", properties: { email: ${ann} }, options: { provider: "\${other}" } }
`);
      const up = await project.pulumi(...UP);
      await project.pulumi(...REFRESH);
      expect([platform, other].map((one) => one.written())).to.deep.equal([[`invite ${ann}`], [`invite ${ann}`]]);
      await project.pulumi("destroy", "--yes", "--skip-preview");
      expect(other.written()).to.deep.equal([`invite ${ann}`, `deactivate ${ann}`]);
      expect(`${up}${project.onDisk()}`).to.not.include("Other-password-of-ci").and.not.include(CI.password);
    } finally {
      await other.close();
    }
  });

  it("is refused with the plain words of the dynamic provider", async () => {
    await platform.addUser({ email: ann });
    const program = (properties: string) =>
      project.write(`resources:\n  ann: { type: "wallaroo:index:User", properties: { ${properties} } }\n`);
    program(`email: ${ann}`);
    const taken = await project.failure("preview");
    expect(taken).to.match(/Could not create ann@example.com: an active account of this address is there already/);
    program(`email: ${ann}, adopt: true, onDestroy: delete`);
    expect(await project.failure("preview")).to.match(/onDestroy/);
    program(`email: [ "${ann}" ]`);
    expect(await project.failure("preview")).to.match(/email/);
    expect(platform.written()).to.deep.equal([]);
  });

  it("imports accounts by id, by address and from a file, and the printed program changes nothing", async () => {
    const id = await platform.addUser({ email: ann });
    for (const email of [bob, cid]) await platform.addUser({ email, enabled: email !== cid });
    const file = path.join(project.folder, "import.json");
    const resources = [bob, cid].map((email) => ({ type: "wallaroo:index:User", name: email.slice(0, 3), id: email }));
    fs.writeFileSync(file, JSON.stringify({ resources }));
    const imports = ["import", "--yes", "--protect=false", "--skip-preview"];
    platform.clearLog();
    const printed = [
      await project.pulumi(...imports, "wallaroo:index:User", "ann", id, "--out", path.join(project.folder, "one.txt")),
      await project.pulumi(...imports, "-f", file, "--out", path.join(project.folder, "two.txt")),
    ];
    expect(platform.requests("query"), "one for each command").to.have.length(2);
    const programs = ["one.txt", "two.txt"].map((name) => fs.readFileSync(path.join(project.folder, name), "utf8"));
    project.write(`resources:\n${programs.join("\n").replace(/^resources:\n/gm, "")}`);
    await project.pulumi("preview", "--expect-no-changes");
    await project.pulumi(...REFRESH);
    await project.pulumi("destroy", "--yes", "--skip-preview");
    expect(platform.written(), "found as they are, and left so").to.deep.equal([]);

    const missing = await project.failure(...imports, "wallaroo:index:User", "dan", "dan@example.com");
    expect(missing).to.match(/Could not import dan@example.com: no account on the platform has this address/);
    const team = await project.failure(...imports, "wallaroo:index:Team", "team", "science");
    expect(team).to.match(/Could not import science: a team has no id on the platform/);
    expect(printed.join("")).to.not.match(/failed to validate/);
  });

  it("runs with a plugin that the engine installed from its archive", async () => {
    const { stdout } = await run("npm", ["run", "--silent", "plugin", "--", "--archives", project.folder], {
      cwd: ROOT,
    });
    const archives = stdout.trim().split("\n");
    expect(archives).to.have.length(4);
    const machine = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
    const own = archives.find((archive) => archive.endsWith(`-${machine}.tar.gz`)) ?? "";
    const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };
    await project.pulumi("plugin", "install", "resource", "wallaroo", version, "--file", own);
    project.write(`resources:\n  ann: { type: "wallaroo:index:User", properties: { email: ${ann} } }\n`, []);
    await project.pulumi(...UP);
    expect(platform.written()).to.deep.equal([`invite ${ann}`]);
  });

  it("takes over a stack of the dynamic provider by its program alone, and gives it back with updates that send nothing", async () => {
    const dynamic = `
const { WallarooProvider, WallarooTeam, WallarooUser } = require("pulumi-wallaroo");
const was = (type) => ({ aliases: [{ type: "wallaroo:index:" + type }] });
new WallarooUser("ann", { email: "${ann}", password: "Ann-the-password" }, was("User"));
const members = { "${bob}": { password: "Bob-the-password" } };
new WallarooTeam("team", { members, unmanaged: "report", unmanagedDomain: "elsewhere.org" }, was("Team"));
const provider = new WallarooProvider("own", { url: "${platform.url}", username: "${CI.email}", password: "${CI.password}" });
new WallarooUser("cid", { email: "${cid}" }, { provider, ...was("User") });
`;
    project.writeNode(dynamic);
    await project.pulumi(...UP);
    platform.clearLog();
    project.write(`
resources:
  ann: { type: "wallaroo:index:User", properties: { email: ${ann}, password: Ann-the-password } }
  team:
    type: wallaroo:index:Team
    properties: { members: { ${bob}: { password: Bob-the-password } }, unmanaged: report, unmanagedDomain: elsewhere.org }
  own:
    type: pulumi:providers:wallaroo
    properties: { url: "${platform.url}", username: ${CI.email}, password: ${CI.password} }
  cid: { type: "wallaroo:index:User", properties: { email: ${cid} }, options: { provider: "\${own}" } }
`);
    // The explicit provider is another resource; the users, the team and the stack are the same.
    expect(await project.pulumi(...UP)).to.match(/\+ 1 created\s+- 1 deleted\s+2 changes\. 4 unchanged/);
    await project.pulumi(...REFRESH);
    await project.pulumi("preview", "--expect-no-changes");
    expect(project.onDisk()).to.not.match(/Ann-the-password|Bob-the-password/);
    project.writeNode(dynamic);
    expect(await project.pulumi(...UP)).to.match(/\+ 1 created\s+~ 3 updated\s+- 1 deleted\s+5 changes\. 1 unchanged/);
    await project.pulumi(...REFRESH);
    await project.pulumi("preview", "--expect-no-changes");
    expect(platform.written()).to.deep.equal([]);
  });

  it("has its accounts listed by `pulumi do`", async () => {
    const id = await platform.addUser({ email: ann, enabled: false });
    const list = ["do", "--package", path.join(PLUGIN, "pulumi-resource-wallaroo"), "wallaroo:index:User", "list"];
    expect(JSON.parse(await project.pulumi(...list, "--enabled=false"))).to.deep.equal([{ id, name: ann }]);
  });
});
