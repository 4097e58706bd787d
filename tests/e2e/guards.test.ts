import { expect } from "chai";
import { WallarooUser, type WallarooUserArgs } from "pulumi-wallaroo";
import { CI, scenario } from "./stack";

const boss = "boss@example.com";
const user =
  (email: string, args: Partial<WallarooUserArgs> = {}) =>
  () =>
    void new WallarooUser("boss", { email, adopt: true, ...args });

describe("the guards", function () {
  this.timeout(180_000);
  const { platform, stack } = scenario();
  const writes = () =>
    platform()
      .writes()
      .map((entry) => `${entry.call} ${(entry.body as { email: string }).email}`);

  it("refuse to deactivate the account that the provider runs as: in preview of an update, of a replacement, and at destroy", async () => {
    await stack().up(user(CI.email, { onDestroy: "deactivate" }));
    for (const refused of [
      await stack().preview(user(CI.email, { enabled: false })),
      await stack().up(user(CI.email, { enabled: false })),
      await stack().preview(user("other@example.com")),
      await stack().destroy(),
    ]) {
      expect(refused.ok).to.equal(false);
      expect(refused.output).to.match(
        /Could not deactivate ci@example.com: it is the account that this provider runs as/,
      );
      expect(refused.output).to.not.match(/\n\s+at /);
    }
    expect(writes()).to.deep.equal([]);
  });

  it("refuse to deactivate what wallaroo:protectedEmails names, before it is even invited", async () => {
    await stack().setConfig("wallaroo:protectedEmails", '["Boss@example.com"]');
    const refused = await stack().up(user(boss, { enabled: false }));
    expect(refused.output).to.match(/wallaroo:protectedEmails protects it/);
    expect(writes()).to.deep.equal([]);
    await stack().up(user(boss));
    const destroy = await stack().destroy();
    expect(destroy.output).to.match(
      /Could not deactivate boss@example.com: wallaroo:protectedEmails protects it.*onDestroy: "retain"/,
    );
    expect(writes()).to.deep.equal([`invite ${boss}`]);
    await stack().up(user(boss, { onDestroy: "retain" }));
    expect((await stack().destroy()).ok).to.equal(true);
  });

  it("refuse no refresh and no up that changes nothing: only what would be done", async () => {
    await platform().addUser({ email: boss, enabled: false });
    await stack().setConfig("wallaroo:protectedEmails", boss);
    const declared = user(boss, { enabled: false });
    expect((await stack().up(declared)).ok).to.equal(true);
    await platform().setEnabled(boss, true);
    const unchanged = await stack().up(declared, { expectNoChanges: true });
    expect(unchanged.ok, unchanged.output).to.equal(true);
    const refresh = await stack().refresh();
    expect(refresh.ok, refresh.output).to.equal(true);
    expect(refresh.output).to.match(/boss updated .*\[diff: ~enabled\]/);
    expect((await stack().preview(declared)).output).to.match(/wallaroo:protectedEmails protects it/);
    expect((await stack().up(declared, { refresh: true })).output).to.match(/wallaroo:protectedEmails protects it/);
    expect(writes()).to.deep.equal([]);
  });

  it("do not count somebody who is deactivated already", async () => {
    await platform().addUser({ email: boss, enabled: false });
    await stack().setConfig("wallaroo:protectedEmails", boss);
    const { ok, output } = await stack().up(user(boss, { enabled: false }));
    expect(ok, output).to.equal(true);
  });

  it("refuse to take a seat that wallaroo:seatLimit does not have", async () => {
    const seats = (await platform().people()).filter((person) => person.enabled && person.email).length;
    await stack().setConfig("wallaroo:seatLimit", String(seats + 1));
    const { ok, output } = await stack().up(() => {
      new WallarooUser("one", { email: "one@example.com" });
      new WallarooUser("two", { email: "two@example.com" });
    });
    expect(ok).to.equal(false);
    expect(output).to.match(/Could not give a seat to \w+@example.com: \d+ of the \d+ seats/);
    expect(platform().requests("invite")).to.have.length(1);
  });
});
