import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { WallarooTeam } from "pulumi-wallaroo";
import { startPlatform, type Platform } from "../emulator/platform";
import { ensureEngine } from "../engine/ensure";
import { engineEnvironment, linkCheckout, platformEnvironment } from "../engine/environment";
import { user } from "./programs";
import { CI, scenario } from "./stack";

const run = promisify(execFile);
const [ann, bob, cleo] = ["ann@example.com", "bob@example.com", "cleo@example.com"];

describe("what the engine carries of what becomes of each account", function () {
  this.timeout(180_000);
  const { platform, stack } = scenario();

  /** What an operation put into the event log, by severity. */
  function listening() {
    const events: string[] = [];
    const onEvent = ({ diagnosticEvent }: EngineEvent) => {
      const { severity = "", message = "" } = diagnosticEvent ?? {};
      if (/^(info|warning)$/.test(severity) && /@example\.com|in all/.test(message))
        events.push(`${severity}: ${message.trim()}`);
    };
    return { events, onEvent };
  }

  it("warns at apply of a removed user that stays active, with the way to cut the account off", async () => {
    await stack().up(user({ onDestroy: "retain" }));
    const { events, onEvent } = listening();
    const { output } = await stack().up(() => {}, { onEvent });
    expect(output).to.match(/warning: ann@example.com is left as it is .* It stays active\. To cut it off, deactivate/);
    expect(events).to.have.length(1);
    expect(events[0]).to.match(/^warning: ann@example.com is left as it is/);
  });

  it("is, of a team that is new, one line per member and a summary in preview", async () => {
    await platform().addUser({ email: ann });
    await platform().addUser({ email: bob, enabled: false });
    const { events, onEvent } = listening();
    const members = { [ann]: { adopt: true }, [bob]: {}, [cleo]: {} };
    await stack().preview(() => void new WallarooTeam("team", { members }), { onEvent });
    expect(events).to.deep.equal(
      [
        `${bob} is deactivated, and gets activated again without an invite.`,
        `${cleo} gets invited: no account has this address.`,
        `${ann} is active, and gets taken over (\`adopt: true\`).`,
        "in all, 1 activated again, 1 invited, 1 adopted.",
      ].map((line) => `info: team "team": ${line}`),
    );
  });
});

describe("the command line", function () {
  this.timeout(180_000);
  let folder: string;
  let platform: Platform;
  let env: NodeJS.ProcessEnv;
  beforeEach(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-json-"));
    platform = await startPlatform();
    await platform.addUser({ ...CI, admin: true });
    fs.writeFileSync(path.join(folder, "package.json"), "{}");
    const runtime = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), `name: people\nmain: index.js\n${runtime}`);
    linkCheckout(folder);
    const engine = engineEnvironment(await ensureEngine(), folder);
    env = { ...process.env, ...engine, ...platformEnvironment(platform, CI) };
    await pulumi("stack", "init", "test");
  });
  afterEach(async () => {
    await platform.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  const write = (...lines: string[]) =>
    fs.writeFileSync(
      path.join(folder, "index.js"),
      ['const { WallarooTeam, WallarooUser } = require("pulumi-wallaroo");', ...lines].join("\n"),
    );
  const pulumi = async (...args: string[]) =>
    (await run("pulumi", [...args, "--non-interactive"], { cwd: folder, env, maxBuffer: 2 ** 26 })).stdout;

  it("says what becomes of each account in the diagnostics of `preview --json` and in the events of `up --json`", async () => {
    await platform.addUser({ email: bob, enabled: false });
    write(
      `new WallarooUser("ann", { email: "${ann}", adopt: true });`,
      `new WallarooTeam("team", { members: { "${bob}": {} } });`,
    );
    const invited = `${ann} gets invited: no account has this address, though`;
    const activated = `team "team": ${bob} is deactivated, and gets activated again`;
    const { diagnostics } = JSON.parse(await pulumi("preview", "--json")) as {
      diagnostics: { message: string; severity: string }[];
    };
    const said = diagnostics.map(({ severity, message }) => `${severity}: ${message}`).join("\n");
    for (const line of [invited, activated]) expect(said).to.include(`info: ${line}`);
    const events = await pulumi("up", "--yes", "--skip-preview", "--json");
    const messages = events.split("\n").filter((line) => line.includes('"diagnosticEvent"'));
    for (const line of [invited, activated]) {
      expect(
        messages.filter((text) => text.includes(JSON.stringify(line).slice(1, -1))),
        line,
      ).to.have.length(1);
    }
  });

  it("fails a preview and an `up` with the refusals of all accounts alone, and no stack, before anything is sent", async () => {
    for (const email of [ann, bob]) await platform.addUser({ email });
    write(...[ann, bob, cleo].map((email) => `new WallarooUser("${email}", { email: "${email}" });`));
    for (const operation of [["preview"], ["up", "--yes"]]) {
      const failed = (await pulumi(...operation).catch((error: unknown) => error)) as { code?: number; stdout: string };
      expect(failed.code, operation[0]).to.be.greaterThan(0);
      expect(failed.stdout).to.match(/error: Nothing was sent, because 2 resources or members can't be created as declared:\n.*ann@.*\n.*bob@.*\n\s+If it is/); // prettier-ignore
      expect(failed.stdout).to.not.match(/\.js:\d|Updating/);
    }
    expect(platform.writes()).to.deep.equal([]);
  });
});
