import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { WallarooTeam } from "pulumi-wallaroo";
import { startPlatform } from "../emulator/platform";
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

  it("is, of a user who was taken out and stays active, a warning at apply with the way to cut the account off", async () => {
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
        `${bob} is deactivated, and will be activated again without an invite.`,
        `${cleo} will be invited: no account has this address.`,
        `${ann} is active, and will be taken over (\`adopt: true\`).`,
        "in all, 1 activated again, 1 invited, 1 adopted.",
      ].map((line) => `info: team "team": ${line}`),
    );
  });
});

const PROGRAM = `
const { WallarooTeam, WallarooUser } = require("pulumi-wallaroo");
new WallarooUser("ann", { email: "${ann}", adopt: true });
new WallarooTeam("team", { members: { "${bob}": {} } });
`;

describe("what machines read of what becomes of each account", function () {
  this.timeout(180_000);

  it("is in the diagnostics of `preview --json` and in the events of `up --json`", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-json-"));
    const platform = await startPlatform();
    try {
      await platform.addUser({ ...CI, admin: true });
      await platform.addUser({ email: bob, enabled: false });
      fs.writeFileSync(path.join(folder, "package.json"), "{}");
      fs.writeFileSync(path.join(folder, "index.js"), PROGRAM);
      const runtime = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
      fs.writeFileSync(path.join(folder, "Pulumi.yaml"), `name: people\nmain: index.js\n${runtime}`);
      linkCheckout(folder);
      const env = {
        ...process.env,
        ...engineEnvironment(await ensureEngine(), folder),
        ...platformEnvironment(platform, CI),
      };
      const pulumi = async (...args: string[]) =>
        (await run("pulumi", [...args, "--non-interactive"], { cwd: folder, env, maxBuffer: 2 ** 26 })).stdout;
      await pulumi("stack", "init", "test");
      const invited = `${ann} will be invited: no account has this address, though`;
      const activated = `team "team": ${bob} is deactivated, and will be activated again`;
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
    } finally {
      await platform.close();
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});
