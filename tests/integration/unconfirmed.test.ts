import { expect } from "chai";
import { isWallarooError } from "../../provider/api/errors";
import type { Members, TeamState } from "../../provider/team/model";
import { DECISION_AGE_MS } from "../../provider/user/directory";
import type { UserInputs } from "../../provider/user/model";
import { halfDoneOf, teamFailureOf } from "../failures";
import { until } from "../emulator/until";
import { EngineCalls, listen } from "./dynamic";
import { connectTo, declared, onPlatform } from "./platform";

const [ann, bob] = ["ann@example.com", "bob@example.com"];
const emails = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.com`);
const members = (people: string[], inputs: Members[string] = {}): Members =>
  Object.fromEntries(people.map((email) => [email, { ...inputs }]));

async function halfDone(step: Promise<unknown>): Promise<ReturnType<typeof halfDoneOf>> {
  return halfDoneOf(await step.catch((error: unknown) => error));
}
async function teamFailure(step: Promise<unknown>): Promise<{ reasons: readonly string[]; state: TeamState }> {
  const { reasons, state } = teamFailureOf(await step.catch((error: unknown) => error));
  if (state !== undefined) return { reasons, state };
  throw new Error("nothing is stored");
}

/** The message of what `step` raises, or the reasons per member. */
async function reasonsOf(step: () => Promise<unknown>): Promise<string> {
  const error: unknown = await step().catch((raised: unknown) => raised);
  if (!(error instanceof Error)) throw new Error("nothing was raised");
  return (error as { reasons?: string[] }).reasons?.join("\n") ?? error.message;
}

describe("a change that the platform answers and does not make", () => {
  const { platform, start, writes } = onPlatform();
  const isEnabled = async (email: string) => (await platform().findByEmail(email))?.enabled;
  const ACTIVE =
    /^Could not deactivate ann@example\.com: the platform answered that it is done, but the account is still active\. .*LDAP/;
  const INACTIVE = /^Could not activate ann@example\.com: .*but the account is still deactivated\. /;
  const expectUnconfirmed = ({ cause }: { cause: unknown }) =>
    expect(isWallarooError(cause, "unconfirmed")).to.equal(true);

  for (const [step, enabled, words] of [
    ["deactivation", true, ACTIVE],
    ["activation", false, INACTIVE],
  ] as const) {
    it(`is no ${step} by update: the state says what is so, and the next run sends it again`, async () => {
      const { lifecycle } = await start();
      const { id, state } = await lifecycle.create(declared(ann, { enabled }));
      await platform().change({ ignoresDeactivate: [ann] });
      const inputs = declared(ann, { enabled: !enabled });
      const failed = await halfDone(connectTo(platform()).lifecycle.update(id, state, inputs));
      expect(failed.message).to.match(words);
      expectUnconfirmed(failed);
      expect(failed.user).to.deep.include({ id, state: { ...state, enabled, unfinished: true } });
      await platform().change({ ignoresDeactivate: [] });
      platform().clearLog();
      const done = await connectTo(platform()).lifecycle.update(id, failed.user.state, inputs);
      expect(done).to.deep.equal({ ...state, enabled: !enabled });
      expect(writes()).to.have.length(1);
      expect(await isEnabled(ann)).to.equal(!enabled);
    });
  }

  for (const [how, was, inputs, words] of [
    ["an adopted account that is declared off", true, { adopt: true, enabled: false }, ACTIVE],
    ["a deactivated account that is declared again", false, {}, INACTIVE],
    ["an account that is adopted deactivated and declared on", false, { adopt: true }, INACTIVE],
  ] as [string, boolean, Partial<UserInputs>, RegExp][]) {
    it(`is no create of ${how}`, async () => {
      const { lifecycle } = await start({ ignoresDeactivate: [ann] });
      await platform().addUser({ email: ann, enabled: was });
      const failed = await halfDone(lifecycle.create(declared(ann, inputs)));
      expect(failed.message).to.match(words);
      expect(failed.user.state).to.include({ enabled: was, adopted: true, foundEnabled: was, unfinished: true });
    });
  }

  it("is no destroy, however often it is tried, and neither is a restore", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared(ann));
    await platform().change({ ignoresDeactivate: [ann, bob] });
    for (let run = 1; run <= 2; run += 1) {
      const failed = await halfDone(connectTo(platform()).lifecycle.delete(id, state));
      expect(failed.message).to.match(ACTIVE);
      expectUnconfirmed(failed);
      expect(failed.user).to.deep.equal({ id, state: { ...state, unfinished: true } });
    }
    const bobs = await platform().addUser({ email: bob, enabled: false });
    const adopted = { email: bob, username: bob, enabled: false, adopted: true, foundEnabled: true };
    const failed = await halfDone(connectTo(platform()).lifecycle.delete(bobs, adopted));
    expect(failed.message).to.match(/^Could not activate bob@example\.com: .*still deactivated/);
    expect(await isEnabled(bob)).to.equal(false);
  });

  it("keeps a leaver in a team, names it, and does all the others", async () => {
    await start();
    const state = await connectTo(platform()).team.apply(undefined, members([ann, bob, ...emails(3)]), "team");
    await platform().change({ ignoresDeactivate: [ann] });
    const failed = await teamFailure(connectTo(platform()).team.apply(state, members(emails(3)), "team"));
    expect(failed.reasons).to.have.length(1);
    expect(failed.reasons[0]).to.match(ACTIVE);
    expect(Object.keys(failed.state.ids)).to.have.members([ann, ...emails(3)]);
    expect(failed.state.details).to.deep.equal({ [ann]: { unfinished: true } });
    expect([await isEnabled(ann), await isEnabled(bob)]).to.deep.equal([true, false]);
    const destroyed: unknown = await connectTo(platform())
      .team.delete(failed.state, "team")
      .catch((error: unknown) => error);
    const { reasons } = teamFailureOf(destroyed);
    expect(reasons).to.have.length(1);
    expect(reasons[0]).to.match(ACTIVE);
    expect(await isEnabled("p0@example.com")).to.equal(false);
  });

  for (const [what, inputs, words] of [
    ["name", { firstName: "Ann" }, /firstName is not as it was written/],
    ["admin role", { admin: true }, /admin is not as it was written/],
    ["name and role", { lastName: "A", admin: true }, /lastName, admin are not as it was written/],
  ] as [string, Partial<UserInputs>, RegExp][]) {
    it(`is no edit of a ${what}`, async () => {
      const { lifecycle } = await start();
      const { id, state } = await lifecycle.create(declared(ann));
      platform().misbehave({ on: "edit", when: "before", what: { status: 200, body: "null" } });
      const failed = await halfDone(connectTo(platform()).lifecycle.update(id, state, declared(ann, inputs)));
      expect(failed.message).to.match(/^Could not edit ann@example\.com: the platform answered that it is done, but /);
      expect(failed.message).to.match(words);
      expect(failed.user.state).to.include({ unfinished: true, ...("admin" in inputs ? { admin: false } : {}) });
      const done = await connectTo(platform()).lifecycle.update(id, failed.user.state, declared(ann, inputs));
      expect(done).to.include(inputs).and.not.have.property("unfinished");
    });
  }

  it("is seen though an edit that was made came after it", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared(ann));
    platform().misbehave({ on: "deactivate", when: "before", what: { status: 200, body: {} } });
    platform().misbehave({ on: "edit", when: "before", what: { status: 200, body: "null" } });
    const inputs = declared(ann, { enabled: false, firstName: "Ann" });
    const failed = await halfDone(connectTo(platform()).lifecycle.update(id, state, inputs));
    expect(failed.message).to.match(/^Could not deactivate .*still active, and firstName is not as it was written/);
    expect(failed.user.state).to.include({ enabled: true, firstName: "" });
  });

  it("is not known where the look fails: the step fails, and the next run does what is left", async () => {
    for (const when of ["before", "after"] as const) {
      const { lifecycle } = await start();
      const { id, state } = await lifecycle.create(declared(ann));
      for (const step of ["update", "delete"] as const) {
        await platform().setEnabled(ann, true);
        platform().behave();
        // The first query decides, the second one confirms.
        platform().misbehave({ on: "query", nth: 2, times: 9, when: "before", what: { status: 503, body: "" } });
        if (when === "before") platform().misbehave({ on: "deactivate", when, what: { status: 200, body: {} } });
        const off = declared(ann, { enabled: false });
        const run = connectTo(platform(), { "wallaroo:maxRetries": "1" });
        const failed = await halfDone(run.lifecycle[step](id, state, off));
        expect(failed.message).to.match(
          /^Could not deactivate ann@example\.com: .*whether it is so could not be looked at: .*HTTP 503/,
        );
        expect(failed.user.state).to.include({ unfinished: true });
        platform().behave();
        await connectTo(platform()).lifecycle[step](id, failed.user.state, off);
        expect(await isEnabled(ann)).to.equal(false);
      }
    }
  });

  it("is looked at again for a moment, as the first answer may come from a replica that lags", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared(ann));
    const before = await platform().findByEmail(ann);
    platform().misbehave({ on: "query", nth: 2, when: "before", what: { body: { users: { [id]: before } } } });
    const after = await connectTo(platform()).lifecycle.update(id, state, declared(ann, { enabled: false }));
    expect(after).to.deep.equal({ ...state, enabled: false });
    expect(writes()).to.deep.equal([`invite ${ann}`, `deactivate ${ann}`]);
  });

  it("is no failure where another resource brought the account back meanwhile", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared(ann));
    const run = connectTo(platform());
    await run.directory.view(0);
    let look = () => {};
    const what = { until: new Promise<void>((resolve) => (look = resolve)) };
    const held = platform().misbehave({ on: "query", when: "before", what });
    const leaving = run.lifecycle.delete(id, state);
    await until(() => held.hits > 0, leaving);
    const arriving = run.lifecycle.create(declared(ann, { adopt: true }));
    await until(
      () =>
        platform()
          .requests("activate")
          .some(({ status }) => status === 200),
      arriving,
    );
    look();
    await leaving;
    expect([(await arriving).state.enabled, await isEnabled(ann)]).to.deep.equal([true, true]);
  });

  it("costs no request where nothing was written", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared(ann, { enabled: false }));
    platform().clearLog();
    const run = connectTo(platform());
    await run.lifecycle.update(id, state, declared(ann, { enabled: false, onDestroy: "retain" }));
    await run.lifecycle.delete(id, state);
    expect(platform().log.map((entry) => entry.call)).to.deep.equal(["token", "query"]);
  });
});

describe("an account in a store that ignores deactivations", () => {
  const { platform, start } = onPlatform();
  listen();
  beforeEach(() => start());

  for (const kind of ["user", "team"] as const) {
    it(`is not said to be deactivated by up, by the preview after it, or by destroy (${kind})`, async () => {
      const program = (enabled: boolean) =>
        kind === "user" ? { email: ann, enabled } : { members: { [ann]: { enabled } } };
      const calls = new EngineCalls(platform, kind);
      await calls.up(program(true));
      await platform().change({ ignoresDeactivate: [ann] });
      const failure = /Could not deactivate ann@example.com: .*still active/;
      expect(await reasonsOf(() => calls.up(program(false)))).to.match(failure);
      expect(await calls.preview(program(false))).to.equal("updated");
      expect(await reasonsOf(() => calls.destroy())).to.match(failure);
      expect(calls.kept).to.not.equal(undefined);
      await platform().change({ ignoresDeactivate: [] });
      await calls.destroy();
      expect((await platform().findByEmail(ann))?.enabled).to.equal(false);
    });
  }
});

describe("the looks that confirm changes", function () {
  this.timeout(60_000);
  const { platform, start } = onPlatform();
  /** What `change` answers, which may look at N/25 + 2 times; once more for each age of a decision that it takes. */
  async function confirming<T>(count: number, change: () => Promise<T>): Promise<T> {
    platform().clearLog();
    const startedMs = performance.now();
    const changed = await change();
    const ages = Math.floor((performance.now() - startedMs) / DECISION_AGE_MS);
    expect(platform().requests("query").length).to.be.at.most(count / 25 + 2 + ages);
    return changed;
  }

  for (const [count, concurrency] of [
    [1, 8],
    [8, 8],
    [100, 1],
    [150, 8],
    [150, 64],
  ] as const) {
    it(`are at most N/25 + 2 for ${count} who are cut off, brought back and destroyed, ${concurrency} at once`, async () => {
      await start({ latencyMs: 3 });
      const config = { "wallaroo:maxConcurrency": String(concurrency) };
      const state = await connectTo(platform(), config).team.apply(undefined, members(emails(count)), "team");
      const [on, off] = [members(emails(count)), members(emails(count), { enabled: false })];
      const team = () => connectTo(platform(), config).team;
      const after = await confirming(count, () => team().apply(state, off, "team"));
      expect(platform().requests("deactivate")).to.have.length(count);
      await confirming(count, () => team().apply(after, on, "team"));
      expect(platform().requests("activate")).to.have.length(count);
      await confirming(count, () => team().delete(state, "team"));
      expect(platform().requests("deactivate")).to.have.length(count);
    });
  }

  it("are shared by single users too, who hold no place in line meanwhile", async () => {
    const { lifecycle } = await start();
    const made = await Promise.all(emails(60).map((email) => lifecycle.create(declared(email))));
    platform().latencyMs = 20;
    const run = connectTo(platform(), { "wallaroo:maxConcurrency": "2" });
    await confirming(60, () => Promise.all(made.map(({ id, state }) => run.lifecycle.delete(id, state))));
    expect(platform().requests("deactivate")).to.have.length(60);
  });

  it("ask for the accounts alone, unless the admin role was changed", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared(ann, { firstName: "A", admin: false }));
    const bodies = async (inputs: Partial<UserInputs>) => {
      platform().clearLog();
      await connectTo(platform()).lifecycle.update(id, state, declared(ann, { firstName: "A", ...inputs }));
      return platform()
        .requests("query")
        .map(({ body }) => Object.keys(body as object));
    };
    expect(await bodies({ firstName: "B", admin: false })).to.deep.equal([[], ["user_ids"]]);
    expect(await bodies({ admin: true })).to.deep.equal([[], []]);
  });
});
