import { expect } from "chai";
import { startPlatform, type Platform, type PlatformOptions } from "../emulator/platform";
import { callerOf } from "./callers";

/** What an installation can do differently with workspaces, one option each. */
describe("an option of the emulated platform's workspaces", () => {
  const ann = "ann@example.com";
  const bob = "bob@example.com";
  let platform: Platform;
  let workspace_id: number;
  afterEach(() => platform.close());

  /** A platform with the workspace `churn` of ann and bob, and a caller for an administrator. */
  async function start(options: PlatformOptions = {}) {
    platform = await startPlatform(options);
    for (const email of [ann, bob]) await platform.addUser({ email, password: "pw" });
    workspace_id = await platform.addWorkspace("churn", { owners: [ann], collaborators: [bob] });
    return as("admin", "admin");
  }
  async function as(username: string, password = "pw") {
    const call = await callerOf(platform, username, password);
    return (path: string, request: object = {}) => call(`workspaces/${path}`, request);
  }
  const usersOf = (answer: { body: Record<string, unknown> }) => answer.body["users"] as Record<string, unknown>[];

  for (const status of [403, 404, 501] as const) {
    it(`answers ${status} to every request when the endpoints are not there`, async () => {
      const call = await start({ workspacesStatus: status });
      for (const path of ["list", "create", "list_users", "add_user", "remove_user"]) {
        const answer = await call(path, { workspace_id, workspace_name: "fraud", email: bob });
        expect(answer, path).to.deep.equal({ status, body: { msg: "Not available", code: status } });
      }
      expect(await platform.membersOf("churn")).to.deep.equal({ [ann]: "OWNER", [bob]: "COLLABORATOR" });
    });
  }

  it("says roles in upper case, in lower case, as null, or not at all", async () => {
    const call = await start();
    const roles = async () => usersOf(await call("list_users", { workspace_id })).map((user) => user["user_type"]);
    expect(await roles()).to.have.members(["OWNER", "COLLABORATOR"]);
    await platform.change({ userType: "lower" });
    expect(await roles()).to.have.members(["owner", "collaborator"]);
    await platform.setMember("churn", bob, null);
    expect(await roles(), "of a member without a role").to.have.members(["owner", null]);
    await platform.change({ userType: "null" });
    expect(await roles()).to.deep.equal([null, null]);
    await platform.change({ userType: "absent" });
    for (const user of usersOf(await call("list_users", { workspace_id }))) expect(user).to.have.all.keys("user_id");
  });

  it("answers null instead of users", async () => {
    const call = await start({ usersNull: "empty" });
    const empty = await platform.addWorkspace("empty");
    expect((await call("list_users", { workspace_id: empty })).body).to.deep.equal({ users: null });
    expect(usersOf(await call("list_users", { workspace_id }))).to.have.length(2);
    await platform.change({ usersNull: "always" });
    expect((await call("list_users", { workspace_id })).body).to.deep.equal({ users: null });
  });

  it("names the creator by its address", async () => {
    const call = await start({ createdBy: "email" });
    const creators = async () =>
      ((await call("list")).body["workspaces"] as { created_by: unknown }[]).map((one) => one.created_by);
    expect(await creators()).to.deep.equal([ann]);
    await platform.addWorkspace("nobody's");
    expect(await creators()).to.have.members([ann, null]);
  });

  it("leaves out accounts that are gone", async () => {
    const call = await start({ goneMembers: "dropped" });
    await platform.remove(bob);
    expect(usersOf(await call("list_users", { workspace_id })).map((user) => user["user_type"])).to.deep.equal([
      "OWNER",
    ]);
  });

  it("keeps the role of a member that is added again and says nothing of it, or refuses", async () => {
    const call = await start({ addMember: "keeps" });
    const add = () => call("add_user", { workspace_id, email: bob, user_type: "owner" });
    expect(await add()).to.deep.equal({ status: 200, body: {} });
    expect((await platform.membersOf("churn"))[bob]).to.equal("COLLABORATOR");
    await platform.change({ addMember: "refuses" });
    expect((await add()).status).to.equal(400);
    expect((await platform.membersOf("churn"))[bob]).to.equal("COLLABORATOR");
    await platform.setMember("churn", bob, undefined);
    expect((await add()).status).to.equal(200);
    expect((await platform.membersOf("churn"))[bob]).to.equal("OWNER");
  });

  for (const taken of ["lower", "upper"] as const) {
    it(`takes roles in ${taken} case alone`, async () => {
      const call = await start({ userTypeTaken: taken });
      const statusOf = async (user_type: string) =>
        (await call("add_user", { workspace_id, email: bob, user_type })).status;
      expect(await statusOf("owner")).to.equal(taken === "lower" ? 200 : 400);
      expect(await statusOf("OWNER")).to.equal(taken === "upper" ? 200 : 400);
      expect((await call("add_user", { workspace_id, email: "admin" })).status, "without a role").to.equal(200);
    });
  }

  it("removes the last user and an account from its own default workspace, or refuses both", async () => {
    await start({ removeRules: "platform" });
    const own = await platform.addDefaultWorkspace(ann);
    await platform.setMember(`${ann} - Default Workspace`, bob, "OWNER");
    const call = await as(ann);
    const remove = (id: number, email: string) => call("remove_user", { workspace_id: id, email });
    const words = (answer: { body: Record<string, unknown> }) => answer.body["msg"];
    expect(words(await remove(own, ann))).to.equal("User cannot be removed from their default workspace");
    expect((await remove(own, bob)).body).to.deep.equal({ affected_rows: 1 });
    // As the vendor's client counts: accounts that are gone are no users.
    await platform.remove(bob);
    expect(words(await remove(workspace_id, ann))).to.equal("Last user of a workspace cannot be removed");
    expect(Object.keys(await platform.membersOf("churn"))).to.have.length(2);
    await platform.change({ removeRules: "client" });
    for (const id of [own, workspace_id]) expect((await remove(id, ann)).body).to.deep.equal({ affected_rows: 1 });
  });

  it("hides the workspaces of others from administrators", async () => {
    const call = await start({ adminSees: "own", unknownWorkspaceStatus: 400 });
    await platform.addWorkspace("admins", { collaborators: ["admin"] });
    expect((await call("list")).body["workspaces"]).to.have.length(1);
    expect((await call("list_users", { workspace_id })).status).to.equal(400);
  });

  it("makes the default workspace of an account at its first request for workspaces", async () => {
    await start();
    expect((await (await as(ann))("list")).body["workspaces"]).to.have.length(1);
    await platform.change({ defaultWorkspaces: "platform" });
    for (const call of [await as(ann), await as(ann)])
      expect((await call("list")).body["workspaces"], "each time").to.have.length(2);
    expect(await platform.membersOf(`${ann} - Default Workspace`)).to.deep.equal({ [ann]: "OWNER" });
  });

  it("answers validate, and closing it fails a test that called it", async () => {
    const call = await start();
    expect((await call("validate")).status).to.equal(200);
    expect(await platform.close().catch((error: Error) => error.message)).to.equal("workspaces/validate was called");
    platform = await startPlatform();
  });

  it("misbehaves at the requests of one account, named by its id", async () => {
    const call = await start();
    const id = (await platform.findByEmail(bob))?.id;
    platform.misbehave({ on: "workspaces/remove_user", who: id, when: "after", what: { status: 502, body: "{}" } });
    expect((await call("remove_user", { workspace_id, email: "admin" })).status).to.equal(200);
    expect((await call("remove_user", { workspace_id, user_id: id })).status).to.equal(502);
    expect(await platform.membersOf("churn")).to.deep.equal({ [ann]: "OWNER" });
    expect(platform.requests("workspaces/remove_user").map(({ result }) => result)).to.deep.equal([200, 200]);
  });
});
