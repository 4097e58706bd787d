import { expect } from "chai";
import type { Exchange } from "../../provider/api/transport";
import type { WorkspacesApi } from "../../provider/api/workspaces";
import { connect } from "../../provider/connect";
import { readSettings } from "../../provider/settings";
import { RunMemory } from "../../provider/user/run";
import { messageOf } from "../integration/platform";

type Answer = { status?: number; body: unknown };
const ann = { workspace: { id: 12, name: "churn" }, user: { id: "an-id", who: "ann@example.com" } };

/** A platform that answers by the last part of the path, and what it was asked. */
function platform(answers: Record<string, Answer | Answer[]>): { api: WorkspacesApi; asked: string[] } {
  const asked: string[] = [];
  const all: Record<string, string> = { "wallaroo:url": "https://x.example", "wallaroo:token": "t" };
  const respond = ({ url, body: sent }: Exchange) => {
    const end = url.split("/v1/api/workspaces/")[1] ?? url;
    asked.push(`${end} ${sent ?? ""}`);
    const found = answers[end];
    const { status = 200, body } = (Array.isArray(found) ? found.shift() : found) ?? { status: 404, body: "" };
    return Promise.resolve({ status, body: JSON.stringify(body), retryAfterMs: undefined });
  };
  const settings = readSettings({ config: (key) => all[key], env: { WALLAROO_MAX_RETRIES: "0" } });
  const log = { info: () => undefined, warn: () => undefined };
  return { api: connect(settings, new RunMemory(), log, { transport: respond }).context.workspaces, asked };
}

describe("the workspace endpoints", () => {
  const churn = { id: 12, name: "churn" };

  it("take a list as any release answers it", async () => {
    const full = {
      ...churn,
      created_at: "2025-01-02T03:04:05.678901+00:00",
      created_by: "ann@example.com",
      archived: true,
      models: [1, 2],
      pipelines: [3],
    };
    const odd = { id: 0, name: "a\u0000b", created_by: null, archived: null, models: null, pipelines: 7, extra: {} };
    const { api, asked } = platform({ list: { body: { workspaces: [full, odd], more: 1 } } });
    expect(await api.list()).to.deep.equal([
      full,
      { id: 0, name: "a\ufffdb", archived: false, models: [], pipelines: [] },
    ]);
    expect(asked).to.deep.equal(["list {}"]);
    expect(await platform({ list: { body: { workspaces: null } } }).api.list()).to.deep.equal([]);
  });

  for (const [what, body] of [
    ["no list", {}],
    ["no object", []],
    ["an entry that is not an object", { workspaces: [null] }],
    ["an id that is text", { workspaces: [{ ...churn, id: "12" }] }],
    ["an id that is not whole", { workspaces: [{ ...churn, id: 1.5 }] }],
    ["no name", { workspaces: [{ id: 12 }] }],
  ] as const) {
    it(`decide nothing by a list with ${what}`, async () => {
      expect(await messageOf(() => platform({ list: { body } }).api.list())).to.match(
        /^Could not list workspaces: the answer is not what the API promises/,
      );
    });
  }

  it("take roles in any case, and none at all, of members who may be gone", async () => {
    const users = [
      { user_id: "a", user_type: "OWNER" },
      { user_id: "b", user_type: "Collaborator", name: "x" },
      { user_id: "c", user_type: null },
      { user_id: "d" },
    ];
    const { api, asked } = platform({ list_users: [{ body: { users } }, { body: { users: null } }] });
    expect(await api.listUsers(12)).to.deep.equal([
      { user_id: "a", user_type: "OWNER" },
      { user_id: "b", user_type: "COLLABORATOR" },
      { user_id: "c" },
      { user_id: "d" },
    ]);
    expect(await api.listUsers(12), "null").to.deep.equal([]);
    expect(asked).to.deep.equal(['list_users {"workspace_id":12}', 'list_users {"workspace_id":12}']);
  });

  for (const user of [
    { user_id: 3 },
    { user_id: "" },
    { user_id: "a", user_type: "ADMIN" },
    { user_id: "a", user_type: 1 },
  ]) {
    it(`decide nothing by the member ${JSON.stringify(user)}`, async () => {
      const { api } = platform({ list_users: { body: { users: [user] } } });
      expect(await messageOf(() => api.listUsers(12))).to.match(
        /^Could not list the users of workspace 12: .* promises/,
      );
    });
  }

  it("add by the account's id alone, so that nobody is mailed, in the case that the release takes", async () => {
    const refused = { status: 400, body: { msg: "unknown variant `owner`", code: 400 } };
    const { api, asked } = platform({ add_user: [refused, { body: {} }, { body: {} }] });
    await api.addUser(ann, "OWNER");
    await api.addUser(ann, "COLLABORATOR");
    const sent = (role: string) => `add_user {"workspace_id":12,"user_id":"an-id","user_type":"${role}"}`;
    expect(asked).to.deep.equal([sent("owner"), sent("OWNER"), sent("COLLABORATOR")]);
  });

  it("send nothing twice for what is wrong with the account", async () => {
    const refused = { status: 400, body: { msg: "already in the workspace", code: 400 } };
    const { api, asked } = platform({ add_user: [refused] });
    expect(await messageOf(() => api.addUser(ann, "OWNER"))).to.match(
      /^Could not add ann@example.com to workspace "churn": already in the workspace \(HTTP 400\)/,
    );
    expect(asked).to.have.length(1);
  });

  it("remove by the account's id, and say how many memberships that were", async () => {
    const { api, asked } = platform({
      remove_user: [{ body: { affected_rows: 1 } }, { body: { affected_rows: 0 } }, { body: {} }],
    });
    expect([await api.removeUser(ann), await api.removeUser(ann), await api.removeUser(ann)]).to.deep.equal([1, 0, 0]);
    expect(asked[0]).to.equal('remove_user {"workspace_id":12,"user_id":"an-id"}');
  });

  for (const status of [404, 405, 501]) {
    it(`say what is needed of a release that has none of them (${status})`, async () => {
      const { api, asked } = platform({ list: { status, body: { msg: "no such endpoint", code: status } } });
      const words = new RegExp(`^Could not list workspaces: no such endpoint \\(HTTP ${status}\\)`);
      const message = await messageOf(() => api.list());
      expect(message).to.match(words);
      expect(message).to.match(/needs a release of the platform with workspace endpoints/);
      expect(asked, "and are not asked again").to.have.length(1);
    });
  }
});
