import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { WallarooProvider, WallarooTeam, WallarooUser } from "pulumi-wallaroo";
import { NativeProvider, NativeTeam, NativeUser, PLUGIN } from "./native";
import { CI, scenario } from "./stack";

const [ann, bob, cid] = ["ann@example.com", "bob@example.com", "cid@example.com"];

describe("the native plugin", function () {
  this.timeout(240_000);
  const { platform, stack, writes } = scenario({}, (url) => ({
    plugin: PLUGIN,
    config: { "wallaroo:url": url, "wallaroo:username": CI.email, "secret:wallaroo:password": CI.password },
  }));

  it("invites, changes, follows and deactivates users and members, and leaves no password in plain text", async () => {
    const program = (enabled: boolean) => () => {
      const user = new NativeUser("ann", { email: " Ann@example.com", enabled, password: "Ann-the-password" });
      const team = new NativeTeam("team", { members: { [bob]: { password: "Bob-the-password" }, [cid]: {} } });
      return { id: user.id, password: user.initialPassword, bob: team.ids.apply((ids) => ids[bob]) };
    };
    const preview = await stack().preview(program(true));
    const up = await stack().up(program(true));
    expect(up.changes).to.deep.equal({ create: 3 });
    expect(up.outputs["password"]).to.deep.equal({ value: "Ann-the-password", secret: true });
    expect(up.outputs["bob"]?.value).to.equal((await platform().findByEmail(bob))?.id);
    await stack().preview(program(true), { expectNoChanges: true });
    await stack().refresh({ expectNoChanges: true });

    await platform().setEnabled(bob, false);
    await platform().setEnabled(ann, false);
    const drift = await stack().refresh();
    expect(drift.output)
      .to.match(/User ann .*\[diff: ~enabled\]/)
      .and.match(/Team team .*\[diff: ~members\]/);
    const repair = await stack().up(program(true), { diff: true });
    expect(repair.changes).to.deep.equal({ update: 2, same: 1 });
    expect(repair.output)
      .to.match(/enabled: false => true/)
      .and.match(/- enabled: false/);

    await stack().destroy();
    const outputs = [preview, up, drift, repair].map(({ output }) => output).join("");
    expect(`${outputs}${stack().onDisk()}`).to.not.match(/Ann-the-password|Bob-the-password|Cc-the-password/);
    expect(writes()).to.have.members([
      ...[ann, bob, cid].map((email) => `invite ${email}`),
      ...[ann, bob].map((email) => `activate ${email}`),
      ...[ann, bob, cid].map((email) => `deactivate ${email}`),
    ]);
  });

  it("says what it has to say at the resource, and stores what was done of a step that failed", async () => {
    await platform().addUser({ email: cid });
    const program = (adopt: boolean) => () => {
      new NativeUser("cid", { email: cid, adopt });
      new NativeTeam("team", { members: { [ann]: {}, [bob]: {} } });
    };
    const refused = await stack().previewFails(program(false));
    expect(refused.output).to.match(
      /wallaroo:index:User \(cid\):\n.*Could not create cid@example.com: an active account/,
    );
    const fault = { status: 400, body: { msg: "not this one", code: 400 } };
    const failing = platform().misbehave({ on: "invite", who: bob, when: "before", what: fault });
    const half = await stack().upFails(program(true));
    expect(half.output).to.match(/Could not invite bob@example.com: not this one/);
    expect(Object.keys((await stack().stored("team"))?.outputs["ids"] as object)).to.deep.equal([ann]);
    failing.remove();
    await stack().up(program(true));
    await stack().preview(program(true), { expectNoChanges: true });
    await stack().destroy();
    expect((await platform().findByEmail(cid))?.enabled, "put back as it was found").to.equal(true);
  });

  it("imports an account by its address with the import option, and destroy leaves it as it was found", async () => {
    const id = await platform().addUser({ email: ann });
    const program = (given?: string) => () => {
      const opts = given === undefined ? {} : { import: given };
      return { id: new NativeUser("ann", { email: ann, enabled: true }, opts).id };
    };
    const missing = await stack().upFails(program("nobody@example.com"));
    expect(missing.output).to.match(/Could not import nobody@example.com: no account on the platform has this address/);
    const imported = await stack().up(program(ann));
    expect(imported.changes).to.deep.equal({ same: 1, import: 1 });
    expect(imported.outputs["id"]?.value).to.equal(id);
    await stack().preview(program(), { expectNoChanges: true });
    await stack().refresh({ expectNoChanges: true });
    await stack().destroy();
    expect(writes()).to.deep.equal([]);
  });

  it("takes over a stack of the dynamic provider without a change, and gives it back with updates that send nothing", async () => {
    const settings = { url: platform().url, username: CI.email, password: pulumi.secret(CI.password) };
    const members = { [bob]: { password: "Bob-the-password" } };
    const dynamic = () => {
      const before = (type: string) => ({ aliases: [{ type: `wallaroo:index:${type}` }] });
      new WallarooUser("ann", { email: ann, password: "Ann-the-password" }, before("User"));
      new WallarooTeam("team", { members }, before("Team"));
      const provider = new WallarooProvider("own", settings);
      new WallarooUser("cid", { email: cid }, { ...before("User"), provider });
    };
    const native = () => {
      new NativeUser("ann", { email: ann, password: "Ann-the-password" });
      new NativeTeam("team", { members });
      new NativeUser("cid", { email: cid }, { provider: new NativeProvider("own", settings) });
    };
    await stack().up(dynamic);
    platform().clearLog();
    const there = await stack().up(native);
    // The provider that the program declares is another resource; the users and the team are the same.
    expect(there.changes).to.deep.equal({ same: 4, create: 1, delete: 1 });
    await stack().refresh({ expectNoChanges: true });
    expect(stack().onDisk()).to.not.match(/Ann-the-password|Bob-the-password/);
    const back = await stack().up(dynamic);
    expect(back.changes).to.deep.equal({ same: 1, update: 3, create: 1, delete: 1 });
    await stack().refresh({ expectNoChanges: true });
    await stack().preview(dynamic, { expectNoChanges: true });
    expect(writes()).to.deep.equal([]);
  });
});
