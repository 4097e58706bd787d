import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import type { GetWorkspaceArgs } from "../../sdk/workspace-lookups";
import * as lookups from "../../sdk/workspace-lookups";
import { WallarooWorkspaceMember } from "../../sdk/workspace-member";
import { startPlatform, type Platform } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";
import { setMonitor } from "./monitor";
import { messageOf } from "./platform";

const [ann, bob] = ["ann@example.com", "bob@example.com"];

describe("the lookups of workspaces", () => {
  let platform: Platform;
  let ids: Record<string, string>;
  beforeEach(async () => {
    platform = await startPlatform();
    ids = {};
    for (const email of [ann, bob]) ids[email] = await platform.addUser({ email });
    await platform.addWorkspace("fraud", { owners: [ann], collaborators: [bob], models: 2, pipelines: 1 });
    await platform.addWorkspace("7", { owners: [bob], archived: true });
    platform.clearLog();
    await setMonitor({ newResource: ({ inputs }) => ({ id: "", state: inputs as object }), call: () => ({}) });
    pulumi.runtime.setAllConfig(
      { "wallaroo:url": platform.url, "wallaroo:username": OPERATOR.email, "wallaroo:password": OPERATOR.password },
      ["wallaroo:password"],
    );
  });
  afterEach(() => platform.close());

  it("answer one workspace by its name or its id, with what is in it and who", async () => {
    const fraud = await lookups.getWorkspace({ name: "fraud" });
    expect(fraud).to.include({ id: 1, name: "fraud", createdBy: ann, archived: false });
    expect(fraud.createdAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect([fraud.models.length, fraud.pipelines.length]).to.deep.equal([2, 1]);
    expect(fraud.members).to.deep.equal([
      { id: ids[ann], email: ann, role: "OWNER" },
      { id: ids[bob], email: bob, role: "COLLABORATOR" },
    ]);
    expect(await lookups.getWorkspace({ id: 1 })).to.deep.equal(fraud);
    expect((await lookups.getWorkspace({ name: "7" })).id).to.equal(2);
    expect(platform.requests("workspaces/list"), "one list for all of them").to.have.length(1);
  });

  it("answer the same while the platform lists what is in a workspace in another order", async () => {
    const { members, models } = platform.workspace("fraud");
    const [first, second] = ["a0000000-0000-4000-8000-000000000009", "b0000000-0000-4000-8000-000000000001"];
    for (const id of [second, first]) {
      await platform.addUser({ id, email: "twin@example.com", username: id });
      members.set(id, "COLLABORATOR");
    }
    models.splice(0, 2, 12, 7);
    const fraud = await lookups.getWorkspace({ name: "fraud" });
    expect(fraud.models).to.deep.equal([7, 12]);
    expect(fraud.members.map(({ id }) => id)).to.deep.equal([ids[ann], ids[bob], first, second]);
  });

  it("answer all workspaces that the account sees, with one request per workspace", async () => {
    const all = await lookups.getWorkspaces();
    expect(all.map(({ name, archived }) => [name, archived])).to.deep.equal([
      ["fraud", false],
      ["7", true],
    ]);
    expect(platform.log.map(({ call }) => call).sort()).to.deep.equal(
      ["token", "query", "workspaces/list", "workspaces/list_users", "workspaces/list_users"].sort(),
    );
  });

  it("name the creator by address, members without a role, and accounts that are gone by id", async () => {
    await platform.change({ createdBy: "email", userType: "absent" });
    await platform.remove(bob);
    const fraud = await lookups.getWorkspace({ name: "fraud" });
    expect(fraud.createdBy).to.equal(ann);
    expect(fraud.members).to.deep.include({ id: ids[bob] }).and.deep.include({ id: ids[ann], email: ann });
    await platform.change({ createdBy: "uuid" });
    pulumi.runtime.setAllConfig({ ...pulumi.runtime.allConfig(), "wallaroo:maxRetries": "1" }, []);
    await setMonitor({ newResource: ({ inputs }) => ({ id: "", state: inputs as object }), call: () => ({}) });
    expect((await lookups.getWorkspace({ id: 2 })).createdBy, "the creator is gone").to.equal(ids[bob]);
  });

  it("say that a workspace is not there, and look again for one that is younger than the list", async () => {
    expect(await messageOf(() => lookups.getWorkspace({ name: "Fraud" }))).to.match(
      /^Could not look up workspace "Fraud": the account that the provider runs as sees no workspace of this name\. Check it, or use getWorkspaces\(\)/,
    );
    await platform.addWorkspace("Fraud", { owners: [ann] });
    expect((await lookups.getWorkspace({ name: "Fraud" })).id).to.equal(3);
    expect(await messageOf(() => lookups.getWorkspace({ id: 9 }))).to.match(
      /Could not look up workspace 9: .* of this id/,
    );
  });

  for (const args of [
    {},
    { name: "" },
    { id: "1" },
    { id: 1, name: "fraud" },
    { id: 1.5 },
    { id: NaN },
    { name: undefined },
    { id: null, name: 7 },
  ]) {
    it(`refuse ${JSON.stringify(args)}, and send nothing`, async () => {
      const asked = args as unknown as GetWorkspaceArgs;
      expect(await messageOf(() => lookups.getWorkspace(asked))).to.match(/exactly one of id and name has to be given/);
      expect(platform.log).to.deep.equal([]);
    });
  }

  it("work as outputs", async () => {
    const valueOf = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => void output.apply(resolve));
    expect(await valueOf(lookups.getWorkspaceOutput({ name: pulumi.output("fraud") }))).to.include({ id: 1 });
    expect(await valueOf(lookups.getWorkspaceOutput({ id: pulumi.output(2) }))).to.include({ name: "7" });
    expect(await valueOf(lookups.getWorkspacesOutput())).to.have.length(2);
  });
});

describe("the lookups of workspaces in a unit test with mocks", () => {
  it("are answered by them, under the names of a provider's functions", async () => {
    const churn = { id: 1, name: "churn", archived: false, models: [], pipelines: [], members: [] };
    const asked: unknown[] = [];
    const call = ({ token, inputs }: pulumi.runtime.MockCallArgs) => {
      asked.push([token, inputs]);
      return token.endsWith("getWorkspaces") ? { workspaces: [churn] } : churn;
    };
    await pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call }, "project", "stack");
    expect(await lookups.getWorkspace({ id: 1 })).to.deep.equal(churn);
    expect(await lookups.getWorkspaces()).to.deep.equal([churn]);
    expect(asked).to.deep.equal([
      ["wallaroo:index:getWorkspace", { id: 1 }],
      ["wallaroo:index:getWorkspaces", {}],
    ]);
  });
});

describe("a membership that a program declares", () => {
  it("tells the provider which inputs are secrets, of which the engine must print no value", async () => {
    const declared: Record<string, unknown>[] = [];
    await setMonitor({
      newResource: ({ inputs }) => {
        declared.push((inputs as { __declared: Record<string, unknown> }).__declared);
        return { id: "1/x", state: inputs as object };
      },
      call: () => ({}),
    });
    const user = pulumi.secret("ann@");
    const member = new WallarooWorkspaceMember("m", { workspace: "churn", user });
    await new Promise((resolve) => void pulumi.all([member.urn]).apply(resolve));
    expect(declared).to.deep.equal([{ key: "1", name: "m", secrets: ["user"] }]);
  });
});
