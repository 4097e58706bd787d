import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { startPlatform } from "../emulator/platform";
import { ensureEngine } from "../engine/ensure";
import { engineEnvironment, linkCheckout, platformEnvironment } from "../engine/environment";
import { CI } from "./stack";

const run = promisify(execFile);

const GIVEN = ["Gg-given-password-of-ann", "Gg-given-password-of-dave"];
const PROGRAM = `
const { WallarooProvider, WallarooTeam, WallarooUser } = require("pulumi-wallaroo");
const { WALLAROO_URL: url, WALLAROO_USER: username, WALLAROO_PASSWORD: password } = process.env;
new WallarooUser("zoe", { email: "zoe@example.com" }, { provider: new WallarooProvider("own", { url, username, password }) });
new WallarooUser("ann", { email: "ann@example.com", password: "${GIVEN[0]}" });
const bob = new WallarooUser("bob", { email: "bob@example.com" });
const team = new WallarooTeam("team", { members: { "dave@example.com": { password: "${GIVEN[1]}" }, "eve@example.com": {} } });
exports.passwords = [bob.initialPassword, team.initialPasswords];
`;

/** What docs/passwords.md says of the engine's own output, flag by flag. */
describe("the passwords of users and of an explicit provider, in what the engine prints", function () {
  this.timeout(240_000);
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-logs-"));
    fs.mkdirSync(path.join(folder, "tmp"));
    fs.writeFileSync(path.join(folder, "package.json"), "{}");
    fs.writeFileSync(path.join(folder, "index.js"), PROGRAM);
    const runtime = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), `name: people\nmain: index.js\n${runtime}`);
    linkCheckout(folder);
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  /**
   * Runs the operations on a new platform, each on the stack that the one before left. Answers the lines of what was
   * printed, and of the log files, that hold one of the passwords, the number of all lines, and the names of the traces
   * that hold a password of a user and that of the provider.
   */
  async function find(...operations: string[][]): Promise<{ lines: string[]; total: number; traces: string[] }> {
    const platform = await startPlatform();
    try {
      await platform.addUser({ ...CI, admin: true });
      const engine = engineEnvironment(await ensureEngine(), folder);
      const env = { ...process.env, ...engine, ...platformEnvironment(platform, CI), TMPDIR: path.join(folder, "tmp") };
      const pulumi = async (...args: string[]) => {
        const { stdout, stderr } = await run("pulumi", [...args, "--non-interactive"], {
          cwd: folder,
          env,
          maxBuffer: 2 ** 26,
        });
        return `${stdout}\n${stderr}`;
      };
      await pulumi("stack", "init", "test");
      const printed: string[] = [];
      const generated = new Set<string>();
      for (const [operation = "", ...flags] of operations) {
        const yes = operation === "preview" ? [] : ["--yes", "--skip-preview"];
        printed.push(...(await pulumi(operation, ...yes, ...flags)).split("\n"));
        const outputs = await run("pulumi", ["stack", "output", "--json", "--show-secrets"], { cwd: folder, env });
        const { passwords } = JSON.parse(outputs.stdout) as { passwords?: [string, Record<string, string>] };
        for (const one of passwords === undefined ? [] : [passwords[0], ...Object.values(passwords[1])])
          generated.add(one);
      }
      const secrets = [...new Set([CI.password, ...GIVEN, ...generated])];
      expect(secrets).to.have.length(5);
      const logs = fs.readdirSync(path.join(folder, "tmp")).filter((name) => name.startsWith("pulumi."));
      for (const log of logs) printed.push(...fs.readFileSync(path.join(folder, "tmp", log), "utf8").split("\n"));
      return {
        lines: printed.filter((line) => secrets.some((secret) => line.includes(secret))),
        total: printed.length,
        traces: fs.readdirSync(folder).filter((name) => {
          const trace = name.endsWith(".trace") ? fs.readFileSync(path.join(folder, name), "latin1") : "";
          return trace.includes(CI.password) && GIVEN.every((given) => trace.includes(given));
        }),
      };
    } finally {
      await platform.close();
    }
  }

  it("are in no line by default, at -v=2, nor in `preview --json` and `refresh --json`", async () => {
    const verbose = ["-v=2", "--logtostderr"];
    const { lines, total } = await find(["preview", "--json"], ["up", ...verbose], ["refresh", "--json"], ["up"]);
    expect(lines).to.deep.equal([]);
    expect(total).to.be.greaterThan(100);
  });

  it("are, in `up --json`, in the SDK's own debug lines and in no other event", async () => {
    const { lines } = await find(["up", "--json"]);
    const events = lines.map((line) => JSON.parse(line) as { diagnosticEvent?: { severity: string; message: string } });
    // Should this fail because there are none, the SDK has mended it: say so in docs/passwords.md.
    expect(events).to.have.length(4);
    for (const { diagnosticEvent } of events) {
      expect(diagnosticEvent?.severity).to.equal("debug");
      expect(diagnosticEvent?.message).to.match(/^RegisterResource RPC finished: resource:(ann|bob|team|own)\[/);
    }
  });

  it("are, from -v=3 on, in a log file, in the SDK's own debug lines, and in none of a refresh or destroy at -v=9", async () => {
    const { lines } = await find(["up", "-v=3"], ["refresh", "-v=9"], ["destroy", "-v=9"]);
    expect(lines).to.not.have.length(0);
    for (const line of lines)
      expect(line).to.match(/"msg":"RegisterResource RPC finished: resource:(ann|bob|team|own)\[/);
  });

  it("are in the trace of every operation, and in no line that it prints", async () => {
    const trace = (operation: string) => [operation, `--tracing=file:${path.join(folder, `${operation}.trace`)}`];
    const operations = ["up", "preview", "refresh", "destroy"];
    const { lines, traces } = await find(...operations.map(trace));
    expect(lines).to.deep.equal([]);
    // Should this fail because there are fewer, the engine has mended it: say so in docs/passwords.md.
    expect(traces).to.have.members(operations.map((operation) => `${operation}.trace`));
  });
});
