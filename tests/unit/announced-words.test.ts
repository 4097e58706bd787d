import { expect } from "chai";
import type { ApiUser } from "../../provider/api/wire";
import {
  Announcements,
  linesOf,
  ofCreate,
  ofGone,
  ofLeaving,
  ofMove,
  ofUnmanaged,
  ofUnseen,
  ofUpdate,
  withTeam,
  type Announcement,
} from "../../provider/user/announce";
import type { Context } from "../../provider/user/context";
import type { UserState } from "../../provider/user/model";

const email = "ann@example.com";
const ann: ApiUser = { id: "1", email, username: email, enabled: true };
const state: UserState = { email, username: email, enabled: true, adopted: false };
const one = (more: Partial<Announcement> = {}): Announcement => ({ kind: "gone", email, text: "is gone.", ...more });
const many = (count: number, kind: Announcement["kind"]): Announcement[] =>
  Array.from({ length: count }, (_, at) => ({ kind, email: `${kind}${100 + at}@example.com`, text: "is." }));

/** What is logged, a warning with a mark. */
function logged() {
  const lines: string[] = [];
  return { lines, log: { info: (line: string) => lines.push(line), warn: (line: string) => lines.push(`! ${line}`) } };
}

describe("the log of announcements", () => {
  it("has each account once per kind, warnings as such, and nothing that the engine's own line says", () => {
    const { lines, log } = logged();
    const announcements = new Announcements(log);
    announcements.say(one({ email: "plain@b.c", isPlain: true }));
    expect(announcements.isNew(one({ email: "b@c.d" }))).to.equal(true);
    expect(announcements.isNew(one({ email: "b@c.d" }))).to.equal(false);
    for (const said of [
      one(),
      one(),
      one({ kind: "moved", text: "is moved.", isWarning: true }),
      one({ email: "b@c.d" }),
    ]) {
      announcements.say(said);
    }
    expect(lines).to.deep.equal([`${email} is gone.`, `! ${email} is moved.`]);
  });

  it("of a team is one list at its end, plain lines included, of what was not said before", () => {
    const { lines, log } = logged();
    const all = new Announcements(log);
    all.say(one());
    const [context, announcements] = withTeam({ announcements: all, log, host: "w" } as unknown as Context, "people");
    expect(context).to.include({ log, host: "w", announcements });
    for (const said of [
      one(),
      one({ email: "b@c.d", isPlain: true }),
      one({ kind: "invited", text: "is in.", isWarning: true }),
    ]) {
      announcements.say(said);
    }
    expect(lines).to.have.length(1);
    announcements.end();
    const rest = [`! people: ${email} is in.`, "people: b@c.d is gone.", "people: in all, 1 invited, 1 gone already."];
    expect(lines.slice(1)).to.deep.equal(rest);
    announcements.end();
    expect(lines.slice(4), "what was said is not said again").to.deep.equal([]);
    expect(announcements.isNew(one())).to.equal(false);
  });

  it("of a team has no summary of one member alone", () => {
    const { lines, log } = logged();
    const all = new Announcements(log);
    const [, announcements] = withTeam({ announcements: all, log } as unknown as Context, "people");
    for (const said of [undefined, one()]) announcements.say(said);
    announcements.end();
    expect(lines).to.deep.equal([`people: ${email} is gone.`]);
  });

  it("of a team counts what goes beyond twenty of a kind, and begins with the first addresses", () => {
    const text = (count: number) =>
      linesOf(many(count, "adopted").reverse()).filter((line) => typeof line === "string");
    expect(text(20)).to.deep.equal(["in all, 20 adopted."]);
    expect(text(21)).to.deep.equal(["1 more adopted, not listed.", "in all, 21 adopted."]);
    const shuffled = [3, 1, 4, 0, 2].flatMap((at) => many(5, "adopted").slice(at, at + 1));
    expect(linesOf(shuffled).slice(0, 5)).to.deep.equal(many(5, "adopted"));
    expect(linesOf([...many(1, "invited"), ...many(1, "misspelled")]).at(-1)).to.equal("in all, 2 invited.");
  });
});

describe("the words of an announcement", () => {
  it("ask whether another account is meant, as a warning", () => {
    expect(ofCreate({ kind: "invite" }, { email, enabled: true }, "anna@example.com")).to.deep.equal({
      kind: "misspelled",
      email,
      text: "is not on the platform and gets invited. Did you mean anna@example.com, which is active there?",
      isWarning: true,
    });
  });

  it("say what becomes of an account that leaves or is elsewhere", () => {
    expect(ofMove(email, "bob")).to.deep.equal({
      kind: "moved",
      email,
      text: 'is not deactivated, because "bob" declares it.',
    });
    expect(ofUnmanaged(email)).to.deep.equal({
      kind: "deactivated",
      email,
      text: "gets deactivated, as nothing in the program declares it.",
    });
    expect(ofGone(email)).to.deep.equal({
      kind: "gone",
      email,
      text: "is not on the platform any more: nothing to deactivate.",
    });
    expect(ofUnseen(email)).to.deep.equal({
      kind: "leftActive",
      email,
      text: "was invited and never seen, and is no longer managed: once it shows up it is active.",
      isWarning: true,
    });
  });

  it("say of an update whether it activates or deactivates, and nothing if the account is so already", () => {
    const update = (isActive: boolean, enabled: boolean, isOver = false) =>
      ofUpdate(state, { ...ann, enabled: isActive }, { enabled }, isOver)?.text;
    expect(update(true, true)).to.equal(undefined);
    expect(update(false, false)).to.equal(undefined);
    expect(update(false, true)).to.match(/^is deactivated, and gets activated again\.$/);
    expect(update(true, false)).to.equal("gets deactivated.");
    expect(update(true, false, true)).to.equal("gets deactivated, as its `expires` () is over.");
  });

  it("name what is put back, if it differs from what is declared", () => {
    const found = { firstName: "A", lastName: "B", admin: false };
    const managed: UserState = { ...state, adopted: true, found, firstName: "x", lastName: "y", admin: true };
    const left = (more: Partial<UserState>) => ofLeaving({ ...managed, foundEnabled: false, ...more }, false, "was");
    const stays = "stays deactivated and is no longer managed";
    expect(left({})).to.include({
      text: `${stays}, with firstName, lastName and admin put back as found.`,
      isPlain: false,
    });
    expect(left({ admin: false })).to.include({ text: `${stays}, with firstName and lastName put back as found.` });
    expect(left({ admin: false, lastName: "B" })).to.include({ text: `${stays}, with firstName put back as found.` });
    expect(left({ admin: false, lastName: "B", firstName: "A" })).to.include({ text: `${stays}.`, isPlain: true });
  });

  it('say "as this stack found it" only if that is the reason', () => {
    const off = { ...state, adopted: true, foundEnabled: false };
    expect(ofLeaving(off, true, "gets").text).to.equal("gets deactivated, as this stack found it.");
    expect(ofLeaving({ ...off, onDestroy: "deactivate" }, true, "gets").text).to.equal("gets deactivated.");
    expect(ofLeaving(state, true, "gets").text).to.equal("gets deactivated.");
  });
});
