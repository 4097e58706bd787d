import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { WallarooTeam } from "pulumi-wallaroo";
import type { CallName } from "../emulator/misbehaviour";
import { until } from "../emulator/until";
import { ann, user } from "./programs";
import { TestStack, scenario, type Outcome } from "./stack";

/** What the next run makes of every other step is shown by tests/integration/killed.test.ts. */
describe("a run that is killed", function () {
  this.timeout(240_000);
  before(function () {
    // Processes are found under /proc.
    if (process.platform !== "linux") this.skip();
  });
  const { platform, stack } = scenario();
  const invites = () =>
    platform()
      .requests("invite")
      .filter((entry) => entry.result === 200).length;
  const isEnabled = async () => (await platform().findByEmail(ann))?.enabled;

  /** Runs an operation, and kills the engine or the provider while the platform is at work on such a call of it. */
  async function killedAt(
    { call, when }: { call: CallName; when: "before" | "after" },
    kind: "engine" | "provider",
    operation: () => Promise<Outcome>,
    signal: NodeJS.Signals = "SIGKILL",
  ): Promise<Outcome> {
    const what = signal === "SIGKILL" ? { hang: true } : { delayMs: 3_000 };
    const fault = platform().misbehave({ on: call, when, what });
    const outcome = operation();
    await until(() => fault.hits > 0, outcome);
    // After: the server has acted by now, and is only slow to say so.
    await sleep(200);
    const pids = stack().processes(kind);
    const providers = stack().processes("provider");
    expect(pids, `a process of the ${kind}`).to.not.have.length(0);
    for (const pid of pids) process.kill(pid, signal);
    const ended = await outcome;
    platform().behave();
    // A killed engine can't end its provider process, which would act on in its name.
    if (signal === "SIGKILL") providers.forEach(endIfAlive);
    return ended;
  }

  for (const kind of ["provider", "engine"] as const) {
    /** A killed engine leaves its lock. */
    const unlock = () => (kind === "engine" ? stack().cancel() : Promise.resolve());

    it(`in a create, before its invite arrived (${kind}), invites once in the next run`, async () => {
      await killedAt({ call: "invite", when: "before" }, kind, () => stack().upFails(user()));
      await unlock();
      await stack().up(user());
      expect([invites(), await isEnabled()]).to.deep.equal([1, true]);
    });

    it(`in a create, after its invite arrived (${kind}), is refused in the next run, whose message says what to write`, async () => {
      await killedAt({ call: "invite", when: "after" }, kind, () => stack().upFails(user()));
      await unlock();
      // What some would do first: it has nothing to find, and must not make things worse.
      await stack().refresh();
      const next = await stack().upFails(user());
      expect(next.output).to.match(/an active account of this address is there already.*write `adopt: true`/);
      await stack().up(user({ adopt: true }));
      expect([invites(), await isEnabled()]).to.deep.equal([1, true]);
    });

    it(`in an update and in a destroy, after its write arrived (${kind}), is finished by the next run`, async () => {
      await stack().up(user({ enabled: false }));
      await killedAt({ call: "activate", when: "after" }, kind, () => stack().upFails(user()));
      await unlock();
      await stack().up(user());
      expect([await isEnabled(), (await stack().stored("ann"))?.outputs["enabled"]]).to.deep.equal([true, true]);
      await killedAt({ call: "deactivate", when: "after" }, kind, () => stack().destroyFails());
      await unlock();
      await stack().destroy();
      expect(await isEnabled()).to.equal(false);
      expect(await stack().stored("ann")).to.equal(undefined);
    });
  }

  it("leaves a pending create when the engine dies, and clearing it (--clear-pending-creates) changes nothing on the platform", async () => {
    const pending = async () =>
      (JSON.parse((await stack().export()).text) as { pending_operations?: { type: string }[] }).pending_operations ??
      [];
    await killedAt({ call: "invite", when: "after" }, "engine", () => stack().upFails(user()));
    await stack().cancel();
    expect((await pending()).map(({ type }) => type)).to.deep.equal(["creating"]);
    await stack().refresh({ clearPendingCreates: true });
    expect(await pending()).to.deep.equal([]);
    expect((await stack().upFails(user())).output).to.match(/write `adopt: true`/);
    await stack().up(user({ adopt: true }));
    expect([invites(), await isEnabled()]).to.deep.equal([1, true]);
  });

  it("by one Ctrl-C finishes what it had begun and keeps it", async () => {
    const stopped = await killedAt(
      { call: "invite", when: "after" },
      "engine",
      () => stack().attempt("up", user()),
      "SIGINT",
    );
    expect(stopped.output).to.match(/ann created/);
    expect((await stack().stored("ann"))?.id).to.equal((await platform().findByEmail(ann))?.id);
    await stack().up(user(), { expectNoChanges: true });
    expect(platform().requests("invite")).to.have.length(1);
  });

  it("by a second Ctrl-C leaves a pending operation, and the next run says what to write", async () => {
    const fault = platform().misbehave({ on: "invite", when: "after", what: { hang: true } });
    const outcome = stack().upFails(user());
    await until(() => fault.hits > 0, outcome);
    const providers = stack().processes("provider");
    for (let times = 0; times < 2; times += 1) {
      await sleep(300);
      for (const pid of stack().processes("engine")) process.kill(pid, "SIGINT");
    }
    await outcome;
    // One that outlives its engine would go on in the middle of the next run.
    providers.forEach(endIfAlive);
    platform().behave();
    expect(await stack().stored("ann")).to.equal(undefined);
    const next = await stack().upFails(user());
    expect(next.output).to.match(/write `adopt: true`/);
    await stack().up(user({ adopt: true }));
    await stack().up(user({ adopt: true }), { expectNoChanges: true });
    expect(platform().requests("invite")).to.have.length(1);
  });

  it("in the middle of a team names each member that was invited, and goes on once they are adopted", async () => {
    const emails = Array.from({ length: 20 }, (_, index) => `p${index}@example.com`);
    const team =
      (adopt: boolean, people = emails) =>
      () =>
        void new WallarooTeam("team", { members: Object.fromEntries(people.map((email) => [email, { adopt }])) });
    platform().latencyMs = 50;
    // Some have arrived by then, and the engine was not told.
    await killedAt({ call: "invite", when: "after" }, "provider", () => stack().upFails(team(false)));
    const arrived = (await platform().people()).filter((one) => emails.includes(one.username));
    expect(arrived).to.not.have.length(0);
    const next = await stack().upFails(team(false));
    for (const { username } of arrived)
      expect(next.output).to.include(`Could not create ${username}: an active account`);
    await stack().up(team(true));
    const perPerson = emails.map(
      (email) =>
        platform()
          .requests("invite")
          .filter((entry) => (entry.body as { email: string }).email === email && entry.result === 200).length,
    );
    expect(Math.max(...perPerson)).to.equal(1);
    expect((await platform().people()).filter((one) => emails.includes(one.username) && one.enabled)).to.have.length(
      20,
    );
  });

  it("does not matter to another stack: of two that overlap in one account exactly one wins", async () => {
    const other = await TestStack.create({ platform: platform() });
    try {
      platform().latencyMs = 100;
      const ends = await Promise.all([stack().attempt("up", user()), other.attempt("up", user())]);
      expect(ends.map((end) => end.ok).sort()).to.deep.equal([false, true]);
      expect(ends.find((end) => !end.ok)?.output).to.match(/an active account of this address is there already/);
      expect(invites()).to.equal(1);
    } finally {
      other.remove();
    }
  });

  it("leaves a lock, which holds while two runners work on one stack", async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const held = platform().misbehave({ on: "invite", when: "before", what: { until: released } });
    const first = stack().up(user());
    await until(() => held.hits > 0, first);
    const second = await stack().upFails(user());
    release();
    expect(second.output).to.match(/lock/i);
    await first;
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
