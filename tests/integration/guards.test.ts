import { expect } from "chai";
import { EngineCalls, listen } from "./dynamic";
import { messageOf, onPlatform } from "./platform";

const boss = "boss@example.com";
const PROTECTED = /Could not deactivate boss@example.com: wallaroo:protectedEmails protects it/;

describe("an account that wallaroo:protectedEmails names", () => {
  const { platform, start, writes } = onPlatform();
  beforeEach(() => start());
  listen();
  const user = (protectedEmails: string) =>
    new EngineCalls(platform, "user", { "wallaroo:protectedEmails": protectedEmails });
  const adopted = { email: boss, adopt: true };

  it("is not deactivated, nor invited to be deactivated, nor destroyed unless it is retained", async () => {
    const calls = user('["Boss@example.com"]');
    expect(await messageOf(() => calls.up({ ...adopted, enabled: false }))).to.match(
      /wallaroo:protectedEmails protects it/,
    );
    expect(writes()).to.deep.equal([]);
    await calls.up(adopted);
    expect(await messageOf(() => calls.destroy()))
      .to.match(PROTECTED)
      .and.match(/onDestroy: "retain"/);
    expect(writes()).to.deep.equal([`invite ${boss}`]);
    await calls.up({ ...adopted, onDestroy: "retain" });
    await calls.destroy();
    expect(writes()).to.deep.equal([`invite ${boss}`]);
  });

  it("stops no refresh and no up that changes nothing, but the up that would deactivate it", async () => {
    await platform().addUser({ email: boss, enabled: false });
    const declared = { ...adopted, enabled: false };
    const calls = user(boss);
    await calls.up(declared);
    await platform().setEnabled(boss, true);
    expect(await calls.up(declared)).to.equal("unchanged");
    await calls.refresh();
    expect(calls.kept?.inputs).to.include({ enabled: true });
    for (const step of ["preview", "up"] as const) {
      expect(await messageOf(() => calls[step](declared)), step).to.match(PROTECTED);
    }
    expect(writes()).to.deep.equal([]);
  });

  it("is not in the way of a declaration as deactivated when it is deactivated already", async () => {
    await platform().addUser({ email: boss, enabled: false });
    expect(await user(boss).up({ ...adopted, enabled: false })).to.equal("created");
    expect(writes()).to.deep.equal([]);
  });
});
