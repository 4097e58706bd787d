import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { OPERATOR } from "../emulator/seeds";
import { EngineCalls, listen, startDynamic, type Kept } from "./dynamic";
import { messageOf, onPlatform } from "./platform";
import { onRunFolder } from "./run-folder";

type Props = Record<string, unknown>;
type Provider = Awaited<ReturnType<typeof startDynamic>>["workspaceMember"];

const ENGINE = "127.0.0.1:40001";
const EXPLICIT = { "wallaroo:explicit": "true" };
const TEXT = "exports.handler=()=>0";

/** Check and create of one resource of many. Raises the first failure. */
async function create(provider: Provider, inputs: Props, name: string): Promise<Kept> {
  const checked = await check(provider, inputs, name);
  const { id, outs } = (await provider.create(checked)) as { id: string; outs: Props };
  return { id, inputs: checked, outputs: { ...outs, __provider: TEXT } };
}

async function check(provider: Provider, inputs: Props, name: string, olds: Props = {}): Promise<Props> {
  const given = { ...inputs, __provider: TEXT, __declared: { key: name, name } };
  const checked = await provider.check(olds, given);
  for (const { reason } of checked.failures ?? []) throw new Error(reason);
  return checked.inputs as Props;
}

describe("many memberships", function () {
  this.timeout(60_000);
  const { platform, start } = onPlatform();
  listen();
  const requests = () => ({
    list: platform().requests("workspaces/list").length,
    members: platform().requests("workspaces/list_users").length,
    accounts: platform().requests("query").length,
  });

  for (const [count, workspaces] of [
    [100, 1],
    [100, 50],
  ] as const) {
    it(`of ${count} accounts in ${workspaces} workspaces cost one list and one list of members per workspace and run`, async () => {
      await start();
      const inputs: Props[] = [];
      for (let index = 0; index < workspaces; index += 1) {
        await platform().addWorkspace(`w${index}`, { owners: [OPERATOR.email] });
      }
      for (let index = 0; index < count; index += 1) {
        const user = `user${index}@example.com`;
        await platform().addUser({ email: user });
        inputs.push({ workspace: `w${index % workspaces}`, user });
      }
      const run = async () => {
        platform().clearLog();
        return (await startDynamic(platform())).workspaceMember;
      };
      const preview = await run();
      await Promise.all(inputs.map((one, index) => check(preview, one, `m${index}`)));
      expect(requests(), "preview").to.deep.equal({ list: 1, members: workspaces, accounts: 1 });

      const up = await run();
      const kept = await Promise.all(inputs.map((one, index) => create(up, one, `m${index}`)));
      expect(platform().written()).to.have.length(count);
      const looks = requests();
      expect(looks).to.include({ list: 1, accounts: 1 });
      // One per workspace to decide by, and the joined looks after the writes.
      expect(looks.members).to.be.at.most(workspaces === 1 ? 1 + Math.ceil(count / 32) + 1 : workspaces + count);

      const same = await run();
      for (const [index, { id, inputs: olds, outputs }] of kept.entries()) {
        const news = await check(same, inputs[index] ?? {}, `m${index}`, olds);
        expect(await same.diff(id, outputs, news)).to.include({ changes: false });
      }
      expect(platform().log, "nothing changes").to.deep.equal([]);

      const refresh = await run();
      await Promise.all(kept.map(({ id, outputs }) => refresh.read(id, outputs)));
      expect(requests(), "refresh").to.deep.equal({ list: 1, members: workspaces, accounts: 1 });

      const destroy = await run();
      await Promise.all(kept.map(({ id, outputs }) => destroy.delete(id, outputs)));
      expect(platform().written()).to.have.length(count);
      expect(requests()).to.include({ list: 1, accounts: 1 });
    });
  }
});

describe("a membership that several resources declare", () => {
  const { platform, start, writes } = onPlatform();
  listen();
  const ann = "ann@example.com";
  let annId: string;
  let provider: Provider;
  beforeEach(async () => {
    await start();
    annId = await platform().addUser({ email: ann });
    await platform().addWorkspace("churn", { owners: [OPERATOR.email] });
    provider = (await startDynamic(platform())).workspaceMember;
  });
  const words = /is declared twice, by "a" and by "b"\. Nothing was sent for it\. Declare a membership once\./;

  for (const other of ["in the same words", "by the workspace's id", "by the account's id"]) {
    it(`is refused, naming both: ${other}`, async () => {
      const second = {
        workspace: other === "by the workspace's id" ? 1 : "churn",
        user: other === "by the account's id" ? annId : "Ann@Example.com",
      };
      await check(provider, { workspace: "churn", user: ann }, "b");
      expect(await messageOf(() => check(provider, second, "a"))).to.match(words);
      expect(writes()).to.deep.equal([]);
    });
  }

  it("is refused where one of them is stored and the other would adopt it", async () => {
    const kept = await create(provider, { workspace: "churn", user: ann }, "b");
    provider = (await startDynamic(platform())).workspaceMember;
    const news = await check(provider, { workspace: "churn", user: ann }, "b", kept.inputs);
    await provider.diff(kept.id, kept.outputs, news);
    expect(await messageOf(() => check(provider, { workspace: 1, user: annId, adopt: true }, "a"))).to.match(words);
  });

  it("stays when one resource leaves it to another", async () => {
    const kept = await create(provider, { workspace: "churn", user: ann }, "b");
    provider = (await startDynamic(platform())).workspaceMember;
    await create(provider, { workspace: 1, user: annId, adopt: true }, "a");
    await provider.delete(kept.id, kept.outputs);
    expect(await platform().membersOf("churn")).to.include({ [ann]: "COLLABORATOR" });
    expect(writes()).to.have.length(1);
  });

  it("stays when its one resource is replaced by force and ends where it began", async () => {
    const calls = new EngineCalls(platform, "workspaceMember");
    await calls.up({ workspace: "churn", user: ann });
    const { id, inputs, outputs } = calls.kept ?? { id: "", inputs: {}, outputs: {} };
    await check(provider, inputs, "a", inputs);
    const made = (await provider.create(await check(provider, inputs, "a"))) as { outs: Props };
    expect(made.outs).to.include({ adopted: false });
    await provider.delete(id, outputs);
    expect(await platform().membersOf("churn")).to.include({ [ann]: "COLLABORATOR" });
  });

  it("stays adopted when its one resource is replaced by force, though adopt is not declared any more", async () => {
    await platform().setMember("churn", ann, "COLLABORATOR");
    const kept = await create(provider, { workspace: "churn", user: ann, adopt: true }, "a");
    provider = (await startDynamic(platform())).workspaceMember;
    const inputs = { workspace: "churn", user: ann };
    await check(provider, inputs, "a", kept.inputs);
    const made = (await provider.create(await check(provider, inputs, "a"))) as { outs: Props };
    expect(made.outs).to.include({ adopted: true });
  });

  it("stays when one of two stored resources is taken out, as after an import under another name", async () => {
    const kept = await create(provider, { workspace: "churn", user: ann }, "a");
    provider = (await startDynamic(platform())).workspaceMember;
    const news = await check(provider, { workspace: "churn", user: ann }, "b", kept.inputs);
    await provider.diff(kept.id, kept.outputs, news);
    await provider.delete(kept.id, kept.outputs);
    expect(await platform().membersOf("churn")).to.include({ [ann]: "COLLABORATOR" });
  });

  it("is refused to the second at create, where the account was not there when they were checked", async () => {
    const { user, workspaceMember } = await startDynamic(platform());
    await check(user, { email: "new@example.com" }, "new");
    const [first, second] = [1, "churn"].map((workspace) => ({ workspace, user: "new@example.com", adopt: true }));
    const checked = [await check(workspaceMember, first ?? {}, "a"), await check(workspaceMember, second ?? {}, "b")];
    await platform().addUser({ email: "new@example.com" });
    await workspaceMember.create(checked[0] ?? {});
    expect(await messageOf(() => workspaceMember.create(checked[1] ?? {}))).to.match(
      /^Could not create new@example.com in workspace "churn": "a" declares it too\. Nothing was sent for it/,
    );
  });
});

describe("a membership that moves to a resource of another provider", () => {
  const { platform, start } = onPlatform();
  onRunFolder();
  const said = listen();

  it("stays, though the process of the old one hears of nothing but its delete", async () => {
    await start();
    await platform().addUser({ email: "ann@example.com" });
    await platform().addWorkspace("churn", { owners: [OPERATOR.email] });
    const inputs = { workspace: "churn", user: "ann@example.com" };
    const kept = await create((await startDynamic(platform())).workspaceMember, inputs, "old");
    const [old, next] = [await startDynamic(platform(), {}, ENGINE), await startDynamic(platform(), EXPLICIT, ENGINE)];
    try {
      await create(next.workspaceMember, { ...inputs, adopt: true }, "new");
      await old.workspaceMember.delete(kept.id, kept.outputs);
      expect(await platform().membersOf("churn")).to.include({ "ann@example.com": "COLLABORATOR" });
      expect(said().at(-1)).to.match(/stays a member, because the program declares it/);
    } finally {
      for (const { close } of [old, next]) close();
    }
  });
});

describe("a membership of which preview does not know all", () => {
  const { platform, start } = onPlatform();
  listen();
  const unknown = pulumi.runtime.unknownValue;

  it("is not looked into, and its known part is checked", async () => {
    await start();
    await platform().addWorkspace("churn", { owners: [OPERATOR.email] });
    const calls = new EngineCalls(platform, "workspaceMember");
    expect(await calls.preview({ workspace: "churn", user: unknown })).to.equal("created");
    expect(await calls.preview({ workspace: unknown, user: "no@example.com" }).catch(String)).to.match(/no account/);
    expect(await messageOf(() => calls.preview({ workspace: "nowhere", user: unknown }))).to.match(/no workspace/);
    expect(await calls.preview({ workspace: unknown, user: unknown, role: unknown, adopt: unknown })).to.equal(
      "created",
    );
  });

  it("may be in a workspace that is younger than the list that was asked for", async () => {
    await start();
    await platform().addUser({ email: "ann@example.com" });
    const { workspaceMember } = await startDynamic(platform());
    const inputs = { workspace: "young", user: "ann@example.com" };
    expect(await messageOf(() => check(workspaceMember, inputs, "m"))).to.match(/no workspace .*, and none at all\./);
    await platform().addWorkspace("young", { owners: [OPERATOR.email] });
    await create(workspaceMember, inputs, "m");
    expect(platform().requests("workspaces/list")).to.have.length(2);
  });

  it("counts as replaced when it is stored, and its loss is refused already", async () => {
    await start();
    await platform().addUser({ email: "ann@example.com" });
    await platform().addWorkspace("churn", { owners: ["ann@example.com"], collaborators: [OPERATOR.email] });
    const calls = new EngineCalls(platform, "workspaceMember");
    await calls.up({ workspace: "churn", user: "ann@example.com", role: "OWNER", adopt: true, onDestroy: "remove" });
    expect(await messageOf(() => calls.preview({ workspace: "churn", user: unknown }))).to.match(/no other owner/);
    expect(await calls.preview({ workspace: "churn", user: unknown, role: "OWNER" })).to.equal("replaced");
  });

  it("may be of an account that the program declares and that is not there yet", async () => {
    await start();
    await platform().addWorkspace("churn", { owners: [OPERATOR.email] });
    const { user, workspaceMember } = await startDynamic(platform());
    await check(user, { email: "new@example.com" }, "new");
    await check(workspaceMember, { workspace: "churn", user: "new@example.com" }, "m");
    expect(
      await messageOf(() => create(workspaceMember, { workspace: "churn", user: "new@example.com" }, "m")),
    ).to.match(/no account on the platform has this address\. "new" declares it: give its id \(`user: ann.id`/);
  });
});
