import { expect } from "chai";
import { WallarooUser } from "pulumi-wallaroo";
import { ann, user } from "./programs";
import { scenario } from "./stack";

describe("what Pulumi offers on a resource", function () {
  this.timeout(180_000);
  const { platform, stack, writes } = scenario();
  const isEnabled = async (email: string) => (await platform().findByEmail(email))?.enabled;

  it("protect keeps the account from destroy", async () => {
    await stack().up(user({}, { protect: true }));
    expect((await stack().destroyFails()).output).to.match(/protect/);
    expect(await isEnabled(ann)).to.equal(true);
  });

  it("retainOnDelete leaves the account alone", async () => {
    await stack().up(user({}, { retainOnDelete: true }));
    await stack().destroy();
    expect(await isEnabled(ann)).to.equal(true);
  });

  it("ignoreChanges keeps what was changed by hand", async () => {
    await stack().up(user({ enabled: true }));
    await platform().setEnabled(ann, false);
    await stack().refresh();
    await stack().up(user({ enabled: true }, { ignoreChanges: ["enabled"] }), {
      expectNoChanges: true,
    });
    expect(await isEnabled(ann)).to.equal(false);
  });

  it("dependsOn, parent, deletedWith and customTimeouts work", async () => {
    const program = () => {
      const lead = new WallarooUser("lead", { email: "lead@example.com" });
      new WallarooUser("ann", { email: ann }, { dependsOn: lead, parent: lead, customTimeouts: { create: "1m" } });
      new WallarooUser("bob", { email: "bob@example.com" }, { deletedWith: lead });
    };
    await stack().up(program);
    expect(
      platform()
        .requests("invite")
        .map((entry) => (entry.body as { email: string }).email)[0],
    ).to.equal("lead@example.com");
    await stack().destroy();
    expect([await isEnabled(ann), await isEnabled("bob@example.com")]).to.deep.equal([false, true]);
  });

  it("--target touches no other account", async () => {
    const program = (enabled: boolean) => () => {
      new WallarooUser("ann", { email: ann, enabled });
      new WallarooUser("bob", { email: "bob@example.com", enabled });
    };
    await stack().up(program(true));
    const urn = (await stack().stored("ann"))?.urn ?? "";
    await stack().up(program(false), { target: [urn] });
    expect([await isEnabled(ann), await isEnabled("bob@example.com")]).to.deep.equal([false, true]);
    await stack().destroy({ target: [urn] });
    expect(await isEnabled("bob@example.com")).to.equal(true);
  });

  it("deleteBeforeReplace changes the order of a replacement", async () => {
    const opts = { deleteBeforeReplace: true };
    await stack().up(user({}, opts));
    platform().clearLog();
    await stack().up(user({ email: "ann.b@example.com" }, opts));
    expect(writes()).to.deep.equal([`deactivate ${ann}`, "invite ann.b@example.com"]);
  });

  it("get reads an account and never touches it, and is an error if there is none", async () => {
    const id = await platform().addUser({ email: ann, enabled: false });
    const got = await stack().up(() => {
      const { email, enabled, adopted } = WallarooUser.get("ann", id);
      return { email, enabled, adopted };
    });
    expect(got.outputs["email"]?.value).to.equal(ann);
    expect(got.outputs["enabled"]?.value).to.equal(false);
    await stack().destroy();
    expect(platform().writes()).to.deep.equal([]);
    const missing = await stack().upFails(
      () => void WallarooUser.get("nobody", "00000000-0000-4000-8000-000000000000"),
    );
    expect(missing.output).to.match(/no account has this id.*not the email/);
  });

  it("import is refused with what to write instead", async () => {
    const { output } = await stack().upFails(user({}, { import: "some-id" }));
    expect(output).to.match(/can't import dynamic resources.*adopt: true/);
    expect(platform().log).to.deep.equal([]);
  });

  it("up sends nothing that preview did not announce", async () => {
    const program = () => {
      new WallarooUser("ann", { email: ann });
      new WallarooUser("bob", { email: "bob@example.com", enabled: false });
    };
    await stack().up(user());
    const preview = await stack().preview(program);
    const up = await stack().up(program);
    expect(preview.changes).to.deep.equal(up.changes);
    expect(writes()).to.deep.equal([`invite ${ann}`, "invite bob@example.com", "deactivate bob@example.com"]);
  });
});
