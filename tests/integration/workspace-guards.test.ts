import { expect } from "chai";
import { OPERATOR } from "../emulator/seeds";
import { EngineCalls, listen, startDynamic } from "./dynamic";
import type { PlatformOptions } from "../emulator/platform";
import { OTHER_RELEASE } from "./other-release";
import { messageOf, onPlatform } from "./platform";

const [ann, bob] = ["ann@example.com", "bob@example.com"];

const suite = (options: PlatformOptions) => () => {
  const { platform, start, writes } = onPlatform();
  listen();
  const kept: Record<string, EngineCalls> = {};
  const declare = async (user: string, role: string, workspace = "churn") => {
    kept[user] = new EngineCalls(platform, "workspaceMember");
    await kept[user].up({ workspace, user, role, adopt: true });
  };
  const of = (user: string) => {
    const calls = kept[user];
    if (calls?.kept === undefined) throw new Error(`${user} is not declared`);
    return { calls, ...calls.kept };
  };
  const members = () => platform().membersOf("churn");

  beforeEach(async () => {
    await start(options);
    for (const email of [ann, bob]) await platform().addUser({ email });
    await platform().addWorkspace("churn");
  });

  it("owner is not removed, as long as only collaborators, deactivated and gone accounts are left", async () => {
    await platform().addUser({ email: "off@example.com", enabled: false });
    await platform().addUser({ email: "gone@example.com" });
    await declare(ann, "OWNER");
    await declare(bob, "COLLABORATOR");
    await platform().setMember("churn", "off@example.com", "OWNER");
    await platform().setMember("churn", "gone@example.com", "OWNER");
    await platform().remove("gone@example.com");
    platform().clearLog();
    await of(ann).calls.up({ workspace: "churn", user: ann, role: "OWNER", adopt: true, onDestroy: "remove" });
    expect(await messageOf(() => of(ann).calls.destroy())).to.match(
      /^Could not remove ann@example.com from workspace "churn": no other owner of it that can be seen would be left\. Make another active account an owner first\. To let go of it and leave it a member, set `onDestroy: "retain"`, run `pulumi up`, and take it out then; in a team, leave the workspace declared\.$/,
    );
    expect(writes()).to.deep.equal([]);
    await platform().setMember("churn", bob, "OWNER");
    await of(ann).calls.destroy();
    expect(await members()).to.not.have.property(ann);
  });

  it("owner is not lowered, which preview refuses too", async () => {
    await declare(ann, "OWNER");
    await declare(bob, "COLLABORATOR");
    platform().clearLog();
    const lower = { workspace: "churn", user: ann, role: "COLLABORATOR", adopt: true };
    const words =
      /^Could not lower the role of ann@example.com in workspace "churn": no other owner of it .* would be left/;
    expect(await messageOf(() => of(ann).calls.preview(lower))).to.match(words);
    expect(await messageOf(() => of(ann).calls.up(lower))).to.match(words);
    expect(writes()).to.deep.equal([]);
    await of(bob).calls.up({ workspace: "churn", user: bob, role: "OWNER", adopt: true });
    expect(await of(ann).calls.up(lower)).to.equal("updated");
    expect(await members()).to.deep.equal({ [ann]: "COLLABORATOR", [bob]: "OWNER" });
  });

  it("owner that is adopted is not lowered by that", async () => {
    await platform().setMember("churn", ann, "OWNER");
    const calls = new EngineCalls(platform, "workspaceMember");
    const inputs = { workspace: "churn", user: ann, role: "COLLABORATOR", adopt: true };
    expect(await messageOf(() => calls.preview(inputs))).to.match(/Could not lower the role of ann/);
    expect(await messageOf(() => calls.up(inputs))).to.match(/Could not lower the role of ann/);
  });

  it("owner that was found a collaborator is not put back while it is the last one", async () => {
    await platform().setMember("churn", ann, "COLLABORATOR");
    await declare(ann, "OWNER");
    expect(await messageOf(() => of(ann).calls.destroy())).to.match(/Could not lower the role of ann/);
    expect(await members()).to.deep.equal({ [ann]: "OWNER" });
  });

  it("user is not removed, of whatever role", async () => {
    await platform().setMember("churn", OPERATOR.email, "OWNER");
    await declare(ann, "COLLABORATOR");
    await platform().setMember("churn", OPERATOR.email, undefined);
    const words =
      /^Could not remove ann@example.com from workspace "churn": no other account would be left in it\. Add another/;
    expect(await messageOf(() => of(ann).calls.destroy())).to.match(words);
    await platform().addUser({ email: "gone@example.com" });
    await platform().setMember("churn", "gone@example.com", "OWNER");
    await platform().remove("gone@example.com");
    expect(await messageOf(() => of(ann).calls.destroy()), "gone accounts do not count").to.match(words);
    expect(writes()).to.have.length(1);
  });

  for (const together of ["at once", "one after the other"]) {
    it(`stays where two owners leave in one run, ${together}`, async () => {
      await declare(ann, "OWNER");
      await declare(bob, "OWNER");
      await platform().setMember("churn", OPERATOR.email, "COLLABORATOR");
      const provider = (await startDynamic(platform())).workspaceMember;
      const leave = (user: string) => provider.delete(of(user).id, of(user).outputs);
      const ends =
        together === "at once"
          ? await Promise.allSettled([leave(ann), leave(bob)])
          : [...(await Promise.allSettled([leave(ann)])), ...(await Promise.allSettled([leave(bob)]))];
      expect(ends.map(({ status }) => status).sort()).to.deep.equal(["fulfilled", "rejected"]);
      expect(Object.values(await members()).filter((role) => role === "OWNER")).to.have.length(1);
    });
  }

  it("stays where two owners are lowered in one preview", async () => {
    await declare(ann, "OWNER");
    await declare(bob, "OWNER");
    const provider = (await startDynamic(platform())).workspaceMember;
    const ends = [];
    for (const user of [ann, bob]) {
      const { id, inputs, outputs } = of(user);
      const news = { ...inputs, role: "COLLABORATOR" };
      await provider.check(inputs, { ...news, __declared: { key: user, name: user } });
      ends.push(...(await Promise.allSettled([provider.diff(id, outputs, news)])));
    }
    expect(ends.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected"]);
  });

  it("owner may be replaced by another account, which is there first", async () => {
    await declare(ann, "OWNER");
    const { calls } = of(ann);
    const inputs = { workspace: "churn", user: bob, role: "OWNER" };
    expect(await calls.preview(inputs)).to.equal("replaced");
    expect(await calls.up(inputs)).to.equal("replaced");
    expect(await members()).to.deep.equal({ [bob]: "OWNER" });
    const collaborator = { workspace: "churn", user: ann, role: "COLLABORATOR" };
    expect(await messageOf(() => calls.preview(collaborator))).to.match(/Could not remove bob.* no other owner/);
  });

  it("owner may be swapped in one run, the new one first, which preview knows of", async () => {
    await declare(ann, "OWNER");
    await declare(bob, "COLLABORATOR");
    const provider = (await startDynamic(platform())).workspaceMember;
    const compare = async (user: string, role: string) => {
      const { id, inputs, outputs } = of(user);
      const news = { ...inputs, role };
      await provider.check(inputs, { ...news, __declared: { key: user, name: user } });
      return { id, outputs, news, ...(await provider.diff(id, outputs, news)) };
    };
    const [raised, lowered] = [await compare(bob, "OWNER"), await compare(ann, "COLLABORATOR")];
    expect([raised.changes, lowered.changes], "preview").to.deep.equal([true, true]);
    const lower = () => provider.update(lowered.id, lowered.outputs, lowered.news);
    expect(await messageOf(lower), "what is only announced does not count").to.match(/no other owner/);
    await provider.update(raised.id, raised.outputs, raised.news);
    await lower();
    expect(await members()).to.deep.equal({ [ann]: "COLLABORATOR", [bob]: "OWNER" });
  });

  it("is an account's own default workspace, from which it is not removed by any spelling of its address", async () => {
    await platform().addUser({ email: "jos\u00e9@example.com" });
    for (const [user, name] of [
      [ann, "Ann@Example.com - Default Workspace"],
      ["jos\u00e9@example.com", "jose\u0301@example.com - Default Workspace"],
    ] as const) {
      await platform().addWorkspace(name, { owners: [OPERATOR.email] });
      await declare(user, "COLLABORATOR", name);
      expect(await messageOf(() => of(user).calls.destroy())).to.match(
        /it is the account's own default workspace\. Leave it/,
      );
      const other = { workspace: name, user: bob, role: "OWNER" };
      expect(await messageOf(() => of(user).calls.preview(other)), "nor replaced").to.match(/own default workspace/);
      expect(await platform().membersOf(name)).to.include({ [user]: "COLLABORATOR" });
    }
    await declare(bob, "COLLABORATOR", "Ann@Example.com - Default Workspace");
    await of(bob).calls.destroy();
    expect(await platform().membersOf("Ann@Example.com - Default Workspace")).to.not.have.property(bob);
  });

  it("is kept as seen by the platform's accounts, whose list is asked for once for all that leave", async () => {
    await platform().setMember("churn", OPERATOR.email, "OWNER");
    for (const user of [ann, bob]) await declare(user, "COLLABORATOR");
    platform().clearLog();
    const provider = (await startDynamic(platform())).workspaceMember;
    await Promise.all([ann, bob].map((user) => provider.delete(of(user).id, of(user).outputs)));
    expect(platform().requests("query")).to.have.length(1);
    expect(platform().requests("workspaces/list")).to.have.length(1);
    expect(platform().requests("workspaces/list_users"), "one to decide by, and a look").to.have.length(2);
  });
};

describe("the last of a workspace", suite({}));
describe("the last of a workspace, on a release that differs in all that it may", suite(OTHER_RELEASE));
