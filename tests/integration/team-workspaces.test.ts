import { expect } from "chai";
import { OPERATOR } from "../emulator/seeds";
import type { PlatformOptions } from "../emulator/platform";
import { EngineCalls, listen, startDynamic } from "./dynamic";
import { messageOf, onPlatform } from "./platform";

const [ann, bob, cleo] = ["ann@example.com", "bob@example.com", "cleo@example.com"];
type Members = Record<string, object>;

describe("the workspaces of a team's members", () => {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  let team: EngineCalls;
  async function begin(options: PlatformOptions = {}): Promise<void> {
    await start(options);
    team = new EngineCalls(platform, "team");
    for (const name of ["churn", "fraud"]) await platform().addWorkspace(name, { owners: [OPERATOR.email] });
  }
  const of = (members: Members, more: object = {}) => ({ members, maxDepartures: "100%", ...more });
  async function beginWith(members: Members, options: PlatformOptions = {}, more: object = {}): Promise<void> {
    await begin(options);
    await team.up(of(members, more));
    platform().clearLog();
    said().length = 0;
  }
  const roles = async (name = "churn") => {
    const { [OPERATOR.email]: _operator, ...others } = await platform().membersOf(name);
    return others;
  };
  const counts = () =>
    (["workspaces/list", "workspaces/list_users", "workspaces/add_user", "workspaces/remove_user"] as const).map(
      (call) => platform().requests(call).length,
    );
  const stored = (email: string) =>
    (team.kept?.outputs["details"] as Record<string, { workspaces?: object }> | undefined)?.[email]?.workspaces;
  /** What is stored with the reasons of a step that failed by halves. */
  const reasonsOf = async (body: () => Promise<unknown>) => {
    const failure: unknown = await body().catch((error: unknown) => error);
    return (failure as { reasons: string[] }).reasons.join("\n");
  };
  const inBoth = { churn: "OWNER", fraud: "COLLABORATOR" };

  it("are given after the accounts are there, and stored by name", async () => {
    await begin();
    const members = of({ [ann]: { workspaces: inBoth }, [bob]: { workspaces: { churn: "COLLABORATOR" } }, [cleo]: {} });
    await team.preview(members);
    expect(writes()).to.deep.equal([]);
    await team.up(members);
    expect(await roles()).to.deep.equal({ [ann]: "OWNER", [bob]: "COLLABORATOR" });
    expect(await roles("fraud")).to.deep.equal({ [ann]: "COLLABORATOR" });
    expect(
      writes()
        .slice(0, 3)
        .every((write) => write.startsWith("invite")),
    ).to.equal(true);
    expect(stored(ann)).to.deep.equal({ churn: { id: 1, role: "OWNER" }, fraud: { id: 2, role: "COLLABORATOR" } });
    expect(team.kept?.outputs["details"]).to.have.all.keys(ann, bob);
    platform().clearLog();
    expect(await team.up(members)).to.equal("unchanged");
    expect(platform().log).to.deep.equal([]);
    await team.refresh();
    expect(counts()).to.deep.equal([1, 2, 0, 0]);
    expect(await team.up(members)).to.equal("unchanged");
  });

  it("change nothing for a team without any", async () => {
    await beginWith({ [ann]: {}, [bob]: { enabled: false } });
    await team.refresh();
    await team.up(of({ [ann]: { workspaces: {} }, [bob]: { enabled: true } }));
    expect(counts()).to.deep.equal([0, 0, 0, 0]);
    expect(team.kept?.outputs["details"]).to.deep.equal({});
  });

  it("cost one list, and per workspace a look before and after, however many members", async () => {
    const emails = Array.from({ length: 120 }, (_, index) => `p${index}@example.com`);
    const all = (role: string) =>
      Object.fromEntries(emails.map((email) => [email, { workspaces: { churn: role, fraud: role } }]));
    await beginWith(Object.fromEntries(emails.map((email) => [email, {}])));
    await team.up(of(all("COLLABORATOR")));
    const [lists = 0, looks = 0, added, removed] = counts();
    expect([added, removed]).to.deep.equal([240, 0]);
    expect(lists).to.equal(1);
    // Joined, as the looks at accounts are.
    expect(looks).to.be.at.most(2 + (2 * 240) / 25 + 2);
    platform().clearLog();
    await team.refresh();
    expect(counts()).to.deep.equal([1, 2, 0, 0]);
  });

  it("follow the declared role and names, and leave what others gave alone", async () => {
    await beginWith({ [ann]: { workspaces: inBoth }, [bob]: {} });
    await platform().addWorkspace("other", { owners: [OPERATOR.email], collaborators: [ann] });
    await platform().setMember("churn", bob, "COLLABORATOR");
    const news = of({ [ann]: { workspaces: { churn: "COLLABORATOR" } }, [bob]: {} });
    expect(await team.up(news)).to.equal("updated");
    expect(await roles()).to.deep.equal({ [ann]: "COLLABORATOR", [bob]: "COLLABORATOR" });
    expect(await roles("fraud")).to.deep.equal({});
    expect(await roles("other")).to.deep.equal({ [ann]: "COLLABORATOR" });
    expect(writes().filter((write) => !write.startsWith("workspaces/"))).to.deep.equal([]);
    expect(stored(ann)).to.deep.equal({ churn: { id: 1, role: "COLLABORATOR" } });
    await team.up(of({ [ann]: {}, [bob]: {} }));
    expect(await roles()).to.deep.equal({ [bob]: "COLLABORATOR" });
    expect(team.kept?.outputs["details"]).to.deep.equal({});
  });

  it("show drift at refresh, and up repairs it", async () => {
    const members = of({ [ann]: { workspaces: inBoth } });
    await beginWith(members.members);
    await platform().setMember("churn", ann, "COLLABORATOR");
    await platform().setMember("fraud", ann, undefined);
    expect(await team.up(members)).to.equal("unchanged");
    await team.refresh();
    expect(stored(ann)).to.deep.equal({ churn: { id: 1, role: "COLLABORATOR" } });
    expect(said().join("\n")).to.match(/fraud.* is not a member any more/);
    expect(await team.up(members)).to.equal("updated");
    expect([await roles(), await roles("fraud")]).to.deep.equal([{ [ann]: "OWNER" }, { [ann]: "COLLABORATOR" }]);
  });

  it("are all refused in preview when they are there already, and taken over with adopt", async () => {
    await begin();
    for (const email of [ann, bob]) await platform().addUser({ email, enabled: false });
    await platform().setMember("churn", ann, "COLLABORATOR");
    await platform().setMember("fraud", bob, "OWNER");
    const members = { [ann]: { workspaces: inBoth }, [bob]: { workspaces: { fraud: "OWNER" } } };
    const refused = await messageOf(() => team.preview(of(members)));
    expect(refused).to.match(
      /add ann@example\.com to workspace "churn": the account is a member already, as COLLABORATOR/,
    );
    expect(refused).to.match(/add bob@example\.com to workspace "fraud": the account is a member already, as OWNER/);
    expect(writes()).to.deep.equal([]);
    await team.up(of(members, { adopt: true }));
    expect(stored(ann)).to.deep.equal({
      churn: { id: 1, role: "OWNER", adopted: true, foundRole: "COLLABORATOR" },
      fraud: { id: 2, role: "COLLABORATOR" },
    });
    // Taken out, what this stack gave goes, and what it found is put back.
    await team.up(of({ [ann]: {}, [bob]: {} }, { adopt: true }));
    expect([await roles(), await roles("fraud")]).to.deep.equal([{ [ann]: "COLLABORATOR" }, { [bob]: "OWNER" }]);
  });

  it("are refused in preview, all problems at once, with the nearest name", async () => {
    await begin();
    const members = {
      [ann]: { workspaces: { chrun: "OWNER", frauds: "COLLABORATOR" } },
      [bob]: { workspaces: { chrun: "COLLABORATOR" } },
    };
    const refused = await messageOf(() => team.up(of(members)));
    expect(refused).to.match(/find workspace "chrun".*Did you mean "churn"\?/);
    expect(refused).to.match(/find workspace "frauds".*Did you mean "fraud"\?/);
    expect(refused.split("\n")).to.have.length(2);
    expect(writes()).to.deep.equal([]);
  });

  it("are refused as inputs by member, workspace and what is wrong", async () => {
    await begin();
    for (const [workspaces, problem] of [
      [["churn"], /members\["ann@example\.com"\]\.workspaces must be an object of roles/],
      ["churn", /workspaces must be an object of roles/],
      [{ churn: "owner" }, /members\["ann@example\.com"\]\.workspaces\["churn"\] must be "OWNER" or "COLLABORATOR"/],
      [{ churn: null }, /workspaces\["churn"\] must be "OWNER"/],
      [{ " ": "OWNER" }, /workspaces\[" "\]: the name must not be empty/],
      [{ "caf\u00e9": "OWNER", "cafe\u0301": "OWNER" }, /is there twice/],
    ] as const) {
      expect(await messageOf(() => team.up(of({ [ann]: { workspaces } })))).to.match(problem);
    }
    expect(platform().log).to.deep.equal([]);
  });

  it("keep the last owner of a workspace, by the whole plan", async () => {
    await begin();
    await platform().addWorkspace("own", { owners: [OPERATOR.email] });
    await team.up(of({ [ann]: { workspaces: { own: "OWNER" } }, [bob]: { workspaces: { own: "COLLABORATOR" } } }));
    await platform().setMember("own", OPERATOR.email, undefined);
    platform().clearLog();
    for (const roles of [undefined, "COLLABORATOR"]) {
      const workspaces = roles === undefined ? {} : { own: roles };
      const news = of({ [ann]: { workspaces }, [bob]: { workspaces: { own: "COLLABORATOR" } } });
      expect(await messageOf(() => team.preview(news))).to.match(
        /ann@example\.com .*no other owner of it that can be seen would be left/,
      );
      expect(await messageOf(() => team.up(news))).to.match(/no other owner/);
    }
    expect(writes()).to.deep.equal([]);
    // Of two owners one has to stay.
    await team.up(of({ [ann]: { workspaces: { own: "OWNER" } }, [bob]: { workspaces: { own: "OWNER" } } }));
    platform().clearLog();
    const both = await messageOf(() => team.preview(of({ [ann]: {}, [bob]: {} })));
    expect(both.match(/no other (account|owner)/g)).to.have.length(1);
    // Another one becomes an owner in the same step, who may only just join.
    await team.up(of({ [ann]: { workspaces: { own: "COLLABORATOR" } }, [bob]: { workspaces: { own: "OWNER" } } }));
    expect(await platform().membersOf("own")).to.deep.equal({ [ann]: "COLLABORATOR", [bob]: "OWNER" });
    await team.up(of({ [ann]: {}, [bob]: {}, [cleo]: { workspaces: { own: "OWNER" } } }));
    expect(await platform().membersOf("own")).to.deep.equal({ [cleo]: "OWNER" });
    // The only other owner is cut off in the same step.
    await team.up(of({ [ann]: { workspaces: { own: "OWNER" } }, [cleo]: { workspaces: { own: "OWNER" } } }));
    platform().clearLog();
    for (const cut of [{ [cleo]: { enabled: false, workspaces: { own: "OWNER" } } }, {}]) {
      const message = await messageOf(() => team.preview(of({ [ann]: {}, ...cut })));
      expect(message).to.match(/remove ann@example\.com from workspace "own": no other/);
    }
    expect(writes()).to.deep.equal([]);
  });

  it("go with a member that leaves, after its account is cut off", async () => {
    await beginWith({ [ann]: { workspaces: inBoth }, [bob]: { workspaces: { fraud: "OWNER" } } });
    await team.up(of({ [bob]: { workspaces: { fraud: "OWNER" } } }));
    expect([await roles(), await roles("fraud")]).to.deep.equal([{}, { [bob]: "OWNER" }]);
    expect(writes()[0]).to.equal(`deactivate ${ann}`);
    await team.destroy();
    expect(await roles("fraud")).to.deep.equal({});
  });

  it("stay with a member that is only deactivated, and with one that is retained", async () => {
    await beginWith({
      [ann]: { workspaces: inBoth },
      [bob]: { onDestroy: "retain", workspaces: { churn: "COLLABORATOR" } },
    });
    await team.up(of({ [ann]: { enabled: false, workspaces: inBoth } }));
    expect(await roles()).to.deep.equal({ [ann]: "OWNER", [bob]: "COLLABORATOR" });
    expect(writes()).to.deep.equal([`deactivate ${ann}`]);
  });

  it("are put back as found when an adopted member leaves", async () => {
    await begin();
    await platform().addUser({ email: ann });
    await platform().setMember("churn", ann, "COLLABORATOR");
    await team.up(of({ [ann]: { adopt: true, workspaces: inBoth } }));
    await team.destroy();
    expect([await roles(), await roles("fraud")]).to.deep.equal([{ [ann]: "COLLABORATOR" }, {}]);
    expect(await platform().findByEmail(ann)).to.include({ enabled: true });
  });

  it("are handed over before the only owner leaves, and kept by one that nobody follows", async () => {
    await begin();
    for (const name of ["own", "kept"]) await platform().addWorkspace(name, { models: 1 });
    await team.up(
      of({
        [ann]: { handOver: bob, workspaces: { own: "OWNER" } },
        [bob]: {},
        [cleo]: { workspaces: { kept: "OWNER" } },
      }),
    );
    platform().clearLog();
    said().length = 0;
    await team.up(of({ [bob]: {} }));
    expect(await platform().membersOf("own")).to.deep.equal({ [bob]: "OWNER" });
    expect(await platform().membersOf("kept")).to.deep.equal({ [cleo]: "OWNER" });
    const lines = said().join("\n");
    expect(lines).to.match(/cleo@example\.com alone owns kept \(1 model, 0 pipelines\): left without/);
    expect(lines).to.match(/remove cleo@example\.com from workspace "kept": .* It stays a member, and/);
  });

  it("count as owned if another member becomes an owner in the same step", async () => {
    await begin();
    await platform().addWorkspace("own");
    await team.up(of({ [ann]: { onSoleOwner: "refuse", workspaces: { own: "OWNER" } }, [bob]: {} }));
    said().length = 0;
    await team.up(of({ [bob]: { workspaces: { own: "OWNER" } } }));
    expect(await platform().membersOf("own")).to.deep.equal({ [bob]: "OWNER" });
    expect(said().filter((line) => line.includes("alone owns"))).to.deep.equal([]);
  });

  it("store what was done when some fail, and the next up does the rest", async () => {
    await beginWith({ [ann]: {}, [bob]: {} });
    const id = (await platform().findByEmail(bob))?.id ?? "";
    const what = { status: 400, body: { msg: "no", code: 400 } };
    platform().misbehave({ on: "workspaces/add_user", who: id, times: 99, when: "before", what });
    const news = of({ [ann]: { workspaces: inBoth }, [bob]: { workspaces: { churn: "OWNER" } } });
    expect(await reasonsOf(() => team.up(news))).to.match(
      /1 member failed of 3\..*bob@example\.com to workspace "churn"/s,
    );
    expect(stored(ann)).to.have.all.keys("churn", "fraud");
    expect(stored(bob)).to.equal(undefined);
    platform().behave();
    platform().clearLog();
    await team.up(news);
    expect(writes()).to.have.length(1);
    expect(await roles()).to.deep.equal({ [ann]: "OWNER", [bob]: "OWNER" });
  });

  it("take nothing away while something could not be given", async () => {
    await beginWith({ [ann]: { workspaces: inBoth }, [bob]: {} });
    const what = { status: 400, body: { msg: "no", code: 400 } };
    platform().misbehave({ on: "workspaces/add_user", times: 99, when: "before", what });
    await messageOf(() => team.up(of({ [ann]: {}, [bob]: { workspaces: { churn: "OWNER" } } })));
    expect(counts()[3]).to.equal(0);
    expect(stored(ann)).to.have.all.keys("churn", "fraud");
  });

  it("are looked at when the answer was lost, and not given twice", async () => {
    await beginWith({ [ann]: {} });
    platform().misbehave({ on: "workspaces/add_user", when: "after", what: { reset: true } });
    await team.up(of({ [ann]: { workspaces: { churn: "COLLABORATOR" } } }));
    expect(await roles()).to.deep.equal({ [ann]: "COLLABORATOR" });
    expect(await team.up(of({ [ann]: { workspaces: { churn: "COLLABORATOR" } } }))).to.equal("unchanged");
  });

  it("that may have been given are stored so, and looked at by the next up", async () => {
    await beginWith({ [ann]: {} });
    team = Object.assign(new EngineCalls(platform, "team", { "wallaroo:maxRetries": "0" }), { kept: team.kept });
    platform().misbehave({ on: "workspaces/add_user", when: "after", what: { status: 502 } });
    platform().misbehave({ on: "workspaces/list_users", nth: 2, times: 9, when: "before", what: { status: 502 } });
    const news = of({ [ann]: { workspaces: { churn: "OWNER" } } });
    expect(await reasonsOf(() => team.up(news))).to.match(
      /ann@example\.com in workspace "churn".*could not be looked at/,
    );
    expect(stored(ann)).to.deep.equal({ churn: { id: 1, role: "OWNER", unfinished: true } });
    platform().behave();
    platform().clearLog();
    expect(await team.up(news)).to.equal("updated");
    expect(writes()).to.deep.equal([]);
    expect(stored(ann)).to.deep.equal({ churn: { id: 1, role: "OWNER" } });
  });

  it("finish for a member whose memberships could not be taken away when it left", async () => {
    await beginWith({ [ann]: { workspaces: inBoth }, [bob]: {} });
    const what = { status: 400, body: { msg: "no", code: 400 } };
    platform().misbehave({ on: "workspaces/remove_user", times: 99, when: "before", what });
    expect(await reasonsOf(() => team.up(of({ [bob]: {} })))).to.match(/remove ann@example\.com from workspace/);
    expect(stored(ann)).to.have.all.keys("churn", "fraud");
    platform().behave();
    // Declared again, it is brought back.
    await team.up(of({ [ann]: { workspaces: inBoth }, [bob]: {} }));
    expect(await platform().findByEmail(ann)).to.include({ enabled: true });
    await team.up(of({ [bob]: {} }));
    expect([await roles(), await roles("fraud")]).to.deep.equal([{}, {}]);
    expect(team.kept?.outputs["ids"]).to.have.all.keys(bob);
  });

  it("are refused when another resource declares one of them, by name or by id", async () => {
    await beginWith({ [ann]: { workspaces: inBoth } });
    const kept = team.kept as NonNullable<typeof team.kept>;
    const id = (kept.outputs["ids"] as Record<string, string>)[ann];
    const declaration = { members: { [ann]: { workspaces: inBoth } }, __declared: { key: "1", name: "it" } };
    for (const [workspace, user] of [
      ["churn", ann],
      [1, id],
      ["fraud", id],
    ]) {
      const { team: provider, workspaceMember } = await startDynamic(platform());
      const checked = (await provider.check(kept.inputs, declaration)).inputs as Record<string, unknown>;
      await provider.diff(kept.id, kept.outputs, checked);
      const other = { workspace, user, adopt: true, __declared: { key: "2", name: "other" } };
      const { failures = [] } = await workspaceMember.check({}, other);
      expect(failures.map(({ reason }) => reason).join()).to.match(/declared twice, by "it" and by "other"/);
    }
    const { team: provider, workspaceMember } = await startDynamic(platform());
    await workspaceMember.check({}, { workspace: 1, user: id, adopt: true, __declared: { key: "2", name: "other" } });
    const checked = (await provider.check(kept.inputs, declaration)).inputs as Record<string, unknown>;
    expect(await messageOf(() => provider.diff(kept.id, kept.outputs, checked))).to.match(
      /ann@example\.com in workspace "churn": the membership is declared twice, by "it" and by "other"/,
    );
  });

  it("are named, and an id in place of a name is refused", async () => {
    await begin();
    expect(await messageOf(() => team.preview(of({ [ann]: { workspaces: { 2: "OWNER" } } })))).to.match(
      /find workspace "2": it is the id of workspace "fraud", and members of a team name their workspaces.*Write "fraud"/,
    );
    await platform().addWorkspace("1", { owners: [OPERATOR.email] });
    await team.up(of({ [ann]: { workspaces: { 1: "OWNER" } } }));
    expect(await roles("1")).to.deep.equal({ [ann]: "OWNER" });
  });

  it("follow a name in another encoding, and one that is changed on the platform", async () => {
    await begin();
    await platform().addWorkspace("cafe\u0301", { owners: [OPERATOR.email] });
    const members = of({ [ann]: { workspaces: { "caf\u00e9": "OWNER", churn: "OWNER" } } });
    await team.up(members);
    await team.refresh();
    expect(await team.up(members)).to.equal("unchanged");
    platform().workspace("churn").name = "churn-2";
    await team.refresh();
    expect(said().join("\n")).to.match(/renamed from "churn" to "churn-2"/);
    expect(await messageOf(() => team.up(members))).to.match(/find workspace "churn".*Did you mean "churn-2"\?/);
    const renamed = of({ [ann]: { workspaces: { "caf\u00e9": "OWNER", "churn-2": "OWNER" } } });
    platform().clearLog();
    expect(await team.up(renamed)).to.equal("unchanged");
    expect(writes()).to.deep.equal([]);
  });

  it("follow an account whose address was changed, and one that was made anew", async () => {
    const members = of({ [ann]: { workspaces: inBoth } });
    await beginWith(members.members);
    await platform().recreate(ann);
    await team.refresh();
    await team.up(members);
    expect(await roles("churn")).to.include({ [ann]: "OWNER" });
    await team.refresh();
    expect(await team.up(members)).to.equal("unchanged");
  });

  it("do not hold up the departure of a member when the workspace is not shown any more", async () => {
    await beginWith({ [ann]: { workspaces: inBoth }, [bob]: {} });
    await platform().change({ adminSees: "own" });
    await platform().setMember("churn", OPERATOR.email, undefined);
    await team.up(of({ [bob]: {} }));
    expect(said().join("\n")).to.match(
      /ann@example\.com in workspace "churn": .*does not see workspace 1 .* It stays a member, and is no longer managed/,
    );
    expect(await roles("fraud")).to.deep.equal({});
    expect(team.kept?.outputs["ids"]).to.have.all.keys(bob);
  });

  it("go along with members that are handed over one at a time", async () => {
    await begin();
    await platform().addWorkspace("own");
    const one = { "wallaroo:maxConcurrency": "1" };
    team = new EngineCalls(platform, "team", one);
    const leaver = { handOver: bob, workspaces: { own: "OWNER", churn: "COLLABORATOR" } };
    await team.up(of({ [ann]: leaver, [cleo]: leaver, [bob]: {} }));
    await team.up(of({ [bob]: {} }));
    expect(await platform().membersOf("own")).to.deep.equal({ [bob]: "OWNER" });
  });
});
