import { expect } from "chai";
import type { ApiUser } from "../../provider/api/wire";
import type { UserState } from "../../provider/user/model";
import {
  adoptedState,
  foundAsNow,
  inputsFrom,
  invitedState,
  mayHaveSessions,
  redeclare,
  seen,
  stateOf,
  unproven,
  withFormerEmail,
  withFound,
} from "../../provider/user/state";

const email = "ann@example.com";
const state: UserState = { email, username: email, enabled: true, adopted: false };
const adopted: UserState = { ...state, adopted: true };
const ann: ApiUser = { id: "id-1", username: email, email, enabled: true };

describe("the stored state of a user", () => {
  it("begins as active and own, with what later verbs need of the inputs, and without the password", () => {
    const inputs = {
      email,
      enabled: false,
      password: "Pp-1",
      roles: ["x"],
      onDestroy: "retain" as const,
      firstName: "Ann",
    };
    const invited = { email, username: email, enabled: true, adopted: false, onDestroy: "retain", firstName: "Ann" };
    expect(invitedState(inputs)).to.deep.equal(invited);
  });

  it("gives the inputs that would have led to it, without the password", () => {
    const stored: UserState = { ...adopted, enabled: false, initialPassword: "Pp-1", adopt: true, admin: false };
    expect(inputsFrom(stored)).to.deep.equal({ email, enabled: false, adopt: true, admin: false });
  });

  it("takes on what is declared now, and forgets what was found of values that are not", () => {
    const before: UserState = {
      ...adopted,
      createdAt: "2026-01-01T00:00:00.000Z",
      initialPassword: "Pp-1",
      foundEnabled: true,
      unfinished: true,
      firstName: "Ann",
      lastName: "Archer",
      found: { firstName: "Anna", lastName: "Old" },
    };
    const { firstName: _name, lastName: _last, unfinished: _mark, ...kept } = before;
    expect(redeclare(before, { email, enabled: true, lastName: "New" })).to.deep.equal({
      ...kept,
      lastName: "New",
      found: { lastName: "Old" },
    });
    expect(redeclare(before, { email, enabled: true })).to.not.have.property("found");
    expect(redeclare(state, { email, enabled: true, firstName: "Ann" })).to.deep.equal({ ...state, firstName: "Ann" });
  });

  it("counts an adopted account of unknown past as found as it is now, and an own one not", () => {
    const off = { ...adopted, enabled: false };
    expect(foundAsNow({ id: "1", state: off })).to.deep.equal({ id: "1", state: { ...off, foundEnabled: false } });
    expect(foundAsNow({ id: "1", state })).to.deep.equal({ id: "1", state });
  });

  it("lists former addresses in order, each once, and never the present one", () => {
    expect(withFormerEmail(state, "a@b.c")).to.deep.equal({ ...state, formerEmails: ["a@b.c"] });
    const many = { ...state, formerEmails: ["a@b.c", email, "d@e.f"] };
    expect(withFormerEmail(many, "a@b.c").formerEmails).to.deep.equal(["d@e.f", "a@b.c"]);
  });

  it("loses the marks of an account that was never seen once it is seen", () => {
    expect(seen({ ...state, unseen: true, invitedBefore: "2026-01-01T00:00:00.000Z" })).to.deep.equal(state);
  });

  it("tells of sessions that nobody may have ended, by what was last known", () => {
    expect(mayHaveSessions(state)).to.equal(true);
    expect(mayHaveSessions({ ...state, enabled: false })).to.equal(false);
    expect(mayHaveSessions({ ...state, enabled: false, unfinished: true })).to.equal(true);
  });
});

describe("the stored state after a look", () => {
  it("follows the account, and of profile values those that are managed and shown", () => {
    const seenNow = {
      ...ann,
      email: "NEW@example.com",
      username: "New",
      enabled: false,
      firstName: "A",
      lastName: "B",
    };
    const now = { ...state, email: "new@example.com", username: "new", enabled: false };
    expect(stateOf(seenNow, state)).to.deep.equal(now);
    expect(stateOf({ ...seenNow, createdTimestamp: 0 }, state)).to.deep.equal({
      ...now,
      createdAt: "1970-01-01T00:00:00.000Z",
    });
    expect(stateOf({ ...ann, firstName: "A", lastName: "B" }, { ...state, firstName: "x", admin: true })).to.deep.equal(
      {
        ...state,
        firstName: "A",
        admin: true,
      },
    );
    expect(stateOf({ ...ann, realmRoles: [] }, { ...state, admin: true }).admin).to.equal(false);
  });

  it("keeps what was known of the admin role if the look does not show it, and follows names", () => {
    const after: UserState = { ...state, firstName: "New", admin: false };
    expect(unproven(after, { firstName: "Old", admin: true })).to.deep.equal({ ...after, admin: true });
    expect(unproven(after, {})).to.deep.equal({ ...state, firstName: "New" });
  });
});

describe("what was found of an account that is taken over", () => {
  const named: ApiUser = { ...ann, firstName: "Anna", lastName: "Old", realmRoles: ["admin"] };
  const declared = { firstName: "Ann", admin: false };

  it("is kept for destroy, of the declared values", () => {
    const shown = { foundEnabled: false, showsRoles: true };
    const own: UserState = { ...state, initialPassword: "Pp-1", found: { lastName: "of another" } };
    expect(adoptedState(own, named, declared, shown)).to.deep.equal({
      ...adopted,
      foundEnabled: false,
      found: { firstName: "Anna", admin: true },
    });
    expect(adoptedState(state, named, {}, shown)).to.deep.equal({ ...adopted, foundEnabled: false });
  });

  it("says nothing of a role that no look shows, and no role of an account that is younger than the list", () => {
    const young: ApiUser = { ...ann };
    const found = (showsRoles: boolean) =>
      adoptedState(state, young, { admin: true }, { foundEnabled: true, showsRoles }).found;
    expect(found(false)).to.equal(undefined);
    expect(found(true)).to.deep.equal({ admin: false });
    expect(adoptedState(state, named, { admin: true }, { foundEnabled: true, showsRoles: true }).found).to.deep.equal({
      admin: true,
    });
  });

  it("grows by values that are declared later, and never changes", () => {
    const before: UserState = { ...adopted, firstName: "Ann", found: { firstName: "First" } };
    const later = { ...declared, lastName: "New" };
    expect(withFound(before, named, later, true)).to.deep.equal({
      ...before,
      found: { firstName: "First", lastName: "Old", admin: true },
    });
    expect(
      withFound({ ...adopted, firstName: "Ann" }, named, { firstName: "B" }, true),
      "managed before",
    ).to.deep.equal({
      ...adopted,
      firstName: "Ann",
    });
    expect(withFound(state, named, later, true), "an own account").to.equal(state);
    expect(withFound(adopted, named, {}, true)).to.equal(adopted);
  });
});
