import { expect } from "chai";
import { teamFailureOf } from "../failures";
import { startPlatform, type Platform } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";
import { EngineCalls, listen, startDynamic } from "./dynamic";
import { connectTo, messageOf, onPlatform } from "./platform";

const [ann, bob, cleo, old] = ["ann@example.com", "bob@example.com", "cleo@example.com", "old@example.com"];
const staff = { [OPERATOR.email]: { adopt: true, onDestroy: "retain" }, [ann]: {} };
type Props = Record<string, unknown>;

describe("another platform behind the address", () => {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  let day = "";
  let copy: Platform;
  beforeEach(async () => {
    day = "2031-05-01";
    const now = () => Date.parse(`${day}T12:00:00Z`);
    await start({ now });
    copy = await startPlatform({ now });
  });
  afterEach(() => copy.close());

  /** The same stored resource, as a run meets it that asks the copy. */
  const there = (calls: EngineCalls, kind: "user" | "team" = "team") =>
    Object.assign(new EngineCalls(() => copy, kind), { kept: calls.kept });

  it("has no unmanaged account cut off when not one member is there under its id and address", async () => {
    await platform().addUser({ email: old });
    const team = new EngineCalls(platform, "team");
    const news = { ifUnmanaged: "deactivate", members: staff };
    await team.up(news);
    await copy.addUser({ email: old });
    const refused = await messageOf(() => there(team).preview(news));
    expect(refused).to.match(
      /Could not deactivate old@example\.com: no account that the state knows is on 127\.0\.0\.1:\d+ under its id and address\..*wallaroo:url/,
    );
    // Ids are the same in a cloned realm.
    await copy.addUser({ id: (team.kept?.outputs["ids"] as Props)[ann] as string, email: bob });
    for (const calls of [there(team), there(team)]) {
      expect(await messageOf(() => calls.up(news))).to.equal(refused);
    }
    expect(copy.written()).to.deep.equal([]);
    await team.up(news);
    expect(writes().at(-1)).to.equal(`deactivate ${old}`);
  });

  it("has no unmanaged account cut off by a team without members when no single user is there", async () => {
    await platform().addUser({ email: old });
    const team = new EngineCalls(platform, "team");
    const user = new EngineCalls(platform, "user");
    const news = { ifUnmanaged: "deactivate", members: {} };
    await user.up({ email: ann });
    await platform().addUser({ email: "boss@example.com", realmRoles: ["admin"] });
    await team.up({ ...news, unmanagedDomain: "example.com" });
    await copy.addUser({ email: old });
    const { team: provider, user: single } = await startDynamic(copy);
    await single.diff(user.kept?.id ?? "", user.kept?.outputs ?? {}, user.kept?.inputs ?? {});
    const { id, inputs, outputs } = team.kept as NonNullable<typeof team.kept>;
    const checked = (await provider.check(inputs, { ...news, __declared: { key: "1", name: "it" } })).inputs as Props;
    expect(await messageOf(() => Promise.resolve(provider.diff(id, outputs, checked)))).to.include("wallaroo:url");
    expect(copy.written()).to.deep.equal([]);
  });

  it("has no account of a cloned realm cut off for the member whose id it has, by `expires` or `enabled`", async () => {
    const team = new EngineCalls(platform, "team");
    const until = (expires: string) => ({
      members: Object.fromEntries([ann, bob, cleo].map((who) => [who, { expires }])),
    });
    await team.up(until(day));
    const ids = Object.values(team.kept?.outputs["ids"] as Record<string, string>);
    for (const [index, id] of ids.entries()) await copy.addUser({ id, email: `stranger${index}@example.org` });
    const off = { members: Object.fromEntries([ann, bob, cleo].map((who) => [who, { enabled: false }])) };
    const late = until(day);
    day = "2031-05-02";
    for (const news of [off, late]) {
      expect(await messageOf(() => there(team).preview(news))).to.match(
        /Could not update 3 accounts: not one of these accounts has the address that the state knows .*ann@example\.com is stranger/,
      );
    }
    expect(copy.written()).to.deep.equal([]);
  });

  it("has no account of a cloned realm cut off by an up that no preview came before", async () => {
    const all = (enabled: boolean) => Object.fromEntries([ann, bob, cleo].map((who) => [who, { enabled }]));
    const state = await connectTo(platform()).team.apply(undefined, all(true), "team");
    for (const [index, id] of Object.values(state.ids).entries()) {
      await copy.addUser({ id, email: `stranger${index}@example.org` });
    }
    const failed: unknown = await connectTo(copy)
      .team.apply(state, all(false), "team")
      .catch((error: unknown) => error);
    const { reasons } = teamFailureOf(failed);
    expect(reasons).to.have.length(1);
    expect(reasons.join()).to.match(/Could not update 3 accounts: not one of these accounts has the address/);
    expect(copy.written()).to.deep.equal([]);
  });

  it("is not suspected when one of several members that are deactivated has another address", async () => {
    const team = new EngineCalls(platform, "team");
    await team.up({ members: { [ann]: {}, [bob]: {}, [cleo]: {} } });
    for (const [who, id] of Object.entries(team.kept?.outputs["ids"] as Record<string, string>)) {
      await copy.addUser({ id, email: who === ann ? "ann.new@example.com" : who });
    }
    const off = { [ann]: { enabled: false }, [bob]: { enabled: false }, [cleo]: {} };
    await there(team).up({ members: off });
    expect(copy.written()).to.have.members(["deactivate ann.new@example.com", `deactivate ${bob}`]);
    expect(said().join("\n")).to.match(/has the address ann\.new@example\.com on the platform now/);
  });
});
