import { expect } from "chai";
import type { ApiUser } from "../../provider/api/wire";
import { Announcements, linesOf, ofCreate, ofLeaving, ofUpdate, type Announcement } from "../../provider/user/announce";
import type { UserInputs, UserState } from "../../provider/user/model";
import type { Plan } from "../../provider/user/policy";

const email = "ann@example.com";
const account = (more: Partial<ApiUser> = {}): ApiUser => ({ id: "1", email, username: email, enabled: true, ...more });
const inputs = (more: Partial<UserInputs> = {}): UserInputs => ({ email, enabled: true, ...more });
const stored = (more: Partial<UserState> = {}): UserState => ({
  email,
  username: email,
  enabled: true,
  adopted: false,
  ...more,
});
const many = (count: number, kind: Announcement["kind"]): Announcement[] =>
  Array.from({ length: count }, (_, index) => ({ kind, email: `${kind}${100 + index}@example.com`, text: "is." }));

describe("what is announced of an account", () => {
  const active: Plan = { kind: "adopt", user: account() };
  const inactive: Plan = { kind: "reactivate", user: account({ enabled: false }) };
  const creates: [string, Plan, Partial<UserInputs>, Announcement["kind"] | undefined, RegExp][] = [
    ["is not there", { kind: "invite" }, {}, "invited", /^gets invited: no account has this address\.$/],
    ["is not there, to be off", { kind: "invite" }, { enabled: false }, "invited", /invited, then deactivated: /],
    ["is not there, to be adopted", { kind: "invite" }, { adopt: true }, "invited", /though `adopt: true`.* misspelled/],
    ["is active", active, { adopt: true }, "adopted", /^is active, and gets taken over \(`adopt: true`\)\.$/],
    ["is active, with values", active, { firstName: "Ann", lastName: "", admin: true }, "adopted", /, with firstName and admin as declared\.$/],
    ["is active, to be off", active, { enabled: false }, "deactivated", /gets taken over .* and deactivated\.$/],
    ["is active, with a password", active, { password: "x" }, "adopted", /\. The declared password is not applied\.$/],
    ["is deactivated", inactive, {}, "activated", /^is deactivated, and gets activated again without an invite\.$/],
    ["is deactivated, to stay so", inactive, { enabled: false }, "adopted", /gets taken over and stays so\.$/],
    ["is its own", { kind: "continue", user: account() }, {}, undefined, /^$/],
  ]; // prettier-ignore
  for (const [which, plan, declared, kind, text] of creates) {
    it(`says what create does to one that ${which}`, () => {
      const said = ofCreate(plan, inputs(declared));
      expect(said?.kind).to.equal(kind);
      expect(said?.text ?? "").to.match(text);
      // The engine prints it when `up` has ended.
      expect(said?.text ?? "").to.not.match(/Ann|will be|about to/);
      expect(said?.isWarning ?? false).to.equal(declared.password !== undefined);
    });
  }

  it("leaves to the engine's own line what that line says: an invite, a change that it shows", () => {
    expect(ofCreate({ kind: "invite" }, inputs())?.isPlain).to.equal(true);
    for (const more of [{ adopt: true }, { enabled: false }]) {
      expect(ofCreate({ kind: "invite" }, inputs(more))?.isPlain).to.equal(false);
    }
    const change = (before: boolean, isActive: boolean, due: Partial<UserInputs>, isOver = false) =>
      ofUpdate(stored({ enabled: before }), account({ enabled: isActive }), due, isOver);
    expect(change(true, true, { enabled: false })).to.deep.include({ kind: "deactivated", isPlain: true });
    expect(change(false, false, { enabled: true })).to.deep.include({ kind: "activated", isPlain: true });
    expect(change(true, true, { firstName: "Ann" })).to.equal(undefined);
    expect(change(true, false, { enabled: true }), "an unfinished one").to.include({
      kind: "activated",
      isPlain: false,
    });
    expect(change(true, true, { enabled: false, expires: "2026-01-31" }, true)).to.deep.include({
      text: "gets deactivated, as its `expires` (2026-01-31) is over.",
      isPlain: false,
    });
  });

  const off = { enabled: false };
  const leaving: [string, Partial<UserState>, boolean, Announcement["kind"], boolean, RegExp][] = [
    ["was invited", {}, true, "deactivated", false, /^was deactivated\.$/],
    ["was found deactivated", { adopted: true, foundEnabled: false }, true, "deactivated", false, /as this stack found it\.$/],
    ["is deactivated already", {}, false, "left", false, /^stays deactivated and is no longer managed\.$/],
    ["was found active", { adopted: true, foundEnabled: true, found: { firstName: "A" }, firstName: "B" }, true, "leftActive", true, /^stays active: .*, with firstName put back as found\. To cut it off/],
    ["was found active and is not", { adopted: true, foundEnabled: true, ...off }, false, "activated", true, /^is deactivated, and was activated again: .*To cut it off/],
    ["is retained", { onDestroy: "retain" }, true, "leftActive", true, /\(onDestroy: "retain"\)\. It stays active\. To cut it off/],
    ["is retained and deactivated", { onDestroy: "retain" }, false, "left", false, /It is deactivated\.$/],
    ["was found nobody knows how", { adopted: true }, true, "leftActive", true, /does not tell how it was found.*To cut it off/],
  ]; // prettier-ignore
  for (const [which, state, isActive, kind, isWarning, text] of leaving) {
    it(`says what becomes of one that leaves and ${which}, ${isWarning ? "as a warning" : "without one"}`, () => {
      const said = ofLeaving(stored(state), isActive, "was");
      expect([said.kind, said.isWarning ?? false]).to.deep.equal([kind, isWarning]);
      expect(said.text).to.match(text);
      const before = ofLeaving(stored(state), isActive, "gets").text;
      expect(before).to.equal(said.text.replace(/\bwas (deactivated|activated)/g, "gets $1"));
    });
  }
});

describe("what is announced of many accounts", () => {
  it("is up to 20 lines per kind, then every fiftieth with the running count, and each account once", () => {
    const said: string[] = [];
    const announcements = new Announcements({ info: (line) => said.push(line), warn: (line) => said.push(line) });
    const all = [...many(120, "deactivated"), ...many(3, "gone")];
    for (const one of [...all, ...all]) announcements.say(one);
    expect(said).to.have.length(20 + 2 + 3);
    expect(said[18]).to.equal("deactivated118@example.com is.");
    expect(said[19]).to.match(
      /^deactivated119.*From here on every 50th of these accounts is listed \(deactivated\)\.$/,
    );
    expect(said[20]).to.equal("deactivated149@example.com is. 50 accounts so far (deactivated).");
    expect(said[21]).to.match(/^deactivated199@example.com .*100 accounts so far/);
  });

  it("is, for a team, up to 20 lines per kind by address, a count of the others, and a summary", () => {
    const all = [...many(32, "adopted").reverse(), ...many(1, "invited"), ...many(1, "activated")];
    const lines = linesOf(all);
    expect(lines).to.have.length(1 + 20 + 1 + 1 + 1);
    expect(lines[2]).to.include({ email: "adopted100@example.com" });
    expect(lines.filter((line) => typeof line === "string")).to.deep.equal([
      "12 more adopted, not listed.",
      "in all, 1 activated again, 1 invited, 32 adopted.",
    ]);
    expect(linesOf(many(1, "adopted")), "of one member alone").to.have.length(1);
    expect(linesOf([])).to.deep.equal([]);
  });
});
