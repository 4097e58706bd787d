import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { teamFailureOf } from "../failures";
import { connectTo, declared, messageOf, onPlatform } from "./platform";

const ann = "ann@example.com";
/** One address, composed as this package writes it, and decomposed as a platform may store it. */
const [NFC, NFD] = ["jos\u00e9@example.com", "jose\u0301@example.com"];

describe("two stacks that declare one account at the same time", function () {
  this.timeout(30_000);
  const { platform, start, writes } = onPlatform();

  for (const body of [
    { msg: "", code: 500 },
    { msg: "could not insert", code: 0 },
  ]) {
    for (const asTeam of [false, true]) {
      it(`are owner and adopter when the second invite is answered 500 ${JSON.stringify(body)}, ${asTeam ? "as members" : "as users"}`, async () => {
        const first = await start();
        const second = connectTo(platform());
        await second.directory.view(0);
        const owner = await first.lifecycle.create(declared(ann));
        platform().misbehave({ on: "invite", when: "after", what: { status: 500, body } });
        const inputs = { adopt: true, password: "Pp-declared" };
        if (asTeam) {
          const state = await second.team.apply(undefined, { [ann]: inputs }, "team");
          expect(state).to.deep.include({ adopted: { [ann]: true }, initialPasswords: {} });
          await connectTo(platform()).team.delete(state, "team");
        } else {
          const { id, state } = await second.lifecycle.create(declared(ann, inputs));
          expect(state).to.include({ adopted: true, foundEnabled: true }).and.not.have.property("initialPassword");
          await connectTo(platform()).lifecycle.delete(id, state);
        }
        expect((await platform().findByEmail(ann))?.enabled, "after the adopter is destroyed").to.equal(true);
        await connectTo(platform()).lifecycle.delete(owner.id, owner.state);
        expect(writes()).to.deep.equal([`invite ${ann}`, `invite ${ann}`, `deactivate ${ann}`]);
      });
    }
  }

  it("are owner and refused when the second is a member without adopt, which says what the platform answered", async () => {
    const first = await start();
    const second = connectTo(platform());
    await second.directory.view(0);
    await first.lifecycle.create(declared(ann));
    platform().misbehave({ on: "invite", when: "after", what: { status: 500, body: { msg: "", code: 500 } } });
    const failed: unknown = await second.team.apply(undefined, { [ann]: {} }, "team").catch((error: unknown) => error);
    const { reasons, state } = teamFailureOf(failed);
    expect(reasons.join()).to.match(/is there already.*the invite was answered with.*HTTP 500.*`adopt: true`/);
    expect(state?.ids ?? {}).to.deep.equal({});
  });
});

describe("a platform that stores an address decomposed", function () {
  this.timeout(30_000);
  const { platform, start, writes } = onPlatform();

  it("shows the account of a lost invite by it, which is this stack's own and is let go by the spelling of the platform", async () => {
    const { lifecycle } = await start();
    let store: (() => void) | undefined;
    const until = new Promise<void>((resolve) => (store = resolve));
    const fault = platform().misbehave({ on: "invite", when: "before", what: { until, reset: true } });
    const creating = lifecycle.create(declared(NFC));
    while (fault.hits === 0) await sleep(5);
    await platform().addUser({ email: NFD, createdTimestamp: Date.now() });
    store?.();
    const { id, state } = await creating;
    expect(state).to.include({ adopted: false, email: NFC });
    expect(await connectTo(platform()).lifecycle.read(id, state)).to.deep.equal({ id, state });
    await connectTo(platform()).lifecycle.delete(id, state);
    expect(writes()).to.deep.equal([`invite ${NFC}`, `deactivate ${NFD}`]);
  });

  it("has not renamed anybody by that, also where all known accounts are stored so", async () => {
    await start();
    const names = ["jose\u0301", "ann\u0301", "bjo\u0308rn"].map((name) => `${name}@example.com`);
    const run = connectTo(platform());
    const known = [];
    for (const email of names) {
      const id = await platform().addUser({ email });
      const address = email.normalize("NFC");
      known.push({
        id,
        state: { email: address, username: address, enabled: true, adopted: true, foundEnabled: true },
      });
    }
    for (const { id, state } of known) expect((await run.lifecycle.read(id, state))?.state.email).to.equal(state.email);
    expect(run.said).to.deep.equal([]);
  });
});

describe("the words of a failed invite that reach the user", () => {
  const { platform, start } = onPlatform();

  it("hold neither the password that was sent nor one that the platform made", async () => {
    for (const password of ["Sent-0ne", undefined]) {
      const { lifecycle, said } = await start();
      const msg = `mail to ${ann} failed, the password is ${password ?? "Made-0ne"} (smtp 550)`;
      platform().misbehave({ on: "invite", when: "after", what: { status: 500, body: { msg, code: 500 } } });
      const inputs = declared(ann, password === undefined ? {} : { password });
      const message = await messageOf(() => lifecycle.create(inputs));
      expect(message).to.include(`mail to ${ann} failed, the password is [secret]`);
      expect(message + said.join()).to.not.match(/(Sent|Made)-0ne/);
      // As a proxy's prose, the invite counts as lost.
      const again = await start();
      platform().misbehave({ on: "invite", when: "after", what: { status: 502, body: msg } });
      await again.lifecycle.create(inputs);
      expect(again.said.join())
        .to.include("the password is [secret]")
        .and.not.match(/(Sent|Made)-0ne/);
    }
  });
});
