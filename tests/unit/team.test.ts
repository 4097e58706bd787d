import { expect } from "chai";
import fc from "fast-check";
import { describeChanges, findTeamChanges, touchedBy } from "../../provider/team/diff";
import { checkTeam } from "../../provider/team/check";
import { inputsFrom, pack, unpack } from "../../provider/team/state";
import type { KnownUser, Unknown, UserState } from "../../provider/user/model";

const UNKNOWN = "?";
const isUnknown = (value: unknown): value is Unknown =>
  value === UNKNOWN || (typeof value === "object" && value !== null && Object.values(value).some(isUnknown));
const check = (members: unknown, others: object = {}) => checkTeam({ members, ...others }, isUnknown);
const reasons = (members: unknown, others?: object) => check(members, others).failures.map(({ reason }) => reason);
const member = (email: string, state: Partial<UserState> = {}): KnownUser => ({
  id: `id-of-${email}`,
  state: { email, username: email, enabled: true, adopted: false, ...state },
});

describe("the inputs of a team", () => {
  it("are brought to canonical addresses, without what goes without saying", () => {
    expect(check({ " Ann@Example.com": {}, "bob@example.com": { enabled: false } }).inputs).to.deep.equal({
      members: { "ann@example.com": {}, "bob@example.com": { enabled: false } },
    });
    expect(
      check({ "ann@example.com": { enabled: true, adopt: true } }).inputs,
      "the same in fewer values",
    ).to.deep.equal({
      members: { "ann@example.com": { adopt: true } },
    });
  });

  it("are refused by member and property, and the engine is given no property whose value it could print", () => {
    const { failures } = check({
      "ann@example.com": { enabled: "yes", password: 7 },
      nobody: {},
      "bob@example.com": null,
      "cleo@example.com": { email: "cleo@example.com" },
      "dave@example.com": { surname: "D" },
    });
    expect(new Set(failures.map(({ property }) => property))).to.deep.equal(new Set([""]));
    const all = failures.map(({ reason }) => reason).join("\n");
    expect(all).to.match(/^members\["ann@example.com"\].enabled must be true or false$/m);
    expect(all).to.match(/^members\["ann@example.com"\].password must be a string that is not empty$/m);
    expect(all).to.match(/^members\["nobody"\]: the address must be of the form/m);
    expect(all).to.match(/^members\["bob@example.com"\] must be an object/m);
    expect(all).to.match(/^members\["cleo@example.com"\].email must not be given/m);
    expect(all).to.match(/^members\["dave@example.com"\].surname is not an input/m);
  });

  it("are refused where a changed key would cost a password its mark as a secret", () => {
    const { inputs, failures } = check({ "Ann@example.com": { password: "Pp-anns-password" } });
    expect(failures.map(({ reason }) => reason).join()).to.match(/must be written members\["ann@example.com"\]/);
    expect(JSON.stringify(inputs)).to.not.include("Pp-anns-password");
  });

  it("are refused when two keys are one address, and when members are missing or not alone", () => {
    expect(reasons({ "ann@example.com": {}, "ANN@example.com": {} })[0]).to.match(/is there twice/);
    const object = 'an object by address, such as { "ann@example.com": {} }';
    for (const [members, problem] of [
      [undefined, "is required:"],
      [null, "is required:"],
      [["ann@example.com"], "is a list, and must be"],
      [7, "must be"],
      ["ann@example.com", "must be"],
    ] as const) {
      expect(reasons(members)).to.deep.equal([`members ${problem} ${object}`]);
    }
    expect(reasons({ "ann@example.com": ["x"] })[0]).to.match(
      /must be an object of what is declared of the member, \{\}/,
    );
    expect(reasons({}, { name: "science" })).to.deep.equal([
      "name is not an input of a Wallaroo team; there are members, adopt, onDestroy, requireReset, unmanaged, unmanagedDomain, maxDepartures",
    ]);
  });

  it("are left as they are where only up will know them", () => {
    expect(check(UNKNOWN)).to.deep.equal({ inputs: { members: UNKNOWN }, failures: [] });
    const members = { "ann@example.com": UNKNOWN, "bob@example.com": { enabled: UNKNOWN } };
    expect(check(members)).to.deep.equal({ inputs: { members }, failures: [] });
  });

  it("never raise, and never put a member where no own property is, whatever the keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything(), { noNullPrototype: false }), (members) => {
        const { inputs } = check({ ...members, ["__proto__"]: { enabled: false } });
        expect(Object.getPrototypeOf(inputs["members"])).to.equal(Object.prototype);
      }),
    );
  });
});

describe("the changes of a team", () => {
  const stored = new Map(
    [member("ann@example.com"), member("bob@example.com", { enabled: false })].map((m) => [m.state.email, m]),
  );

  it("name the member and the property", () => {
    const changes = findTeamChanges(
      stored,
      { "ann@example.com": { enabled: false, onDestroy: "retain" }, "cleo@example.com": {} },
      isUnknown,
    );
    expect(describeChanges(changes, "up")).to.deep.equal([
      'is joined by members["cleo@example.com"]',
      'changes members["ann@example.com"].enabled, members["ann@example.com"].onDestroy',
      'is left by members["bob@example.com"]',
    ]);
    expect(describeChanges(changes, "refresh"), "of a refresh, which changes nothing").to.deep.equal([
      'has no account on the platform any more for members["cleo@example.com"]',
      'differs on the platform in members["ann@example.com"].enabled, members["ann@example.com"].onDestroy',
      'has on the platform, under an address that was not declared, members["bob@example.com"]',
    ]);
  });

  it("touch the members that are added or changed, and none that stays or leaves", () => {
    const declared = { "bob@example.com": {}, "cleo@example.com": {} };
    expect(touchedBy(findTeamChanges(stored, declared, isUnknown))).to.deep.equal([
      "cleo@example.com",
      "bob@example.com",
    ]);
    const same = { "bob@example.com": { enabled: false } };
    expect(touchedBy(findTeamChanges(stored, same, isUnknown)), "ann leaves").to.deep.equal([]);
  });

  it("are none for the same members, and count what is unknown or was left unfinished", () => {
    const same = { "ann@example.com": {}, "bob@example.com": { enabled: false } };
    expect(findTeamChanges(stored, same, isUnknown)).to.deep.equal({ added: [], changed: [], removed: [] });
    const late = { ...same, "ann@example.com": UNKNOWN };
    expect(findTeamChanges(stored, late, isUnknown).changed).to.deep.equal([{ email: "ann@example.com", names: [] }]);
    const half = new Map(stored).set("ann@example.com", member("ann@example.com", { unfinished: true }));
    expect(findTeamChanges(half, same, isUnknown).changed).to.deep.equal([{ email: "ann@example.com", names: [] }]);
  });
});

describe("the state of a team", () => {
  it("holds nothing but the id of who is as most are", () => {
    expect(pack([member("ann@example.com")])).to.deep.equal({
      ids: { "ann@example.com": "id-of-ann@example.com" },
      adopted: {},
      initialPasswords: {},
      details: {},
    });
  });

  it("gives back every member as it was, and the inputs that lead to them", () => {
    const values = fc.record(
      {
        enabled: fc.boolean(),
        adopt: fc.boolean(),
        onDestroy: fc.constantFrom("deactivate" as const, "retain" as const),
        firstName: fc.string(),
        lastName: fc.string(),
        admin: fc.boolean(),
        initialPassword: fc.string(),
      },
      { requiredKeys: ["enabled"] },
    );
    const found = fc.record({ foundEnabled: fc.boolean() });
    fc.assert(
      fc.property(fc.array(fc.tuple(values, fc.option(found), fc.boolean())), (people) => {
        const members = people.map(([state, adoption, isHalf], index) => {
          const half = isHalf ? { unfinished: true as const, formerEmails: ["former@example.com"] } : {};
          return member(`p${index}@example.com`, { ...state, ...adoption, ...half, adopted: adoption !== null });
        });
        const stored = JSON.parse(JSON.stringify(pack(members))) as ReturnType<typeof pack>;
        expect([...unpack(stored).values()]).to.deep.equal(members);
        for (const { state } of members) {
          const inputs = inputsFrom(unpack(stored))[state.email];
          expect(inputs?.enabled ?? true).to.equal(state.enabled);
          expect(inputs).to.not.have.any.keys(
            "initialPassword",
            "password",
            "foundEnabled",
            "unfinished",
            "formerEmails",
          );
        }
      }),
    );
  });

  it("gives back no name of who has another address now: the engine would not know it for a secret there", () => {
    const dana = member("dana@example.org", { firstName: "Dana", lastName: "D", admin: true, onDestroy: "retain" });
    expect(inputsFrom(new Map([["dana@example.com", dana]]))).to.deep.equal({
      "dana@example.org": { admin: true, onDestroy: "retain" },
    });
  });
});
