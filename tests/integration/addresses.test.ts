import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import * as lookups from "../../sdk/lookups";
import type { UserInputs, UserState } from "../../provider/user/model";
import { setMonitor } from "./monitor";
import { connectTo, declared, messageOf, onPlatform } from "./platform";

const [ann, bob] = ["ann@example.com", "bob@example.com"];
const [composed, decomposed] = ["j\u00fcrgen@example.com", "ju\u0308rgen@example.com"];

describe("two accounts with one address", () => {
  const { platform, start, writes } = onPlatform();
  beforeEach(() => start());
  const addTwo = async (email: string, enabled = true) => {
    const ids = [
      await platform().addUser({ email, enabled, username: `first ${email}` }),
      await platform().addUser({ email: email.toUpperCase(), enabled, username: `second ${email}` }),
    ].sort();
    return new RegExp(`decide by the address ${email}: 2 accounts have it \\(ids ${ids.join(" and ")}\\)`);
  };
  const state = (email: string): UserState => ({ email, username: email, enabled: true, adopted: false });

  for (const [name, more, enabled] of [
    ["invited", {}, true],
    ["adopted", { adopt: true }, true],
    ["reactivated", {}, false],
  ] as [string, Partial<UserInputs>, boolean][]) {
    it(`are not ${name} by the order of a list, in preview and at up`, async () => {
      const refusal = await addTwo(ann, enabled);
      for (let time = 0; time < 3; time += 1) {
        const { lifecycle } = connectTo(platform());
        expect(await messageOf(() => lifecycle.plan(declared(ann, more)))).to.match(refusal);
        expect(await messageOf(() => lifecycle.create(declared(ann, more)))).to.match(refusal);
      }
      expect(writes()).to.deep.equal([]);
    });
  }

  it("are named member by member where a team declares them, and the others are checked all the same", async () => {
    const refusal = await addTwo(ann);
    const { team } = connectTo(platform());
    const members = { [ann]: {}, [bob]: {} };
    const changes = { added: Object.keys(members), changed: [], removed: [] };
    const message = await messageOf(() => team.check(undefined, members, changes, "a team"));
    expect(message)
      .to.match(refusal)
      .and.match(/^Could not change a team: 1 of its 2 changes can't be made\. Nothing was sent\.\n/)
      .and.not.match(/failed/);
    expect(writes()).to.deep.equal([]);
  });

  it("are not followed at refresh by who has lost its id, nor taken for it at destroy or update", async () => {
    const refusal = await addTwo(ann);
    const { lifecycle } = connectTo(platform());
    const gone = "00000000-0000-4000-8000-000000000000";
    expect(await messageOf(() => lifecycle.read(gone, state(ann)))).to.match(refusal);
    expect(await messageOf(() => lifecycle.delete(gone, state(ann)))).to.match(refusal);
    expect(await messageOf(() => lifecycle.update(gone, state(ann), declared(ann)))).to.match(refusal);
    expect(writes()).to.deep.equal([]);
  });

  it("leave an own id decidable, but are not written to by their address", async () => {
    const first = connectTo(platform());
    const known = await first.lifecycle.create(declared(ann));
    const other = await platform().addUser({ email: ann, username: "other" });
    const both = new RegExp(`2 accounts have it \\(ids ${[known.id, other].sort().join(" and ")}\\)`);
    platform().clearLog();
    const { lifecycle } = connectTo(platform());
    expect((await lifecycle.read(known.id, known.state))?.id).to.equal(known.id);
    expect(await lifecycle.update(known.id, known.state, declared(ann, { onDestroy: "retain" }))).to.include({
      onDestroy: "retain",
    });
    const off = declared(ann, { enabled: false });
    expect(await messageOf(() => lifecycle.checkUpdate(known, off))).to.match(both);
    expect(await messageOf(() => lifecycle.update(known.id, known.state, off))).to.match(both);
    expect(await messageOf(() => lifecycle.checkLeaving(known, []))).to.match(both);
    expect(await messageOf(() => connectTo(platform()).lifecycle.delete(known.id, known.state))).to.match(both);
    expect(writes()).to.deep.equal([]);
  });

  it("are not looked up by the order of a list", async () => {
    const refusal = await addTwo(ann);
    await setMonitor({ newResource: () => ({ id: "", state: {} }), call: () => ({}) });
    pulumi.runtime.setAllConfig(
      { "wallaroo:url": platform().url, "wallaroo:username": "operator@example.com", "wallaroo:password": "Operate-1" },
      ["wallaroo:password"],
    );
    expect(await messageOf(() => lookups.getUser({ email: ann }))).to.match(refusal);
    expect((await lookups.getUsers()).filter(({ email }) => email === ann)).to.have.length(2);
  });
});

describe("an address that Keycloak stores decomposed", () => {
  const { platform, start, writes } = onPlatform();
  beforeEach(() => start());

  it("is found by its composed spelling: adopted, not invited, and written to by the one that is stored", async () => {
    await platform().addUser({ email: decomposed });
    const { lifecycle } = connectTo(platform());
    expect(await messageOf(() => lifecycle.create(declared(composed)))).to.match(/an active account of this address/);
    const { id, state } = await lifecycle.create(declared(composed, { adopt: true, enabled: false }));
    expect(state).to.include({ email: composed, username: composed, enabled: false });
    expect(platform().writes()).to.have.length(1);
    expect(platform().requests("deactivate")[0]?.body).to.deep.equal({ email: decomposed });
    const again = await connectTo(platform()).lifecycle.read(id, state);
    expect(again?.state, "no other address").to.deep.equal(state);
  });

  it("is protected by its composed spelling", async () => {
    await platform().addUser({ email: decomposed });
    const { lifecycle } = connectTo(platform(), { "wallaroo:protectedEmails": composed });
    const off = declared(composed, { adopt: true, enabled: false });
    expect(await messageOf(() => lifecycle.create(off))).to.match(/wallaroo:protectedEmails protects it/);
    expect(writes()).to.deep.equal([]);
  });

  it("is refused where another account has it composed", async () => {
    const ids = [await platform().addUser({ email: decomposed }), await platform().addUser({ email: composed })].sort();
    const { lifecycle } = connectTo(platform());
    const message = await messageOf(() => lifecycle.create(declared(composed, { adopt: true })));
    expect(message).to.include(ids.join(" and "));
    expect(writes()).to.deep.equal([]);
  });
});
