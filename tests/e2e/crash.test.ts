import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { WallarooTeam } from "pulumi-wallaroo";
import type { CallName } from "../emulator/misbehaviour";
import { until } from "../emulator/until";
import { ann, user } from "./programs";
import { TestStack, scenario, type Outcome } from "./stack";

/**
 * Every step of a create: where it is, the request that the platform is at work on when the process is killed, and
 * whether the next run can know what the killed one did.
 */
const CREATE: [where: string, call: CallName, when: "before" | "after", nth: number, isKnown: boolean][] = [
  ["while it signs in", "token", "before", 1, true],
  ["while it asks who is there", "query", "after", 1, true],
  ["before its invite arrived", "invite", "before", 1, true],
  ["after its invite arrived", "invite", "after", 1, false],
  ["before its confirmation was asked for", "query", "before", 2, false],
  ["after its confirmation was answered", "query", "after", 2, false],
];
/** Every step of a deactivation, by an update or a destroy. */
const CHANGE: [where: string, call: CallName, when: "before" | "after"][] = [
  ["while it signs in", "token", "before"],
  ["while it asks who is there", "query", "after"],
  ["before its write arrived", "deactivate", "before"],
  ["after its write arrived", "deactivate", "after"],
];

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

  /** Runs an operation, and kills the engine or the provider while the platform is at work on the nth such call of it. */
  async function killedAt(
    { call, when, nth = 1 }: { call: CallName; when: "before" | "after"; nth?: number },
    kind: "engine" | "provider",
    operation: () => Promise<Outcome>,
    signal: NodeJS.Signals = "SIGKILL",
  ): Promise<Outcome> {
    const what = signal === "SIGKILL" ? { hang: true } : { delayMs: 3_000 };
    const fault = platform().misbehave({ on: call, nth, when, what });
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
    // A killed engine can't end its provider process; nobody is to act on in its name.
    if (signal === "SIGKILL") providers.forEach(endIfAlive);
    return ended;
  }

  for (const kind of ["provider", "engine"] as const) {
    /** What somebody does first whose engine was killed: its lock is still there. */
    const unlock = () => (kind === "engine" ? stack().cancel() : Promise.resolve());

    for (const [where, call, when, nth, isKnown] of CREATE) {
      const then = isKnown
        ? "invites once in the next run"
        : "is refused in the next run, whose message says what to write";
      it(`in a create, ${where} (${kind}), ${then}`, async () => {
        await killedAt({ call, when, nth }, kind, () => stack().upFails(user()));
        await unlock();
        // What some would do first: it has nothing to find, and must not make things worse.
        await stack().refresh();
        if (isKnown) await stack().up(user());
        else {
          const next = await stack().upFails(user());
          expect(next.output).to.match(/an active account of this address is there already.*write `adopt: true`/);
          await stack().up(user({ adopt: true }));
        }
        expect([invites(), await isEnabled()]).to.deep.equal([1, true]);
      });
    }

    for (const call of ["activate", "edit"] as const) {
      it(`in an update, after its ${call} arrived (${kind}), is finished by the next run`, async () => {
        const [was, becomes] = [
          { enabled: call === "edit" },
          { enabled: true, ...(call === "edit" ? { firstName: "Ann" } : {}) },
        ];
        await stack().up(user(was));
        await killedAt({ call, when: "after" }, kind, () => stack().upFails(user(becomes)));
        await unlock();
        await stack().up(user(becomes));
        expect(await platform().findByEmail(ann)).to.include(becomes);
        await stack().up(user(becomes), { expectNoChanges: true });
        expect(invites()).to.equal(1);
      });
    }

    for (const [where, call, when] of CHANGE) {
      it(`in an update, ${where} (${kind}), is finished by the next run`, async () => {
        await stack().up(user());
        await killedAt({ call, when }, kind, () => stack().upFails(user({ enabled: false })));
        await unlock();
        await stack().up(user({ enabled: false }));
        expect([await isEnabled(), (await stack().stored("ann"))?.outputs["enabled"]]).to.deep.equal([false, false]);
      });

      it(`in a destroy, ${where} (${kind}), is finished by the next run`, async () => {
        await stack().up(user());
        await killedAt({ call, when }, kind, () => stack().destroyFails());
        await unlock();
        await stack().destroy();
        expect(await isEnabled()).to.equal(false);
        expect(await stack().stored("ann")).to.equal(undefined);
      });
    }
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

  it("in the middle of a team names each person who was invited, and goes on once they are adopted", async () => {
    const emails = Array.from({ length: 20 }, (_, index) => `p${index}@example.com`);
    const team =
      (adopt: boolean, people = emails) =>
      () =>
        void new WallarooTeam("team", { members: Object.fromEntries(people.map((email) => [email, { adopt }])) });
    platform().latencyMs = 50;
    // Some have arrived by then, and nobody could tell the engine.
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

  it("does not matter to another stack: of two that overlap in one person exactly one wins", async () => {
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
