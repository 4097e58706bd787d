import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { OPERATOR } from "../emulator/seeds";
import { EngineCalls, listen, startDynamic } from "./dynamic";
import { messageOf, onPlatform } from "./platform";

const [ann, bob, old, older] = ["ann@example.com", "bob@example.com", "old@example.com", "older@example.org"];
/** The account that the tests run as: declared, so that it is not unmanaged. */
const staff = { [OPERATOR.email]: { adopt: true, onDestroy: "retain" }, [ann]: {} };
type Props = Record<string, unknown>;

describe("the unmanaged accounts of a team", () => {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  let team: EngineCalls;
  beforeEach(async () => {
    await start();
    for (const email of [old, older]) await platform().addUser({ email });
    await platform().addUser({ email: "off@example.com", enabled: false });
    team = new EngineCalls(platform, "team");
  });
  const queries = () => platform().requests("query").length;
  const isEnabled = async (email: string) => (await platform().findByEmail(email))?.enabled;
  const declared = (mode: string, more: Props = {}) => ({ ifUnmanaged: mode, members: staff, ...more });

  it("are neither looked for nor stored by default", async () => {
    for (const news of [{ members: staff }, declared("ignore")]) {
      await team.up(news);
      expect(team.kept?.outputs).to.not.have.any.keys("unmanaged", "ifUnmanaged");
    }
    platform().clearLog();
    expect(await team.up({ members: staff })).to.equal("unchanged");
    expect(platform().log).to.deep.equal([]);
  });

  it("are not those that a resource of another provider declares", async () => {
    const __declared = { key: "1", name: "it", elsewhere: [old] };
    await team.up(declared("report", { __declared }));
    expect(team.kept?.outputs["unmanaged"]).to.deep.equal([older]);
  });

  it("are forgotten by the list once a resource declares them, so that its onDestroy counts when it is taken out", async () => {
    await team.up(declared("deactivate"));
    expect(team.kept?.outputs["unmanaged"]).to.deep.equal([old, older]);
    const withUser = declared("deactivate", { __declared: { key: "1", name: "it", others: { [old]: ["keeper"] } } });
    const cutOff = team.kept;
    expect(await team.preview(withUser)).to.equal("updated");
    expect(await team.up(withUser)).to.equal("updated");
    expect(cutOff).to.not.deep.equal(team.kept);
    expect(team.kept?.outputs["unmanaged"]).to.not.include(old);
    await team.up(declared("deactivate"));
    expect(await isEnabled(old)).to.equal(true);
  });

  it("are reported without the built-in admin, service accounts, deactivated accounts and other domains", async () => {
    await platform().addUser({ email: "robot@example.com", username: "service-account-robot" });
    await team.up(declared("report"));
    expect(team.kept?.outputs["unmanaged"]).to.deep.equal([old, older]);
    expect(await team.up(declared("report", { unmanagedDomain: "@Example.COM" }))).to.equal("updated");
    expect(team.kept?.outputs["unmanaged"]).to.deep.equal([old]);
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it("are no drift and no diff when they come between two runs, but are named", async () => {
    await team.up(declared("deactivate"));
    await platform().addUser({ email: "new@example.com" });
    const before = team.kept;
    await team.refresh();
    expect(team.kept).to.deep.equal(before);
    await team.up(declared("report"));
    await platform().addUser({ email: "newer@example.com" });
    platform().clearLog();
    expect(await team.up(declared("report"))).to.equal("unchanged");
    expect(queries()).to.equal(1);
    expect(said().at(-1)).to.match(/output `unmanaged` does not have yet: newer@example\.com$/);
    expect(writes()).to.deep.equal([]);
  });

  it("are cut off by the next up alone, announced by name, and those that came since by a later one", async () => {
    expect(await team.up(declared("deactivate"))).to.equal("created");
    expect(writes(), "no earlier up has reported them").to.deep.equal([`invite ${ann}`]);
    await platform().addUser({ email: "new@example.com" });
    expect(await team.preview(declared("deactivate"))).to.equal("updated");
    expect(said().slice(-3)).to.deep.equal(
      [
        `${old} gets deactivated, as nothing in the program declares it.`,
        `${older} gets deactivated, as nothing in the program declares it.`,
        "in all, 2 deactivated.",
      ].map((line) => `team "it": ${line}`),
    );
    expect(await team.up(declared("deactivate"))).to.equal("updated");
    expect(writes().slice(1)).to.have.members([`deactivate ${old}`, `deactivate ${older}`]);
    expect(team.kept?.outputs["unmanaged"]).to.deep.equal(["new@example.com"]);
    expect(await team.up(declared("deactivate"))).to.equal("updated");
    expect(await isEnabled("new@example.com")).to.equal(false);
    platform().clearLog();
    expect(await team.up(declared("deactivate"))).to.equal("unchanged");
    expect(queries()).to.equal(1);
  });

  it("are left alone once anything else declares them or has taken them over", async () => {
    await team.up(declared("deactivate"));
    const { team: provider, user } = await startDynamic(platform());
    await provider.check({}, { members: { [old]: { adopt: true } }, __declared: { key: "2", name: "sales" } });
    const inputs = (await user.check({}, { email: older, adopt: true, __declared: { key: "3", name: "older" } }))
      .inputs as Props;
    await user.create(inputs);
    const kept = team.kept as NonNullable<typeof team.kept>;
    const news = { ...declared("deactivate"), __declared: { key: "1", name: "it", others: {} } };
    const checked = (await provider.check(kept.inputs, news)).inputs as Props;
    expect(await provider.diff(kept.id, kept.outputs, checked)).to.include({ changes: true });
    const updated = await provider.update(kept.id, kept.outputs, checked);
    expect(updated.outs).to.have.deep.property("unmanaged", []);
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it("are not those whose address was changed on the platform under a resource of this stack", async () => {
    await team.up(declared("deactivate"));
    const { team: provider, user } = await startDynamic(platform());
    const id = (await platform().findByEmail(old))?.id ?? "";
    const inputs = { email: "before@example.com", enabled: true };
    await user.check({}, { ...inputs, __declared: { key: "3", name: "x" } });
    const state = { ...inputs, username: inputs.email, adopted: false };
    await user.diff(id, state, inputs);
    const kept = team.kept as NonNullable<typeof team.kept>;
    const news = (await provider.check(kept.inputs, declared("deactivate"))).inputs as Props;
    await provider.update(kept.id, kept.outputs, news);
    expect(await isEnabled(old)).to.equal(true);
    expect(await isEnabled(older)).to.equal(false);
  });

  it("are refused with every name when the guards protect them, and fewer than two administrators are never left", async () => {
    await platform().addUser({ email: "boss@example.com", realmRoles: ["admin"] });
    const members = { [ann]: {} };
    await team.up(declared("report", { members }));
    team = Object.assign(new EngineCalls(platform, "team", { "wallaroo:protectedEmails": old }), { kept: team.kept });
    platform().clearLog();
    const refused = await messageOf(() => team.preview(declared("deactivate", { members })));
    expect(refused)
      .to.match(/deactivate old@example\.com: it is not declared in the program, and wallaroo:protectedEmails protects/)
      .and.match(/deactivate operator@example\.com: .*it is the account that this provider runs as.*adopt: true/)
      .and.match(/deactivate boss@example\.com, operator@example\.com: 1 enabled administrator would be left/);
    expect(await messageOf(() => team.up(declared("deactivate", { members })))).to.equal(refused);
    expect(writes()).to.deep.equal([]);
  });

  it("are refused where the platform shows no roles", async () => {
    await start({ release: "2022" });
    await platform().addUser({ email: old });
    await team.up(declared("report"));
    expect(await messageOf(() => team.preview(declared("deactivate")))).to.match(
      /deactivate old@example\.com: .*the platform does not show whether they are administrators.*"report"/,
    );
  });

  it("are cut off by one team, and refused to a second one and to one that does not know all addresses", async () => {
    const { team: provider } = await startDynamic(platform());
    const reasons = async (key: string, more: object = {}, mode = "deactivate") => {
      const news = { ifUnmanaged: mode, members: {}, __declared: { key, name: `team-${key}`, ...more } };
      return (await provider.check({}, news)).failures?.map(({ reason }) => reason).join();
    };
    expect(await reasons("1")).to.equal("");
    expect(await reasons("1"), "checked again").to.equal("");
    expect(await reasons("2")).to.match(/unmanaged: "deactivate" is declared by "team-1" too/);
    expect(await reasons("2", {}, "report")).to.equal("");
    expect(await reasons("1", { late: ["eve"] })).to.match(/those of eve are known late.*"report"/);
    expect(await reasons("1", { late: ["eve"] }, "report")).to.equal("");
  });

  it("make a resource fail that was declared too late for the team to know", async () => {
    await team.up(declared("deactivate"));
    const { team: provider, user } = await startDynamic(platform());
    const kept = team.kept as NonNullable<typeof team.kept>;
    const checked = await provider.check(kept.inputs, {
      ...declared("deactivate"),
      __declared: { key: "1", name: "it" },
    });
    await provider.diff(kept.id, kept.outputs, checked.inputs as Props);
    const late = await user.check({}, { email: old, adopt: true, __declared: { key: "2", name: "late" } });
    expect(late.failures?.[0]?.reason).to.match(
      /^old@example\.com is declared by "late", and team "it", which deactivates unmanaged accounts, did not know/,
    );
  });

  it("cost one query, however many there are, and stay on the list when one of them fails", async () => {
    await start();
    for (let index = 0; index < 200; index += 1) await platform().addUser({ email: `s${index}@example.com` });
    await team.up(declared("report"));
    expect(team.kept?.outputs["unmanaged"]).to.have.length(200);
    platform().clearLog();
    await team.preview(declared("deactivate", { maxDepartures: 200 }));
    expect(queries()).to.equal(1);
    const what = { status: 400, body: { msg: "no", code: 400 } };
    platform().misbehave({ on: "deactivate", who: "s7@example.com", when: "before", what });
    const failed = await messageOf(() => team.up(declared("deactivate", { maxDepartures: "100%" })));
    expect(failed).to.match(/1 member failed of 200/);
    expect(team.kept?.outputs["unmanaged"]).to.have.length(200);
    platform().clearLog();
    await team.up(declared("deactivate"));
    expect(writes()).to.deep.equal(["deactivate s7@example.com"]);
  });

  it("may be declared by values that up alone knows", async () => {
    await team.up(declared("report"));
    const unknown = pulumi.runtime.unknownValue;
    const news = { ifUnmanaged: unknown, unmanagedDomain: unknown, maxDepartures: unknown, members: staff };
    expect(await team.preview(news)).to.equal("updated");
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it("are refused by name when the inputs are of another type, and a state that was edited by hand is repaired", async () => {
    for (const [more, problem] of [
      [{ ifUnmanaged: "delete" }, /unmanaged must be "ignore", "report" or "deactivate"/],
      [{ unmanagedDomain: "" }, /unmanagedDomain must be a domain/],
      [{ unmanagedDomain: "a@b" }, /unmanagedDomain must be a domain/],
      [{ maxDepartures: -1 }, /maxDepartures must be a whole number of accounts, or a share/],
      [{ maxDepartures: 1.5 }, /maxDepartures must be/],
      [{ maxDepartures: "101%" }, /maxDepartures must be/],
      [{ maxDepartures: "ten" }, /maxDepartures must be/],
    ] as const) {
      expect(await messageOf(() => team.preview({ members: staff, ...more }))).to.match(problem);
    }
    await team.up(declared("deactivate"));
    const good = team.kept as NonNullable<typeof team.kept>;
    for (const [key, value] of [
      ["unmanaged", { 0: bob }],
      ["unmanaged", [7]],
      ["seats", "many"],
      ["ifUnmanaged", 7],
      ["unmanagedDomain", {}],
    ] as const) {
      team.kept = { ...good, outputs: { ...good.outputs, [key]: value } };
      expect(await messageOf(() => team.up(declared("deactivate", { members: { ...staff, [bob]: {} } })))).to.match(
        new RegExp(`the stored state can't be read: ${key} must be`),
      );
      await team.refresh();
      expect(team.kept.outputs).to.not.have.property(key);
    }
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });
});

describe("the seats of a team", () => {
  const { platform, start } = onPlatform();
  listen();

  it("are counted after each change, and cost no request", async () => {
    await start();
    await platform().addUser({ email: "off@example.com", enabled: false });
    const team = new EngineCalls(platform, "team", { "wallaroo:seatLimit": "9" });
    await team.up({ members: { [ann]: {}, [bob]: { enabled: false } } });
    expect(team.kept?.outputs["seats"]).to.deep.equal({ active: 2, inactive: 2, limit: 9 });
    await platform().addUser({ email: old });
    const before = team.kept;
    await team.refresh();
    expect(team.kept).to.deep.equal(before);
    await team.up({ members: { [ann]: {}, [bob]: {} } });
    expect(team.kept?.outputs["seats"]).to.deep.equal({ active: 4, inactive: 1, limit: 9 });
  });
});
