import { expect } from "chai";
import { WallarooError } from "../../provider/api/errors";
import { checkTeam, memberInputs } from "../../provider/team/check";
import { decodeTeam, encodeTeam } from "../../provider/team/decode";
import { checkRoles } from "../../provider/team/memberships";
import { unpack } from "../../provider/team/state";
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
      WallarooError,
      "Could not read people: nothing is stored of it. A team can't be looked up by its id: declare its members, with " +
        "`adopt: true` where they are there already.",
    );
    expect(refusal({ ...stored, ids: [] })).to.throw(
      WallarooError,
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
    [
      { details: { [email]: { onDestroy: "x" } } },
      [`details${AT}.onDestroy must be "deactivate" or "retain", and is text`],
    ],
    [
      { adopted: undefined, details: { [email]: { enabled: 7 } } },
      ["adopted is missing", `details${AT}.enabled must be true or false, and is a number`],
    ],
    [
      { details: 7, adopted: { [email]: "x" } },
      ["details must be an object, and is a number", `adopted${AT} must be true or false, and is text`],
    ],
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
    expect(memberOf({ initialPasswords: { "x@y.z": "Pp-1", [email]: "Pp-2" } })?.state.initialPassword).to.equal(
      "Pp-2",
    );
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
    const kept = { ...twins("id-9", "id-1"), initialPasswords: { [email]: "Pp-1" } };
    expect(memberOf(kept)?.state.initialPassword).to.equal("Pp-1");
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
    expect(checkRoles({ a: "?" }, isUnknown).problems).to.deep.equal([]);
    expect(checkRoles(7, isUnknown).roles).to.deep.equal({});
  });

  it("looks into objects that hold what is unknown", () => {
    const isIn = (value: unknown) => JSON.stringify(value).includes('"?"');
    const { inputs } = checkTeam({ members: { " ANN@example.com": { firstName: "?" } } }, isIn);
    expect(inputs).to.deep.equal({ members: { [email]: { firstName: "?" } } });
  });

  it("gives a member to the rules of a single user without its workspaces, active unless it says otherwise", () => {
    expect(memberInputs(email, { workspaces: { a: "OWNER" }, admin: true })).to.deep.equal({
      email,
      enabled: true,
      admin: true,
    });
    expect(memberInputs(email, { enabled: false })).to.deep.equal({ email, enabled: false });
  });

  it("refuses a member that is text but not unknown", () => {
    expect(reasons({ [email]: "x" })[0]).to.match(/must be an object of what is declared of the member/);
    expect(reasons("x")[0]).to.match(/^members must be an object by address/);
    expect(check({ [email]: "?" }).inputs).to.deep.equal({ members: { [email]: "?" }, adopt: true });
  });
});
