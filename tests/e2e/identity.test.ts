import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { WallarooUser, type WallarooUserArgs } from "pulumi-wallaroo";
import { ann, user } from "./programs";
import { scenario } from "./stack";

const named = (name: string, args: Partial<WallarooUserArgs> = {}, opts?: pulumi.CustomResourceOptions) =>
  user(args, opts, name);

describe("who a resource is about", function () {
  this.timeout(180_000);
  const { platform, stack, writes } = scenario();
  const isEnabled = async (email: string) => (await platform().findByEmail(email))?.enabled;

  it("survives a rename with aliases, which sends nothing", async () => {
    await stack().up(named("ann"));
    platform().clearLog();
    const { changes } = await stack().up(named("ann-b", {}, { aliases: [{ name: "ann" }] }));
    expect(changes).to.include({ same: 2 });
    expect(writes()).to.deep.equal([]);
  });

  it("is refused after a rename without alias, and no account is deactivated", async () => {
    await stack().up(named("ann"));
    const refused = await stack().upFails(named("ann-b"));
    expect(refused.output).to.match(/give it `aliases` instead/);
    const adopted = await stack().up(named("ann-b", { adopt: true }));
    expect(adopted.output)
      .to.match(/ann@example.com is not deactivated, because "ann-b" declares it\./)
      .and.not.match(/aliases|warning: ann/);
    expect(await isEnabled(ann)).to.equal(true);
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it("is never deactivated by a replacement that is forced from the command line", async () => {
    await stack().up(named("ann"));
    const urn = (await stack().stored("ann"))?.urn ?? "";
    const refused = await stack().upFails(named("ann"), { replace: [urn] });
    expect(refused.output).to.match(/--replace/);
    expect(await isEnabled(ann)).to.equal(true);
    await stack().up(named("ann", { adopt: true }), { replace: [urn], target: [urn] });
    expect(await isEnabled(ann)).to.equal(true);
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it("survives a replacement by trigger that ends in the same account", async () => {
    await stack().up(named("ann", {}, { replacementTrigger: "yesterday" }));
    const triggered = await stack().up(named("ann", {}, { replacementTrigger: "today" }));
    expect(triggered.changes).to.include({ replace: 1 });
    expect(await isEnabled(ann)).to.equal(true);
    expect(writes()).to.deep.equal([`invite ${ann}`]);
    expect((await stack().stored("ann"))?.outputs["adopted"]).to.equal(false);
    await stack().destroy();
    expect(await isEnabled(ann)).to.equal(false);
  });

  it("keeps an adopted account adopted over a replacement by trigger, though adopt is no longer written", async () => {
    await platform().addUser({ email: ann });
    await stack().up(named("ann", { adopt: true }, { replacementTrigger: "yesterday" }));
    await stack().up(named("ann", {}, { replacementTrigger: "yesterday" }));
    await stack().up(named("ann", {}, { replacementTrigger: "today" }));
    await stack().destroy();
    expect(await isEnabled(ann)).to.equal(true);
    expect(writes()).to.deep.equal([]);
  });

  it("survives a move of the account from one resource to another", async () => {
    await stack().up(() => {
      new WallarooUser("first", { email: ann });
      new WallarooUser("second", { email: "bob@example.com" });
    });
    await stack().up(() => {
      new WallarooUser("first", { email: "bob@example.com", adopt: true });
      new WallarooUser("second", { email: ann, adopt: true });
    });
    expect([await isEnabled(ann), await isEnabled("bob@example.com")]).to.deep.equal([true, true]);
    expect(platform().requests("deactivate")).to.have.length(0);
  });

  it("is refused when one account is declared twice, before anything is sent, naming both", async () => {
    const refused = await stack().upFails(() => {
      new WallarooUser("ann", { email: ann });
      new WallarooUser("ann-again", { email: " ANN@Example.com " });
    });
    expect(refused.output).to.match(/declared twice, by "ann" and by "ann-again"/);
    const inComponents = await stack().upFails(() => {
      for (const site of ["one", "two"]) {
        const parent = new pulumi.ComponentResource("tests:index:Site", site);
        new WallarooUser(`${site}-ann`, { email: ann }, { parent });
      }
    });
    expect(inComponents.output).to.match(/declared twice, by "one\/one-ann" and by "two\/two-ann"/);
    expect(platform().log).to.deep.equal([]);
  });

  it("is refused when the second declaration is only known late", async () => {
    const program = () => {
      const first = new WallarooUser("ann", { email: ann });
      new WallarooUser("ann-again", { email: first.id.apply(() => "Ann@example.com") });
    };
    const refused = await stack().upFails(program);
    expect(refused.output).to.match(/declared twice, by "ann" and by "ann-again"/);
    expect(writes()).to.deep.equal([`invite ${ann}`]);
    const preview = await stack().previewFails(program);
    expect(preview.output).to.match(/declared twice/);
  });

  it("invites the new address before it deactivates the old one, which stays as it was when the new one is refused", async () => {
    await stack().up(named("ann"));
    await platform().addUser({ email: "ann.b@example.com" });
    await stack().upFails(named("ann", { email: "ann.b@example.com" }));
    expect(await isEnabled(ann)).to.equal(true);
    await platform().remove("ann.b@example.com");
    const preview = await stack().preview(named("ann", { email: "ann.b@example.com" }));
    expect(preview.changes).to.include({ replace: 1 });
    await stack().up(named("ann", { email: "ann.b@example.com" }));
    expect(writes()).to.deep.equal([`invite ${ann}`, "invite ann.b@example.com", `deactivate ${ann}`]);
  });

  it("is not forgotten to be another account by a replacement by trigger, and destroy leaves that alone", async () => {
    await stack().up(named("ann", {}, { replacementTrigger: "yesterday" }));
    await platform().recreate(ann);
    await stack().refresh();
    // Shown once.
    await stack().refresh({ expectNoChanges: true });
    await stack().up(named("ann", {}, { replacementTrigger: "today" }));
    expect((await stack().stored("ann"))?.outputs).to.include({ adopted: true });
    await stack().destroy();
    expect(await isEnabled(ann)).to.equal(true);
  });
});
