import { expect } from "chai";
import { startPlatform, type Platform, type PlatformOptions } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";
import { EngineCalls, createWith, listen, startDynamic } from "./dynamic";
import { messageOf } from "./platform";

const ann = "ann@example.com";
const operator = OPERATOR.email;

/** Whatever releases differ in, alone and together. */
const RELEASES: PlatformOptions[] = [
  { userType: "lower" },
  { userTypeTaken: "lower" },
  { userTypeTaken: "upper" },
  { usersNull: "empty" },
  { goneMembers: "dropped" },
  { createdBy: "email" },
  { addMember: "keeps" },
  { addMember: "refuses" },
  { addMember: "refuses", userTypeTaken: "upper", userType: "lower" },
  { removeRules: "platform" },
  { defaultWorkspaces: "platform" },
];

describe("a membership on every release", () => {
  const said = listen();
  let platform: Platform;
  let calls: EngineCalls;
  let annId: string;
  const begin = async (options: PlatformOptions, config = {}) => {
    platform = await startPlatform(options);
    annId = await platform.addUser({ email: ann });
    await platform.addWorkspace("churn", { owners: [operator] });
    calls = new EngineCalls(() => platform, "workspaceMember", config);
  };
  afterEach(() => platform.close());
  const members = () => platform.membersOf("churn");
  const inputs = { workspace: "churn", user: ann };

  for (const options of RELEASES) {
    it(`is added, raised, lowered, refreshed without a change and removed: ${JSON.stringify(options)}`, async () => {
      await begin(options);
      for (const role of ["COLLABORATOR", "OWNER", "COLLABORATOR"]) {
        await calls.up({ ...inputs, role });
        expect(await members()).to.deep.equal({ [operator]: "OWNER", [ann]: role });
        await calls.refresh();
        expect(await calls.up({ ...inputs, role })).to.equal("unchanged");
      }
      await calls.destroy();
      expect(await members()).to.deep.equal({ [operator]: "OWNER" });
    });
  }

  for (const userType of ["null", "absent"] as const) {
    it(`is added, refreshed and removed where roles are not told (${userType}), and an owner is kept`, async () => {
      await begin({ userType });
      await calls.up(inputs);
      await calls.refresh();
      expect(calls.kept?.outputs).to.include({ role: "COLLABORATOR" });
      expect(await calls.up(inputs)).to.equal("unchanged");
      await calls.up({ ...inputs, role: "OWNER" });
      expect(await members()).to.include({ [ann]: "OWNER" });
      await calls.refresh();
      expect(await calls.up({ ...inputs, role: "OWNER" })).to.equal("unchanged");
      expect(await messageOf(() => calls.destroy())).to.match(/no other owner of it that can be seen/);
      await platform.change({ userType: "upper" });
      await calls.destroy();
    });
  }

  for (const userType of ["null", "absent"] as const) {
    it(`is taken over as COLLABORATOR without a write where roles are not told (${userType}): it may be the last owner's`, async () => {
      await begin({ userType });
      await platform.setMember("churn", ann, "OWNER");
      await platform.setMember("churn", operator, undefined);
      await calls.up({ ...inputs, adopt: true });
      expect(said().join()).to.match(/is a member, and gets taken over \(`adopt: true`\)[^,]*$/);
      expect(await calls.up({ ...inputs, adopt: true })).to.equal("unchanged");
      await calls.destroy();
      expect(await members()).to.deep.equal({ [ann]: "OWNER" });
      expect(platform.written()).to.deep.equal([]);
    });
  }

  it("is taken out and added again, with a word, where the platform keeps the role of a member, and not otherwise", async () => {
    await begin({ addMember: "keeps" });
    await calls.up(inputs);
    await calls.up({ ...inputs, role: "OWNER" });
    const line = (call: string, role = "") => `workspaces/${call} churn ${annId}${role}`;
    expect(platform.written()).to.deep.equal([
      line("add_user", " collaborator"),
      line("add_user", " owner"),
      line("remove_user"),
      line("add_user", " owner"),
    ]);
    expect(said()).to.deep.equal([
      'This release keeps the role of a member: ann@example.com is taken out of workspace "churn" and added again as OWNER.',
    ]);
  });

  it("counts as an owner again as soon as it was added again", async () => {
    await begin({ addMember: "keeps" });
    const bobId = await platform.addUser({ email: "bob@example.com" });
    await platform.setMember("churn", "bob@example.com", "OWNER");
    await platform.setMember("churn", operator, "COLLABORATOR");
    const { workspaceMember } = await startDynamic(platform);
    const { id, outs } = await createWith(workspaceMember, inputs);
    await workspaceMember.update(id, outs, { ...inputs, role: "OWNER", __provider: "x" });
    const bob = { ...outs, user: "bob@example.com", userId: bobId, email: "bob@example.com", role: "OWNER" };
    await workspaceMember.delete(`1/${bobId}`, bob);
    expect(await members()).to.deep.equal({ [ann]: "OWNER", [operator]: "COLLABORATOR" });
  });

  it("is not taken out to be added again if nobody else would be in the workspace meanwhile", async () => {
    await begin({ addMember: "keeps" });
    await calls.up(inputs);
    await platform.setMember("churn", operator, undefined);
    platform.clearLog();
    expect(await messageOf(() => calls.up({ ...inputs, role: "OWNER" }))).to.match(
      /This release keeps the role of a member, so it has to be taken out and added again, and no other account would be left in it/,
    );
    expect(await members()).to.deep.equal({ [ann]: "COLLABORATOR" });
    expect(platform.written()).to.deep.equal([`workspaces/add_user churn ${annId} owner`]);
  });

  it("is added as it was if it can't be added again with the new role", async () => {
    await begin({ addMember: "keeps" });
    await calls.up(inputs);
    const refused = { status: 400, body: { msg: "not today", code: 400 } };
    platform.misbehave({ on: "workspaces/add_user", when: "before", nth: 2, what: refused });
    expect(await messageOf(() => calls.up({ ...inputs, role: "OWNER" }))).to.match(
      /was taken out to be added again as OWNER, which failed: .*not today.* It was added again as COLLABORATOR/,
    );
    expect(await members()).to.include({ [ann]: "COLLABORATOR" });
    expect(await calls.up({ ...inputs, role: "OWNER" }), "the next run does it").to.equal("updated");
    expect(await members()).to.include({ [ann]: "OWNER" });
  });

  for (const workspacesStatus of [403, 404, 501] as const) {
    it(`is refused with what it needs where the endpoints answer ${workspacesStatus}, at once`, async () => {
      await begin({ workspacesStatus });
      const words =
        workspacesStatus === 403
          ? /^ ?Could not list workspaces: .* \(HTTP 403\)\. Run the provider as an account with the realm role admin\./
          : /^ ?Could not list workspaces: .* This needs a release of the platform with workspace endpoints in its API/;
      expect(await messageOf(() => calls.preview(inputs))).to.match(words);
      expect(await messageOf(() => calls.up(inputs))).to.match(words);
      expect(platform.requests("workspaces/list")).to.have.length(2);
      expect(platform.written()).to.deep.equal([]);
    });
  }

  it("is not written under readOnly, and refresh and preview work", async () => {
    await begin({});
    await calls.up(inputs);
    platform.clearLog();
    const reading = new EngineCalls(() => platform, "workspaceMember", { "wallaroo:readOnly": "true" });
    reading.kept = calls.kept;
    await reading.refresh();
    expect(await reading.preview({ ...inputs, role: "OWNER" })).to.equal("updated");
    expect(await messageOf(() => reading.up({ ...inputs, role: "OWNER" }))).to.match(
      /^Could not add ann@example.com to workspace "churn": wallaroo:readOnly .* is true/,
    );
    expect(await messageOf(() => reading.destroy())).to.match(/Could not remove ann@example.com .*readOnly/);
    expect(platform.written()).to.deep.equal([]);
  });
});
