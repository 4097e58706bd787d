import { expect } from "chai";
import type { ApiUser } from "../../provider/api/wire";
import { dueMembers, warnOfEnds } from "../../provider/team/expiry";
import type { Context } from "../../provider/user/context";
import { DECISION_AGE_MS } from "../../provider/user/directory";
import { RunMemory } from "../../provider/user/run";
import { View } from "../../provider/user/view";

const account = (email: string): ApiUser => ({ id: `id of ${email}`, username: email, email, enabled: true });
const over = { expires: "2026-05-31" };
const today = { expires: "2026-06-01" };
let asked: number[];
let said: string[];
let run: RunMemory;
beforeEach(() => {
  [asked, said] = [[], []];
  run = new RunMemory();
});
const context = (...users: ApiUser[]) =>
  ({
    run,
    clock: { nowMs: () => Date.UTC(2026, 5, 1) },
    directory: { view: (ageMs: number) => Promise.resolve((asked.push(ageMs), new View(users))) },
    log: { info: (text: string) => said.push(text), warn: (text: string) => said.push(`! ${text}`) },
  }) as unknown as Context;

describe("members whose day is over", () => {
  const due = (members: Record<string, unknown>, users: ApiUser[] = [], stored?: Parameters<typeof dueMembers>[2]) =>
    dueMembers(context(...users), members, stored, "people");

  it("are deactivated if they have an account, and not invited otherwise, which is said once", async () => {
    const members = { "a@b.c": over, "b@b.c": over, "c@b.c": today, "d@b.c": {}, "e@b.c": "?" };
    const { "b@b.c": _late, ...rest } = members;
    const expected = { ...rest, "a@b.c": { ...over, enabled: false } };
    expect(await due(members, [account("a@b.c")])).to.deep.equal(expected);
    await due(members, [account("a@b.c")]);
    expect(said).to.deep.equal(["people: not invited, as the day in `expires` is over: b@b.c"]);
    expect(asked).to.deep.equal(Array(4).fill(DECISION_AGE_MS));
    expect(run.isNew("late people")).to.equal(false);
  });

  it("are kept if the state has them, also by a former address while the present one is not declared", async () => {
    const stored = {
      ids: { "a@b.c": "1", "now@b.c": "2", "other@b.c": "3" },
      details: { "now@b.c": { formerEmails: ["b@b.c"] }, "other@b.c": {} },
    };
    const members = { "a@b.c": over, "b@b.c": over, "c@b.c": over };
    const ended = { ...over, enabled: false };
    expect(await due(members, [], stored)).to.deep.equal({ "a@b.c": ended, "b@b.c": ended });
    const both = { ...members, "now@b.c": {}, "other@b.c": {} };
    expect(await due(both, [], stored), "the present one is declared").to.not.have.property("b@b.c");
  });

  it("are known by a former address also if another stored member has no details", async () => {
    const stored = { ids: { "gone@b.c": "1", "now@b.c": "2" }, details: { "now@b.c": { formerEmails: ["a@b.c"] } } };
    const members = { "a@b.c": over, "b@b.c": over };
    expect(await due(members, [], stored)).to.deep.equal({ "a@b.c": { ...over, enabled: false } });
  });

  it("are asked for only if a day is declared", async () => {
    const members = { "a@b.c": { enabled: true }, "b@b.c": "?", "c@b.c": { expires: 7 } };
    expect(await due(members)).to.equal(members);
    await warnOfEnds(context(), members, "people");
    expect([asked, said]).to.deep.equal([[], []]);
    await due({ "a@b.c": today });
    expect(said, "none is late").to.deep.equal([]);
  });
});

describe("members whose end comes near", () => {
  it("are warned of by day, the next one first", async () => {
    const members = {
      "late@b.c": { expires: "2026-06-15" },
      "far@b.c": { expires: "2026-06-16" },
      "off@b.c": { expires: "2026-06-02", enabled: false },
      "soon@b.c": { expires: "2026-06-02" },
      "too@b.c": { expires: "2026-06-02" },
      "next@b.c": { expires: "2026-06-10" },
      "none@b.c": {},
      "unknown@b.c": "?",
      "past@b.c": over,
    };
    await warnOfEnds(context(), members, "people");
    expect(said).to.deep.equal([
      "! people: the day in `expires` comes within 14 days, after which `pulumi up` deactivates: soon@b.c (2026-06-02), " +
        "too@b.c (2026-06-02), next@b.c (2026-06-10), late@b.c (2026-06-15)",
    ]);
    await warnOfEnds(context(), { "far@b.c": { expires: "2026-06-16" } }, "people");
    expect(said).to.have.length(1);
  });
});
