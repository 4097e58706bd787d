import { expect } from "chai";
import { OPERATOR } from "../emulator/seeds";
import type { PlatformOptions } from "../emulator/platform";
import { until } from "../emulator/until";
import { EngineCalls, listen, startDynamic } from "./dynamic";
import { messageOf, onPlatform } from "./platform";

const [ann, bob, cleo] = ["ann@example.com", "bob@example.com", "cleo@example.com"];

describe("the last owner of a workspace", () => {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  const members = () => platform().membersOf("churn");
  async function begin(options: PlatformOptions = {}): Promise<void> {
    await start(options);
    for (const email of [ann, bob, cleo]) await platform().addUser({ email });
  }

  for (const userType of ["null", "absent"] as const) {
    it(`keeps its role when it is adopted where roles are not told (${userType})`, async () => {
      await begin({ userType });
      await platform().addWorkspace("churn", { owners: [ann] });
      const calls = new EngineCalls(platform, "workspaceMember");
      await calls.up({ workspace: "churn", user: ann, adopt: true });
      expect(writes()).to.deep.equal([]);
      expect(await members()).to.deep.equal({ [ann]: "OWNER" });
    });
  }

  it("is not removed where roles are not told and it was adopted", async () => {
    await begin({ userType: "null" });
    await platform().addWorkspace("churn", { owners: [ann], collaborators: [bob] });
    const calls = new EngineCalls(platform, "workspaceMember");
    await calls.up({ workspace: "churn", user: ann, adopt: true, onDestroy: "remove" });
    expect(await messageOf(() => calls.destroy())).to.contain("no other owner of it that can be seen would be left");
    expect(await members()).to.deep.equal({ [ann]: "OWNER", [bob]: "COLLABORATOR" });
    expect(writes()).to.deep.equal([]);
  });

  it("is not lowered by an add while the platform lists no member", async () => {
    await begin();
    await platform().addWorkspace("churn", { owners: [ann] });
    platform().misbehave({
      on: "workspaces/list_users",
      times: 2,
      when: "after",
      what: { status: 200, body: { users: null } },
    });
    const calls = new EngineCalls(platform, "workspaceMember");
    const message = await messageOf(() => calls.up({ workspace: "churn", user: ann }));
    expect(await members(), message).to.deep.equal({ [ann]: "OWNER" });
    expect(writes()).to.deep.equal([]);
    expect(calls.kept).to.equal(undefined);
  });

  it("hands it over although the platform lists no member of it for once", async () => {
    await begin();
    await platform().addWorkspace("churn", { owners: [ann] });
    await platform().addWorkspace("fraud", { owners: [bob] });
    const user = new EngineCalls(platform, "user");
    await user.up({ email: ann, adopt: true, handOver: bob });
    const { id } = platform().workspace("churn");
    const nth = platform().workspace("fraud").id < id ? 2 : 1;
    for (const at of [nth, 3 - nth]) {
      platform().behave();
      await platform().setEnabled(ann, true);
      await platform().setMember("churn", bob, undefined);
      const what = { status: 200, body: { users: null } };
      platform().misbehave({ on: "workspaces/list_users", nth: at, when: "after", what });
      const leaving = new EngineCalls(platform, "user");
      leaving.kept = user.kept;
      await leaving.up({ email: ann, adopt: true, handOver: bob, enabled: false });
      expect(await members()).to.deep.equal({ [ann]: "OWNER", [bob]: "OWNER" });
    }
  });

  it("is said to keep a role that was not found, after a replacement by the same membership", async () => {
    await begin();
    await platform().addWorkspace("churn", { owners: [OPERATOR.email], collaborators: [ann] });
    const calls = new EngineCalls(platform, "workspaceMember");
    await calls.up({ workspace: "churn", user: ann, role: "OWNER", adopt: true });
    const [id, inputs, outputs] = [calls.kept?.id ?? "", calls.kept?.inputs ?? {}, calls.kept?.outputs ?? {}];
    const { workspaceMember } = await startDynamic(platform());
    const news = { ...inputs, __declared: { key: "1", name: "it" } };
    await workspaceMember.check(inputs, news);
    await workspaceMember.create((await workspaceMember.check({}, news)).inputs as Record<string, unknown>);
    await workspaceMember.delete(id, outputs);
    expect(said().at(-1)).to.match(/stays a member.* Nothing makes it COLLABORATOR again, as it was found/);
    expect(await members()).to.include({ [ann]: "OWNER" });
  });

  it("leaves the account in handOver a member if it can't be made an owner", async () => {
    await begin({ addMember: "keeps" });
    await platform().addWorkspace("churn", { owners: [ann], collaborators: [bob] });
    const user = new EngineCalls(platform, "user");
    await user.up({ email: ann, adopt: true, handOver: bob });
    const refused = { status: 400, body: { msg: "not today", code: 400 } };
    platform().misbehave({ on: "workspaces/add_user", nth: 2, when: "before", what: refused });
    const message = await messageOf(() => user.up({ email: ann, adopt: true, handOver: bob, enabled: false }));
    expect(await members(), message).to.deep.equal({ [ann]: "OWNER", [bob]: "COLLABORATOR" });
    expect(message).to.match(/not today/);
    expect(writes().filter((line) => line.startsWith("deactivate"))).to.deep.equal([]);
  });

  for (const first of ["user", "workspaceMember", "none"]) {
    it(`is not left by an owner while the other one is cut off in the same run (first: ${first})`, async () => {
      await begin();
      await platform().addWorkspace("churn", { owners: [bob], collaborators: [OPERATOR.email] });
      const member = new EngineCalls(platform, "workspaceMember");
      await member.up({ workspace: "churn", user: ann, role: "OWNER" });
      const user = new EngineCalls(platform, "user");
      await user.up({ email: bob, adopt: true, onDestroy: "deactivate", onSoleOwner: "refuse" });
      const run = await startDynamic(platform());
      const leave = {
        user: () => run.user.delete(user.kept?.id ?? "", user.kept?.outputs ?? {}),
        workspaceMember: () => run.workspaceMember.delete(member.kept?.id ?? "", member.kept?.outputs ?? {}),
      };
      const order =
        first === "workspaceMember" ? [leave.workspaceMember, leave.user] : [leave.user, leave.workspaceMember];
      const ends = [];
      if (first === "none") ends.push(...(await Promise.allSettled(order.map((step) => step()))));
      else for (const step of order) ends.push(...(await Promise.allSettled([step()])));
      expect(ends.map(({ status }) => status).sort()).to.deep.equal(["fulfilled", "rejected"]);
      const isActive = (await platform().findByEmail(bob))?.enabled;
      expect(isActive === true || (await members())[ann] === "OWNER").to.equal(true);
    });
  }

  it("is not handed over to an account that leaves it in the same run", async () => {
    await begin();
    await platform().addWorkspace("churn", { owners: [bob], collaborators: [OPERATOR.email] });
    const member = new EngineCalls(platform, "workspaceMember");
    await member.up({ workspace: "churn", user: ann });
    const user = new EngineCalls(platform, "user");
    await user.up({ email: bob, adopt: true, onDestroy: "deactivate", handOver: ann });
    const run = await startDynamic(platform());
    let isDone = (): void => undefined;
    // The removal is on its way while the other account leaves.
    const released = new Promise<void>((resolve) => (isDone = resolve));
    platform().misbehave({ on: "workspaces/remove_user", when: "before", what: { until: released } });
    const removal = run.workspaceMember.delete(member.kept?.id ?? "", member.kept?.outputs ?? {});
    await until(() => platform().requests("workspaces/remove_user").length > 0, removal);
    const ends = await Promise.allSettled([run.user.delete(user.kept?.id ?? "", user.kept?.outputs ?? {})]);
    isDone();
    ends.push(...(await Promise.allSettled([removal])));
    const isActive = (await platform().findByEmail(bob))?.enabled;
    expect(isActive === true || (await members())[ann] === "OWNER", JSON.stringify(ends)).to.equal(true);
    const again = await startDynamic(platform());
    if (isActive === true) await again.user.delete(user.kept?.id ?? "", user.kept?.outputs ?? {});
    expect(await members()).to.include({ [ann]: "OWNER" });
  });

  it("stays where 25 of 50 owners and 25 collaborators leave at once", async () => {
    await begin();
    const all = Array.from({ length: 50 }, (_, i) => `u${i}@example.com`);
    for (const email of all) await platform().addUser({ email });
    await platform().addWorkspace("churn", { collaborators: [OPERATOR.email] });
    const run1 = await startDynamic(platform());
    const kept = await Promise.all(
      all.map(async (user, i) => {
        const calls = new EngineCalls(platform, "workspaceMember", {}, () => Promise.resolve(run1));
        await calls.up({
          workspace: "churn",
          user,
          role: i % 2 ? "OWNER" : "COLLABORATOR",
          __declared: { key: user, name: user },
        });
        return calls.kept;
      }),
    );
    const run = await startDynamic(platform());
    const ends = await Promise.allSettled(
      kept.map((one) => run.workspaceMember.delete(one?.id ?? "", one?.outputs ?? {})),
    );
    expect(ends.filter(({ status }) => status === "rejected")).to.have.length(1);
    expect(Object.values(await members()).sort()).to.deep.equal(["COLLABORATOR", "OWNER"]);
  });
});
