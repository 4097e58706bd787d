import { expect } from "chai";
import { OPERATOR } from "../emulator/seeds";
import { onCalls } from "./dynamic";
import type { PlatformOptions } from "../emulator/platform";
import { OTHER_RELEASE } from "./other-release";
import { messageOf } from "./platform";

const [ann, bob] = ["ann@example.com", "bob@example.com"];
const operator = OPERATOR.email;

const suite = (options: PlatformOptions) => () => {
  const { platform, writes, said, calls } = onCalls("workspaceMember", options);
  let annId: string;
  const members = () => platform().membersOf("churn");
  beforeEach(async () => {
    annId = await platform().addUser({ email: ann });
    await platform().addUser({ email: bob });
    await platform().addWorkspace("churn", { owners: [operator] });
    platform().clearLog();
  });

  it("is added, looked at, changed in place and removed", async () => {
    const inputs = { workspace: "churn", user: " Ann@example.com" };
    expect(await calls().preview(inputs)).to.equal("created");
    expect(writes(), "a preview writes nothing").to.deep.equal([]);
    expect(await calls().up(inputs)).to.equal("created");
    expect(calls().kept?.id).to.equal(`1/${annId}`);
    expect(calls().kept?.outputs).to.deep.include({
      ...{ workspace: "churn", user: ann, role: "COLLABORATOR", adopted: false },
      ...{ workspaceId: 1, workspaceName: "churn", userId: annId, email: ann },
    });
    expect(await members()).to.deep.equal({ [operator]: "OWNER", [ann]: "COLLABORATOR" });
    platform().clearLog();
    expect(await calls().up({ workspace: "churn", user: "ANN@example.com" })).to.equal("unchanged");
    expect(platform().log, "nothing is asked for what does not change").to.deep.equal([]);
    expect(await calls().up({ ...inputs, role: "OWNER" })).to.equal("updated");
    expect(calls().kept?.outputs).to.include({ role: "OWNER" });
    expect(await members()).to.include({ [ann]: "OWNER" });
    await calls().destroy();
    expect(await members()).to.deep.equal({ [operator]: "OWNER" });
    expect(writes()).to.deep.equal([
      `workspaces/add_user churn ${annId} owner`,
      `workspaces/remove_user churn ${annId}`,
    ]);
    expect(said()).to.deep.equal([]);
  });

  for (const [workspace, user] of [
    [1, ann],
    ["1", "id"],
    ["churn", "id"],
  ] as const) {
    it(`is the same by workspace ${JSON.stringify(workspace)} and user ${user === "id" ? "by id" : "by address"}`, async () => {
      const who = () => (user === "id" ? annId : user);
      await calls().up({ workspace, user: who() });
      expect(calls().kept?.id).to.equal(`1/${annId}`);
      platform().clearLog();
      expect(await calls().up({ workspace: "churn", user: ann })).to.be.oneOf(["unchanged", "updated"]);
      expect(await calls().up({ workspace, user: who() })).to.be.oneOf(["unchanged", "updated"]);
      expect(writes()).to.deep.equal([]);
    });
  }

  it("that is there already is refused without adopt, also in preview, and nothing is sent", async () => {
    await platform().setMember("churn", ann, "OWNER");
    const inputs = { workspace: "churn", user: ann };
    const words =
      /^ ?Could not add ann@example.com to workspace "churn": the account is a member already, as OWNER\. If that is meant, write `adopt: true`/;
    expect(await messageOf(() => calls().preview(inputs))).to.match(words);
    expect(await messageOf(() => calls().up(inputs))).to.match(words);
    expect(writes()).to.deep.equal([]);
  });

  it("that is adopted gets its role back from destroy, and stays", async () => {
    await platform().setMember("churn", ann, "COLLABORATOR");
    const inputs = { workspace: "churn", user: ann, role: "OWNER", adopt: true };
    await calls().up(inputs);
    expect(calls().kept?.outputs).to.include({ adopted: true, foundRole: "COLLABORATOR", role: "OWNER" });
    expect(said().join()).to.include("is a member (COLLABORATOR), and gets taken over (`adopt: true`), and made OWNER");
    await calls().up({ ...inputs, adopt: undefined });
    expect(calls().kept?.outputs, "adoption sticks").to.include({ adopted: true });
    await calls().destroy();
    expect(await members()).to.deep.equal({ [operator]: "OWNER", [ann]: "COLLABORATOR" });
    const set = (role: string) => `workspaces/add_user churn ${annId} ${role}`;
    expect(writes()).to.deep.equal([set("owner"), set("collaborator")]);
  });

  it("that is adopted as it is sends nothing, then or at destroy", async () => {
    await platform().setMember("churn", ann, "OWNER");
    await calls().up({ workspace: "churn", user: ann, role: "OWNER", adopt: true });
    await calls().destroy();
    expect(await members()).to.include({ [ann]: "OWNER" });
    expect(writes()).to.deep.equal([]);
    expect(said().at(-1)).to.equal(
      'ann@example.com in workspace "churn" stays a member (OWNER), as it was when this stack adopted it.',
    );
  });

  it("follows onDestroy: retained, or removed though it was adopted", async () => {
    await calls().up({ workspace: "churn", user: ann, onDestroy: "retain" });
    platform().clearLog();
    await calls().destroy();
    expect(platform().log, "nothing is asked for it").to.deep.equal([]);
    expect(await members()).to.include({ [ann]: "COLLABORATOR" });
    await calls().up({ workspace: "churn", user: ann, adopt: true });
    expect(await calls().up({ workspace: "churn", user: ann, adopt: true, onDestroy: "remove" })).to.equal("updated");
    expect(writes(), "that is stored alone").to.deep.equal([]);
    await calls().destroy();
    expect(await members()).to.not.have.property(ann);
  });

  it("of another account or in another workspace is there before the old one is removed", async () => {
    const bobId = (await platform().findByEmail(bob))?.id ?? "";
    await platform().addWorkspace("fraud", { owners: [operator] });
    await calls().up({ workspace: "churn", user: ann });
    platform().clearLog();
    expect(await calls().up({ workspace: "churn", user: bob })).to.equal("replaced");
    expect(await calls().up({ workspace: "fraud", user: bob })).to.equal("replaced");
    expect(writes()).to.deep.equal([
      `workspaces/add_user churn ${bobId} collaborator`,
      `workspaces/remove_user churn ${annId}`,
      `workspaces/add_user fraud ${bobId} collaborator`,
      `workspaces/remove_user churn ${bobId}`,
    ]);
  });

  it("is refused in preview if its workspace or account is not there, with what is", async () => {
    expect(await messageOf(() => calls().preview({ workspace: "Churn", user: ann }))).to.match(
      /Could not find workspace "Churn": the account that the provider runs as sees no workspace of this name or id; it sees "churn" \(1\)\. Did you mean "churn"\? Check the name/,
    );
    expect(await messageOf(() => calls().preview({ workspace: 7, user: ann }))).to.match(/Could not find workspace 7:/);
    expect(await messageOf(() => calls().preview({ workspace: "churn", user: "no@example.com" }))).to.match(
      /Could not find the account no@example.com: no account on the platform has this address\. Declare a WallarooUser/,
    );
    const id = "11111111-2222-3333-4444-555555555555";
    expect(await messageOf(() => calls().up({ workspace: "churn", user: id }))).to.match(/has this id\. Declare/);
    expect(writes()).to.deep.equal([]);
  });

  it("of a deactivated account is added, kept and removed as any other", async () => {
    await platform().setEnabled(ann, false);
    await calls().up({ workspace: "churn", user: ann });
    await calls().refresh();
    expect(calls().kept?.outputs).to.include({ role: "COLLABORATOR" });
    await calls().destroy();
    expect(await members()).to.deep.equal({ [operator]: "OWNER" });
  });

  it("of an account that is gone stays, is refreshed, and is removed by its id", async () => {
    await calls().up({ workspace: "churn", user: ann });
    await platform().remove(ann);
    platform().clearLog();
    await calls().refresh();
    expect(calls().kept?.id).to.equal(`1/${annId}`);
    expect(await calls().up({ workspace: "churn", user: ann })).to.equal("unchanged");
    await calls().destroy();
    expect(writes()).to.deep.equal([`workspaces/remove_user churn ${annId}`]);
    expect(await members()).to.deep.equal({ [operator]: "OWNER" });
  });

  it("of an account that was made anew under its address is replaced by one of the new account", async () => {
    await calls().up({ workspace: "churn", user: ann });
    const newId = await platform().recreate(ann);
    await calls().refresh();
    expect(said().join()).to.include(`was made anew with another id (${newId}, was ${annId})`);
    expect(calls().kept?.inputs).to.include({ user: annId });
    platform().clearLog();
    expect(await calls().up({ workspace: "churn", user: ann })).to.equal("replaced");
    expect(writes()).to.deep.equal([
      `workspaces/add_user churn ${newId} collaborator`,
      `workspaces/remove_user churn ${annId}`,
    ]);
  });

  it("that is gone leaves the state with a word, and up adds it again; destroy has nothing to do", async () => {
    await calls().up({ workspace: "churn", user: ann });
    await platform().setMember("churn", ann, undefined);
    platform().clearLog();
    await calls().destroy();
    expect(writes()).to.deep.equal([]);
    await calls().up({ workspace: "churn", user: ann });
    await platform().setMember("churn", ann, undefined);
    await calls().refresh();
    expect(calls().kept).to.equal(undefined);
    expect(said().join()).to.include(
      'ann@example.com in workspace "churn" is not a member any more and leaves the state',
    );
    expect(await calls().up({ workspace: "churn", user: ann })).to.equal("created");
  });

  it("shows a role that was changed on the platform, and up puts it back", async () => {
    await calls().up({ workspace: "churn", user: ann });
    await platform().setMember("churn", ann, "OWNER");
    await calls().refresh();
    expect(calls().kept?.inputs).to.include({ role: "OWNER" });
    platform().clearLog();
    expect(await calls().up({ workspace: "churn", user: ann })).to.equal("updated");
    expect(await members()).to.include({ [ann]: "COLLABORATOR" });
    await calls().refresh();
    expect(await calls().up({ workspace: "churn", user: ann })).to.equal("unchanged");
  });

  it("goes with a workspace that is renamed, and says which name to declare", async () => {
    await calls().up({ workspace: "churn", user: ann });
    platform().workspace("churn").name = "retention";
    await calls().refresh();
    expect(said().join()).to.match(/Workspace 1 was renamed from "churn" to "retention" .* Declare the new name/);
    platform().clearLog();
    expect(await messageOf(() => calls().preview({ workspace: "churn", user: ann }))).to.match(
      /it sees "retention" \(1\)/,
    );
    expect(await calls().up({ workspace: "retention", user: ann })).to.equal("unchanged");
    expect(writes()).to.deep.equal([]);
  });

  it("is not taken for gone where the provider does not see its workspace, or any member of it", async () => {
    await calls().up({ workspace: "churn", user: ann });
    await platform().change({ adminSees: "own" });
    await platform().setMember("churn", operator, undefined);
    const words =
      /ann@example.com in workspace "churn": the account that the provider runs as does not see workspace 1/;
    expect(await messageOf(() => calls().refresh())).to.match(words);
    expect(await messageOf(() => calls().destroy())).to.match(words);
    await platform().change({ adminSees: "all", usersNull: "always" });
    expect(await messageOf(() => calls().refresh())).to.match(/lists no member of the workspace at all/);
    expect(await messageOf(() => calls().destroy())).to.match(/lists no member of the workspace at all/);
    expect(calls().kept?.id).to.equal(`1/${annId}`);
  });

  it("is not taken for gone on another platform, where the workspace has another name", async () => {
    await calls().up({ workspace: "churn", user: ann });
    await platform().setMember("churn", ann, undefined);
    platform().workspace("churn").name = "theirs";
    const words = /the account is not a member of workspace 1 on .*, which is called "theirs" there\. Another platform/;
    expect(await messageOf(() => calls().refresh())).to.match(words);
    expect(await messageOf(() => calls().destroy())).to.match(words);
  });
};

describe("a membership of a workspace", suite({}));
describe("a membership of a workspace, on a release that differs in all that it may", suite(OTHER_RELEASE));
