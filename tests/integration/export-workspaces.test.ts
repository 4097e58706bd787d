import { expect } from "chai";
import { findAccounts } from "../../provider/cli/export/accounts";
import { connectTo, messageOf, onPlatform } from "./platform";

const [ann, bob, cid] = ["ann@example.com", "bob@example.com", "cid@example.com"];

describe("the memberships of an export", () => {
  const { platform, start, writes } = onPlatform();

  async function begin(options: Parameters<typeof start>[0] = {}): Promise<void> {
    await start(options);
    for (const email of [ann, bob, cid]) await platform().addUser({ email, enabled: email !== bob });
  }

  async function find(): Promise<{ lines: string[]; notes: string[] }> {
    const connected = connectTo(platform(), { "wallaroo:maxRetries": "0" });
    const { accounts, notes } = await findAccounts(connected, {}, { workspaces: true });
    const lines = accounts.flatMap(({ email, workspaces }) =>
      workspaces.map(({ workspace, role }) => `${email} ${JSON.stringify(workspace)} ${role}`),
    );
    return { lines, notes };
  }

  it("are those of every workspace, without an account in its own default one, and are asked for once each", async () => {
    await begin();
    await platform().addWorkspace("sales", { owners: [bob], collaborators: [ann, "operator@example.com"] });
    await platform().addDefaultWorkspace(ann);
    await platform().setMember(`${ann} - Default Workspace`, cid, "COLLABORATOR");
    platform().clearLog();
    expect(await find()).to.deep.equal({
      lines: [
        `${ann} "sales" COLLABORATOR`,
        `${bob} "sales" OWNER`,
        `${cid} "${ann} - Default Workspace" COLLABORATOR`,
      ],
      notes: [],
    });
    const calls = platform().log.map(({ call }) => call);
    expect(calls).to.deep.equal([
      "token",
      "query",
      "workspaces/list",
      "workspaces/list_users",
      "workspaces/list_users",
    ]);
    expect(writes()).to.deep.equal([]);
  });

  it("name a workspace by its id when its name may be that of another one", async () => {
    await begin();
    const first = await platform().addWorkspace("first", { owners: [ann] });
    const second = await platform().addWorkspace(String(first), { owners: [bob] });
    const third = await platform().addWorkspace("a\nb", { owners: [cid] });
    expect((await find()).lines).to.have.members([
      `${ann} "first" OWNER`,
      `${bob} ${second} OWNER`,
      `${cid} ${third} OWNER`,
    ]);
  });

  it("say what is left out: archived workspaces, and roles that are not told", async () => {
    await begin();
    await platform().addWorkspace("old", { owners: [ann], archived: true });
    await platform().addWorkspace("new", { owners: [ann] });
    await platform().setMember("new", cid, null);
    expect(await find()).to.deep.equal({
      lines: [`${ann} "new" OWNER`],
      notes: ["1 membership is left out: the platform does not tell the role.", "1 archived workspace is left out."],
    });
  });

  for (const workspacesStatus of [404, 501] as const) {
    it(`are none on a release without workspaces (${workspacesStatus}), which is said`, async () => {
      await begin({ workspacesStatus });
      expect(await find()).to.deep.equal({
        lines: [],
        notes: ["This release of the platform has no workspaces in its API: no membership is written."],
      });
    });
  }

  it("fail the export when they can't be had, rather than being left out", async () => {
    await begin();
    await platform().addWorkspace("sales", { owners: [bob] });
    platform().misbehave({ on: "workspaces/list_users", times: 9, when: "before", what: { status: 503, body: "" } });
    expect(await messageOf(find)).to.match(/^Could not list the users of workspace \d+: .*HTTP 503/);
    await platform().change({ workspacesStatus: 403 });
    expect(await messageOf(find)).to.match(/^Could not list workspaces: .*HTTP 403/);
  });
});
