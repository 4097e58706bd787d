import { expect } from "chai";
import type { ApiWorkspaceUser } from "../../provider/api/wire";
import { WorkspaceDirectory } from "../../provider/workspace/directory";
import { Members, WorkspaceList, idOf } from "../../provider/workspace/view";
import { messageOf } from "../integration/platform";

const workspace = (id: number, name: string) => ({ id, name, archived: false, models: [], pipelines: [] });

describe("the shared view of workspaces and their members", () => {
  let asked: string[];
  let members: ApiWorkspaceUser[];
  let directory: WorkspaceDirectory;
  beforeEach(() => {
    asked = [];
    members = [{ user_id: "a", user_type: "OWNER" }];
    directory = new WorkspaceDirectory({
      list: () => {
        asked.push("list");
        return Promise.resolve([workspace(1, "churn")]);
      },
      listUsers: (id) => {
        asked.push(`list_users ${id}`);
        return id === 666 ? Promise.reject(new Error("forbidden")) : Promise.resolve(members);
      },
    });
  });

  it("is one request for the list and one per workspace, for any number that ask", async () => {
    const ask = async (index: number) => {
      await directory.workspaces(5_000);
      return directory.members(index % 3, 5_000);
    };
    await Promise.all(Array.from({ length: 100 }, (_, index) => ask(index)));
    await ask(1);
    expect(asked).to.deep.equal(["list", "list_users 0", "list_users 1", "list_users 2"]);
  });

  it("is looked at again after a write, and shows all others what that look shows", async () => {
    expect((await directory.members(1, 5_000)).has("b")).to.equal(false);
    members = [...members, { user_id: "b" }];
    expect((await directory.confirm(1)).has("b")).to.equal(true);
    expect((await directory.members(1, 5_000)).has("b")).to.equal(true);
    expect(asked).to.deep.equal(["list_users 1", "list_users 1"]);
  });

  it("is looked at once for many writes to one workspace, and each fails by its own workspace alone", async () => {
    const work = (id: number) => directory.whileWorking(() => directory.confirm(id));
    const ends = await Promise.allSettled([1, 1, 1, 2, 666].map(work));
    expect(ends.map(({ status }) => status)).to.deep.equal([...Array<string>(4).fill("fulfilled"), "rejected"]);
    expect(asked.sort()).to.deep.equal(["list_users 1", "list_users 2", "list_users 666"]);
  });
});

describe("a workspace that a program names", () => {
  const list = new WorkspaceList([
    workspace(0, "zero"),
    workspace(12, "fraud"),
    workspace(13, "14"),
    workspace(14, "churn"),
    workspace(15, "re\u0301sume\u0301"),
    workspace(16, "007"),
    workspace(17, "fraud/eu"),
  ]);

  for (const [given, id] of [
    ["fraud", 12],
    ["fraud/eu", 17],
    ["12", 12],
    [12, 12],
    [0, 0],
    ["0", 0],
    [13, 13],
    [14, 14],
    ["13", 13],
    ["r\u00e9sum\u00e9", 15],
    ["007", 16],
    ["7", undefined],
    [7, undefined],
    ["012", undefined],
    ["12.0", undefined],
    ["1e1", undefined],
    ["Fraud", undefined],
    [" fraud", undefined],
    ["", undefined],
  ] as const) {
    it(`is ${id === undefined ? "none" : `workspace ${id}`} for ${JSON.stringify(given)}`, () => {
      expect(list.find(given)?.id).to.equal(id);
    });
  }

  it("is refused where its text is the name of one and the id of another", async () => {
    expect(await messageOf(() => Promise.resolve().then(() => list.find("14")))).to.equal(
      'Could not decide by the workspace "14": it may be workspace 13 ("14") or workspace 14 ("churn"). ' +
        "Nothing was sent for it. Give the id of the one that is meant, as a number.",
    );
  });

  it("is refused where two names differ in how their accents are encoded, unless one is written just so", async () => {
    const [nfd, other] = ["e\u0301\u0323", "e\u0323\u0301"];
    const twins = new WorkspaceList([workspace(1, nfd), workspace(2, other)]);
    expect(twins.find(nfd)?.id).to.equal(1);
    expect(await messageOf(() => Promise.resolve().then(() => twins.find(nfd.normalize("NFC"))))).to.match(/may be/);
  });

  it("has no id beyond what can be counted", () => {
    expect(idOf("9007199254740993")).to.equal(undefined);
  });
});

describe("the members of a workspace", () => {
  it("are owners only if the platform says so, in one of two entries at least", () => {
    const members = new Members([
      { user_id: "a", user_type: "OWNER" },
      { user_id: "a", user_type: "COLLABORATOR" },
      { user_id: "b" },
      { user_id: "c", user_type: "COLLABORATOR" },
    ]);
    expect(members.owners()).to.deep.equal(["a"]);
    expect(members.size).to.equal(3);
    expect([members.has("b"), members.roleOf("b"), members.has("z")]).to.deep.equal([true, undefined, false]);
  });
});
