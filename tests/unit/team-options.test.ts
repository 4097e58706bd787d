import { expect } from "chai";
import { decodeDefaults, storedDefaults, withDefaults } from "../../provider/team/defaults";
import type { TeamState } from "../../provider/team/model";
import {
  besideMembers,
  checkOptions,
  decodeBeside,
  findOptionChanges,
  optionsOf,
  shareOf,
  storedOptions,
} from "../../provider/team/options";
import { unusable } from "../../provider/user/check";
import { kindOf } from "../../provider/user/decode";

const isUnknown = (value: unknown) => value === "?";
const check = (given: Record<string, unknown>) => {
  const { options, failures } = checkOptions(given, isUnknown);
  expect(failures.filter(({ property }) => property !== "")).to.deep.equal([]);
  return { options, problems: failures.map(({ reason }) => reason) };
};

describe("the options of a team", () => {
  it("are kept in canonical form, and a default is as if it were not there", () => {
    const given = { adopt: true, ifUnmanaged: "deactivate", unmanagedDomain: "@Example.COM", maxDepartures: "25%" };
    expect(check(given)).to.deep.equal({ options: { ...given, unmanagedDomain: "example.com" }, problems: [] });
    expect(check({ ifUnmanaged: "ignore", adopt: undefined, onDestroy: null })).to.deep.equal({
      options: {},
      problems: [],
    });
    const unknown = { ifUnmanaged: "?", unmanagedDomain: "?", maxDepartures: "?", adopt: "?" };
    expect(check(unknown)).to.deep.equal({ options: unknown, problems: [] });
  });

  const share = 'maxDepartures must be a whole number of accounts, or a share from "0%" to "100%"';
  const domain = "unmanagedDomain must be a domain such as example.com";
  const bad: [string, unknown, string][] = [
    ["adopt", "yes", "adopt must be true or false"],
    ["onDestroy", "keep", 'onDestroy must be "deactivate" or "retain"'],
    ["requireReset", 1, "requireReset must be true or false"],
    ["ifUnmanaged", "delete", 'unmanaged must be "ignore", "report" or "deactivate"'],
    ...["", "@", "a b.c", "a@b.c", "@a b", 7].map((value): [string, unknown, string] => [
      "unmanagedDomain",
      value,
      domain,
    ]),
    ...[-1, 1.5, NaN, "25", "101%", "100.1%", "-1%", "1000%", "%", "x25%", "25%x", "2,5%", "1.%", true].map(
      (value): [string, unknown, string] => ["maxDepartures", value, share],
    ),
    ["maxDepartures", unusable("is a Map"), "maxDepartures is a Map"],
    ["ifUnmanaged", unusable("is a Map"), "unmanaged is a Map"],
    [
      "toString",
      1,
      "toString is not an input of a Wallaroo team; there are members, adopt, onDestroy, requireReset, unmanaged, unmanagedDomain, maxDepartures",
    ],
  ];
  for (const [name, value, problem] of bad) {
    it(`are refused by their name in a program: ${name} ${String(value)}`, () => {
      expect(check({ [name]: value }).problems).to.deep.equal([problem]);
    });
  }

  it("are accepted at either end, and in each word", () => {
    for (const maxDepartures of [0, 1, "0%", "0.5%", "33.33%", "100%"]) {
      expect(check({ maxDepartures })).to.deep.equal({ options: { maxDepartures }, problems: [] });
    }
    expect(check({ ifUnmanaged: "report" }).options).to.deep.equal({ ifUnmanaged: "report" });
  });

  it("have shares as fractions", () => {
    expect(["0%", "25%", "33.5%", "100%"].map(shareOf)).to.deep.equal([0, 0.25, 0.335, 1]);
    expect([shareOf("100.5%"), shareOf(25), shareOf("25")]).to.deep.equal([undefined, undefined, undefined]);
  });

  it("that only up will know bound nothing", () => {
    const inputs = { members: {}, ifUnmanaged: "report", unmanagedDomain: "b.c", maxDepartures: 3, adopt: true };
    const known = { ifUnmanaged: "report", unmanagedDomain: "b.c", maxDepartures: 3, defaults: { adopt: true } };
    expect(optionsOf(inputs, isUnknown)).to.deep.equal(known);
    const unknown = { ...inputs, maxDepartures: "?", ifUnmanaged: "?", adopt: "?" };
    expect(optionsOf(unknown, isUnknown)).to.deep.equal({
      unmanagedDomain: "b.c",
      maxDepartures: Infinity,
      defaults: {},
    });
    expect(optionsOf({}, isUnknown)).to.deep.equal({ defaults: {} });
  });
});

describe("what is stored of a team beside its members", () => {
  const state: TeamState = {
    ids: {},
    adopted: {},
    initialPasswords: {},
    details: {},
    ifUnmanaged: "report",
    unmanagedDomain: "b.c",
    unmanaged: ["u@b.c"],
    seats: { active: 1, inactive: 0 },
  };
  const { ids: _ids, adopted: _adopted, initialPasswords: _passwords, details: _details, ...beside } = state;

  it("is compared by what is declared, under the names of a program", () => {
    expect(findOptionChanges(state, { ifUnmanaged: "report", unmanagedDomain: "b.c" })).to.deep.equal([]);
    expect(findOptionChanges(state, {})).to.deep.equal(["unmanaged", "unmanagedDomain"]);
    expect(findOptionChanges(state, { ifUnmanaged: "deactivate", unmanagedDomain: "b.c" })).to.deep.equal([
      "unmanaged",
    ]);
    expect(storedOptions(state)).to.deep.equal({ ifUnmanaged: "report", unmanagedDomain: "b.c" });
    expect(besideMembers(state)).to.deep.equal(beside);
  });

  it("is read without what was edited by hand", () => {
    expect(decodeBeside({ ...state })).to.deep.equal({ beside, defects: [] });
    const list = "must be a list of addresses";
    const counts = "must be an object of counts";
    const cases: [string, unknown, string][] = [
      ["ifUnmanaged", "x", 'must be "ignore", "report" or "deactivate"'],
      ["unmanagedDomain", 7, "must be a domain such as example.com"],
      ["unmanaged", "u@b.c", list],
      ["unmanaged", ["u@b.c", 7], list],
      ["seats", null, counts],
      ["seats", 7, counts],
      ["seats", { active: 1 }, counts],
      ["seats", { inactive: 1 }, counts],
    ];
    for (const [name, value, problem] of cases) {
      const { [name as "seats"]: _wrong, ...rest } = beside;
      const defects = [{ key: name, what: `${problem}, and is ${kindOf(value)}` }];
      expect(decodeBeside({ ...state, [name]: value })).to.deep.equal({ beside: rest, defects });
    }
  });
});

describe("the defaults of a team", () => {
  it("stand in place of what a member does not declare", () => {
    const members = { "a@b.c": {}, "b@c.d": { adopt: false }, "c@d.e": "?" };
    expect(withDefaults(members, { adopt: true, requireReset: true, onDestroy: undefined })).to.deep.equal({
      "a@b.c": { adopt: true, requireReset: true },
      "b@c.d": { adopt: false, requireReset: true },
      "c@d.e": "?",
    });
    expect(withDefaults(members, {})).to.equal(members);
  });

  it("are stored as far as later verbs need them", () => {
    expect(storedDefaults({ adopt: true, onDestroy: "retain", firstName: "x" } as object)).to.deep.equal({
      adopt: true,
      onDestroy: "retain",
    });
    expect(storedDefaults({})).to.deep.equal({});
  });

  it("that were edited by hand count on the safe side", () => {
    expect(decodeDefaults({ adopt: true, onDestroy: "deactivate" })).to.deep.equal({
      defaults: { adopt: true, onDestroy: "deactivate" },
      defects: [],
    });
    expect(decodeDefaults({ adopt: "yes", onDestroy: 7 })).to.deep.equal({
      defaults: { onDestroy: "retain" },
      defects: [
        { key: "adopt", what: "must be true or false, and is text" },
        { key: "onDestroy", what: 'must be "deactivate" or "retain", and is a number' },
      ],
    });
    expect(decodeDefaults({ adopt: 7, onDestroy: "deactivate" }).defaults).to.deep.equal({ onDestroy: "deactivate" });
  });
});
