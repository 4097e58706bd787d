import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { EngineCalls, listen, startDynamic, type Kept, type Start } from "./dynamic";
import { startNative } from "./native";
import { messageOf, onPlatform } from "./platform";

const [ann, bob] = ["ann@example.com", "bob@example.com"];
const UNKNOWN = pulumi.runtime.unknownValue;
const FIXTURE = path.join(__dirname, "../e2e/fixtures/state-of-the-first-commit.json");

function storedByTheFirstRelease(): Kept[] {
  const { deployment } = JSON.parse(fs.readFileSync(FIXTURE, "utf8")) as {
    deployment: { resources: (Kept & { type: string })[] };
  };
  return deployment.resources.filter(({ type }) => type.includes("wallaroo"));
}

/** What a user is to the engine, through any adapter. */
const users = (adapter: Start) => () => {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  beforeEach(() => start());
  const user = () => new EngineCalls(platform, "user", {}, adapter);
  const isEnabled = async (email: string) => (await platform().findByEmail(email))?.enabled;

  it("invite, deactivate, activate and deactivate an account, and send nothing where nothing changes", async () => {
    const calls = user();
    expect(await calls.preview({ email: " Ann@Example.com " })).to.equal("created");
    expect(writes()).to.deep.equal([]);
    expect(await calls.up({ email: " Ann@Example.com " })).to.equal("created");
    expect(calls.kept?.id).to.equal((await platform().findByEmail(ann))?.id);
    expect(calls.kept?.outputs).to.include({ email: ann, username: ann, enabled: true, adopted: false });
    expect(await calls.up({ email: ann })).to.equal("unchanged");
    expect(await calls.up({ email: ann, enabled: false })).to.equal("updated");
    expect(await calls.up({ email: ann, enabled: true })).to.equal("updated");
    await calls.refresh();
    expect(await calls.up({ email: ann, enabled: true })).to.equal("unchanged");
    await calls.destroy();
    expect(writes()).to.deep.equal([`invite ${ann}`, `deactivate ${ann}`, `activate ${ann}`, `deactivate ${ann}`]);
  });

  it("invite and then deactivate an account that is declared deactivated", async () => {
    const calls = user();
    await calls.up({ email: ann, enabled: false });
    expect(calls.kept?.outputs).to.include({ enabled: false });
    expect(writes()).to.deep.equal([`invite ${ann}`, `deactivate ${ann}`]);
  });

  for (const email of [
    "a+b@example.com",
    "o'brien@example.com",
    "first.last@example.com",
    "jürgen@example.com",
    `${"x".repeat(60)}@${"y".repeat(60)}.example.com`,
  ]) {
    it(`take an unusual address: ${email}`, async () => {
      const calls = user();
      await calls.up({ email });
      expect(await calls.up({ email })).to.equal("unchanged");
      await calls.destroy();
      expect((await platform().findByEmail(email))?.enabled).to.equal(false);
    });
  }

  it("show drift by inputs at read, and repair it", async () => {
    const calls = user();
    await calls.up({ email: ann, firstName: "Ann" });
    await platform().setEnabled(ann, false);
    await platform().rename(ann, { firstName: "Anna" });
    await calls.refresh();
    expect(calls.kept?.inputs).to.include({ enabled: false, firstName: "Anna" });
    expect(await calls.up({ email: ann, firstName: "Ann" })).to.equal("updated");
    expect(await platform().findByEmail(ann)).to.include({ enabled: true, firstName: "Ann" });
    expect(writes()).to.deep.equal([`invite ${ann}`, `edit ${ann}`, `activate ${ann}`, `edit ${ann}`]);
  });

  it("replace a user whose address changes: the new one is invited first", async () => {
    const calls = user();
    await calls.up({ email: ann });
    expect(await calls.up({ email: bob })).to.equal("replaced");
    expect(writes()).to.deep.equal([`invite ${ann}`, `invite ${bob}`, `deactivate ${ann}`]);
    expect([await isEnabled(ann), await isEnabled(bob)]).to.deep.equal([false, true]);
  });

  it("leave values that are not known yet as they are, count them as changed, and send nothing", async () => {
    const { user: first } = await adapter(platform());
    for (const unknown of [UNKNOWN, [UNKNOWN], { nested: [UNKNOWN] }]) {
      const news = { email: UNKNOWN, roles: unknown, enabled: UNKNOWN };
      const { inputs, failures } = (await first.check({}, news)) as { inputs: object; failures: unknown };
      expect(failures).to.deep.equal([]);
      expect(inputs).to.include({ email: UNKNOWN, enabled: UNKNOWN }).and.to.deep.include({ roles: unknown });
    }
    const calls = user();
    await calls.up({ email: ann });
    platform().clearLog();
    expect(await calls.preview({ email: UNKNOWN })).to.equal("replaced");
    expect(await calls.preview({ email: ann, enabled: UNKNOWN })).to.equal("updated");
    expect(await calls.preview({ email: ann, password: UNKNOWN, adopt: UNKNOWN })).to.equal("unchanged");
    expect(writes()).to.deep.equal([]);
  });

  it("find no change in the states of the first release, and destroy them as they were declared then", async () => {
    const stored = storedByTheFirstRelease();
    expect(stored).to.have.length(3);
    for (const { id, inputs, outputs } of stored) {
      await platform().addUser({ id, ...(outputs as { email: string; enabled: boolean }) });
      // The fixture holds the password as ciphertext; it is used by the invite alone.
      const { __provider: _text, password: _cipher, ...declared } = inputs;
      const calls = user();
      calls.kept = { id, inputs, outputs };
      expect(await calls.up(declared)).to.equal("unchanged");
      await calls.refresh();
      expect(await calls.up(declared)).to.equal("unchanged");
      await calls.destroy();
    }
    expect(writes()).to.deep.equal([`deactivate ${ann}`]);
  });

  it("destroy a state of the first release under the guards of today", async () => {
    const stored = storedByTheFirstRelease().find(({ outputs }) => outputs["email"] === ann);
    const { id = "", inputs = {}, outputs = {} } = stored ?? {};
    await platform().addUser({ id, ...(outputs as { email: string; enabled: boolean }) });
    const calls = new EngineCalls(platform, "user", { "wallaroo:protectedEmails": ann }, adapter);
    // The fixture holds the password as ciphertext, which the engine gives to a provider in plain.
    calls.kept = { id, inputs, outputs: { ...outputs, initialPassword: "Ff-initial-password" } };
    expect(await messageOf(() => calls.destroy())).to.match(
      /Could not deactivate ann@example.com: wallaroo:protectedEmails protects it/,
    );
    expect(await isEnabled(ann)).to.equal(true);
  });

  it("say nothing before the account is deactivated, when nothing is to be said", async () => {
    const calls = user();
    await calls.up({ email: ann });
    await calls.refresh();
    await calls.up({ email: ann });
    expect(said()).to.deep.equal([]);
    await calls.destroy();
    expect(said()).to.deep.equal([`${ann} was deactivated.`]);
  });

  it("store an account whose create failed half-way, and finish it in the next run", async () => {
    const calls = user();
    const fault = { status: 500, body: { msg: "not today", code: 500 } };
    platform().misbehave({ on: "deactivate", times: 20, when: "before", what: fault });
    const half = new EngineCalls(platform, "user", { "wallaroo:maxRetries": "0" }, adapter);
    expect(await messageOf(() => half.up({ email: ann, enabled: false }))).to.match(/Could not deactivate ann@example/);
    expect(half.kept?.outputs).to.include({ email: ann, enabled: true, unfinished: true });
    platform().behave();
    calls.kept = half.kept;
    // The engine calls update for such a resource, whatever diff says.
    const { user: next } = await adapter(platform());
    const { id, inputs, outputs } = calls.kept as Kept;
    await next.check(inputs, { email: ann, enabled: false, __provider: "text" });
    const outs = (await next.update(id, outputs, inputs)).outs as object;
    expect(outs).to.include({ enabled: false }).and.to.not.have.property("unfinished");
    expect(await isEnabled(ann)).to.equal(false);
    expect(writes().filter((call) => call.startsWith("invite"))).to.have.length(1);
  });
};

/** {@link users} for a team. */
const teams = (adapter: Start) => () => {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  beforeEach(() => start());
  const team = () => new EngineCalls(platform, "team", {}, adapter);

  it("invite, change and let go of members, and send nothing where nothing changes", async () => {
    const calls = team();
    expect(await calls.preview({ members: { [ann]: {}, [bob]: { enabled: false } } })).to.equal("created");
    expect(await calls.up({ members: { [ann]: {}, [bob]: { enabled: false } } })).to.equal("created");
    expect(Object.keys(calls.kept?.outputs["ids"] as object)).to.have.members([ann, bob]);
    expect(await calls.up({ members: { [ann]: {}, [bob]: { enabled: false } } })).to.equal("unchanged");
    await calls.refresh();
    expect(await calls.up({ members: { [ann]: {}, [bob]: {} } })).to.equal("updated");
    expect(await calls.up({ members: { [bob]: {} } })).to.equal("updated");
    await calls.destroy();
    expect(writes().slice(0, 2)).to.have.members([`invite ${ann}`, `invite ${bob}`]);
    const later = [`deactivate ${bob}`, `activate ${bob}`, `deactivate ${ann}`, `deactivate ${bob}`];
    expect(writes().slice(2)).to.deep.equal(later);
    expect(said().join("\n")).to.include(`${ann} gets deactivated.`);
  });

  it("take members that are not known yet, whole or in part, and send nothing in preview", async () => {
    const calls = team();
    expect(await calls.preview({ members: UNKNOWN })).to.equal("created");
    expect(await calls.preview({ members: { [ann]: UNKNOWN, [bob]: { enabled: UNKNOWN } } })).to.equal("created");
    await calls.up({ members: { [ann]: {}, [bob]: {} } });
    platform().clearLog();
    expect(await calls.preview({ members: UNKNOWN })).to.equal("updated");
    expect(await calls.preview({ members: { [ann]: {}, [bob]: { enabled: UNKNOWN } } })).to.equal("updated");
    expect(writes()).to.deep.equal([]);
  });

  it("store what was done when a member fails, and do the rest in the next run", async () => {
    const calls = team();
    const fault = { status: 400, body: { msg: "not this one", code: 400 } };
    const failing = platform().misbehave({ on: "invite", who: bob, when: "before", what: fault });
    const message = await messageOf(() => calls.up({ members: { [ann]: {}, [bob]: {} } }));
    expect(message).to.match(/failed of 2/);
    expect(calls.kept?.outputs["ids"]).to.have.all.keys(ann);
    failing.remove();
    expect(await calls.up({ members: { [ann]: {}, [bob]: {} } })).to.equal("updated");
    expect(calls.kept?.outputs["ids"]).to.have.all.keys(ann, bob);
    expect(
      platform()
        .requests("invite")
        .filter(({ result }) => result === 200),
    ).to.have.length(2);
  });
};

for (const [adapter, startAdapter] of [
  ["the dynamic provider", startDynamic],
  ["the native plugin", startNative],
] as const) {
  describe(`the engine's calls for a user, through ${adapter},`, users(startAdapter));
  describe(`the engine's calls for a team, through ${adapter},`, teams(startAdapter));
}

describe("the dynamic provider", () => {
  const { platform, start, writes } = onPlatform();
  listen();
  beforeEach(() => start());

  it("reads an account of which nothing is stored by its id, and raises for an id that is not there", async () => {
    const id = await platform().addUser({ email: bob });
    const { user: provider } = await startDynamic(platform());
    const { props, inputs } = (await provider.read(id, {})) as { props: object; inputs?: object };
    expect(props).to.include({ email: bob, enabled: true, adopted: true });
    expect(inputs, "what a get reads has no inputs").to.equal(undefined);
    expect(await messageOf(() => provider.read("no-such-id", {}))).to.match(/no account has this id/);
  });

  it("stores its text with what is done of a create that fails", async () => {
    const fault = { status: 400, body: { msg: "not this one", code: 400 } };
    platform().misbehave({ on: "invite", who: bob, when: "before", what: fault });
    platform().misbehave({ on: "deactivate", times: 20, when: "before", what: fault });
    const user = new EngineCalls(platform, "user");
    expect(await messageOf(() => user.up({ email: ann, enabled: false }))).to.match(/Could not deactivate/);
    const team = new EngineCalls(platform, "team");
    expect(await messageOf(() => team.up({ members: { "cid@example.com": {}, [bob]: {} } }))).to.match(/failed of 2/);
    for (const { kept } of [user, team]) expect(kept?.outputs["__provider"]).to.be.a("string");
  });

  it("repairs by an update that sends nothing a state that has no provider text, as of another adapter", async () => {
    const calls = new EngineCalls(platform, "user");
    await calls.up({ email: ann });
    const { __provider: _text, ...outputs } = calls.kept?.outputs ?? {};
    calls.kept = { ...(calls.kept as Kept), outputs };
    platform().clearLog();
    expect(await calls.up({ email: ann })).to.equal("updated");
    expect(calls.kept.outputs).to.have.property("__provider");
    expect(await calls.up({ email: ann })).to.equal("unchanged");
    expect(writes()).to.deep.equal([]);
  });

  it("repairs by an update that sends nothing the state of a team that has no provider text, as of another adapter", async () => {
    const calls = new EngineCalls(platform, "team");
    await calls.up({ members: { [ann]: {} } });
    const { __provider: _text, ...outputs } = calls.kept?.outputs ?? {};
    calls.kept = { ...(calls.kept as Kept), outputs };
    platform().clearLog();
    expect(await calls.up({ members: { [ann]: {} } })).to.equal("updated");
    expect(await calls.up({ members: { [ann]: {} } })).to.equal("unchanged");
    expect(writes()).to.deep.equal([]);
  });
});
