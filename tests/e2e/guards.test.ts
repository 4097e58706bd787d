import { expect } from "chai";
import { WallarooUser, type WallarooUserArgs } from "pulumi-wallaroo";
import { grant } from "../integration/callers";
import { user } from "./programs";
import { CI, scenario } from "./stack";

const boss = "boss@example.com";
const adopted = (email: string, args: Partial<WallarooUserArgs> = {}) =>
  user({ email, adopt: true, ...args }, {}, "boss");

describe("the guards", function () {
  this.timeout(180_000);
  const { platform, stack, writes } = scenario();

  it("refuse to deactivate the account that the provider runs as: in preview of an update, of a replacement, and at destroy", async () => {
    await stack().up(adopted(CI.email, { onDestroy: "deactivate" }));
    for (const refused of [
      await stack().previewFails(adopted(CI.email, { enabled: false })),
      await stack().upFails(adopted(CI.email, { enabled: false })),
      await stack().previewFails(adopted("other@example.com")),
      await stack().destroyFails(),
    ]) {
      expect(refused.output).to.match(
        /Could not deactivate ci@example.com: it is the account that this provider runs as/,
      );
      expect(refused.output).to.not.match(/\n\s+at /);
    }
    expect(writes()).to.deep.equal([]);
  });

  it("refuse to deactivate the account that the provider runs as, where its access token does not tell", async () => {
    await platform().change({ lightweightTokens: true });
    const fields = {
      grant_type: "password",
      username: CI.email,
      password: CI.password,
      scope: "openid offline_access",
    };
    const { body } = await grant(platform(), fields);
    await stack().setConfig("wallaroo:refreshToken", String(body["refresh_token"]));
    await stack().up(adopted(CI.email, { onDestroy: "deactivate" }));
    for (const refused of [
      await stack().upFails(adopted(CI.email, { enabled: false })),
      await stack().destroyFails(),
    ]) {
      expect(refused.output).to.match(
        /Could not deactivate ci@example.com: it is the account that this provider runs as/,
      );
    }
    expect(writes()).to.deep.equal([]);
  });

  it("refuse to deactivate what wallaroo:protectedEmails names, before it is even invited", async () => {
    await stack().setConfig("wallaroo:protectedEmails", '["Boss@example.com"]');
    const refused = await stack().upFails(adopted(boss, { enabled: false }));
    expect(refused.output).to.match(/wallaroo:protectedEmails protects it/);
    expect(writes()).to.deep.equal([]);
    await stack().up(adopted(boss));
    const destroy = await stack().destroyFails();
    expect(destroy.output).to.match(
      /Could not deactivate boss@example.com: wallaroo:protectedEmails protects it.*onDestroy: "retain"/,
    );
    expect(writes()).to.deep.equal([`invite ${boss}`]);
    await stack().up(adopted(boss, { onDestroy: "retain" }));
    await stack().destroy();
  });

  it("refuse no refresh and no up that changes nothing: only what would be done", async () => {
    await platform().addUser({ email: boss, enabled: false });
    await stack().setConfig("wallaroo:protectedEmails", boss);
    const declared = adopted(boss, { enabled: false });
    await stack().up(declared);
    await platform().setEnabled(boss, true);
    await stack().up(declared, { expectNoChanges: true });
    const refresh = await stack().refresh();
    expect(refresh.output).to.match(/boss updated .*\[diff: ~enabled\]/);
    expect((await stack().previewFails(declared)).output).to.match(/wallaroo:protectedEmails protects it/);
    expect((await stack().upFails(declared, { refresh: true })).output).to.match(
      /wallaroo:protectedEmails protects it/,
    );
    expect(writes()).to.deep.equal([]);
  });

  it("do not count somebody who is deactivated already", async () => {
    await platform().addUser({ email: boss, enabled: false });
    await stack().setConfig("wallaroo:protectedEmails", boss);
    await stack().up(adopted(boss, { enabled: false }));
  });

  it("refuse to take a seat that wallaroo:seatLimit does not have", async () => {
    const seats = (await platform().people()).filter((person) => person.enabled && person.email).length;
    await stack().setConfig("wallaroo:seatLimit", String(seats + 1));
    const { output } = await stack().upFails(() => {
      new WallarooUser("one", { email: "one@example.com" });
      new WallarooUser("two", { email: "two@example.com" });
    });
    expect(output).to.match(/Could not give a seat to \w+@example.com: \d+ of the \d+ seats/);
    expect(platform().requests("invite")).to.have.length(1);
  });
});
