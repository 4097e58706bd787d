import { expect } from "chai";
import type { ApiUser } from "../../provider/api/wire";
import { View } from "../../provider/user/view";
import { canonicalUser, checkMember } from "../../provider/workspace/check";
import { decodeMember } from "../../provider/workspace/decode";
import { findMemberChanges } from "../../provider/workspace/diff";
import { findLossRefusal, type Loss } from "../../provider/workspace/guards";
import { Leaving } from "../../provider/workspace/memory";
import { memberId, parseMemberId, type MemberState } from "../../provider/workspace/model";
import { planMember, planRemoval } from "../../provider/workspace/policy";
import { Members } from "../../provider/workspace/view";

const uuid = "0a11bb11-2222-3333-4444-55555555cc55";
const state: MemberState = {
  ...{ workspace: "churn", user: "ann@example.com", role: "COLLABORATOR", adopted: false },
  ...{ workspaceId: 12, workspaceName: "churn", userId: uuid, email: "ann@example.com" },
};

describe("the check of a membership", () => {
  const check = (news: Record<string, unknown>) => checkMember(news, (value) => value === "?");
  const good = { workspace: "churn", user: "ann@example.com" };

  it("completes and normalises what is declared", () => {
    expect(check({ ...good, user: " ANN@Example.com ", adopt: null })).to.deep.equal({
      inputs: { ...good, role: "COLLABORATOR" },
      failures: [],
    });
    expect(check({ workspace: 0, user: uuid, role: "OWNER", onDestroy: "retain" }).failures).to.deep.equal([]);
    expect(check({ workspace: "?", user: "?", role: "?", adopt: "?", onDestroy: "?" }).failures).to.deep.equal([]);
  });

  for (const [news, property, reason] of [
    [{}, "workspace", "is required"],
    [{ workspace: "churn", user: null }, "user", "is required"],
    [{ ...good, workspace: "" }, "workspace", "must not be empty"],
    [{ ...good, workspace: "  " }, "workspace", "must not be empty"],
    [{ ...good, workspace: -1 }, "workspace", "must be the name"],
    [{ ...good, workspace: 1.5 }, "workspace", "must be the name"],
    [{ ...good, workspace: NaN }, "workspace", "must be the name"],
    [{ ...good, workspace: ["churn"] }, "workspace", "must be the name"],
    [{ ...good, workspace: "a\nb" }, "workspace", "must not hold control"],
    [{ ...good, user: "" }, "user", "must not be empty"],
    [{ ...good, user: 7 }, "user", "must be an address"],
    [{ ...good, user: "ann@" }, "user", "must be of the form"],
    [{ ...good, user: "a@b@c" }, "user", "must be of the form"],
    [{ ...good, role: "owner" }, "role", 'must be "OWNER" or "COLLABORATOR"'],
    [{ ...good, role: "ADMIN" }, "role", 'must be "OWNER" or "COLLABORATOR"'],
    [{ ...good, adopt: "yes" }, "adopt", "must be true or false"],
    [{ ...good, onDestroy: "deactivate" }, "onDestroy", 'must be "remove" or "retain"'],
    [{ ...good, roles: [] }, "", "roles is not an input of a member of a workspace"],
  ] as const) {
    it(`refuses ${JSON.stringify(news)}`, () => {
      const [failure] = check(news).failures;
      expect(failure?.property).to.equal(property);
      expect(failure?.reason).to.include(reason);
    });
  }

  it("takes ids that hold an address for ids", () => {
    expect(canonicalUser(` ${uuid.toUpperCase()}`)).to.equal(uuid);
    for (const id of [uuid, "unseen:ann@example.com", "f:0af:Ann@example.com"]) expect(canonicalUser(id)).to.equal(id);
  });
});

describe("the comparison of a membership", () => {
  const changes = (news: object, olds = state) =>
    findMemberChanges(olds, { ...olds, ...news }, (v): v is never => v === "?");

  for (const news of [
    { workspace: "12" },
    { workspace: 12 },
    { user: uuid },
    { user: "Ann@Example.com" },
    { adopt: true },
  ] as const) {
    it(`finds no change in ${JSON.stringify(news)}`, () => {
      expect(changes(news)).to.deep.equal({ updates: [], replaces: [] });
    });
  }

  for (const [news, updates, replaces] of [
    [{ role: "OWNER" }, ["role"], []],
    [{ onDestroy: "retain" }, ["onDestroy"], []],
    [{ workspace: "fraud" }, [], ["workspace"]],
    [{ workspace: "012" }, [], ["workspace"]],
    [{ workspace: 13 }, [], ["workspace"]],
    [{ workspace: "?" }, [], ["workspace"]],
    [{ user: "bob@example.com", role: "OWNER" }, ["role"], ["user"]],
    [{ user: "?" }, [], ["user"]],
    [{ role: "?" }, ["role"], []],
  ] as const) {
    it(`finds in ${JSON.stringify(news)} the updates ${updates.join()} and replacements ${replaces.join()}`, () => {
      expect(changes(news)).to.deep.equal({ updates, replaces });
    });
  }

  it("takes a number for an id, even if the workspace's name is that number", () => {
    const numbered = { ...state, workspace: "7", workspaceName: "7" };
    expect(changes({ workspace: 7 }, numbered).replaces).to.deep.equal(["workspace"]);
    expect(changes({ workspace: "7" }, numbered).replaces).to.deep.equal([]);
  });

  it("takes two Unicode forms of one name for the same", () => {
    const accented = { ...state, workspace: "r\u00e9sum\u00e9", workspaceName: "re\u0301sume\u0301" };
    expect(changes({ workspace: "re\u0301sum\u00e9" }, accented).replaces).to.deep.equal([]);
  });
});

describe("what create and destroy do to a membership", () => {
  const own = { isOwn: false, wasAdopted: false };
  const inputs = { workspace: "churn", user: "ann@example.com", role: "OWNER" as const };
  const plan = (adopt: boolean, role: "OWNER" | "unknown" | null, known = own) =>
    planMember("it", { ...inputs, adopt }, role, known).kind;

  it("is decided by what is there, adopt, and what this resource managed before", () => {
    expect(plan(false, null)).to.equal("add");
    expect(plan(true, null)).to.equal("add");
    expect(plan(true, "OWNER")).to.equal("adopt");
    expect(plan(false, "OWNER")).to.equal("refused");
    expect(plan(false, "unknown")).to.equal("refused");
    expect(plan(false, "OWNER", { isOwn: true, wasAdopted: false })).to.equal("continue");
    expect(plan(false, "OWNER", { isOwn: true, wasAdopted: true })).to.equal("adopt");
  });

  it("is removal, unless it was adopted or is retained", () => {
    expect(planRemoval(state)).to.equal("remove");
    expect(planRemoval({ ...state, onDestroy: "retain" })).to.equal("leave");
    expect(planRemoval({ ...state, adopted: true, foundRole: "OWNER" })).to.equal("OWNER");
    expect(planRemoval({ ...state, adopted: true })).to.equal("leave");
    expect(planRemoval({ ...state, adopted: true, foundRole: "OWNER", onDestroy: "remove" })).to.equal("remove");
  });
});

describe("the guards of a workspace", () => {
  const accounts: ApiUser[] = [
    { id: "a", username: "ann@example.com", email: "ann@example.com", enabled: true },
    { id: "b", username: "bob@example.com", email: "bob@example.com", enabled: true },
    { id: "off", username: "off@example.com", email: "off@example.com", enabled: false },
    { id: "off2", username: "off2@example.com", email: "off2@example.com", enabled: false },
  ];
  type Roles = Record<string, "OWNER" | "COLLABORATOR" | undefined>;
  function refused(roles: Roles, more: Partial<Loss> = {}, leaving = new Leaving()): boolean {
    const users = Object.entries(roles).map(([id, role]) => ({ user_id: id, ...(role && { user_type: role }) }));
    const loss: Loss = { kind: "remove", workspace: { id: 1, name: "churn" }, userId: "a", who: "ann", ...more };
    const context = { members: new Members(users), accounts: new View(accounts), leaving };
    return findLossRefusal(loss, context) !== undefined;
  }
  const lower = { kind: "lower" as const };

  it("keep the last owner and the last user, counting active accounts alone", () => {
    expect(refused({ a: "OWNER", b: "OWNER" })).to.equal(false);
    expect(refused({ a: "COLLABORATOR", b: "OWNER" })).to.equal(false);
    expect(refused({ a: "COLLABORATOR", b: "COLLABORATOR" }), "there was no owner before").to.equal(false);
    expect(refused({ a: "OWNER", b: "COLLABORATOR" })).to.equal(true);
    expect(refused({ a: "OWNER", b: "COLLABORATOR" }, lower)).to.equal(true);
    expect(refused({ a: "OWNER", off: "OWNER", b: "COLLABORATOR" })).to.equal(true);
    expect(refused({ a: "OWNER", gone: "OWNER", b: "COLLABORATOR" })).to.equal(true);
    expect(refused({ a: "COLLABORATOR" })).to.equal(true);
    expect(refused({ a: "COLLABORATOR", gone: "OWNER" })).to.equal(true);
  });

  it("let a deactivated account go as long as an account that is there stays", () => {
    expect(refused({ off: "OWNER", off2: "OWNER" }, { userId: "off" })).to.equal(false);
    expect(refused({ off: "OWNER", gone: "OWNER" }, { userId: "off" })).to.equal(true);
    expect(refused({ gone: "OWNER", b: "OWNER" }, { userId: "gone" })).to.equal(false);
    expect(refused({ gone: "OWNER", b: "COLLABORATOR" }, { userId: "gone" })).to.equal(true);
  });

  it("count what leaves in the same run", () => {
    const leaving = new Leaving();
    leaving.note("lower", 1, "b");
    expect(refused({ a: "OWNER", b: "OWNER" }, {}, leaving)).to.equal(true);
    expect(refused({ a: "COLLABORATOR", b: "OWNER" }, {}, leaving), "who is lowered stays a user").to.equal(false);
    leaving.note("remove", 1, "b");
    expect(refused({ a: "COLLABORATOR", b: "COLLABORATOR" }, {}, leaving)).to.equal(true);
    expect(refused({ a: "OWNER", b: "OWNER" }, { workspace: { id: 2, name: "fraud" } }, leaving)).to.equal(false);
  });

  it("take what this stack knows of a role for one that is not told, and nothing else for an owner", () => {
    expect(refused({ a: undefined, b: undefined }, { knownRole: "COLLABORATOR" })).to.equal(false);
    expect(refused({ a: undefined, b: undefined }, { knownRole: "OWNER" })).to.equal(true);
    expect(refused({ a: undefined, b: "OWNER" }, { knownRole: "OWNER" })).to.equal(false);
  });

  it("keep an account in its own default workspace, but not others", () => {
    const workspace = (name: string) => ({ workspace: { id: 1, name } });
    const roles = { a: "COLLABORATOR", b: "OWNER" } as const;
    expect(refused(roles, workspace("Ann@example.com - Default Workspace"))).to.equal(true);
    expect(refused(roles, workspace("bob@example.com - Default Workspace"))).to.equal(false);
    expect(refused(roles, workspace("ann@example.com"))).to.equal(false);
  });
});

describe("a stored membership", () => {
  it("is the one that its id says, and the safe side stands for what can't be read", () => {
    const stored = { ...state, adopted: "no", onDestroy: 1, workspaceId: 99, foundRole: "OWNER" };
    const { state: decoded, defects } = decodeMember(memberId(12, uuid), stored);
    expect(defects.map(({ key }) => key)).to.have.members(["adopted", "onDestroy"]);
    expect(decoded).to.include({ workspaceId: 12, userId: uuid, adopted: true, onDestroy: "retain" });
    expect(decoded).to.not.have.property("foundRole");
    expect(decodeMember(memberId(12, uuid), { ...state, later: 1 }).defects).to.deep.equal([]);
    expect(decodeMember("nonsense", { ...state }).defects).to.have.length(1);
  });

  it("has an id of two parts, the second of which may be any", () => {
    expect(parseMemberId("12/f:0af:a/b")).to.deep.equal({ workspaceId: 12, userId: "f:0af:a/b" });
    for (const bad of ["", "12", "12/", "/x", "x/y", "1.5/x"]) expect(parseMemberId(bad)).to.equal(undefined);
  });
});
