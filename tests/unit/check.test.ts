import { expect } from "chai";
import { checkInputs, checkUser, findUnusable, unusable } from "../../provider/user/check";

const email = "ann@example.com";
const UNKNOWN = {};
const isUnknown = (value: unknown) => value === UNKNOWN;
const failuresOf = (more: Record<string, unknown>) => checkUser({ email, ...more }, isUnknown).failures;
const check = (news: Record<string, unknown>) =>
  checkInputs({}, news, { a: { findProblem: () => undefined } }, [], "cup", isUnknown);

describe("the check of a user", () => {
  it("refuses to hand workspaces over to the account itself, in any spelling", () => {
    const failure = { property: "handOver", reason: "must be the address of another account" };
    expect(failuresOf({ handOver: " ANN@example.com" })).to.deep.equal([failure]);
    expect(failuresOf({ handOver: "bob@example.com" })).to.deep.equal([]);
    expect(failuresOf({ email: UNKNOWN, handOver: UNKNOWN })).to.deep.equal([]);
    expect(failuresOf({ email: 7, handOver: 7 }).map(({ reason }) => reason)).to.deep.equal([
      "must be a string",
      "must be a string",
    ]);
  });

  it("leaves out what is undefined or null, and fills in `enabled`", () => {
    const { inputs, failures } = checkUser({ email, firstName: undefined, lastName: null }, isUnknown);
    expect(inputs).to.deep.equal({ email, enabled: true });
    expect(failures).to.deep.equal([]);
  });

  it("names the inputs that there are for one that there is not, even if every object has it", () => {
    const words =
      "is not an input of a Wallaroo user; there are email, password, enabled, expires, adopt, onDestroy, handOver, " +
      "onSoleOwner, firstName, lastName, admin, roles, requireReset";
    for (const name of ["mail", "toString"]) {
      expect(failuresOf({ [name]: "x" })).to.deep.equal([{ property: "", reason: `${name} ${words}` }]);
    }
    expect(check({ b: 1 }).failures).to.deep.equal([
      { property: "", reason: "b is not an input of a cup; there are a" },
    ]);
  });

  const reasons: [string, unknown, string][] = [
    ["enabled", "yes", "must be true or false"],
    ["expires", "2026-02-30", 'must be a day that exists, such as "2026-12-31"'],
    ["adopt", 1, "must be true or false"],
    ["onDestroy", "delete", 'must be "deactivate" or "retain"'],
    ["handOver", "bob", "must be of the form name@example.com"],
    ["handOver", 7, "must be a string"],
    ["onSoleOwner", "stop", 'must be "warn" or "refuse"'],
    ["firstName", 7, "must be a string"],
    ["lastName", true, "must be a string"],
    ["admin", "no", "must be true or false"],
    ["roles", "admin", "must be a list of role names"],
    ["roles", ["user", ""], "must be a list of role names"],
    ["roles", ["user", 7], "must be a list of role names"],
    ["requireReset", "no", "must be true or false"],
  ];
  for (const [property, value, reason] of reasons) {
    it(`fails on ${property}: ${JSON.stringify(value)}`, () => {
      expect(failuresOf({ [property]: value })).to.deep.equal([{ property, reason }]);
    });
  }

  it("fails on a password that is empty or not a text, without naming the property to the engine", () => {
    const reason = "password must be a string that is not empty";
    for (const password of ["", 7]) expect(failuresOf({ password })).to.deep.equal([{ property: "", reason }]);
    expect(failuresOf({ password: "Pp-1" })).to.deep.equal([]);
  });

  it("accepts each value of each input", () => {
    const values: Record<string, unknown[]> = {
      enabled: [true, false],
      expires: ["2028-02-29"],
      adopt: [true, false],
      onDestroy: ["deactivate", "retain"],
      onSoleOwner: ["warn", "refuse"],
      firstName: ["", "Ann"],
      admin: [true, false],
      roles: [[], ["user", "admin"]],
      requireReset: [true, false],
    };
    for (const [name, all] of Object.entries(values)) {
      for (const value of all) expect(failuresOf({ [name]: value }), `${name}: ${String(value)}`).to.deep.equal([]);
    }
  });
});

describe("a value that the engine would lose", () => {
  const map = unusable("is a Map: write an object");

  it("fails the check by name, at any depth, with what to write instead", () => {
    const failure = { property: "", reason: "a is a Map: write an object" };
    for (const value of [map, [1, map], { b: { c: map } }, [[], null, { d: [map] }]]) {
      expect(check({ a: value }).failures).to.deep.equal([failure]);
    }
    expect(check({ a: [1, null, { b: "x" }] }).failures).to.deep.equal([]);
  });

  it("is found first among several, and in nothing but objects", () => {
    expect(findUnusable([map, unusable("is a Set")])).to.equal("is a Map: write an object");
    for (const value of [undefined, null, 7, "text", {}, [], [[{}]]]) expect(findUnusable(value)).to.equal(undefined);
  });
});
