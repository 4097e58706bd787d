import { expect } from "chai";
import type { Context } from "../../provider/user/context";
import { DECISION_AGE_MS } from "../../provider/user/directory";
import {
  describeEnd,
  dueToday,
  findDayProblem,
  findLateInviteRefusal,
  findToday,
  hasExpired,
} from "../../provider/user/expiry";
import { RunMemory } from "../../provider/user/run";

/** A platform whose answers have this time, or none. */
function at(nowMs: number | undefined) {
  const asked: number[] = [];
  const said: string[] = [];
  const context = {
    directory: { view: (ageMs: number) => Promise.resolve(asked.push(ageMs)) },
    clock: { nowMs: () => nowMs },
    run: new RunMemory(),
    log: { info: () => undefined, warn: (text: string) => said.push(text) },
  } as unknown as Context;
  return { context, asked, said };
}

describe("the platform's day", () => {
  const newYear = Date.UTC(2027, 0, 1);

  it("is that of its answers, of which one is recent", async () => {
    const { context, asked, said } = at(newYear);
    expect(await findToday(context)).to.equal("2027-01-01");
    expect(await findToday(at(newYear - 1).context)).to.equal("2026-12-31");
    expect(await findToday(at(0).context), "the epoch").to.equal("1970-01-01");
    expect([asked, said]).to.deep.equal([[DECISION_AGE_MS], []]);
  });

  it("is that of this machine, with one warning per run, if the answers have no date", async () => {
    const { context, said } = at(undefined);
    const before = new Date().toISOString().slice(0, 10);
    const today = await findToday(context);
    expect([before, new Date().toISOString().slice(0, 10)]).to.include(today);
    await findToday(context);
    expect(said).to.deep.equal([
      "The platform's answers have no Date: whether a day in `expires` is over is told by this machine's clock.",
    ]);
    expect(context.run.isNew("noDate")).to.equal(false);
  });

  it("is asked for only if a day is declared", async () => {
    const { context, asked } = at(newYear);
    const inputs = { enabled: true };
    expect(await dueToday(context, inputs)).to.equal(inputs);
    expect(asked).to.deep.equal([]);
    const ended = { enabled: true, expires: "2026-12-31" };
    expect(await dueToday(context, ended)).to.deep.equal({ ...ended, enabled: false });
    expect(await dueToday(context, { ...ended, expires: "2027-01-01" })).to.include({ enabled: true });
  });
});

describe("a day", () => {
  it("ends a user only if it is one", () => {
    for (const expires of [
      7,
      undefined,
      "2026",
      "soon",
      "2026-1-1",
      "x2026-01-01",
      "2026-01-01x",
      "2026-02-30",
      "+012026-12",
    ]) {
      expect(hasExpired({ expires }, "2027-01-01"), String(expires)).to.equal(false);
      expect(findDayProblem(expires)).to.equal('must be a day that exists, such as "2026-12-31"');
    }
  });

  it("is announced in whole sentences", () => {
    const endOn = (expires: unknown, today: string) => describeEnd({ expires }, today);
    const rest = "after that day `pulumi up` deactivates it";
    expect(endOn("2026-03-15", "2026-03-01")).to.equal(`expires in 14 days (2026-03-15, UTC): ${rest}`);
    expect(endOn("2026-03-02", "2026-03-01")).to.equal(`expires in 1 day (2026-03-02, UTC): ${rest}`);
    expect(endOn("2026-03-01", "2026-03-01")).to.equal(
      "expires today (2026-03-01, UTC): from tomorrow on `pulumi up` deactivates it",
    );
    expect(endOn("someday", "2026-03-01")).to.equal(undefined);
    expect(endOn({}, "2026-03-01")).to.equal(undefined);
  });

  it("that is over is refused with the next step", () => {
    const message = findLateInviteRefusal({ email: "ann@example.com", expires: "2026-03-01" }, "2026-03-02")?.message;
    expect(message).to.equal(
      "Could not create ann@example.com: its `expires` (2026-03-01) is over: today is 2026-03-02 on the platform, and no " +
        "account has this address. Nothing was sent. Declare a later day, or take the user out of the program.",
    );
  });
});
