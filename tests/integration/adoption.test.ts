import { expect } from "chai";
import { OPERATOR } from "../emulator/seeds";
import { onCalls } from "./dynamic";
import { messageOf } from "./platform";

const ann = "ann@example.com";

describe("an account that is there already", () => {
  const { platform, writes, said, calls } = onCalls("user");
  const isEnabled = async () => (await platform().findByEmail(ann))?.enabled;
  const refuseDeactivation = () =>
    platform().misbehave({ on: "deactivate", when: "before", what: { status: 400, body: { msg: "no", code: 400 } } });

  it("is reactivated by up after destroy, without a second invite", async () => {
    await calls().up({ email: ann });
    const first = calls().kept?.id;
    await calls().destroy();
    expect(await calls().up({ email: ann, password: "Pp-second-password" })).to.equal("created");
    expect(calls().kept?.id).to.equal(first);
    expect(calls().kept?.outputs).to.not.have.property("initialPassword");
    expect(said().join()).to.match(
      /ann@example.com is deactivated, and gets activated again .*The declared password is not applied/,
    );
    expect(writes()).to.deep.equal([`invite ${ann}`, `deactivate ${ann}`, `activate ${ann}`]);
    await calls().destroy();
    expect(await isEnabled()).to.equal(false);
  });

  it("is left deactivated when it is declared so", async () => {
    await platform().addUser({ email: ann, enabled: false });
    await calls().up({ email: ann, enabled: false });
    expect(calls().kept?.outputs).to.include({ enabled: false });
    expect(writes()).to.deep.equal([]);
  });

  it("is refused when it is active, in preview and at apply, with what to write", async () => {
    const id = await platform().addUser({ email: ann });
    for (const refused of [
      await messageOf(() => calls().preview({ email: ann })),
      await messageOf(() => calls().up({ email: ann, enabled: false })),
    ]) {
      expect(refused).to.include(`an active account of this address is there already (id ${id}`);
      expect(refused).to.match(/write `adopt: true`.*Do not if another stack/);
    }
    expect(writes()).to.deep.equal([]);
    expect(calls().kept).to.equal(undefined);
  });

  it("is taken over with adopt, and only what is declared is touched", async () => {
    await platform().addUser({ email: ann, admin: true, firstName: "Ann" });
    const before = await platform().findByEmail(ann);
    await calls().up({ email: ann, adopt: true, password: "Pp-not-applied" });
    expect(calls().kept?.outputs).to.include({ adopted: true }).and.not.have.property("initialPassword");
    expect(said().join()).to.match(/declared password is not applied/);
    expect(writes()).to.deep.equal([]);
    expect(await platform().findByEmail(ann)).to.deep.equal(before);
  });

  it("stays adopted over update, failed update and refresh, and destroy puts it back as it was found", async () => {
    await platform().addUser({ email: ann });
    const isAdopted = () => calls().kept?.outputs["adopted"];
    await calls().up({ email: ann, adopt: true });
    refuseDeactivation();
    await messageOf(() => calls().up({ email: ann, adopt: true, enabled: false }));
    expect(isAdopted()).to.equal(true);
    await calls().up({ email: ann, enabled: false });
    expect(isAdopted()).to.equal(true);
    await platform().setEnabled(ann, true);
    await calls().refresh();
    expect(isAdopted()).to.equal(true);
    await calls().up({ email: ann, enabled: false });
    expect(await isEnabled()).to.equal(false);
    await calls().destroy();
    expect(await isEnabled()).to.equal(true);
  });

  it("is put back deactivated when it was found so", async () => {
    await platform().addUser({ email: ann, enabled: false });
    await calls().up({ email: ann, adopt: true });
    expect(await isEnabled()).to.equal(true);
    await calls().destroy();
    expect(await isEnabled()).to.equal(false);
  });

  it('is deactivated at destroy when the program says `onDestroy: "deactivate"`', async () => {
    await platform().addUser({ email: ann });
    await calls().up({ email: ann, adopt: true, onDestroy: "deactivate" });
    await calls().destroy();
    expect(await isEnabled()).to.equal(false);
  });

  it("stays adopted when the step after the adoption failed", async () => {
    await platform().addUser({ email: ann });
    refuseDeactivation();
    await messageOf(() => calls().up({ email: ann, adopt: true, enabled: false }));
    expect(calls().kept?.outputs).to.include({ adopted: true, foundEnabled: true });
    expect(await calls().up({ email: ann, adopt: true, enabled: false })).to.equal("updated");
    expect(await isEnabled()).to.equal(false);
    await calls().destroy();
    expect(await isEnabled()).to.equal(true);
  });

  it("can be adopted again after pulumi state delete", async () => {
    await calls().up({ email: ann });
    calls().kept = undefined;
    expect(await messageOf(() => calls().up({ email: ann }))).to.match(/write `adopt: true`/);
    await calls().up({ email: ann, adopt: true });
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it('is left alone with `onDestroy: "retain"`, which says so; changing it alone sends nothing', async () => {
    await calls().up({ email: ann });
    platform().clearLog();
    expect(await calls().up({ email: ann, onDestroy: "retain" })).to.equal("updated");
    expect(writes()).to.deep.equal([]);
    await calls().destroy();
    expect(said().join()).to.match(
      /ann@example.com is left as it is on the platform .*onDestroy: "retain".*To cut it off/,
    );
    expect(writes()).to.deep.equal([]);
    expect(await isEnabled()).to.equal(true);
  });

  it("is deactivated at destroy once onDestroy is the default again", async () => {
    await calls().up({ email: ann, onDestroy: "retain" });
    await calls().up({ email: ann });
    await calls().destroy();
    expect(await isEnabled()).to.equal(false);
  });

  it("may be the provider's own, as long as it is not cut off", async () => {
    const own = { email: OPERATOR.email, adopt: true };
    await calls().up({ ...own, enabled: true });
    expect(await messageOf(() => calls().up({ ...own, enabled: false }))).to.match(
      /Could not deactivate operator@example.com: it is the account that this provider runs as/,
    );
    await calls().destroy();
    expect(writes()).to.deep.equal([]);
  });
});
