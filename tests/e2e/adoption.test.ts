import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { WallarooUser } from "pulumi-wallaroo";
import { ann, user } from "./programs";
import { CI, scenario } from "./stack";

describe("an account that is there already", function () {
  this.timeout(180_000);
  const { platform, stack, writes } = scenario();
  const isEnabled = async () => (await platform().findByEmail(ann))?.enabled;

  it("is reactivated by up after destroy, without a second invite", async () => {
    const first = await stack().up(user());
    await stack().destroy();
    const again = await stack().up(user({ password: "Pp-second-password" }));
    expect(again.outputs["id"]?.value).to.equal(first.outputs["id"]?.value);
    expect(again.outputs).to.not.have.property("initialPassword");
    expect(again.output).to.match(/warning: ann@example.com was there already: the declared password is not applied/);
    expect(writes()).to.deep.equal([`invite ${ann}`, `deactivate ${ann}`, `activate ${ann}`]);
    expect(platform().requests("invite")).to.have.length(1);
    await stack().destroy();
    expect(await isEnabled()).to.equal(false);
  });

  it("is left deactivated when it is declared so", async () => {
    await platform().addUser({ email: ann, enabled: false });
    await stack().up(user({ enabled: false }));
    expect(writes()).to.deep.equal([]);
  });

  it("is refused when it is active, in preview and at apply, with what to write", async () => {
    const id = await platform().addUser({ email: ann });
    for (const refused of [await stack().previewFails(user()), await stack().upFails(user({ enabled: false }))]) {
      expect(refused.output).to.include(`an active account of this address is there already (id ${id}`);
      expect(refused.output).to.match(/write `adopt: true`.*Do not if another stack/);
    }
    expect(writes()).to.deep.equal([]);
    expect(await stack().stored("ann")).to.equal(undefined);
  });

  it("is taken over with adopt, and only what is declared is touched", async () => {
    await platform().addUser({ email: ann, admin: true, firstName: "Ann" });
    const before = await platform().findByEmail(ann);
    const { outputs, output } = await stack().up(user({ adopt: true, password: "Pp-not-applied" }));
    expect(outputs["adopted"]?.value).to.equal(true);
    expect(outputs).to.not.have.property("initialPassword");
    expect(output).to.match(/declared password is not applied/);
    expect(writes()).to.deep.equal([]);
    expect(await platform().findByEmail(ann)).to.deep.equal(before);
  });

  it("stays adopted over update, failed update and refresh, and destroy puts it back as it was found", async () => {
    await platform().addUser({ email: ann });
    const isAdopted = async () => (await stack().stored("ann"))?.outputs["adopted"];
    await stack().up(user({ adopt: true }));
    platform().misbehave({ on: "deactivate", when: "before", what: { status: 400, body: { msg: "no", code: 400 } } });
    await stack().upFails(user({ adopt: true, enabled: false }));
    expect(await isAdopted()).to.equal(true);
    await stack().up(user({ enabled: false }));
    expect(await isAdopted()).to.equal(true);
    await platform().setEnabled(ann, true);
    await stack().refresh();
    expect(await isAdopted()).to.equal(true);
    await stack().up(user({ enabled: false }));
    expect(await isEnabled()).to.equal(false);
    await stack().destroy();
    expect(await isEnabled()).to.equal(true);
  });

  it("is put back deactivated when it was found so", async () => {
    await platform().addUser({ email: ann, enabled: false });
    await stack().up(user({ adopt: true }));
    expect(await isEnabled()).to.equal(true);
    await stack().destroy();
    expect(await isEnabled()).to.equal(false);
  });

  it("is deactivated at destroy when the program says so in so many words", async () => {
    await platform().addUser({ email: ann });
    await stack().up(user({ adopt: true, onDestroy: "deactivate" }));
    await stack().destroy();
    expect(await isEnabled()).to.equal(false);
  });

  it("keeps secret what was found of a name that is declared as a secret", async () => {
    await platform().addUser({ email: ann });
    await platform().rename(ann, { firstName: "Ff-found-name" });
    await stack().up(user({ adopt: true, firstName: pulumi.secret("Ff-found-name") }));
    expect((await stack().stored("ann"))?.outputs).to.have.property("found");
    expect(stack().onDisk()).to.not.include("Ff-found-name");
  });

  it("stays adopted when the step after the adoption failed", async () => {
    await platform().addUser({ email: ann });
    platform().misbehave({ on: "deactivate", when: "before", what: { status: 400, body: { msg: "no", code: 400 } } });
    await stack().upFails(user({ adopt: true, enabled: false }));
    expect((await stack().stored("ann"))?.outputs).to.include({ adopted: true, foundEnabled: true });
    await stack().up(user({ adopt: true, enabled: false }));
    await stack().destroy();
    expect(await isEnabled()).to.equal(true);
  });

  it("can be adopted again after pulumi state delete", async () => {
    await stack().up(user());
    await stack().import((text) => {
      const exported = JSON.parse(text) as { deployment: { resources: { urn: string }[] } };
      exported.deployment.resources = exported.deployment.resources.filter(({ urn }) => !urn.endsWith("::ann"));
      return JSON.stringify(exported);
    });
    await stack().upFails(user());
    await stack().up(user({ adopt: true }));
    expect(platform().requests("invite")).to.have.length(1);
  });

  it("is left alone with onDestroy retain, which says so; changing it alone sends nothing", async () => {
    await stack().up(user());
    platform().clearLog();
    const change = await stack().up(user({ onDestroy: "retain" }));
    expect(change.changes).to.include({ update: 1 });
    expect(writes()).to.deep.equal([]);
    const { output } = await stack().destroy();
    expect(output).to.match(/ann@example.com is left as it is on the platform .*onDestroy: "retain"/);
    expect(writes()).to.deep.equal([]);
    expect(await isEnabled()).to.equal(true);
  });

  it("honours a change back to the default", async () => {
    await stack().up(user({ onDestroy: "retain" }));
    await stack().up(user());
    await stack().destroy();
    expect(await isEnabled()).to.equal(false);
  });

  it("may be the provider's own account, as long as nobody cuts it off", async () => {
    const program = (enabled: boolean) => () => void new WallarooUser("ci", { email: CI.email, adopt: true, enabled });
    await stack().up(program(true));
    const refused = await stack().upFails(program(false));
    expect(refused.output).to.match(
      /Could not deactivate ci@example.com: it is the account that this provider runs as/,
    );
    await stack().destroy();
    expect(writes()).to.deep.equal([]);
  });
});
