import { expect } from "chai";
import { pack } from "../../provider/team/state";
import { findChanges } from "../../provider/user/diff";
import { teamFailureOf } from "../failures";
import { connectTo, declared, messageOf, onPlatform } from "./platform";

const ann = "ann@example.com";

describe("an account that is gone, or has another id or address than the state says", () => {
  const { platform, start, writes } = onPlatform();
  const changeAddress = async (from: string, to: string, id: string) => {
    await platform().remove(from);
    await platform().addUser({ email: to, id });
  };

  it("does not follow in an update the address that was changed on the platform: refresh does, and says so", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared(ann));
    await changeAddress(ann, "anna@example.com", id);
    const next = connectTo(platform());
    const inputs = declared(ann, { onDestroy: "retain", enabled: false });
    const after = await next.lifecycle.update(id, state, inputs);
    expect(after).to.include({ email: ann, onDestroy: "retain", enabled: false });
    expect(findChanges(after, { ...inputs })).to.deep.equal({ updates: [], replaces: [] });
    expect((await connectTo(platform()).lifecycle.read(id, after))?.state.email).to.equal("anna@example.com");
  });

  it("believes that an account is gone only when both forms of the query say so", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared(ann));
    const fresh = connectTo(platform());
    const admin = (await platform().people()).find((user) => user.username === "admin");
    platform().misbehave({ on: "query", when: "before", what: { body: { users: { [admin?.id ?? ""]: admin } } } });
    expect(await messageOf(() => fresh.lifecycle.read(id, state))).to.match(/The list was cut short/);
    await platform().remove(ann);
    const later = connectTo(platform());
    expect(await later.lifecycle.read(id, state)).to.equal(undefined);
    expect(later.said.join()).to.match(/ann@example.com \(id .*\) is not on the platform any more/);
  });

  it("follows the address to another id on read, and refuses to delete an account that it does not know", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared(ann));
    const newId = await platform().recreate(ann);
    const next = connectTo(platform());
    const followed = await next.lifecycle.read(id, state);
    expect(followed?.id).to.equal(newId);
    expect(await messageOf(() => next.lifecycle.delete(id, state))).to.match(
      /has id .*, and this stack manages .*pulumi refresh/,
    );
    expect(await messageOf(() => next.lifecycle.update(id, state, declared(ann, { enabled: false })))).to.match(
      /another id now.*pulumi refresh/,
    );
    expect((await platform().findByEmail(ann))?.enabled).to.equal(true);
    expect(followed?.state, "of an account that this stack did not make")
      .to.include({ adopted: true, foundEnabled: true })
      .and.not.have.property("initialPassword");
    expect(next.said.join()).to.match(/did not make that account, so destroy leaves it as it is now/);
    if (followed !== undefined) await next.lifecycle.delete(newId, followed.state);
    expect((await platform().findByEmail(ann))?.enabled).to.equal(true);
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it("does not believe at delete that an account is gone when a list that was cut short lacks it", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared(ann));
    const admin = (await platform().people()).find((user) => user.username === "admin");
    platform().misbehave({ on: "query", when: "before", what: { body: { users: { [admin?.id ?? ""]: admin } } } });
    expect(await messageOf(() => connectTo(platform()).lifecycle.delete(id, state))).to.match(
      /Could not delete ann@example.com: .*The list was cut short/,
    );
    await connectTo(platform()).lifecycle.delete(id, state);
    expect((await platform().findByEmail(ann))?.enabled).to.equal(false);
  });

  it("does not take an account that has the address only as its username for the account that vanished", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared(ann));
    await platform().remove(ann);
    await platform().addUser({ email: "other@example.com", username: ann });
    const next = connectTo(platform());
    expect(await next.lifecycle.read(id, state)).to.equal(undefined);
    expect(next.said.join()).to.match(/ann@example.com .* is not on the platform any more/);
  });

  it("has nothing to do when the account is deactivated or gone at delete", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared(ann));
    await platform().setEnabled(ann, false);
    await connectTo(platform()).lifecycle.delete(id, state);
    await platform().remove(ann);
    await connectTo(platform()).lifecycle.delete(id, state);
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it("believes no absence that the account which the provider runs as shares, at refresh and at destroy", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared(ann));
    const admin = (await platform().people()).find((user) => user.username === "admin");
    const body = { users: { [admin?.id ?? ""]: admin } };
    platform().misbehave({ on: "query", when: "before", times: 99, what: { body } });
    for (const step of ["read", "delete"] as const) {
      expect(await messageOf(async () => connectTo(platform()).lifecycle[step](id, state))).to.match(
        /without the account that this provider runs as.*may not see all accounts/,
      );
    }
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it("does not replace an account whose address was changed on the platform by one with the old address", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared(ann));
    await changeAddress(ann, "anna@example.com", id);
    const next = connectTo(platform());
    const once = await next.lifecycle.read(id, state);
    await changeAddress("anna@example.com", "anne@example.com", id);
    const known = await connectTo(platform()).lifecycle.read(id, once?.state ?? state);
    if (known === undefined) throw new Error("gone");
    expect(known.state.formerEmails).to.deep.equal([ann, "anna@example.com"]);
    for (const email of [ann, "anna@example.com"]) {
      expect(await messageOf(() => next.lifecycle.checkLeaving(known, [email]))).to.match(
        /Could not replace an.*changed to anne@example.com on the platform.*Declare anne@example.com instead/,
      );
    }
    await next.lifecycle.checkLeaving(known, ["another@example.com"]);
    await next.lifecycle.checkLeaving(known, []);
    await changeAddress("anne@example.com", ann, id);
    const back = await connectTo(platform()).lifecycle.read(id, known.state);
    expect(back?.state.formerEmails).to.deep.equal(["anna@example.com", "anne@example.com"]);
  });

  it("is seen as it is by a refresh, which leaves nothing unfinished behind for a later update to bring back", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared(ann));
    const seen = await lifecycle.read(id, { ...state, unfinished: true });
    expect(seen?.state).to.deep.equal(state);
  });

  it("is not adopted anew when the program has the address of today and the state does not: refresh comes first", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared(ann));
    await changeAddress(ann, "anna@example.com", id);
    const next = connectTo(platform());
    const toldToRefresh = /Could not replace ann@example.com: .*changed to anna@example.com.*Run `pulumi refresh`/;
    expect(await messageOf(() => next.lifecycle.checkLeaving({ id, state }, ["anna@example.com"]))).to.match(
      toldToRefresh,
    );
    const team = pack([{ id, state }]);
    const changes = { added: ["anna@example.com"], changed: [], removed: [ann] };
    const failure: unknown = await next.team
      .check(team, { "anna@example.com": {} }, changes, "team")
      .catch((e: unknown) => e);
    const { reasons } = teamFailureOf(failure);
    expect(reasons).to.have.length(1);
    expect(reasons.join()).to.match(toldToRefresh);
  });

  it("is kept in a team too whose program still has the former address, with whatever value", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared("anna@example.com"));
    const team = pack([{ id, state: { ...state, formerEmails: [ann] } }]);
    const changes = { added: [], changed: [], removed: ["anna@example.com"] };
    const check = connectTo(platform()).team.check(team, { [ann]: "not known yet" }, changes, "team");
    expect(await check.catch((e: Error) => e.message)).to.match(/Could not replace ann@example.com/);
  });
});
