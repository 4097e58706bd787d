import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { EngineCalls, listen, startDynamic } from "./dynamic";
import { messageOf, onPlatform } from "./platform";

const [ann, bob, cleo] = ["ann@example.com", "bob@example.com", "cleo@example.com"];
const many = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.com`);
const membersOf = (emails: string[], member: object = {}) => Object.fromEntries(emails.map((email) => [email, member]));
type Outputs = Record<string, Record<string, unknown>>;

describe("the defaults of a team", () => {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  let team: EngineCalls;
  beforeEach(async () => {
    await start();
    team = new EngineCalls(platform, "team");
  });
  const isEnabled = async (email: string) => (await platform().findByEmail(email))?.enabled;

  it("adopt for every member that does not say otherwise", async () => {
    await platform().addUser({ email: ann });
    await platform().addUser({ email: bob });
    const refused = await messageOf(() =>
      team.preview({ adopt: true, members: { [ann]: {}, [bob]: { adopt: false } } }),
    );
    expect(refused)
      .to.match(/Could not create bob@example.com: an active account/)
      .and.not.include("create ann@");
    await team.up({ adopt: true, members: { [ann]: {}, [bob]: {} } });
    expect(team.kept?.outputs["adopted"]).to.deep.equal({ [ann]: true, [bob]: true });
    expect(writes()).to.deep.equal([]);
  });

  it("ask at the invite for a reset, and keep who overrides it out", async () => {
    await team.up({ requireReset: true, members: { [ann]: {}, [bob]: { requireReset: false } } });
    const bodies = platform()
      .requests("invite")
      .map(({ body }) => body as { email: string; require_reset?: boolean });
    expect(bodies.map(({ email, require_reset: reset }) => [email, reset])).to.have.deep.members([
      [ann, true],
      [bob, false],
    ]);
  });

  it("say what leaving and destroy do, from the state alone, and a member's own value wins", async () => {
    const news = { onDestroy: "retain", members: { [ann]: {}, [bob]: { onDestroy: "deactivate" }, [cleo]: {} } };
    await team.up(news);
    const { [cleo]: _left, ...members } = news.members;
    platform().clearLog();
    await team.up({ ...news, members });
    expect(writes(), "taken out of members").to.deep.equal([]);
    await team.destroy();
    expect(writes()).to.deep.equal([`deactivate ${bob}`]);
    expect(await isEnabled(ann)).to.equal(true);
  });

  it("stand once in the state, however many members there are", async () => {
    await team.up({ onDestroy: "retain", adopt: true, members: membersOf(many(40)) });
    expect(team.kept?.outputs).to.include({ onDestroy: "retain", adopt: true });
    expect(team.kept?.outputs["details"]).to.deep.equal({});
  });

  it("change in one announced update of those members that have no own value, which sends nothing to the platform", async () => {
    const members = { ...membersOf(many(30)), [ann]: { onDestroy: "deactivate" } };
    await team.up({ members });
    platform().clearLog();
    said().length = 0;
    const news = { members, onDestroy: "retain" };
    expect(await team.up(news)).to.equal("updated");
    const lines = said().filter((line) => line.includes("changes"));
    expect(lines).to.have.length(1);
    expect(lines[0])
      .to.match(/members\["p0@example\.com"\]\.onDestroy.* and 10 more$/)
      .and.not.include(ann);
    expect(writes()).to.deep.equal([]);
    expect(platform().requests("query")).to.have.length(1);
    expect((team.kept?.outputs as Outputs)["details"]).to.deep.equal({ [ann]: { onDestroy: "deactivate" } });
    expect(await team.up(news)).to.equal("unchanged");
    // For ann nothing changes by the new default.
    expect(await team.up({ members: { [ann]: members[ann] }, onDestroy: "retain" })).to.equal("updated");
    expect(await team.up({ members: { [ann]: members[ann] }, onDestroy: "deactivate" })).to.equal("unchanged");
  });

  it("are drift of nobody, and stay in the inputs when a refresh finds drift of one member", async () => {
    const news = { onDestroy: "retain", members: { [ann]: {}, [bob]: { onDestroy: "deactivate" } } };
    await team.up(news);
    const before = team.kept;
    await team.refresh();
    expect(team.kept).to.deep.equal(before);
    await platform().setEnabled(ann, false);
    await team.refresh();
    expect(team.kept?.inputs).to.deep.include({
      onDestroy: "retain",
      members: { [ann]: { enabled: false }, [bob]: { onDestroy: "deactivate" } },
    });
    platform().clearLog();
    expect(await team.up(news)).to.equal("updated");
    expect(writes()).to.deep.equal([`activate ${ann}`]);
  });

  it("do not claim a value for a member to which the update did not come", async () => {
    await team.up({ members: { [ann]: {}, [bob]: {} } });
    const what = { status: 400, body: { msg: "no", code: 400 } };
    platform().misbehave({ on: "deactivate", who: ann, when: "before", what });
    const news = { onDestroy: "retain", members: { [ann]: { enabled: false }, [bob]: {} } };
    expect(await messageOf(() => team.up(news))).to.match(/1 member failed/);
    const { details } = team.kept?.outputs as Outputs;
    expect(details).to.deep.equal({ [bob]: { onDestroy: "retain" } });
    expect(team.kept?.outputs).to.not.have.property("onDestroy");
    await team.up(news);
    expect(team.kept?.outputs).to.include({ onDestroy: "retain" });
    await team.destroy();
    expect(writes().slice(2), "tried, and tried again").to.deep.equal([`deactivate ${ann}`, `deactivate ${ann}`]);
  });

  it("may be known by up alone", async () => {
    await team.up({ members: { [ann]: {}, [bob]: { onDestroy: "retain" } } });
    const unknown = pulumi.runtime.unknownValue;
    const news = { onDestroy: unknown, adopt: unknown, members: { [ann]: {}, [bob]: { onDestroy: "retain" } } };
    expect(await team.preview(news)).to.equal("updated");
    expect(said().at(-1)).to.include(ann).and.not.include(bob);
  });

  it("are followed by a member who moves in from a user or another team", async () => {
    await team.up({ members: { [ann]: {} } });
    const { team: provider } = await startDynamic(platform());
    const declared = (name: string, props: object) => ({ ...props, __declared: { key: name, name } });
    const news = (
      await provider.check({}, declared("sales", { adopt: true, onDestroy: "retain", members: { [ann]: {} } }))
    ).inputs as Record<string, unknown>;
    const arrived = (await provider.create(news)).outs as Outputs;
    await provider.delete("id", team.kept?.outputs ?? {});
    await provider.delete("id", arrived);
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it("are refused by name when they are of another type, also by hand in a state", async () => {
    for (const [news, problem] of [
      [{ onDestroy: "keep" }, /onDestroy must be "deactivate" or "retain"/],
      [{ adopt: "yes" }, /adopt must be true or false/],
      [{ onDestory: "retain" }, /onDestory is not an input of a Wallaroo team; there are members, adopt, onDestroy/],
    ] as const) {
      expect(await messageOf(() => team.preview({ ...news, members: { [ann]: {} } }))).to.match(problem);
    }
    const news = { onDestroy: "retain", members: { [ann]: {}, [bob]: {} } };
    await team.up(news);
    const kept = team.kept as NonNullable<typeof team.kept>;
    team.kept = { ...kept, outputs: { ...kept.outputs, onDestroy: 7 } };
    expect(await messageOf(() => team.destroy())).to.match(
      /the stored state can't be read: onDestroy must be "deactivate" or "retain", and is a number\. Nothing was sent/,
    );
    await team.refresh();
    expect(team.kept?.outputs).to.include({ onDestroy: "retain" });
    await team.destroy();
    expect(writes()).to.deep.equal([`invite ${ann}`, `invite ${bob}`]);
  });
});
