import { expect } from "chai";
import { checkTeam } from "../../provider/team/check";
import { decodeTeam, encodeTeam } from "../../provider/team/decode";
import {
  checkRoles,
  findMembershipChanges,
  findStoredProblem,
  hasMembershipChanges,
  membershipsOf,
  rolesFrom,
  withMembership,
} from "../../provider/team/memberships";
import type { TeamMember } from "../../provider/team/model";
import { expectedState, inputsFrom, pack, unpack } from "../../provider/team/state";
import { unusable } from "../../provider/user/check";

const email = "ann@example.com";
const empty = { ids: {}, adopted: {}, initialPasswords: {}, details: {} };
const stored = { ...empty, ids: { [email]: "id-1" } };
const decode = (more: object) => decodeTeam({ ...stored, ...more }, "read", "people");
const defectsOf = (more: object) => decode(more).defects.map(({ key, what }) => `${key} ${what}`);
const memberOf = (more: object) => unpack(decode(more).state).get(email);
const usual = { email, username: email, enabled: true, adopted: false };
const AT = `["${email}"]`;

describe("a stored team that was edited by hand", () => {
  it("is refused without its ids", () => {
    const refusal = (state: Record<string, unknown>) => () => decodeTeam(state, "read", "people");
    expect(refusal({})).to.throw(
      "Could not read people: nothing is stored of it. A team can't be looked up by its id: declare its members, with " +
        "`adopt: true` where they are there already.",
    );
    expect(refusal({ ...stored, ids: [] })).to.throw(
      "Could not read people: the stored state can't be read: ids must be an object, and is a list. Nothing was sent. Put back " +
        "what was edited by hand (`pulumi stack export`, `pulumi stack import`), or let go of the team with `pulumi state " +
        "delete` and declare its members with `adopt: true`.",
    );
  });

  const cases: [object, string[]][] = [
    [{ adopted: undefined }, ["adopted is missing"]],
    [{ initialPasswords: 7 }, ["initialPasswords must be an object, and is a number"]],
    [{ details: [] }, ["details must be an object, and is a list"]],
    [{ adopted: { "x@y.z": true } }, ['adopted["x@y.z"] is of no member in ids']],
    [{ details: { "x@y.z": {} } }, ['details["x@y.z"] is of no member in ids']],
    [{ initialPasswords: { "x@y.z": "Pp-1" } }, ['initialPasswords["x@y.z"] is of no member in ids']],
    [{ adopted: { [email]: "yes" } }, [`adopted${AT} must be true or false, and is text`]],
    [{ initialPasswords: { [email]: 7 } }, [`initialPasswords${AT} must be text, and is a number`]],
    [{ details: { [email]: { enabled: 7 } } }, [`details${AT}.enabled must be true or false, and is a number`]],
    [{ ids: { [email]: " " } }, [`ids${AT} must be text that is not blank, and is text`]],
    [{ ids: { [email]: 7 } }, [`ids${AT} must be text that is not blank, and is a number`]],
    [{ ids: { " ": "id" } }, ['ids[" "] has no address']],
    [{ adopt: "yes" }, ["adopt must be true or false, and is text"]],
    [{ seats: 7 }, ["seats must be an object of counts, and is a number"]],
    [
      { details: { [email]: { workspaces: [] } } },
      [`details${AT}.workspaces must be an object of memberships by the name of the workspace, and is a list`],
    ],
  ];
  for (const [more, defects] of cases) {
    it(`has a defect for ${JSON.stringify(more)}`, () => expect(defectsOf(more)).to.deep.equal(defects));
  }

  it("counts on the safe side if a map is lost, and says so once", () => {
    const lost = { ...usual, adopted: true, foundEnabled: true };
    const many = { ...stored, ids: { [email]: "id-1", "b@c.d": "id-2" } };
    for (const adopted of [undefined, { "x@y.z": true }]) {
      const { state, defects, foundLost } = decodeTeam({ ...many, adopted }, "read", "people");
      expect(defects).to.have.length(1);
      expect([...foundLost]).to.deep.equal([email, "b@c.d"]);
      expect(unpack(state).get(email)?.state).to.deep.equal(lost);
    }
    const { state, defects, foundLost } = decodeTeam({ ...many, details: 7 }, "read", "people");
    expect(defects).to.have.length(1);
    expect([...foundLost], "what was adopted is known").to.deep.equal([email, "b@c.d"]);
    expect(unpack(state).get(email)?.state).to.deep.equal({ ...usual, onDestroy: "retain" });
    expect(memberOf({ initialPasswords: { "x@y.z": "Pp-1" } })?.state).to.deep.equal(usual);
    expect(memberOf({ initialPasswords: undefined })?.state).to.deep.equal(usual);
  });

  it("takes no account for the one whose id can't be read", () => {
    for (const id of ["", " ", 7, null]) expect(memberOf({ ids: { [email]: id } })?.id).to.equal("unreadable");
    expect(memberOf({ ids: { [email]: 7 }, adopted: { [email]: true } })?.id).to.equal("unreadable");
  });

  it("reads a member with details as a user", () => {
    expect(memberOf({ adopted: { [email]: true } })?.state).to.deep.equal({
      ...usual,
      adopted: true,
      foundEnabled: true,
    });
    const details = { [email]: { enabled: false, foundEnabled: false, firstName: "Ann" } };
    expect(memberOf({ adopted: { [email]: true }, details })?.state).to.deep.equal({
      ...usual,
      ...{ enabled: false, adopted: true, foundEnabled: false, firstName: "Ann" },
    });
    expect(memberOf({ initialPasswords: { [email]: "Pp-1" } })?.state).to.deep.equal({
      ...usual,
      initialPassword: "Pp-1",
    });
    expect(memberOf({ details: { [email]: 7 } })?.state).to.deep.equal({ ...usual, onDestroy: "retain" });
    expect(memberOf({ adopt: true, onDestroy: "retain" })?.state).to.deep.equal({
      ...usual,
      adopt: true,
      onDestroy: "retain",
    });
  });

  it("has one member for two spellings, told by the id that is left out", () => {
    const twins = (first: unknown, second: unknown) => ({ ids: { "ANN@example.com": first, [email]: second } });
    const words = (id: string) =>
      `ids["ANN@example.com"] is another spelling of ${email}, and a refresh leaves it out (${id})`;
    expect(defectsOf(twins("id-9", "id-1"))[0]).to.equal(words("id id-9"));
    expect(defectsOf(twins(9, "id-1"))).to.include(words("no id"));
    expect(memberOf(twins("id-9", "id-1"))?.id).to.equal("id-1");
    const turned = decode({ ids: { "Ann@example.com": "id-2", "ANN@example.com": "id-3" } });
    expect(turned.defects[0]?.key).to.equal('ids["ANN@example.com"]');
    expect(turned.state.ids).to.deep.equal({ [email]: "id-2" });
  });

  it("is written under the names that it has", () => {
    const { details, ...others } = stored;
    expect(encodeTeam(stored, { ...others, deviations: {} })).to.deep.equal({ ...others, deviations: details });
    expect(encodeTeam(stored, { ...stored, deviations: {} })).to.deep.equal(stored);
    expect(encodeTeam(stored, {})).to.deep.equal(stored);
  });
});

describe("the check of a team's members", () => {
  const isUnknown = (value: unknown) => value === "?";
  const check = (members: unknown) => checkTeam({ members, adopt: true }, isUnknown);
  const reasons = (members: unknown) => check(members).failures.map(({ reason }) => reason);
  const map = unusable("is a Map: write an object");

  it("refuses what the engine would lose, at every level", () => {
    expect(reasons(map)).to.deep.equal(["members is a Map: write an object"]);
    expect(check(map).inputs).to.deep.equal({ members: {}, adopt: true });
    expect(reasons({ [email]: map })).to.deep.equal([`members${AT} is a Map: write an object`]);
    expect(reasons({ [email]: { workspaces: map } })).to.deep.equal([
      `members${AT}.workspaces is a Map: write an object`,
    ]);
    expect(reasons({ [email]: { workspaces: { a: map } } })[0]).to.equal(
      `members${AT}.workspaces is a Map: write an object`,
    );
    expect(check(undefined).inputs).to.deep.equal({ members: {}, adopt: true });
  });

  it("names the workspace whose role is wrong", () => {
    expect(reasons({ [email]: { workspaces: { churn: "BOSS", "": "OWNER" } } })).to.deep.equal([
      `members${AT}.workspaces["churn"] must be "OWNER" or "COLLABORATOR"`,
      `members${AT}.workspaces[""]: the name must not be empty`,
    ]);
    expect(reasons({ [email]: { workspaces: 7 } })).to.deep.equal([
      `members${AT}.workspaces must be an object of roles by the name of the workspace, such as { "churn": "OWNER" }`,
    ]);
    expect(checkRoles({ "cafe\u0301": "OWNER", "caf\u00e9": "OWNER" }, isUnknown).problems).to.deep.equal([
      '["caf\u00e9"] is there twice: names that differ in the encoding of accents are the same',
    ]);
    expect(checkRoles("?", isUnknown)).to.deep.equal({ roles: "?", problems: [] });
    expect(checkRoles(7, isUnknown).roles).to.deep.equal({});
  });

  it("refuses a member that is text but not unknown", () => {
    expect(reasons({ [email]: "x" })[0]).to.match(/must be an object of what is declared of the member/);
    expect(reasons("x")[0]).to.match(/^members must be an object by address/);
    expect(check({ [email]: "?" }).inputs).to.deep.equal({ members: { [email]: "?" }, adopt: true });
  });
});

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
