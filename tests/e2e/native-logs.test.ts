import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { startPlatform, type Platform } from "../emulator/platform";
import { CI } from "./stack";
import { PluginProject } from "./plugin-project";

const GIVEN = ["Gg-given-password-of-ann", "Gg-given-password-of-dave"];
const YES = ["--yes", "--skip-preview"];
/** How a signed token begins. */
const TOKEN = "eyJ";
/** By which the engine's protocol marks a secret. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** As tests/e2e/secrets-in-logs.test.ts for the dynamic provider, whose SDK prints more. */
describe("the passwords of users and of an explicit provider, in what the engine prints of a YAML program", function () {
  this.timeout(240_000);
  let folder: string;
  let platform: Platform;
  let project: PluginProject;
  beforeEach(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-logs-"));
    platform = await startPlatform();
    await platform.addUser({ ...CI, admin: true });
  });
  afterEach(async () => {
    (project as PluginProject | undefined)?.remove();
    fs.rmSync(folder, { recursive: true });
    await platform.close();
  });

  async function begin(env: Record<string, string> = {}): Promise<void> {
    // The engine's log files are put there.
    project = await PluginProject.create(platform, { TMPDIR: folder, ...env });
    project.write(`
resources:
  own:
    type: pulumi:providers:wallaroo
    properties: { url: "${platform.url}", username: ${CI.email}, password: ${CI.password} }
  zoe: { type: "wallaroo:index:User", properties: { email: zoe@example.com }, options: { provider: "\${own}" } }
  ann: { type: "wallaroo:index:User", properties: { email: ann@example.com, password: ${GIVEN[0]} } }
  team:
    type: wallaroo:index:Team
    properties: { members: { dave@example.com: { password: ${GIVEN[1]} }, eve@example.com: {} } }
outputs: { passwords: { zoe: "\${zoe.initialPassword}", team: "\${team.initialPasswords}" } }
`);
  }

  /** All passwords of the stack, those that the platform made up too. */
  async function secrets(): Promise<string[]> {
    const text = await project.pulumi("stack", "output", "--json", "--show-secrets");
    const { passwords } = JSON.parse(text) as { passwords: { zoe: string; team: Record<string, string> } };
    const all = [CI.password, ...GIVEN, passwords.zoe, ...Object.values(passwords.team)];
    expect(new Set(all)).to.have.property("size", 5);
    return all;
  }

  const linesWith = (texts: readonly string[], parts: readonly string[]) =>
    texts.flatMap((text) => text.split("\n")).filter((line) => parts.some((part) => line.includes(part)));

  it("are in no line up to -v=8, nor with `--json`, `--debug` and `--diff`", async () => {
    await begin();
    const verbose = ["--logtostderr", "-v=8"];
    const printed = [
      await project.pulumi("preview", "--debug", "--diff"),
      await project.pulumi("up", ...YES, ...verbose),
    ];
    const all = await secrets();
    printed.push(
      await project.pulumi("up", ...YES, "--json"),
      await project.pulumi("refresh", ...YES, "--debug", ...verbose),
      await project.pulumi("destroy", ...YES, "--json", ...verbose),
    );
    expect(linesWith(printed, [...all, TOKEN])).to.deep.equal([]);
    expect(printed.join("").length).to.be.greaterThan(50_000);
  });

  it("are in no line at -v=11, in which older engines wrote them, and no token is in any", async () => {
    await begin();
    const printed = await project.pulumi("up", ...YES, "--logtostderr", "-v=11");
    expect(linesWith([printed], [...(await secrets()), TOKEN])).to.deep.equal([]);
    expect(printed)
      .to.match(/"v":9\b/)
      .and.include("password:{[secret]}");
  });

  it("are, in the file of PULUMI_DEBUG_GRPC, marked as secrets in every answer of the plugin", async () => {
    const file = path.join(folder, "grpc.json");
    await begin({ PULUMI_DEBUG_GRPC: file });
    await project.pulumi("up", ...YES);
    const all = await secrets();
    await project.pulumi("refresh", ...YES);
    const text = fs.readFileSync(file, "utf8");
    const calls = text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as GrpcCall]));
    const answers = calls.filter(
      ({ method, response }) => method.startsWith("/pulumirpc.ResourceProvider/") && response,
    );
    const shown = answers.filter(({ response }) => linesWith([JSON.stringify(response)], all).length > 0);
    expect(new Set(shown.map(({ method }) => method.split("/")[2]))).to.deep.equal(
      new Set(["CheckConfig", "Check", "Create", "Read"]),
    );
    for (const { method, response } of shown) expect(unmarked(response, all), method).to.deep.equal([]);
    expect(linesWith([text], [TOKEN])).to.deep.equal([]);
  });
});

interface GrpcCall {
  method: string;
  response?: unknown;
}

/** The secrets in a value that stand in no mark. */
function unmarked(value: unknown, all: readonly string[]): string[] {
  if (typeof value === "string") return all.filter((secret) => value.includes(secret));
  if (typeof value !== "object" || value === null || SIGNATURE in value) return [];
  return Object.values(value).flatMap((part) => unmarked(part, all));
}
