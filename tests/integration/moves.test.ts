import { expect } from "chai";
import { PartialFailure } from "../../provider/user/partial-failure";
import { teamFailureOf } from "../failures";
import { until } from "../emulator/until";
import { connect } from "../../provider/connect";
import { readSettings } from "../../provider/settings";
import { RunMemory } from "../../provider/user/run";
import { OPERATOR } from "../emulator/seeds";
import { connectTo, declared, onPlatform, verbsOf } from "./platform";

const [ann, bob] = ["ann@example.com", "bob@example.com"];

describe("an account that leaves one resource and is still there", () => {
  const { platform, start } = onPlatform();
  beforeEach(() => start());
  const isEnabled = async (email: string) => (await platform().findByEmail(email))?.enabled;
  const moved = { key: "urn:b", name: "b" };

  it("is left alone when the address of today is declared, and only the one of before is taken out", async () => {
    const state = await connectTo(platform()).team.apply(undefined, { [ann]: {}, [bob]: {} }, "team");
    await platform().remove(ann);
    await platform().addUser({ email: "anna@example.com", id: state.ids[ann] ?? "" });
    const both = { [ann]: {}, [bob]: {}, "anna@example.com": { adopt: true } };
    const under = await connectTo(platform()).team.apply(state, both, "team");
    expect(under.ids["anna@example.com"]).to.equal(state.ids[ann]);
    const { team, run, said } = connectTo(platform());
    for (const email of [bob, "anna@example.com"]) run.declare(email, moved);
    const after = await team.apply(under, { [bob]: {}, "anna@example.com": { adopt: true } }, "team");
    expect(Object.keys(after.ids)).to.deep.equal([bob, "anna@example.com"]);
    expect(await isEnabled("anna@example.com")).to.equal(true);
    expect(said.join()).to.match(/anna@example.com is not deactivated, because "b" declares it/);
  });

  it("is told of as a move, without a warning or advice, where the program declares it elsewhere", async () => {
    const { id, state } = await connectTo(platform()).lifecycle.create(declared(ann));
    const team = await connectTo(platform()).team.apply(undefined, { [bob]: {} }, "team");
    const said: Record<string, string[]> = { info: [], warn: [] };
    const log = { info: (text: string) => said["info"]?.push(text), warn: (text: string) => said["warn"]?.push(text) };
    const { url } = platform();
    const env = { WALLAROO_URL: url, WALLAROO_USER: OPERATOR.email, WALLAROO_PASSWORD: OPERATOR.password };
    const run = new RunMemory();
    const next = verbsOf(connect(readSettings({ config: () => undefined, env }), run, log).context);
    for (const email of [ann, bob]) run.declare(email, moved);
    // From a user to a team, and from a team to a user that the engine comes to later.
    await next.team.apply(undefined, { [ann]: { adopt: true } }, "team");
    await next.lifecycle.delete(id, state);
    await next.team.apply(team, {}, "team");
    await next.lifecycle.create(declared(bob, { adopt: true }));
    expect(said).to.deep.equal({
      info: [
        `team: ${ann} is active, and gets taken over (\`adopt: true\`).`,
        `${ann} is not deactivated, because "b" declares it.`,
        `team: ${bob} is not deactivated, because "b" declares it.`,
        `${bob} is active, and gets taken over (\`adopt: true\`).`,
      ],
      warn: [],
    });
    for (const email of [ann, bob]) expect(await isEnabled(email)).to.equal(true);
  });

  it("is active at the end when one resource lets go while another takes over, whichever begins", async () => {
    const { id, state } = await connectTo(platform()).lifecycle.create(declared(ann));
    const run = connectTo(platform());
    const fault = platform().misbehave({ on: "deactivate", when: "before", what: { delayMs: 200 } });
    const leaving = run.lifecycle.delete(id, state);
    await until(() => fault.hits > 0, leaving);
    const arriving = run.lifecycle.create(declared(ann, { adopt: true }));
    await Promise.all([leaving, arriving]);
    expect((await arriving).state).to.include({ enabled: true, adopted: true, foundEnabled: true });
    expect(await isEnabled(ann)).to.equal(true);

    platform().clearLog();
    const other = connectTo(platform());
    const first = other.lifecycle.create(declared(ann, { adopt: true }));
    await until(() => other.run.isKept(id), first);
    await Promise.all([first, other.lifecycle.delete(id, state)]);
    expect(platform().writes(), "taken over before it is let go").to.deep.equal([]);
    expect(await isEnabled(ann)).to.equal(true);
  });

  it("is active at the end when the answer to the deactivation of the one was lost while the other waited", async () => {
    const { id, state } = await connectTo(platform()).lifecycle.create(declared(ann));
    const run = connectTo(platform(), { "wallaroo:maxRetries": "0" });
    const fault = platform().misbehave({
      on: "deactivate",
      when: "after",
      what: { status: 502, body: "", delayMs: 200 },
    });
    const leaving = run.lifecycle.delete(id, state).catch((error: unknown) => error);
    await until(() => fault.hits > 0, leaving);
    const { state: moved } = await run.lifecycle.create(declared(ann, { adopt: true }));
    expect(await leaving).to.be.instanceOf(PartialFailure);
    expect([moved.enabled, await isEnabled(ann)]).to.deep.equal([true, true]);
  });

  it("is brought back when declared again after a departure that failed half-way, or whose answer was lost", async () => {
    const { team } = connectTo(platform(), { "wallaroo:maxRetries": "0" });
    await platform().addUser({ email: bob, firstName: "Bob" });
    const members = { [ann]: {}, [bob]: { adopt: true, firstName: "Robert" } };
    const state = await team.apply(undefined, members, "team");
    platform().misbehave({ on: "deactivate", who: ann, times: 9, when: "after", what: { status: 502, body: "" } });
    platform().misbehave({
      on: "edit",
      times: 9,
      when: "before",
      what: { status: 400, body: { msg: "no", code: 400 } },
    });
    await platform().setEnabled(bob, false);
    const failed = await connectTo(platform(), { "wallaroo:maxRetries": "0" })
      .team.apply(state, {}, "team")
      .catch((error: unknown) => error);
    const { state: left } = teamFailureOf(failed);
    if (left === undefined) throw new Error("nothing is stored");
    expect(Object.keys(left.ids)).to.have.members([ann, bob]);
    platform().behave();
    expect(await isEnabled(ann)).to.equal(false);
    expect(await isEnabled(bob), "what could be put back").to.equal(true);
    const back = await connectTo(platform()).team.apply(left, members, "team");
    expect([await isEnabled(ann), await isEnabled(bob)]).to.deep.equal([true, true]);
    expect(back).to.deep.equal(state);
  });

  for (const [who, was, isSaid] of [
    ["invited", undefined, true],
    ["found deactivated", { enabled: false }, true],
    ["found active", { enabled: true }, false],
  ] as const) {
    it(`${isSaid ? "says" : "need not say"} that destroy changes by a replacement that ends in an account that was ${who}`, async () => {
      const { lifecycle } = connectTo(platform());
      if (was !== undefined) await platform().addUser({ email: ann, ...was });
      const inputs = declared(ann, { adopt: true });
      const { id, state } = await lifecycle.create(inputs);
      // By a trigger: check is told the old inputs, create nothing, and delete the old state.
      const next = connectTo(platform());
      next.run.rememberOwn(ann, true);
      await next.lifecycle.create(inputs);
      await next.lifecycle.delete(id, state);
      expect((await platform().findByEmail(ann))?.enabled).to.equal(true);
      const warning = next.said.filter((line) => line.includes("is the same account"));
      expect(warning).to.have.length(isSaid ? 1 : 0);
      if (isSaid) expect(warning[0]).to.match(/would have left it .* Set `onDestroy`/);
    });
  }

  it("takes an account that the same run has just cut off elsewhere for one that was active", async () => {
    const { lifecycle } = connectTo(platform());
    const { id, state } = await lifecycle.create(declared(ann));
    const next = connectTo(platform());
    await next.lifecycle.delete(id, state);
    const moved = await next.lifecycle.create(declared(ann, { adopt: true }));
    expect(moved.state).to.include({ adopted: true, enabled: true, foundEnabled: true });
    await connectTo(platform()).lifecycle.delete(id, moved.state);
    expect((await platform().findByEmail(ann))?.enabled).to.equal(true);
  });

  it("is seen as it is at the end by who takes over while it is still put back", async () => {
    await platform().addUser({ email: ann, firstName: "Found", enabled: false });
    const { id, state } = await connectTo(platform()).lifecycle.create(declared(ann, { firstName: "Ours" }));
    const run = connectTo(platform());
    const fault = platform().misbehave({ on: "edit", when: "before", what: { delayMs: 200 } });
    const leaving = run.lifecycle.delete(id, state);
    await until(() => fault.hits > 0, leaving);
    const arriving = await run.lifecycle.create(declared(ann, { adopt: true, firstName: "Theirs" }));
    await leaving;
    expect(arriving.state).to.include({ enabled: true, firstName: "Theirs" });
    expect(await platform().findByEmail(ann)).to.include({ enabled: true, firstName: "Theirs" });
  });
});
