import { expect } from "chai";
import { EngineCalls, listen, onCalls } from "./dynamic";
import { messageOf, onPlatform } from "./platform";

const [ann, anna] = ["ann@example.com", "anna@example.com"];

describe("a difference between state and platform", () => {
  const { platform, writes, said, calls } = onCalls("user");

  it("is an account that vanished: it leaves the state with a warning, and up invites again", async () => {
    await calls().up({ email: ann });
    await platform().remove(ann);
    await calls().refresh();
    expect(calls().kept).to.equal(undefined);
    expect(said().join()).to.match(/ann@example.com \(id .*\) is not on the platform any more/);
    await calls().up({ email: ann });
    expect(writes()).to.deep.equal([`invite ${ann}`, `invite ${ann}`]);
  });

  it("is another id of the same address: refresh follows it, and up does not invite again", async () => {
    await calls().up({ email: ann });
    const newId = await platform().recreate(ann);
    await calls().refresh();
    expect(said().join()).to.match(/another account id now/);
    expect(calls().kept?.id).to.equal(newId);
    expect(await calls().up({ email: ann })).to.equal("unchanged");
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it("is another address of the same account: up refuses the old one, with and without a refresh", async () => {
    await calls().up({ email: ann });
    const id = calls().kept?.id ?? "";
    await platform().remove(ann);
    await platform().addUser({ email: anna, id });
    await calls().refresh();
    for (const step of ["preview", "up"] as const) {
      expect(await messageOf(() => calls()[step]({ email: ann })), step).to.match(
        /Could not replace ann@example.com: .*Declare anna@example.com instead/,
      );
    }
    expect(await calls().up({ email: anna })).to.equal("unchanged");
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it("is not made of fields and statuses that the provider does not know", async () => {
    await platform().addUser({ email: ann, ...({ status: "LOCKED_OUT", risk: { score: 2 ** 63 } } as object) });
    await calls().up({ email: ann, adopt: true });
    const before = calls().kept;
    await calls().refresh();
    expect(calls().kept).to.deep.equal(before);
  });

  it("is not made of a login, a verified address or a name that is not declared", async () => {
    await calls().up({ email: ann });
    const before = calls().kept;
    await platform().login(ann);
    await platform().verifyEmail(ann);
    await platform().rename(ann, { firstName: "Ann", lastName: "B" });
    await calls().refresh();
    expect(calls().kept).to.deep.equal(before);
    expect(await calls().up({ email: ann })).to.equal("unchanged");
  });

  for (const [name, what] of Object.entries({
    "an empty": { body: { users: {} } },
    "a truncated": { truncate: true },
    "a foreign": { body: "<html>guest network</html>" },
  })) {
    it(`is not made of ${name} answer: the refresh fails`, async () => {
      const hasty = new EngineCalls(platform, "user", { "wallaroo:maxRetries": "0" });
      await hasty.up({ email: ann });
      const before = hasty.kept;
      platform().misbehave({ on: "query", times: 99, when: "after", what });
      expect(await messageOf(() => hasty.refresh())).to.match(/^Could not query all accounts/);
      expect(hasty.kept).to.deep.equal(before);
    });
  }

  it("is brought back only by an up whose preview announces it", async () => {
    await calls().up({ email: ann });
    await platform().setEnabled(ann, false);
    platform().clearLog();
    await calls().up({ email: ann, onDestroy: "retain" });
    expect(writes()).to.deep.equal([]);
    expect(said().join()).to.match(
      /ann@example.com: enabled was changed on the platform, which this run did not announce/,
    );
    expect(await calls().preview({ email: ann, onDestroy: "retain" })).to.equal("updated");
    await calls().up({ email: ann, onDestroy: "retain" });
    expect(writes()).to.deep.equal([`activate ${ann}`]);
  });
});

describe("a password that changes", () => {
  const { platform, said, calls } = onCalls("user");

  it("warns once, and is no update and no request", async () => {
    await calls().up({ email: ann, password: "Pp-first-password" });
    platform().clearLog();
    expect(await calls().up({ email: ann, password: "Pp-other-password" })).to.equal("unchanged");
    expect(await calls().up({ email: ann, password: "Pp-other-password" })).to.equal("unchanged");
    expect(said()).to.have.length(1);
    expect(said().join()).to.match(/ann@example.com: password is used by the invite alone/);
    expect(platform().log).to.deep.equal([]);
  });

  it("warns of nothing when the address changes too, as the new account is invited with it", async () => {
    await calls().up({ email: ann, password: "Pp-first-password" });
    await calls().up({ email: anna, password: "Pp-other-password" });
    expect(said().join()).to.not.match(/used by the invite alone/);
    const [, second] = platform().requests("invite");
    expect(second?.body).to.include({ email: anna, password: "Pp-other-password" });
  });

  it("is the platform's where none is given, and an output", async () => {
    await calls().up({ email: ann });
    expect(calls().kept?.outputs["initialPassword"]).to.be.a("string").with.length.greaterThan(8);
  });
});

describe("a step that fails half-way", () => {
  const { platform, start } = onPlatform();
  listen();
  beforeEach(() => start());
  const isEnabled = async () => (await platform().findByEmail(ann))?.enabled;

  it("is no dead end when it is a delete: the message says how to keep the user, and that does", async () => {
    const calls = new EngineCalls(platform, "user", { "wallaroo:maxRetries": "0" });
    await calls.up({ email: ann });
    platform().misbehave({ on: "deactivate", times: 99, when: "before", what: { status: 400, body: "" } });
    expect(await messageOf(() => calls.destroy()))
      .to.match(/^Could not deactivate/)
      .and.not.match(/pulumi refresh/);
    platform().behave();
    expect(await calls.up({ email: ann })).to.equal("unchanged");
    platform().misbehave({ on: "deactivate", when: "after", what: { status: 502, body: "" } });
    expect(await messageOf(() => calls.destroy())).to.match(
      /^Could not deactivate ann@example.com: .*To keep the user instead, run `pulumi refresh`/,
    );
    expect(await isEnabled()).to.equal(false);
    await calls.refresh();
    await calls.up({ email: ann });
    expect(await isEnabled()).to.equal(true);
  });
});
