import { expect } from "chai";
import type { Platform, PlatformOptions } from "../emulator/platform";
import { callerOf, grant, post } from "./callers";

interface Listed {
  id: number;
  name: string;
  created_at: string;
  created_by: string;
  archived: boolean;
  models: number[];
  pipelines: number[];
}

/** The endpoints under `/v1/api/workspaces/`, over every identity store. */
export function workspacesContract(start: (options?: PlatformOptions) => Promise<Platform>): void {
  let platform: Platform;
  const [ann, bob, cleo] = ["ann@example.com", "bob@example.com", "cleo@example.com"] as const;
  const ids: Record<string, string> = {};
  afterEach(() => platform.close());

  /** A platform with three accounts, and a caller for each of them and for an administrator. */
  async function begin(options: PlatformOptions = {}) {
    platform = await start(options);
    for (const email of [ann, bob, cleo]) ids[email] = await platform.addUser({ email, password: "pw" });
    const as = async (username: string, password = "pw") => {
      const call = await callerOf(platform, username, password);
      return (path: string, request: unknown = {}) => call(`workspaces/${path}`, request);
    };
    return { admin: await as("admin", "admin"), ann: await as(ann), bob: await as(bob) };
  }
  const listed = (answer: { body: Record<string, unknown> }) => answer.body["workspaces"] as Listed[];
  const names = (answer: { body: Record<string, unknown> }) => listed(answer).map(({ name }) => name);
  const users = (answer: { body: Record<string, unknown> }) =>
    (answer.body["users"] as { user_id: string; user_type: string }[]).map(
      ({ user_id, user_type }) => `${Object.keys(ids).find((email) => ids[email] === user_id)} ${user_type}`,
    );

  it("creates a workspace of its caller, once per name", async () => {
    const { ann: call } = await begin();
    const made = await call("create", { workspace_name: "churn" });
    expect(made).to.deep.equal({ status: 200, body: { workspace_id: platform.workspace("churn").id } });
    expect(made.body["workspace_id"]).to.be.a("number");
    expect((await call("create", { workspace_name: "churn" })).status).to.equal(409);
    expect((await call("create", {})).status).to.equal(400);
    const [churn] = listed(await call("list"));
    expect(churn).to.include({ id: made.body["workspace_id"], name: "churn", created_by: ids[ann], archived: false });
    expect(churn).to.deep.include({ models: [], pipelines: [] });
    expect(Math.abs(Date.parse(churn?.created_at ?? "") - Date.now())).to.be.lessThan(60_000);
    expect(users(await call("list_users", { workspace_id: made.body["workspace_id"] }))).to.deep.equal([
      `${ann} OWNER`,
    ]);
    expect(platform.written()).to.deep.equal([
      "workspaces/create churn",
      "workspaces/create churn",
      "workspaces/create",
    ]);
  });

  it("shows a workspace to its members and to administrators alone", async () => {
    const { admin, ann: call, bob: other } = await begin();
    const workspace_id = await platform.addWorkspace("churn", { owners: [ann], models: 2, pipelines: 1 });
    await platform.addWorkspace("fraud", { owners: [bob] });
    expect(names(await call("list"))).to.deep.equal(["churn"]);
    expect(listed(await call("list"))[0]?.models).to.have.length(2);
    expect(names(await admin("list"))).to.have.members(["churn", "fraud"]);
    expect(names(await admin("list", { user_id: ids[bob] }))).to.deep.equal(["fraud"]);
    expect(names(await call("list", { user_id: ids[bob] }))).to.deep.equal([]);
    for (const path of ["list_users", "add_user", "remove_user"]) {
      const request = { workspace_id, email: bob };
      expect((await other(path, request)).body, path).to.deep.equal({ msg: "Workspace not found", code: 404 });
      expect((await admin(path, { ...request, workspace_id: 999 })).status, path).to.equal(404);
      expect((await admin(path, { ...request, workspace_id: "churn" })).status, path).to.equal(400);
    }
    expect(await platform.membersOf("churn")).to.deep.equal({ [ann]: "OWNER" });
  });

  it("adds a member by address or id, as collaborator if no role is named, and changes the role of a member", async () => {
    const { ann: call, bob: other } = await begin();
    const workspace_id = await platform.addWorkspace("churn", { owners: [ann] });
    const add = (request: object) => call("add_user", { workspace_id, ...request });
    expect(await add({ email: "BOB@example.com", url: "http://localhost:3000" })).to.deep.equal({
      status: 200,
      body: {},
    });
    expect((await add({ user_id: ids[cleo], user_type: "owner" })).status).to.equal(200);
    expect(users(await other("list_users", { workspace_id }))).to.have.members([
      ...[`${ann} OWNER`, `${bob} COLLABORATOR`, `${cleo} OWNER`],
    ]);
    expect((await other("add_user", { workspace_id, email: bob, user_type: "owner" })).status, "by no owner").to.equal(
      403,
    );
    expect((await add({ email: bob, user_type: "OWNER" })).status).to.equal(200);
    expect((await add({ email: cleo, user_id: ids[cleo], user_type: "collaborator" })).status).to.equal(200);
    expect(await platform.membersOf("churn")).to.deep.equal({ [ann]: "OWNER", [bob]: "OWNER", [cleo]: "COLLABORATOR" });
    expect((await add({ email: "nobody@example.com" })).status).to.equal(404);
    expect((await add({ user_id: "00000000-0000-4000-8000-000000000000" })).status).to.equal(404);
    expect((await add({ email: bob, user_type: "boss" })).status).to.equal(400);
    expect((await add({})).status).to.equal(400);
    expect(platform.written()[0]).to.equal("workspaces/add_user churn BOB@example.com");
  });

  it("removes a member, and says how many rows that changed", async () => {
    const { ann: call, bob: other } = await begin();
    const workspace_id = await platform.addWorkspace("churn", { owners: [ann], collaborators: [bob] });
    const remove = (request: object) => call("remove_user", { workspace_id, ...request });
    expect((await other("remove_user", { workspace_id, email: ann })).status, "by no owner").to.equal(403);
    expect(await remove({ email: bob })).to.deep.equal({ status: 200, body: { affected_rows: 1 } });
    expect(await remove({ user_id: ids[bob] })).to.deep.equal({ status: 200, body: { affected_rows: 0 } });
    expect((await remove({ email: "nobody@example.com" })).status).to.equal(404);
    expect((await other("list_users", { workspace_id })).status, "once removed").to.equal(404);
    expect(await platform.membersOf("churn")).to.deep.equal({ [ann]: "OWNER" });
  });

  it("keeps the id of an account that is gone, until it is removed by it", async () => {
    const { admin } = await begin();
    const workspace_id = await platform.addWorkspace("churn", { owners: [ann], collaborators: [bob] });
    await platform.remove(bob);
    expect(users(await admin("list_users", { workspace_id }))).to.have.members([`${ann} OWNER`, `${bob} COLLABORATOR`]);
    expect((await admin("remove_user", { workspace_id, email: bob })).status, "has no address any more").to.equal(404);
    expect((await admin("add_user", { workspace_id, user_id: ids[bob] })).status).to.equal(404);
    expect((await admin("remove_user", { workspace_id, user_id: ids[bob] })).body).to.deep.equal({ affected_rows: 1 });
    expect(users(await admin("list_users", { workspace_id }))).to.deep.equal([`${ann} OWNER`]);
  });

  it("lets a deactivated account stay a member", async () => {
    const { ann: call } = await begin();
    const workspace_id = await platform.addWorkspace("churn", { owners: [ann], collaborators: [bob] });
    await platform.setEnabled(bob, false);
    await platform.setEnabled(cleo, false);
    expect((await call("add_user", { workspace_id, email: cleo })).status).to.equal(200);
    expect(users(await call("list_users", { workspace_id }))).to.have.members([
      ...[`${ann} OWNER`, `${bob} COLLABORATOR`, `${cleo} COLLABORATOR`],
    ]);
  });

  it("refuses a request without a good token, one with a refresh token, and one of a deactivated account", async () => {
    const { ann: call } = await begin();
    const url = `${platform.url}/v1/api/workspaces/list`;
    expect((await post(url, {})).status).to.equal(401);
    expect((await post(url, {}, { authorization: "Bearer x.y.z" })).status).to.equal(401);
    const { body } = await grant(platform, { grant_type: "password", username: ann, password: "pw" });
    const refresh = `Bearer ${body["refresh_token"] as string}`;
    expect((await post(url, {}, { authorization: refresh })).status).to.be.oneOf([401, 403]);
    expect((await call("list", "{")).status).to.equal(400);
    await platform.setEnabled(ann, false);
    expect((await call("list")).status).to.equal(401);
  });
}
