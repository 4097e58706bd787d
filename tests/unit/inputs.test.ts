import { expect } from "chai";
import { findChanges } from "../../provider/user/diff";
import { checkUser } from "../../provider/user/check";
import type { PreviewInputs, Unknown } from "../../provider/user/model";

const UNKNOWN = {} as Unknown;
const isUnknown = (value: unknown): value is Unknown => value === UNKNOWN;

describe("the check of inputs", () => {
  it("makes the address canonical and fills in enabled", () => {
    const { inputs, failures } = checkUser({ email: " Ann@Example.COM " }, isUnknown);
    expect(failures).to.deep.equal([]);
    expect(inputs).to.deep.equal({ email: "ann@example.com", enabled: true });
  });

  it("leaves values alone that only up will know", () => {
    const { inputs, failures } = checkUser({ email: UNKNOWN, enabled: UNKNOWN, roles: UNKNOWN }, isUnknown);
    expect(failures).to.deep.equal([]);
    expect(inputs).to.deep.equal({ email: UNKNOWN, enabled: UNKNOWN, roles: UNKNOWN });
  });

  for (const [property, value] of Object.entries({
    email: "",
    enabled: "yes",
    adopt: 1,
    onDestroy: "delete",
    roles: "admin",
  })) {
    it(`fails on ${property}: ${JSON.stringify(value)}`, () => {
      const { failures } = checkUser({ email: "ann@example.com", [property]: value }, isUnknown);
      expect(failures.map((failure) => failure.property)).to.deep.equal([property]);
    });
  }

  it("says that the email is missing", () => {
    expect(checkUser({}, isUnknown).failures).to.deep.equal([{ property: "email", reason: "is required" }]);
  });

  it("does not name to the engine a bad password, or what may be a misspelled one: it would print the value", () => {
    for (const [name, value] of Object.entries({ password: 12345, passwd: "Pp-secret" })) {
      const { failures } = checkUser({ email: "a@b.c", [name]: value }, isUnknown);
      expect(failures).to.have.length(1);
      expect(failures[0]?.property).to.equal("");
      expect(failures[0]?.reason)
        .to.match(new RegExp(`^${name} `))
        .and.not.include(String(value));
    }
  });
});

describe("the comparison of state and inputs", () => {
  const state = { email: "ann@example.com", username: "ann@example.com", enabled: true, adopted: false };

  it("finds no change in another case of the address", () => {
    expect(findChanges(state, { email: "ANN@example.com", enabled: true }, isUnknown)).to.deep.equal({
      updates: [],
      replaces: [],
    });
  });

  it("replaces when the address changes or is not known yet", () => {
    expect(findChanges(state, { email: "ann.b@example.com" }, isUnknown).replaces).to.deep.equal(["email"]);
    expect(findChanges(state, { email: UNKNOWN }, isUnknown).replaces).to.deep.equal(["email"]);
  });

  it("updates for enabled, onDestroy and the declared profile", () => {
    const news: PreviewInputs = {
      email: state.email,
      enabled: false,
      onDestroy: "retain",
      firstName: "Ann",
      admin: true,
    };
    expect(findChanges(state, news, isUnknown).updates).to.have.members(["enabled", "onDestroy", "firstName", "admin"]);
  });

  it("makes no change of what is used once or not declared", () => {
    const news = { email: state.email, enabled: true, password: "new", adopt: true, roles: ["x"], requireReset: true };
    expect(findChanges(state, news, isUnknown).updates).to.deep.equal([]);
  });

  it("updates for a profile value that is not declared any more, so that the state forgets it", () => {
    const news = { email: state.email, enabled: true };
    expect(findChanges({ ...state, firstName: "Ann", admin: true }, news, isUnknown).updates).to.deep.equal([
      "firstName",
      "admin",
    ]);
  });
});
