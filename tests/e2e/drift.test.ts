import { expect } from "chai";
import { ann, user } from "./programs";
import { scenario } from "./stack";

describe("drift", function () {
  this.timeout(180_000);
  const { platform, stack, writes } = scenario();

  it("of enabled shows on refresh, in either direction, and is repaired by up, which may refresh itself", async () => {
    await stack().up(user());
    await platform().setEnabled(ann, false);
    const refresh = await stack().refresh();
    expect(refresh.output).to.match(/ann updated .*\[diff: ~enabled\]/);
    const preview = await stack().preview(user(), { diff: true });
    expect(preview.output).to.match(/~ enabled: false => true/);
    await stack().up(user());
    expect((await platform().findByEmail(ann))?.enabled).to.equal(true);
    await stack().up(user({ enabled: false }));
    await platform().setEnabled(ann, true);
    await stack().up(user({ enabled: false }), { refresh: true });
    expect((await platform().findByEmail(ann))?.enabled).to.equal(false);
    expect(writes()).to.deep.equal([`invite ${ann}`, `activate ${ann}`, `deactivate ${ann}`, `deactivate ${ann}`]);
  });

  it("is not made of an empty answer: the refresh fails, and the state stays as it is", async () => {
    await stack().up(user());
    const stored = async () => (await stack().export()).resources.map(({ urn, id, outputs }) => ({ urn, id, outputs }));
    const before = await stored();
    platform().misbehave({ on: "query", times: 99, when: "after", what: { body: { users: {} } } });
    const refresh = await stack().refreshFails();
    expect(refresh.output).to.match(/Could not query all accounts/);
    const diagnostics = refresh.output.slice(refresh.output.indexOf("Diagnostics:"));
    expect(diagnostics.match(/Could not query all accounts/g), "once, and without a stack").to.have.length(1);
    expect(diagnostics).to.not.match(/\n\s+at /);
    expect(await stored()).to.deep.equal(before);
  });

  it("sends no escape of a name or of an answer from the platform to the terminal", async () => {
    const declared = user({ firstName: "Ann", lastName: "Lee" });
    await stack().up(declared);
    const [red, title] = ["\u001b[31mred", "\u009b2J\u001b]0;title\u0007"];
    // Keycloak refuses such names; a federated store may hold them all the same.
    const account = await platform().findByEmail(ann);
    await platform().remove(ann);
    await platform().addUser({ ...account, email: ann, firstName: red, lastName: title });
    const refresh = await stack().refresh();
    const preview = await stack().preview(declared, { diff: true });
    expect(preview.output).to.match(/red" => "Ann"/);
    platform().misbehave({
      on: "edit",
      when: "before",
      what: { status: 400, body: { msg: `${title} no`, code: 400 } },
    });
    const up = await stack().upFails(declared);
    expect(up.output).to.match(/no \(HTTP 400\)/);
    for (const { output } of [refresh, preview, up]) {
      // eslint-disable-next-line no-control-regex -- control characters are what is looked for
      expect(output).to.not.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    }
  });
});

describe("a changed password", function () {
  this.timeout(180_000);
  const { platform, stack } = scenario();

  it("warns once, and is no update and no request", async () => {
    await stack().up(user({ password: "Pp-first-password" }));
    platform().clearLog();
    const changed = await stack().up(user({ password: "Pp-other-password" }));
    expect(changed.output).to.match(/warning: ann@example.com: password is used by the invite alone/);
    expect(changed.changes).to.deep.equal({ same: 2 });
    const again = await stack().up(user({ password: "Pp-other-password" }));
    expect(again.output).to.not.match(/used by the invite alone/);
    expect(platform().writes()).to.deep.equal([]);
    expect(stack().onDisk()).to.not.match(/Pp-(first|other)-password/);
  });
});

describe("a create or update that is half done", function () {
  this.timeout(180_000);
  const { platform, stack } = scenario();
  const password = "Pp-half-password";
  const refuse = (on: "deactivate" | "edit") =>
    platform().misbehave({ on, when: "before", what: { status: 400, body: { msg: "not now", code: 400 } } });

  it("is in the state as far as it got, with its id and reason, its password still secret, and the next up finishes or undoes it", async () => {
    refuse("deactivate");
    const failed = await stack().upFails(user({ password, enabled: false }));
    expect(failed.output).to.match(/Could not deactivate ann@example.com: not now \(HTTP 400\)/);
    const created = await stack().stored("ann");
    expect(created?.id).to.equal((await platform().findByEmail(ann))?.id);
    expect(created?.initErrors?.[0]).to.match(/not now/);
    await stack().up(user({ password, enabled: false }));
    expect((await stack().stored("ann"))?.initErrors).to.equal(undefined);
    expect((await platform().findByEmail(ann))?.enabled).to.equal(false);

    refuse("edit");
    await stack().upFails(user({ password, firstName: "Ann" }));
    const updated = await stack().stored("ann");
    expect(updated?.outputs["enabled"]).to.equal(true);
    expect(updated?.initErrors?.[0]).to.match(/not now/);
    await stack().up(user({ password, enabled: false }));
    expect((await platform().findByEmail(ann))?.enabled).to.equal(false);
    await stack().up(user({ password, enabled: false }), { expectNoChanges: true });
    expect(platform().requests("invite")).to.have.length(1);
    expect(stack().onDisk()).to.not.include(password);
  });
});
