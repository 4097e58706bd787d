import { expect } from "chai";
import fc from "fast-check";
import { checkTeam } from "../../provider/team/check";
import { decodeTeam } from "../../provider/team/decode";
import { findTeamChanges } from "../../provider/team/diff";
import { findMembershipChanges, hasMembershipChanges, type StoredMemberships } from "../../provider/team/memberships";
import type { Members, TeamMember } from "../../provider/team/model";
import { expectedState, inputsFrom, pack, unpack } from "../../provider/team/state";

const email = "ann@example.com";
const member = (workspaces?: StoredMemberships): TeamMember => ({
  id: "id-of-ann",
  state: { email, username: email, enabled: true, adopted: false },
  ...(workspaces === undefined ? {} : { workspaces }),
});
const owner = { id: 1, role: "OWNER" } as const;
const isUnknown = (value: unknown) => value === "?";
const declared = (workspaces: Record<string, "OWNER" | "COLLABORATOR">): Members => ({ [email]: { workspaces } });

describe("the memberships of a member", () => {
  it("are compared by the names of workspaces and the roles", () => {
    const stored = new Map([[email, member({ a: owner, b: owner, c: { ...owner, role: "COLLABORATOR" }, d: owner })]]);
    const changes = findMembershipChanges(
      [email],
      stored,
      declared({ a: "OWNER", b: "COLLABORATOR", c: "OWNER", e: "OWNER" }),
    );
    const { added, raised, lowered, removed } = changes;
    const names = [added, raised, lowered, removed].map((all) => all.map(({ workspace }) => workspace));
    expect(names).to.deep.equal([["e"], ["c"], ["b"], ["d"]]);
    const unfinished = new Map([[email, member({ a: { ...owner, unfinished: true } })]]);
    expect(findMembershipChanges([email], unfinished, declared({ a: "OWNER" })).raised).to.have.length(1);
  });

  it("are a change of the member when they differ, and when a role is not known yet", () => {
    const isChanged = (roles: unknown, stored?: StoredMemberships) => hasMembershipChanges(member(stored), roles);
    expect([isChanged(undefined), isChanged({}), isChanged({ a: "OWNER" }, { a: owner })]).to.deep.equal([
      false,
      false,
      false,
    ]);
    for (const roles of [undefined, {}, { a: "COLLABORATOR" }, { b: "OWNER" }, { a: "?" }, "?"]) {
      expect(isChanged(roles, { a: owner }), JSON.stringify(roles)).to.equal(true);
    }
    expect(isChanged("?")).to.equal(true);
    expect(isChanged({ a: "OWNER" }, { a: { ...owner, unfinished: true } })).to.equal(true);
    const changes = findTeamChanges(new Map([[email, member({ a: owner })]]), { [email]: {} });
    expect(changes.changed).to.deep.equal([{ email, names: ["workspaces"] }]);
  });

  it("are stored and read back, under any name, and are absent for a member without any", () => {
    const name = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom("__proto__", "constructor", "toString", "7"));
    const stored = fc.record(
      {
        id: fc.nat(),
        role: fc.constantFrom("OWNER" as const, "COLLABORATOR" as const),
        adopted: fc.constant(true as const),
        foundRole: fc.constantFrom("OWNER" as const, "COLLABORATOR" as const),
        unfinished: fc.constant(true as const),
      },
      { requiredKeys: ["id", "role"] },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, stored), { minLength: 1 }), (entries) => {
        const workspaces = Object.fromEntries(entries);
        const state = pack([member(workspaces)]);
        const { defects, state: decoded } = decodeTeam(
          JSON.parse(JSON.stringify(state)) as Record<string, unknown>,
          "read",
          "t",
        );
        expect(defects).to.deep.equal([]);
        expect(Object.entries(unpack(decoded).get(email)?.workspaces ?? {})).to.have.deep.members(
          Object.entries(workspaces),
        );
        const roles = inputsFrom(new Map([[email, member(workspaces)]]))[email]?.workspaces ?? {};
        expect(Object.keys(roles)).to.have.members(Object.keys(workspaces));
        const isOpen = Object.values(workspaces).some(({ unfinished }) => unfinished === true);
        expect(hasMembershipChanges(member(workspaces), roles)).to.equal(isOpen);
      }),
    );
    expect(pack([member()]).details).to.deep.equal({});
    expect(inputsFrom(new Map([[email, member()]]))).to.deep.equal({ [email]: {} });
  });

  it("that were edited by hand are a defect, and nothing of them is believed", () => {
    for (const workspaces of [
      "x",
      [],
      { a: "OWNER" },
      { a: { id: "1", role: "OWNER" } },
      { a: { id: 1, role: "owner" } },
      { a: { ...owner, adopted: false } },
    ]) {
      const stored = {
        ids: { [email]: "id" },
        adopted: {},
        initialPasswords: {},
        details: { [email]: { workspaces } },
      };
      const { defects, state } = decodeTeam(stored, "read", "t");
      expect(defects.map(({ key }) => key)).to.deep.equal([`details["${email}"].workspaces`]);
      expect(unpack(state).get(email)).not.to.have.property("workspaces");
    }
  });

  it("have names in one encoding, and unknown ones are left alone", () => {
    const check = (workspaces: unknown) => checkTeam({ members: { [email]: { workspaces } } }, isUnknown);
    const inputs = (check({ "cafe\u0301": "OWNER", b: "?" }).inputs["members"] as Members)[email];
    expect(inputs).to.deep.equal({ workspaces: { "caf\u00e9": "OWNER", b: "?" } });
    expect(check("?").failures).to.deep.equal([]);
    expect(check(null).inputs["members"]).to.deep.equal({ [email]: {} });
  });

  it("count for the size of a team's state", () => {
    const state = expectedState(declared({ churn: "OWNER" }));
    expect(state.details[email]?.workspaces).to.have.all.keys("churn");
  });
});
