import { expect } from "chai";
import type { ApiUser } from "../../provider/api/wire";
import { announced, findChanges, findDrift, isAsDeclared, isSameValue, withoutUnknown } from "../../provider/user/diff";
import type { PreviewInputs, Unknown, UserState } from "../../provider/user/model";

const email = "ann@example.com";
const state: UserState = { email, username: email, enabled: true, adopted: false };
const UNKNOWN = {} as Unknown;
const isUnknown = (value: unknown): value is Unknown => value === UNKNOWN;

describe("the comparison of a user with its declaration", () => {
  it("replaces nothing and updates nothing for what is not declared and not stored", () => {
    expect(findChanges(state, {})).to.deep.equal({ updates: [], replaces: [] });
    expect(findChanges({ ...state, onDestroy: "retain" }, {})).to.deep.equal({ updates: ["onDestroy"], replaces: [] });
  });

  it("replaces for an address that is declared and was not stored, or that is not a text", () => {
    expect(findChanges({}, { email }).replaces).to.deep.equal(["email"]);
    expect(findChanges(state, { email: 7 } as unknown as PreviewInputs).replaces).to.deep.equal(["email"]);
  });

  it("finds as drift what a stack follows on the platform, and nothing else", () => {
    const after: UserState = {
      ...state,
      email: "b@c.d",
      username: "b",
      enabled: false,
      firstName: "B",
      createdAt: "x",
    };
    expect(findDrift(state, after)).to.deep.equal(["email", "enabled", "firstName"]);
    expect(findDrift({ ...state, onDestroy: "retain" }, state)).to.deep.equal([]);
  });

  it("takes an account for as declared by what is stored, unless profile values are declared", () => {
    expect(isAsDeclared(state, { email, enabled: true })).to.equal(true);
    expect(isAsDeclared(state, { email, enabled: false })).to.equal(false);
    expect(isAsDeclared(state, { email, enabled: true, firstName: "" })).to.equal(false);
  });

  it("announces what differs from the stored values, and the rest as the account has it", () => {
    const now: ApiUser = { id: "1", username: email, email, enabled: false, realmRoles: [] };
    const stored: UserState = { ...state, firstName: "Ann", admin: true };
    const inputs = { enabled: true, firstName: "Ann", lastName: "Archer", admin: true };
    expect(announced(stored, inputs, now)).to.deep.equal({ enabled: false, lastName: "Archer" });
    const { realmRoles: _roles, ...blind } = now;
    expect(announced(stored, inputs, blind), "a role that is not shown").to.deep.equal({
      enabled: false,
      lastName: "Archer",
      admin: true,
    });
    expect(announced({ ...stored, enabled: false }, inputs, now).enabled, "a change").to.equal(true);
    expect(inputs.firstName, "the inputs stay as they are").to.equal("Ann");
  });

  it("leaves out unknown values, and then names too, which may turn out to be the same", () => {
    const known = { email, firstName: "Ann", lastName: "Archer", admin: true };
    expect(withoutUnknown(known, isUnknown)).to.deep.equal(known);
    expect(withoutUnknown({ ...known, enabled: UNKNOWN }, isUnknown)).to.deep.equal({ email, admin: true });
    expect(withoutUnknown({ ...known, email: UNKNOWN }, isUnknown)).to.deep.equal({ admin: true });
  });

  it("compares values at any depth", () => {
    expect(isSameValue({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).to.equal(true);
    expect(isSameValue({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] })).to.equal(false);
    expect(isSameValue(undefined, undefined)).to.equal(true);
  });
});
