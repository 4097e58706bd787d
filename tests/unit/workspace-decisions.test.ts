import { expect } from "chai";
import type { ApiUser, WorkspaceRole } from "../../provider/api/wire";
import { View } from "../../provider/user/view";
import { checkMember, isAddress } from "../../provider/workspace/check";
import { decodeMember } from "../../provider/workspace/decode";
import { findMemberChanges } from "../../provider/workspace/diff";
import { findLossRefusal, isOwnDefault, type Loss, type LossContext } from "../../provider/workspace/guards";
import { Leaving, MemberMemory } from "../../provider/workspace/memory";
import { memberId, parseMemberId, type MemberState } from "../../provider/workspace/model";
import { planMember } from "../../provider/workspace/policy";
import * as states from "../../provider/workspace/state";
import { Members } from "../../provider/workspace/view";

const email = "ann@example.com";
const ann: ApiUser = { id: "id-1", username: email, email, enabled: true };
const state: MemberState = {
  ...{ workspace: "churn", user: email, role: "OWNER", adopted: false },
  ...{ workspaceId: 12, workspaceName: "churn", userId: "id-1", email },
};

describe("the check of a workspace and its member", () => {
  const failuresOf = (more: object) =>
    checkMember({ workspace: "churn", user: email, ...more }, () => false).failures.map(({ reason }) => reason);

  it("takes names and ids of up to 1,000 characters, without space around them alone", () => {
    expect(failuresOf({ user: " f:1:ann@b.c" }), "an id").to.deep.equal([]);
    expect(failuresOf({ workspace: "x".repeat(1000) })).to.deep.equal([]);
    const long = "must not be longer than 1000 characters";
    expect(failuresOf({ workspace: "x".repeat(1001) })).to.deep.equal([long]);
    expect(failuresOf({ user: "x".repeat(1001) })).to.deep.equal([long]);
    expect(failuresOf({ user: " a@" })).to.deep.equal(["must be of the form name@example.com"]);
    expect(failuresOf({ user: `  ${email} ` })).to.deep.equal([]);
  });

  it("accepts each value of each input", () => {
    for (const more of [
      { adopt: true },
      { adopt: false },
      { onDestroy: "remove" },
      { onDestroy: "retain" },
      { role: "OWNER" },
    ]) {
      expect(failuresOf(more)).to.deep.equal([]);
    }
  });

  it("tells addresses from ids that hold one", () => {
    expect([email, "A:b@c.d", "1f:ann@b.c", "ann:x@b.c"].map(isAddress)).to.deep.equal([true, true, true, false]);
    expect(["f:1:ann@b.c", "unseen:ann@b.c", "id-1"].map(isAddress)).to.deep.equal([false, false, false]);
  });
});

describe("the stored state of a membership", () => {
  const account = { ...ann, email: "Ann@Example.com" };
  const inputs = { workspace: "churn", user: email, role: "COLLABORATOR" as const };

  it("is made of what is declared and where it is", () => {
    const place = { workspace: { id: 12, name: "churn" }, account };
    expect(states.stateOf({ ...inputs, adopt: true }, place, "OWNER")).to.deep.equal({ ...state, adopt: true });
    const { email: _none, ...nameless } = account;
    expect(states.stateOf(inputs, { ...place, account: nameless }, "OWNER")).to.not.have.property("email");
  });

  it("is compared by texts, and nothing else is the same user", () => {
    const news = { workspace: "churn", user: email, role: "OWNER" as const };
    expect(findMemberChanges(state, news)).to.deep.equal({ updates: [], replaces: [] });
    expect(findMemberChanges(state, { ...news, user: 7 as never }).replaces).to.deep.equal(["user"]);
  });

  it("remembers how an adopted one was found", () => {
    expect(states.adopted(state, "COLLABORATOR")).to.deep.equal({ ...state, adopted: true, foundRole: "COLLABORATOR" });
    expect(states.adopted(state, undefined)).to.deep.equal({ ...state, adopted: true });
  });

  it("gives its inputs back, and takes on what is declared now", () => {
    const stored: MemberState = { ...state, adopt: true, onDestroy: "retain", unfinished: true, foundRole: "OWNER" };
    expect(states.inputsFrom(stored)).to.deep.equal({
      ...{ workspace: "churn", user: email, role: "OWNER", adopt: true, onDestroy: "retain" },
    });
    expect(states.redeclare(stored, { ...inputs, workspace: 12 })).to.deep.equal({
      ...state,
      ...{ workspace: 12, role: "COLLABORATOR", adopt: true, foundRole: "OWNER" },
    });
    expect(states.redeclare(state, { ...inputs, onDestroy: "remove" }).onDestroy).to.equal("remove");
  });

  it("names the membership by its ids, and by its address for messages", () => {
    const membership = { workspace: { id: 12, name: "churn" }, user: { id: "id-1", who: email } };
    expect(states.membershipOf(state)).to.deep.equal(membership);
    const { email: _none, ...nameless } = state;
    expect(states.membershipOf({ ...nameless, user: "id-1" }).user.who).to.equal("id-1");
    expect(states.membershipIn({ workspace: membership.workspace, account: ann })).to.deep.equal(membership);
    expect(states.nameOf(membership)).to.equal('ann@example.com in workspace "churn"');
    expect(states.knownOf(state)).to.deep.equal({ id: "12/id-1", state });
  });

  it("is stored as unfinished after a step that failed", () => {
    const error = new Error("lost");
    const failure = states.unfinished(state, error);
    expect(failure).to.include({ id: "12/id-1", message: "lost", cause: error });
    expect(failure.state).to.deep.equal({ ...state, unfinished: true });
  });

  it("is decoded on the safe side", () => {
    const id = "12/id-1";
    expect(decodeMember(id, { ...state, unfinished: true, foundRole: "OWNER" })).to.deep.equal({
      state: { ...state, unfinished: true, foundRole: "OWNER" },
      defects: [],
    });
    const defectsOf = (more: object) =>
      decodeMember(id, { ...state, ...more }).defects.map(({ key, what }) => `${key} ${what}`);
    expect(defectsOf({ workspaceName: 7 })).to.deep.equal(["workspaceName must be text, and is a number"]);
    expect(defectsOf({ workspaceId: 1.5 })).to.deep.equal(["workspaceId must be a whole number, and is a number"]);
    expect(defectsOf({ adopted: "no" })).to.deep.equal(["adopted must be true or false, and is text"]);
    expect(defectsOf({ unfinished: false })).to.deep.equal(["unfinished must be true, or not there, and is a boolean"]);
    expect(defectsOf({ foundRole: "x" })).to.deep.equal(['foundRole must be "OWNER" or "COLLABORATOR", and is text']);
    expect(decodeMember(id, {})).to.deep.equal({
      state: {
        ...{ workspace: 12, user: "id-1", role: "COLLABORATOR", workspaceName: "12" },
        ...{ workspaceId: 12, userId: "id-1", adopted: true },
      },
      defects: [
        { key: "role", what: "is missing" },
        { key: "adopted", what: "is missing" },
      ],
    });
    expect(decodeMember(id, { ...state, foundRole: "OWNER", adopted: 7 }).state).to.not.have.property("foundRole");
    expect(decodeMember(id, { ...state, onDestroy: 7 }).state.onDestroy).to.equal("retain");
    const odd = decodeMember("x", { role: "OWNER", adopted: false });
    expect(odd.defects).to.deep.equal([{ key: "id", what: "must be WORKSPACE_ID/USER_ID" }]);
    expect(odd.state).to.include({ workspaceId: -1, userId: "" });
  });

  it("has an id of two parts", () => {
    expect(parseMemberId(memberId(12, "a/b\nc"))).to.deep.equal({ workspaceId: 12, userId: "a/b\nc" });
    for (const id of ["", "12", "12/", "/a", "x/a", "1234567890123456/a", " 12/a"])
      expect(parseMemberId(id), id).to.equal(undefined);
  });
});

describe("the plan of a membership that is there", () => {
  const inputs = { workspace: "churn", user: email, role: "OWNER" as const };
  const fresh = { isOwn: false, wasAdopted: false };

  it("is refused with its role, unless the program takes it over", () => {
    const next =
      "If that is meant, write `adopt: true` to take the membership over: destroy puts it back as it was found. Do not if " +
      "another stack or program manages it. If this resource was only renamed or moved within the program, give it " +
      "`aliases` instead; if it is being replaced by force, run without --replace.";
    const message = (role: WorkspaceRole | "unknown") => {
      const plan = planMember("ann in churn", inputs, role, fresh);
      return plan.kind === "refused" ? plan.refusal.message : plan.kind;
    };
    expect(message("OWNER")).to.equal(`Could not add ann in churn: the account is a member already, as OWNER. ${next}`);
    expect(message("unknown")).to.equal(`Could not add ann in churn: the account is a member already. ${next}`);
  });
});

describe("the guards of a workspace", () => {
  const off = { ...ann, id: "off", username: "off", email: "off@b.c", enabled: false };
  const bob = { ...ann, id: "bob", username: "bob", email: "bob@b.c" };
  const refusal = (loss: Partial<Loss>, context: Partial<LossContext>) =>
    findLossRefusal(
      { kind: "remove", workspace: { id: 1, name: "churn" }, userId: "id-1", who: email, ...loss },
      { members: new Members([]), accounts: new View([ann, off, bob]), leaving: new Leaving(), ...context },
    )?.message;
  const rest =
    'To let go of it and leave it a member, set `onDestroy: "retain"`, run `pulumi up`, and take it out then; in a team, leave the workspace declared.';

  it("keep its last member, and say what to do", () => {
    const message = `Could not remove ${email} from workspace "churn": no other account would be left in it. Add another member first. ${rest}`;
    expect(refusal({}, {})).to.equal(message);
    expect(refusal({}, { arriving: new Map([["bob", false]]) })).to.equal(undefined);
    expect(refusal({ replacedBy: "COLLABORATOR" }, {})).to.equal(undefined);
    expect(refusal({}, { arriving: new Map([["bob", false]]), isCutOff: (id) => id === "bob" })).to.equal(message);
    expect(refusal({}, { arriving: new Map([["off", false]]) }), "a deactivated one").to.equal(message);
    expect(refusal({ userId: "gone" }, { arriving: new Map([["off", false]]) }), "of an account that is gone").to.equal(
      undefined,
    );
  });

  it("keep its last owner", () => {
    const words = "no other owner of it that can be seen would be left. Make another active account an owner first.";
    const others = { arriving: new Map([["bob", false]]) };
    expect(refusal({ knownRole: "OWNER" }, others)).to.equal(
      `Could not remove ${email} from workspace "churn": ${words} ${rest}`,
    );
    expect(refusal({ kind: "lower", knownRole: "OWNER" }, {})).to.equal(
      `Could not lower the role of ${email} in workspace "churn": ${words}`,
    );
    expect(refusal({ knownRole: "COLLABORATOR" }, others)).to.equal(undefined);
    expect(refusal({ knownRole: "OWNER", replacedBy: "OWNER" }, {})).to.equal(undefined);
    expect(refusal({ knownRole: "OWNER", replacedBy: "COLLABORATOR" }, {})).to.match(/no other owner/);
    expect(refusal({ kind: "lower", knownRole: "OWNER" }, { arriving: new Map([["bob", true]]) })).to.equal(undefined);
    const lowered = new Leaving();
    lowered.note("lower", 1, "bob");
    expect(refusal({ knownRole: "OWNER" }, { arriving: new Map([["bob", true]]), leaving: lowered })).to.match(
      /no other owner/,
    );
  });

  it("leave an account in its own default workspace, whose role may be lowered", () => {
    const workspace = { id: 1, name: `${email} - Default Workspace` };
    expect(refusal({ workspace }, { arriving: new Map([["bob", true]]) })).to.equal(
      `Could not remove ${email} from workspace "${workspace.name}": it is the account's own default workspace. Leave it a member. ${rest}`,
    );
    expect(refusal({ workspace, kind: "lower" }, {})).to.equal(undefined);
    expect(isOwnDefault("Ann@example.com - Default Workspace", { ...ann, username: "ann" })).to.equal(true);
    expect(isOwnDefault("ann - Default Workspace", { ...ann, username: "Ann" })).to.equal(true);
    expect(isOwnDefault("bob - Default Workspace", { ...ann, username: "ann" })).to.equal(false);
    expect(isOwnDefault("ann - Default Workspace 2", { ...ann, username: "ann" })).to.equal(false);
    expect(isOwnDefault(`${email}xxxxxxxxxxxxxxxxxxxx`, ann)).to.equal(false);
  });
});

describe("the memory of memberships", () => {
  it("keeps one for the resource that declares it first", () => {
    const memory = new MemberMemory();
    const [first, second] = [
      { key: "1", name: "ann" },
      { key: "2", name: "team" },
    ];
    expect(memory.findDeclaration("k")).to.equal(undefined);
    expect([memory.declare("k", first), memory.declare("k", first), memory.declare("k", second)]).to.deep.equal([
      undefined,
      undefined,
      first,
    ]);
    expect(memory.findDeclaration("k")).to.equal(first);
  });

  it("knows who arrives where, and what is its own", () => {
    const memory = new MemberMemory();
    memory.noteArriving(1, "a", true);
    memory.noteArriving(1, "b", false);
    expect([...(memory.arriving.get(1) ?? [])]).to.deep.equal([
      ["a", true],
      ["b", false],
    ]);
    memory.rememberOwn("k", true);
    memory.rememberOwn("l", false);
    expect(["k", "l", "m"].map((key) => memory.findOwn(key))).to.deep.equal([
      { isOwn: true, wasAdopted: true },
      { isOwn: true, wasAdopted: false },
      { isOwn: false, wasAdopted: false },
    ]);
  });

  it("forgets a removal that a look has shown to be undone, and no other", () => {
    const leaving = new Leaving();
    leaving.note("remove", 1, "a");
    leaving.note("lower", 1, "b");
    expect([leaving.isRemoved(1, "a"), leaving.isRemoved(2, "a"), leaving.isRemoved(1, "b")]).to.deep.equal([
      true,
      false,
      false,
    ]);
    expect([leaving.isLowered(1, "b"), leaving.isLowered(1, "a")]).to.deep.equal([true, false]);
    leaving.withdraw(1, "a");
    expect(leaving.isRemoved(1, "a")).to.equal(false);
  });
});
