import { expect } from "chai";
import sinon from "sinon";
import { PlatformClock } from "../../provider/api/clock";
import { WallarooError, type ErrorParts } from "../../provider/api/errors";
import type { ApiUser } from "../../provider/api/wire";
import { settleInvite, type Attempt, type Invitation } from "../../provider/user/invite";
import type { Sight } from "../../provider/user/lookout";

const ann = "ann@example.com";
const SENT_MS = Date.UTC(2026, 0, 1, 12, 0, 0, 400);
const user: ApiUser = { id: "id-of-ann", username: ann, email: ann, enabled: true, createdTimestamp: SENT_MS + 30 };
const lost = (sinceMs: number | undefined, parts: Partial<ErrorParts> = {}): Attempt => ({
  error: new WallarooError({ kind: "unavailable", operation: "invite", who: ann, words: "x", next: "Try.", ...parts }),
  atMs: 0,
  sinceMs,
});

/** What is made of an account that is there after `attempts`, each of which but the last was followed by a look without it. */
function settle(shown: ApiUser, ...[first, ...others]: [Attempt, ...Attempt[]]): Promise<Invitation> {
  const sights: Sight[] = [...others.map((): Sight => ({ kind: "absent" })), { kind: "shown", user: shown }];
  const find = () => Promise.resolve(sights.shift() ?? { kind: "absent" as const });
  const again = () => Promise.resolve(others.shift() ?? lost(undefined));
  return settleInvite(ann, first, again, { lookout: { find }, pause: () => Promise.resolve(true) });
}

describe("an account that is there after an invite whose answer was lost", () => {
  it("is this stack's own when it was not made before the invite was sent", async () => {
    for (const createdTimestamp of [SENT_MS + 60_000, SENT_MS, SENT_MS - 1]) {
      const invitation = await settle({ ...user, createdTimestamp }, lost(SENT_MS));
      expect(invitation).to.include({ kind: "arrived" }).and.not.have.property("doubt");
    }
  });

  it("is another's when it was made before the invite was sent, which names both times", async () => {
    const invitation = await settle({ ...user, createdTimestamp: SENT_MS - 2 }, lost(SENT_MS));
    expect(invitation).to.include({ kind: "taken" });
    expect((invitation as { why?: string }).why).to.equal(
      "it was created before the invite was sent (2026-01-01T12:00:00.398Z; the platform's clock showed 2026-01-01T12:00:00.400Z or later then)",
    );
  });

  it("is this stack's own when the first of several invites made it", async () => {
    const later = lost(SENT_MS + 10_000);
    expect(await settle(user, lost(SENT_MS), later, later)).to.not.have.any.keys("doubt", "why");
  });

  it("is reckoned from the first invite that may have arrived, and not from one that was never sent", async () => {
    const unsent = lost(SENT_MS - 60_000, { kind: "unavailable", beforeSending: true });
    const refused = lost(SENT_MS - 60_000, { kind: "unavailable", status: 500, isPlatformsWord: true });
    const early = { ...user, createdTimestamp: SENT_MS - 2 };
    expect(await settle(early, refused, lost(SENT_MS))).to.include({ kind: "taken" });
    await settle(early, unsent).then(
      () => expect.fail("asked about"),
      (error: Error) => expect(error).to.be.instanceOf(WallarooError),
    );
  });

  it("is in doubt when either time is not known", async () => {
    const { createdTimestamp: _unknown, ...ageless } = user;
    expect(await settle(ageless, lost(SENT_MS)))
      .to.deep.include({ kind: "arrived" })
      .and.have.property("doubt");
    expect(await settle(user, lost(undefined)))
      .to.deep.include({ kind: "arrived" })
      .and.have.property("doubt");
    const odd = { ...user, createdTimestamp: NaN };
    expect(await settle(odd, lost(SENT_MS))).to.have.property("doubt");
  });

  it("is another's when it has a name, as no invite gives one", async () => {
    for (const name of [{ firstName: "Ann" }, { lastName: "Lee" }]) {
      expect(await settle({ ...user, ...name }, lost(SENT_MS))).to.include({ kind: "taken" });
    }
    expect(await settle({ ...user, firstName: "", lastName: "" }, lost(SENT_MS))).to.include({ kind: "arrived" });
  });
});

describe("what the clock of the platform shows at the earliest", () => {
  let nowMs = 0;
  /** Answers with a `Date` at a time of this machine's monotonic clock. */
  async function answer(clock: PlatformClock, atMs: number, dateMs: number | undefined, status = 200) {
    nowMs = atMs;
    const transport = clock.watch(() => Promise.resolve({ status, body: "", retryAfterMs: undefined, dateMs }));
    await transport({ url: "", headers: {}, body: "", operation: "", who: "" });
  }
  const at = (clock: PlatformClock, atMs: number) => {
    nowMs = atMs;
    return clock.earliestMs();
  };

  it("is not known before a good answer tells it", async () => {
    const clock = new PlatformClock(() => nowMs);
    await answer(clock, 0, undefined);
    for (const status of [502, 300, 199]) await answer(clock, 0, 1_000_000, status);
    expect([at(clock, 5), clock.nowMs()]).to.deep.equal([undefined, undefined]);
    await answer(clock, 5, 1_000_000, 299);
    expect([at(clock, 5), clock.nowMs()]).to.deep.equal([1_000_000, 1_000_000]);
  });

  it("goes on from the answer that leaves the least open, less what two clocks may drift apart", async () => {
    const clock = new PlatformClock(() => nowMs);
    await answer(clock, 0, 1_000_000);
    expect(at(clock, 0)).to.equal(1_000_000);
    expect(at(clock, 10_000)).to.equal(1_009_990);
    await answer(clock, 10_000, 1_010_600);
    await answer(clock, 10_500, 1_010_600);
    expect(at(clock, 11_000)).to.equal(1_011_599);
  });

  it("goes on with this machine's monotonic clock, unless it is given another", async () => {
    const timers = sinon.useFakeTimers({ toFake: ["performance"] });
    try {
      const clock = new PlatformClock();
      await answer(clock, 0, 1_000_000);
      timers.tick(10_000);
      expect([clock.earliestMs(), clock.nowMs()]).to.deep.equal([1_009_990, 1_010_000]);
    } finally {
      timers.restore();
    }
  });

  it("is not set back, and follows a jump ahead", async () => {
    const clock = new PlatformClock(() => nowMs);
    await answer(clock, 0, 3_600_000);
    await answer(clock, 1_000, 1_000);
    expect(at(clock, 1_000)).to.equal(3_600_999);
    await answer(clock, 2_000, 7_202_000);
    expect(at(clock, 2_000)).to.equal(7_202_000);
  });
});
