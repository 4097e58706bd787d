import { expect } from "chai";
import { ann, user } from "./programs";
import { scenario } from "./stack";

describe("drift", function () {
  this.timeout(180_000);
  const { platform, stack, writes } = scenario();

  it("of enabled shows on refresh, in either direction, and is repaired by up", async () => {
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
    await stack().refresh();
    await stack().up(user({ enabled: false }));
    expect((await platform().findByEmail(ann))?.enabled).to.equal(false);
    expect(writes()).to.deep.equal([`invite ${ann}`, `activate ${ann}`, `deactivate ${ann}`, `deactivate ${ann}`]);
  });

  it("that somebody vanished leaves the state with a warning, and up invites again", async () => {
    await stack().up(user());
    await platform().remove(ann);
    const refresh = await stack().refresh();
    expect(refresh.output).to.match(/warning: ann@example.com \(id .*\) is not on the platform any more/);
    await stack().up(user());
    expect(writes()).to.deep.equal([`invite ${ann}`, `invite ${ann}`]);
  });

  it("to another id of the same address is followed, and nobody is invited twice", async () => {
    await stack().up(user());
    const newId = await platform().recreate(ann);
    const refresh = await stack().refresh();
    expect(refresh.output).to.match(/another account id now/);
    expect((await stack().stored("ann"))?.id).to.equal(newId);
    await stack().up(user(), { expectNoChanges: true });
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it("to another address of the same account replaces nobody: up refuses the old one, with and without a refresh", async () => {
    await stack().up(user());
    const id = (await stack().stored("ann"))?.id;
    await platform().remove(ann);
    await platform().addUser({ email: "anna@example.com", ...(id === undefined ? {} : { id }) });
    for (const options of [{ refresh: true }, {}]) {
      const { output } = await stack().upFails(user(), options);
      expect(output).to.match(/Could not replace ann@example.com: .*Declare anna@example.com instead/);
    }
    await stack().up(user({ email: "anna@example.com" }), { expectNoChanges: true });
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it("is not made of fields and statuses that nobody knows yet", async () => {
    await platform().addUser({ email: ann, ...({ status: "LOCKED_OUT", risk: { score: 2 ** 63 } } as object) });
    await stack().up(user({ adopt: true }));
    await stack().refresh({ expectNoChanges: true });
  });

  it("is not made of an empty, truncated or foreign answer", async () => {
    await stack().up(user());
    const stored = async () => (await stack().export()).resources.map(({ urn, id, outputs }) => ({ urn, id, outputs }));
    const before = await stored();
    for (const what of [{ body: { users: {} } }, { truncate: true }, { body: "<html>guest network</html>" }]) {
      platform().misbehave({ on: "query", times: 99, when: "after", what });
      const refresh = await stack().refreshFails();
      platform().behave();
      expect(refresh.output).to.match(/Could not query everybody/);
      const diagnostics = refresh.output.slice(refresh.output.indexOf("Diagnostics:"));
      expect(diagnostics.match(/Could not query everybody/g), "once, and without a stack").to.have.length(1);
      expect(diagnostics).to.not.match(/\n\s+at /);
    }
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

  it("is repaired in one go by up with refresh", async () => {
    await stack().up(user());
    await platform().setEnabled(ann, false);
    await stack().up(user(), { refresh: true });
    expect((await platform().findByEmail(ann))?.enabled).to.equal(true);
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

  it("warns of nothing when the address changes too, as the new account is invited with it", async () => {
    await stack().up(user({ password: "Pp-first-password" }));
    const moved = await stack().up(user({ email: "anna@example.com", password: "Pp-other-password" }));
    expect(moved.output).to.not.match(/used by the invite alone/);
    const [, second] = platform().requests("invite");
    expect(second?.body).to.include({ email: "anna@example.com", password: "Pp-other-password" });
  });

  it("is generated by the platform where none is given, and kept as a secret", async () => {
    const { initialPassword } = (await stack().up(user())).outputs;
    expect(initialPassword).to.include({ secret: true });
    expect(initialPassword?.value).to.be.a("string").with.length.greaterThan(8);
    expect(stack().onDisk()).to.not.include(initialPassword?.value as string);
  });
});

describe("a create or update that is half done", function () {
  this.timeout(180_000);
  const { platform, stack } = scenario();

  it("is in the state with its id and reason, its password still secret, and the next up finishes it", async () => {
    const program = user({ enabled: false, password: "Pp-half-password" });
    platform().misbehave({
      on: "deactivate",
      when: "before",
      what: { status: 400, body: { msg: "not now", code: 400 } },
    });
    const failed = await stack().upFails(program);
    expect(failed.output).to.match(/Could not deactivate ann@example.com: not now \(HTTP 400\)/);
    const stored = await stack().stored("ann");
    expect(stored?.id).to.equal((await platform().findByEmail(ann))?.id);
    expect(stored?.initErrors?.[0]).to.match(/not now/);
    expect(stack().onDisk()).to.not.include("Pp-half-password");
    await stack().up(program);
    expect((await stack().stored("ann"))?.initErrors).to.equal(undefined);
    expect(platform().requests("invite")).to.have.length(1);
    expect((await platform().findByEmail(ann))?.enabled).to.equal(false);
  });

  it("whose answer was lost is not repeated", async () => {
    platform().misbehave({ on: "invite", when: "after", what: { reset: true } });
    const { output } = await stack().up(user());
    expect(output).to.match(/temporary password was lost/);
    expect(platform().requests("invite")).to.have.length(1);
    expect((await stack().stored("ann"))?.outputs["adopted"]).to.equal(false);
  });

  it("is no dead end when it is a delete: the message says how to keep the person, and that does", async () => {
    await stack().up(user());
    platform().misbehave({ on: "deactivate", times: 99, when: "before", what: { status: 400, body: "" } });
    const refused = await stack().upFails(() => undefined);
    expect(refused.output)
      .to.match(/Could not deactivate/)
      .and.not.match(/pulumi refresh/);
    platform().behave();
    await stack().setConfig("wallaroo:maxRetries", "0");
    await stack().up(user());
    platform().misbehave({ on: "deactivate", when: "after", what: { status: 502, body: "" } });
    const failed = await stack().upFails(() => undefined);
    expect(failed.output).to.match(
      /Could not deactivate ann@example.com: .*To keep the user instead, run `pulumi refresh`/,
    );
    expect(failed.output).to.not.match(/\n\s+at /);
    await stack().refresh();
    await stack().up(user());
    expect((await platform().findByEmail(ann))?.enabled).to.equal(true);
  });

  it("is stored as far as it got when it is an update, and undoing it in the program undoes it on the platform", async () => {
    const password = "Pp-half-updated";
    await stack().up(user({ password }));
    platform().misbehave({ on: "edit", when: "before", what: { status: 400, body: { msg: "not now", code: 400 } } });
    await stack().upFails(user({ password, enabled: false, firstName: "Ann" }));
    expect((await stack().stored("ann"))?.outputs["enabled"]).to.equal(false);
    expect((await stack().stored("ann"))?.initErrors?.[0]).to.match(/not now/);
    expect(stack().onDisk()).to.not.include(password);
    await stack().up(user({ password }));
    expect((await platform().findByEmail(ann))?.enabled).to.equal(true);
    await stack().up(user({ password }), { expectNoChanges: true });
  });
});
