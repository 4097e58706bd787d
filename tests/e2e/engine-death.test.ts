import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { WallarooTeam } from "pulumi-wallaroo";
import { until } from "../emulator/until";
import { scenario } from "./stack";

const emails = Array.from({ length: 80 }, (_, index) => `p${index}@example.com`);
const team = (adopt: boolean) => () =>
  void new WallarooTeam("team", {
    members: Object.fromEntries(emails.map((email) => [email, adopt ? { adopt } : {}])),
  });

describe("a provider whose engine dies", function () {
  this.timeout(240_000);
  before(function () {
    // Processes are found under /proc.
    if (process.platform !== "linux") this.skip();
  });
  const { platform, stack } = scenario();
  const invites = () => platform().requests("invite").length;

  for (const [how, signal] of [
    ["is killed", "SIGKILL"],
    ["loses its terminal", "SIGHUP"],
  ] as const) {
    it(`as it ${how} invites no more of a team, ends, and leaves members that the next run adopts`, async () => {
      platform().latencyMs = 200;
      const outcome = stack().upFails(team(false));
      await until(() => invites() >= 10, outcome);
      const providers = stack().processes("provider");
      expect(providers).to.not.have.length(0);
      const [begun, before] = [invites(), Date.now()];
      for (const pid of stack().processes("engine")) process.kill(pid, signal);
      while (providers.some(isRunning) && Date.now() - before < 60_000) await sleep(50);
      expect(providers.filter(isRunning), "processes without an engine").to.deep.equal([]);
      await outcome;
      // Those that were under way: eight at once, and what began before the death was seen.
      expect(invites() - begun).to.be.at.most(16);
      platform().latencyMs = 0;
      await stack().cancel();
      expect((await stack().upFails(team(false))).output).to.match(/write `adopt: true`/);
      await stack().up(team(true));
      await stack().up(team(true), { expectNoChanges: true });
      expect(invites()).to.equal(emails.length);
    });
  }
});

function isRunning(pid: number): boolean {
  return fs.existsSync(`/proc/${pid}`);
}
