import { expect } from "chai";
import {
  findMembershipChanges,
  findStoredProblem,
  hasMembershipChanges,
  membershipsOf,
  rolesFrom,
  withMembership,
} from "../../provider/team/memberships";
import type { TeamMember } from "../../provider/team/model";
import { expectedState, inputsFrom, pack, unpack } from "../../provider/team/state";

const email = "ann@example.com";
const usual = { email, username: email, enabled: true, adopted: false };

describe("stored memberships", () => {
  const owner = { id: 1, role: "OWNER" as const };
  const member = (workspaces?: TeamMember["workspaces"]): TeamMember => ({
    id: "id-1",
    state: usual,
    ...(workspaces === undefined ? {} : { workspaces }),
  });

  it("are read only if each value is what this package writes", () => {
    const words = "must be an object of memberships by the name of the workspace";
    const bad = [7, [], { a: 7 }, { a: { ...owner, id: 1.5 } }, { a: { ...owner, foundRole: "x" } }];
    for (const value of [
      ...bad,
      { a: { ...owner, unfinished: false } },
      { a: { ...owner, adopted: 1 } },
      { a: owner, b: {} },
    ]) {
      expect(findStoredProblem(value), JSON.stringify(value)).to.equal(words);
    }
    const full = { ...owner, adopted: true, foundRole: "COLLABORATOR", unfinished: true };
    expect([findStoredProblem({}), findStoredProblem({ a: owner, b: full })]).to.deep.equal([undefined, undefined]);
  });

  it("are those of single resources, and back", () => {
    const state = {
      ...{ workspace: "a", workspaceId: 1, workspaceName: "a", user: "id-1", userId: "id-1", email },
      ...{ adopted: false, role: "OWNER" as const },
    };
    expect(membershipsOf(member({ a: owner }))).to.deep.equal([["a", { id: "1/id-1", state }]]);
    expect(membershipsOf(member({ a: { ...owner, adopted: true } }))[0]?.[1].state.adopted).to.equal(true);
    expect(membershipsOf(member())).to.deep.equal([]);
    expect(withMembership(member(), "a", state)).to.deep.equal(member({ a: owner }));
    const raised = { ...state, adopted: true, foundRole: "COLLABORATOR" as const, unfinished: true as const };
    expect(withMembership(member({ b: owner }), "a", raised).workspaces).to.deep.equal({
      b: owner,
      a: { ...owner, adopted: true, foundRole: "COLLABORATOR", unfinished: true },
    });
    expect(withMembership(member({ a: owner, b: owner }), "a", undefined)).to.deep.equal(member({ b: owner }));
    expect(withMembership(member({ a: owner }), "a", undefined), "the last one").to.deep.equal(member());
    expect([rolesFrom(member()), rolesFrom(member({ a: owner }))]).to.deep.equal([undefined, { a: "OWNER" }]);
  });

  it("change by name, with the member and what is known", () => {
    const members = new Map([[email, member({ a: owner, b: owner })]]);
    const [, known] = membershipsOf(member({ a: owner }))[0] ?? [];
    const changes = findMembershipChanges([email, "new@b.c"], members, {
      [email]: { workspaces: { a: "COLLABORATOR", c: "OWNER" } },
      "new@b.c": { workspaces: { d: "COLLABORATOR" } },
    });
    expect(changes.lowered).to.deep.equal([{ email, workspace: "a", role: "COLLABORATOR", known }]);
    expect(changes.added).to.deep.equal([
      { email, workspace: "c", role: "OWNER" },
      { email: "new@b.c", workspace: "d", role: "COLLABORATOR" },
    ]);
    expect(changes.removed.map(({ workspace }) => workspace)).to.deep.equal(["b"]);
    const none = findMembershipChanges([email, "new@b.c"], members, {
      [email]: { workspaces: { a: "OWNER", b: "OWNER" } },
    });
    expect(none).to.deep.equal({ added: [], raised: [], lowered: [], removed: [] });
    expect(hasMembershipChanges(member({ a: owner }), { a: "OWNER", b: "OWNER" })).to.equal(true);
  });
});

describe("the size of a team before its first up", () => {
  it("counts the most that may be stored of each member", () => {
    const state = expectedState(
      {
        [email]: { adopt: true, workspaces: { a: "OWNER" } },
        "b@c.d": { password: "Pp-1", enabled: false },
        "c@d.e": "?",
        "d@e.f": { roles: ["x"], requireReset: true },
      },
      { adopt: true },
    );
    const longest = {
      id: Number.MAX_SAFE_INTEGER,
      role: "COLLABORATOR",
      adopted: true,
      foundRole: "COLLABORATOR",
      unfinished: true,
    };
    const id = "0".repeat(36);
    expect(state).to.deep.equal({
      ids: { [email]: id, "b@c.d": id, "c@d.e": id, "d@e.f": id },
      adopted: { [email]: true },
      initialPasswords: { "b@c.d": "Pp-1", "c@d.e": "0".repeat(24), "d@e.f": "0".repeat(24) },
      details: {
        [email]: { adopt: true, unfinished: true, workspaces: { a: longest } },
        "b@c.d": { unfinished: true, enabled: false },
        "c@d.e": { unfinished: true },
        "d@e.f": { unfinished: true },
      },
    });
  });

  it("writes a default once, unless a member has none or another", () => {
    const of = (address: string, more: object): TeamMember => ({
      id: "1",
      state: { ...usual, email: address, username: address, ...more },
    });
    const all = [
      of("a@b.c", { adopt: true, onDestroy: "retain" }),
      of("b@b.c", { adopt: true, onDestroy: "deactivate" }),
    ];
    expect(pack(all, { adopt: true, onDestroy: "retain" })).to.deep.include({
      adopt: true,
      onDestroy: "retain",
      details: { "b@b.c": { onDestroy: "deactivate" } },
    });
    const one = pack([...all, of("c@b.c", { onDestroy: "retain" })], { adopt: true, onDestroy: "retain" });
    expect(one).to.not.have.property("adopt");
    expect(one.details["a@b.c"]).to.deep.equal({ adopt: true });
    expect(inputsFrom(new Map([["a@b.c", all[0] as TeamMember]]), { adopt: true })).to.deep.equal({
      "a@b.c": { onDestroy: "retain" },
    });
  });

  it("keeps what is known of an account that was never seen", () => {
    const marks = {
      found: { firstName: "A" },
      formerEmails: ["x@y.z"],
      unfinished: true,
      unseen: true,
      invitedBefore: "2026-01-01T00:00:00.000Z",
    };
    const member = { id: "1", state: { ...usual, ...marks } } as TeamMember;
    expect(pack([member]).details).to.deep.equal({ [email]: marks });
    expect(unpack(pack([member])).get(email)).to.deep.equal(member);
  });
});
