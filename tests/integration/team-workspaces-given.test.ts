import { expect } from "chai";
import { OPERATOR } from "../emulator/seeds";
import { startDynamic } from "./dynamic";
import { messageOf } from "./platform";
import { ann, bob, cleo, inBoth, of, onTeamWorkspaces } from "./team-workspaces";

describe("the workspaces of a team's members", () => {
  const { platform, writes, said, team, begin, beginWith, roles, counts, stored } = onTeamWorkspaces();

  it("are given after the accounts are there, and stored by name", async () => {
    await begin();
    const members = of({ [ann]: { workspaces: inBoth }, [bob]: { workspaces: { churn: "COLLABORATOR" } }, [cleo]: {} });
    await team().preview(members);
    expect(writes()).to.deep.equal([]);
    await team().up(members);
    expect(await roles()).to.deep.equal({ [ann]: "OWNER", [bob]: "COLLABORATOR" });
    expect(await roles("fraud")).to.deep.equal({ [ann]: "COLLABORATOR" });
    expect(
      writes()
        .slice(0, 3)
        .every((write) => write.startsWith("invite")),
    ).to.equal(true);
    expect(stored(ann)).to.deep.equal({ churn: { id: 1, role: "OWNER" }, fraud: { id: 2, role: "COLLABORATOR" } });
    expect(team().kept?.outputs["details"]).to.have.all.keys(ann, bob);
    platform().clearLog();
    expect(await team().up(members)).to.equal("unchanged");
    expect(platform().log).to.deep.equal([]);
    await team().refresh();
    expect(counts()).to.deep.equal([1, 2, 0, 0]);
    expect(await team().up(members)).to.equal("unchanged");
  });

  it("change nothing for a team without any", async () => {
    await beginWith({ [ann]: {}, [bob]: { enabled: false } });
    await team().refresh();
    await team().up(of({ [ann]: { workspaces: {} }, [bob]: { enabled: true } }));
    expect(counts()).to.deep.equal([0, 0, 0, 0]);
    expect(team().kept?.outputs["details"]).to.deep.equal({});
  });

  it("cost one list, and per workspace a look before and after, however many members", async () => {
    const emails = Array.from({ length: 120 }, (_, index) => `p${index}@example.com`);
    const all = (role: string) =>
      Object.fromEntries(emails.map((email) => [email, { workspaces: { churn: role, fraud: role } }]));
    await beginWith(Object.fromEntries(emails.map((email) => [email, {}])));
    await team().up(of(all("COLLABORATOR")));
    const [lists = 0, looks = 0, added, removed] = counts();
    expect([added, removed]).to.deep.equal([240, 0]);
    expect(lists).to.equal(1);
    // Joined, as the looks at accounts are.
    expect(looks).to.be.at.most(2 + (2 * 240) / 25 + 2);
    platform().clearLog();
    await team().refresh();
    expect(counts()).to.deep.equal([1, 2, 0, 0]);
  });

  it("follow the declared role and names, and leave what others gave alone", async () => {
    await beginWith({ [ann]: { workspaces: inBoth }, [bob]: {} });
    await platform().addWorkspace("other", { owners: [OPERATOR.email], collaborators: [ann] });
    await platform().setMember("churn", bob, "COLLABORATOR");
    const news = of({ [ann]: { workspaces: { churn: "COLLABORATOR" } }, [bob]: {} });
    expect(await team().up(news)).to.equal("updated");
    expect(await roles()).to.deep.equal({ [ann]: "COLLABORATOR", [bob]: "COLLABORATOR" });
    expect(await roles("fraud")).to.deep.equal({});
    expect(await roles("other")).to.deep.equal({ [ann]: "COLLABORATOR" });
    expect(writes().filter((write) => !write.startsWith("workspaces/"))).to.deep.equal([]);
    expect(stored(ann)).to.deep.equal({ churn: { id: 1, role: "COLLABORATOR" } });
    await team().up(of({ [ann]: {}, [bob]: {} }));
    expect(await roles()).to.deep.equal({ [bob]: "COLLABORATOR" });
    expect(team().kept?.outputs["details"]).to.deep.equal({});
  });

  it("show drift at refresh, and up repairs it", async () => {
    const members = of({ [ann]: { workspaces: inBoth } });
    await beginWith(members.members);
    await platform().setMember("churn", ann, "COLLABORATOR");
    await platform().setMember("fraud", ann, undefined);
    expect(await team().up(members)).to.equal("unchanged");
    await team().refresh();
    expect(stored(ann)).to.deep.equal({ churn: { id: 1, role: "COLLABORATOR" } });
    expect(said().join("\n")).to.match(/fraud.* is not a member any more/);
    expect(await team().up(members)).to.equal("updated");
    expect([await roles(), await roles("fraud")]).to.deep.equal([{ [ann]: "OWNER" }, { [ann]: "COLLABORATOR" }]);
  });

  it("are all refused in preview when they are there already, and taken over with adopt", async () => {
    await begin();
    for (const email of [ann, bob]) await platform().addUser({ email, enabled: false });
    await platform().setMember("churn", ann, "COLLABORATOR");
    await platform().setMember("fraud", bob, "OWNER");
    const members = { [ann]: { workspaces: inBoth }, [bob]: { workspaces: { fraud: "OWNER" } } };
    const refused = await messageOf(() => team().preview(of(members)));
    expect(refused).to.match(
      /add ann@example\.com to workspace "churn": the account is a member already, as COLLABORATOR/,
    );
    expect(refused).to.match(/add bob@example\.com to workspace "fraud": the account is a member already, as OWNER/);
    expect(writes()).to.deep.equal([]);
    await team().up(of(members, { adopt: true }));
    expect(stored(ann)).to.deep.equal({
      churn: { id: 1, role: "OWNER", adopted: true, foundRole: "COLLABORATOR" },
      fraud: { id: 2, role: "COLLABORATOR" },
    });
    // Taken out, what this stack gave goes, and what it found is put back.
    await team().up(of({ [ann]: {}, [bob]: {} }, { adopt: true }));
    expect([await roles(), await roles("fraud")]).to.deep.equal([{ [ann]: "COLLABORATOR" }, { [bob]: "OWNER" }]);
  });

  it("are refused in preview, all problems at once, with the nearest name", async () => {
    await begin();
    const members = {
      [ann]: { workspaces: { chrun: "OWNER", frauds: "COLLABORATOR" } },
      [bob]: { workspaces: { chrun: "COLLABORATOR" } },
    };
    const refused = await messageOf(() => team().up(of(members)));
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
      expect(await messageOf(() => team().up(of({ [ann]: { workspaces } })))).to.match(problem);
    }
    expect(platform().log).to.deep.equal([]);
  });

  it("are refused when another resource declares one of them, by name or by id", async () => {
    await beginWith({ [ann]: { workspaces: inBoth } });
    const kept = team().kept as NonNullable<ReturnType<typeof team>["kept"]>;
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
    expect(await messageOf(() => team().preview(of({ [ann]: { workspaces: { 2: "OWNER" } } })))).to.match(
      /find workspace "2": it is the id of workspace "fraud", and members of a team name their workspaces.*Write "fraud"/,
    );
    await platform().addWorkspace("1", { owners: [OPERATOR.email] });
    await team().up(of({ [ann]: { workspaces: { 1: "OWNER" } } }));
    expect(await roles("1")).to.deep.equal({ [ann]: "OWNER" });
  });

  it("follow a name in another encoding, and one that is changed on the platform", async () => {
    await begin();
    await platform().addWorkspace("cafe\u0301", { owners: [OPERATOR.email] });
    const members = of({ [ann]: { workspaces: { "caf\u00e9": "OWNER", churn: "OWNER" } } });
    await team().up(members);
    await team().refresh();
    expect(await team().up(members)).to.equal("unchanged");
    platform().workspace("churn").name = "churn-2";
    await team().refresh();
    expect(said().join("\n")).to.match(/renamed from "churn" to "churn-2"/);
    expect(await messageOf(() => team().up(members))).to.match(/find workspace "churn".*Did you mean "churn-2"\?/);
    const renamed = of({ [ann]: { workspaces: { "caf\u00e9": "OWNER", "churn-2": "OWNER" } } });
    platform().clearLog();
    expect(await team().up(renamed)).to.equal("unchanged");
    expect(writes()).to.deep.equal([]);
  });

  it("follow an account whose address was changed, and one that was made anew", async () => {
    const members = of({ [ann]: { workspaces: inBoth } });
    await beginWith(members.members);
    await platform().recreate(ann);
    await team().refresh();
    await team().up(members);
    expect(await roles("churn")).to.include({ [ann]: "OWNER" });
    await team().refresh();
    expect(await team().up(members)).to.equal("unchanged");
  });
});
