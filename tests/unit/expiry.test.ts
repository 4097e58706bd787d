import { expect } from "chai";
import { PlatformClock } from "../../provider/api/clock";
import { asDue, describeEnd, findDayProblem, findLateInviteRefusal, hasExpired } from "../../provider/user/expiry";

describe("the day in `expires`", () => {
  it("is a day that exists, written as YYYY-MM-DD", () => {
    for (const good of ["2026-12-31", "2028-02-29", "0001-01-01"]) expect(findDayProblem(good)).to.equal(undefined);
    const bad = [
      "2026-02-30",
      "2027-02-29",
      "2026-13-01",
      "2026-1-1",
      "31.12.2026",
      "2026-12-31T00:00:00Z",
      "",
      " 2026-12-31",
    ];
    for (const value of [...bad, "20261231", "+2026-12-31", "2026-12-3１", 20261231, new Date(0), true, {}, []]) {
      expect(findDayProblem(value), JSON.stringify(value)).to.match(/must be a day that exists/);
    }
  });

  it("counts to its end, and not one day longer", () => {
    const inputs = { expires: "2026-12-31", enabled: true };
    expect(hasExpired(inputs, "2026-12-30")).to.equal(false);
    expect(hasExpired(inputs, "2026-12-31")).to.equal(false);
    expect(hasExpired(inputs, "2027-01-01")).to.equal(true);
    expect(asDue(inputs, "2026-12-31")).to.equal(inputs);
    expect(asDue(inputs, "2027-01-01")).to.deep.equal({ ...inputs, enabled: false });
    expect(asDue({ enabled: true }, "2027-01-01")).to.deep.equal({ enabled: true });
  });

  it("is announced from 14 days before it, unless the user is deactivated anyway", () => {
    const endOn = (today: string, enabled = true) => describeEnd({ expires: "2026-03-01", enabled }, today);
    expect(endOn("2026-02-14")).to.equal(undefined);
    expect(endOn("2026-02-15")).to.match(/^expires in 14 days \(2026-03-01, UTC\)/);
    expect(endOn("2026-02-28")).to.match(/^expires in 1 day /);
    expect(endOn("2026-03-01")).to.match(/^expires today /);
    expect(endOn("2026-03-02")).to.equal(undefined);
    expect(endOn("2026-02-28", false)).to.equal(undefined);
  });

  it("refuses an invite when it is over", () => {
    const inputs = { email: "ann@example.com", expires: "2026-03-01" };
    expect(findLateInviteRefusal(inputs, "2026-03-01")).to.equal(undefined);
    expect(findLateInviteRefusal(inputs, "2026-03-02")?.message).to.match(
      /ann@example.com: its `expires` \(2026-03-01\) is over/,
    );
  });
});

describe("the platform's clock", () => {
  const exchange = { url: "", headers: {}, body: "", operation: "query", who: "ann" };
  const at =
    (dateMs: number | undefined, status = 200) =>
    () =>
      Promise.resolve({ status, body: "", retryAfterMs: undefined, dateMs });

  it("goes on from the last good answer that had a Date, and not by this machine's time", async () => {
    let monotonicMs = 0;
    const clock = new PlatformClock(() => monotonicMs);
    expect(clock.nowMs()).to.equal(undefined);
    await clock.watch(at(1_000_000))(exchange);
    monotonicMs = 500;
    expect(clock.nowMs()).to.equal(1_000_500);
    await clock.watch(at(undefined))(exchange);
    expect(clock.nowMs()).to.equal(1_000_500);
    for (const status of [302, 403, 503]) await clock.watch(at(9_000_000, status))(exchange);
    expect(clock.nowMs(), "what a proxy says").to.equal(1_000_500);
    await clock.watch(at(7_000))(exchange);
    expect(clock.nowMs()).to.equal(7_000);
  });
});
