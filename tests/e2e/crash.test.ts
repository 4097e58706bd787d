import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { WallarooTeam, WallarooUser, type WallarooUserArgs } from "pulumi-wallaroo";
import type { CallName } from "../emulator/misbehaviour";
import { TestStack, scenario, type Outcome } from "./stack";

const ann = "ann@example.com";
const user =
  (args: Partial<WallarooUserArgs> = {}) =>
  () =>
    void new WallarooUser("ann", { email: ann, ...args });

describe("a run that is killed", function () {
  this.timeout(120_000);
  before(function () {
    // Processes are found under /proc.
    if (process.platform !== "linux") this.skip();
  });
  const { platform, stack } = scenario();
  const invites = () =>
    platform()
      .requests("invite")
      .filter((entry) => entry.status === 200).length;
  const isEnabled = async () => (await platform().findByEmail(ann))?.enabled;

  /** Runs an operation, and kills the engine or the provider while the platform is at work on the first such call. */
  async function killedAt(
    call: CallName,
    when: "before" | "after",
    kind: "engine" | "provider",
    operation: () => Promise<Outcome>,
    signal: NodeJS.Signals = "SIGKILL",
  ): Promise<Outcome> {
    const fault = platform().misbehave({ on: call, when, what: { hang: signal === "SIGKILL", delayMs: 1500 } });
    const outcome = operation();
    while (fault.hits === 0) await sleep(20);
    // After: the server has acted by now, and is only slow to say so.
    await sleep(200);
    const pids = stack().processes(kind);
    const providers = stack().processes("provider");
    expect(pids, `a process of the ${kind}`).to.not.have.length(0);
    for (const pid of pids) process.kill(pid, signal);
    const ended = await outcome;
    platform().behave();
    // A killed engine can't end its provider process; nobody is to act on in its name.
    if (signal === "SIGKILL") providers.forEach(endIfAlive);
    return ended;
  }

  for (const kind of ["provider", "engine"] as const) {
    const again = async (operation: () => Promise<Outcome>) => {
      if (kind === "engine") await stack().cancel();
      return operation();
    };

    it(`before its invite arrived (${kind}) invites once in the next run`, async () => {
      expect((await killedAt("invite", "before", kind, () => stack().up(user()))).ok).to.equal(false);
      const next = await again(() => stack().up(user()));
      expect(next.ok, next.output).to.equal(true);
      expect([invites(), await isEnabled()]).to.deep.equal([1, true]);
    });

    it(`after its invite arrived (${kind}) is refused in the next run, whose message says what to write`, async () => {
      await killedAt("invite", "after", kind, () => stack().up(user()));
      // What some would do first: it has nothing to find, and must not make things worse.
      const refresh = await again(() => stack().refresh());
      expect(refresh.ok, refresh.output).to.equal(true);
      const next = await stack().up(user());
      expect(next.ok).to.equal(false);
      expect(next.output).to.match(/an active account of this address is there already.*write `adopt: true`/);
      const adopted = await stack().up(user({ adopt: true }));
      expect(adopted.ok, adopted.output).to.equal(true);
      expect(platform().requests("invite")).to.have.length(1);
    });

    it(`in the middle of an update (${kind}) is finished by the next run`, async () => {
      await stack().up(user());
      await killedAt("deactivate", "after", kind, () => stack().up(user({ enabled: false })));
      const next = await again(() => stack().up(user({ enabled: false })));
      expect(next.ok, next.output).to.equal(true);
      expect([await isEnabled(), (await stack().stored("ann"))?.outputs["enabled"]]).to.deep.equal([false, false]);
    });

    it(`in the middle of a destroy (${kind}) is finished by the next run`, async () => {
      await stack().up(user());
      await killedAt("deactivate", "after", kind, () => stack().destroy());
      const next = await again(() => stack().destroy());
      expect(next.ok, next.output).to.equal(true);
      expect(await isEnabled()).to.equal(false);
      expect(await stack().stored("ann")).to.equal(undefined);
    });
  }

  it("by one Ctrl-C finishes what it had begun and keeps it", async () => {
    const stopped = await killedAt("invite", "after", "engine", () => stack().up(user()), "SIGINT");
    expect(stopped.output).to.match(/ann created/);
    expect((await stack().stored("ann"))?.id).to.equal((await platform().findByEmail(ann))?.id);
    expect((await stack().up(user(), { expectNoChanges: false })).ok).to.equal(true);
    expect(platform().requests("invite")).to.have.length(1);
  });

  it("by a second Ctrl-C leaves a pending operation, and the next run says what to write", async () => {
    const fault = platform().misbehave({ on: "invite", when: "after", what: { delayMs: 4_000 } });
    const outcome = stack().up(user());
    while (fault.hits === 0) await sleep(20);
    for (let times = 0; times < 2; times += 1) {
      await sleep(300);
      for (const pid of stack().processes("engine")) process.kill(pid, "SIGINT");
    }
    const stopped = await outcome;
    platform().behave();
    expect(stopped.ok).to.equal(false);
    expect(await stack().stored("ann")).to.equal(undefined);
    const next = await stack().up(user());
    expect(next.ok).to.equal(false);
    expect(next.output).to.match(/write `adopt: true`/);
    const adopted = await stack().up(user({ adopt: true }));
    expect(adopted.ok, adopted.output).to.equal(true);
    expect((await stack().up(user({ adopt: true }), { expectNoChanges: true })).ok).to.equal(true);
    expect(platform().requests("invite")).to.have.length(1);
  });

  it("in the middle of a team names each person who was invited, and goes on once they are adopted", async () => {
    const emails = Array.from({ length: 20 }, (_, index) => `p${index}@example.com`);
    const team =
      (adopt: boolean, people = emails) =>
      () =>
        void new WallarooTeam("team", { members: Object.fromEntries(people.map((email) => [email, { adopt }])) });
    platform().latencyMs = 50;
    // Some have arrived by then, and nobody could tell the engine.
    await killedAt("invite", "after", "provider", () => stack().up(team(false)));
    const arrived = (await platform().people()).filter((one) => emails.includes(one.username));
    expect(arrived).to.not.have.length(0);
    const next = await stack().up(team(false));
    expect(next.ok).to.equal(false);
    for (const { username } of arrived)
      expect(next.output).to.include(`Could not create ${username}: an active account`);
    const adopted = await stack().up(team(true));
    expect(adopted.ok, adopted.output).to.equal(true);
    const perPerson = emails.map(
      (email) =>
        platform()
          .requests("invite")
          .filter((entry) => (entry.body as { email: string }).email === email && entry.status === 200).length,
    );
    expect(Math.max(...perPerson)).to.equal(1);
    expect((await platform().people()).filter((one) => emails.includes(one.username) && one.enabled)).to.have.length(
      20,
    );
  });

  it("does not matter to another stack: of two that overlap in one person exactly one wins", async () => {
    const other = await TestStack.create({ platform: platform() });
    try {
      platform().latencyMs = 100;
      const ends = await Promise.all([stack().up(user()), other.up(user())]);
      expect(ends.map((end) => end.ok).sort()).to.deep.equal([false, true]);
      expect(ends.find((end) => !end.ok)?.output).to.match(/an active account of this address is there already/);
      expect(invites()).to.equal(1);
    } finally {
      other.remove();
    }
  });

  it("leaves a lock, which holds while two runners work on one stack", async () => {
    platform().latencyMs = 1500;
    const first = stack().up(user());
    while (platform().log.length === 0) await sleep(50);
    const second = await stack().up(user());
    expect(second.ok).to.equal(false);
    expect(second.output).to.match(/lock/i);
    expect((await first).ok).to.equal(true);
    expect(platform().requests("invite")).to.have.length(1);
  });
});

function endIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It was the one that was killed.
  }
}
