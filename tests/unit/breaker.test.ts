import { expect } from "chai";
import sinon from "sinon";
import { ADMIN_API, Breaker, SIGN_IN, type Intent, type Trial } from "../../provider/api/breaker";
import { WallarooError, isWallarooError, type ErrorKind } from "../../provider/api/errors";

const [INVITE, QUERY, DEACTIVATE] = ["/invite", "/query", "/deactivate"];
const TIMEOUT_MS = 45_000;
/** Midday, so that messages can be compared. */
const MIDDAY_MS = Date.UTC(2026, 10, 26, 12);

const invite = (who: string): Intent => ({ operation: "invite", who, writes: true, takesSeat: true });
const deactivate = (who: string): Intent => ({ operation: "deactivate", who, writes: true });
const query: Intent = { operation: "query", who: "accounts", writes: false };

describe("the breaker", () => {
  let nowMs: number;
  let breaker: Breaker;
  beforeEach(() => {
    nowMs = 0;
    const clockMs = () => MIDDAY_MS + nowMs;
    breaker = new Breaker({ requestTimeoutMs: TIMEOUT_MS, nowMs: () => nowMs, clockMs });
  });

  const begin = (intent: Intent, path: string | undefined): Trial => {
    const trial = breaker.trial(intent);
    breaker.enter(trial, SIGN_IN);
    if (path !== undefined) breaker.enter(trial, path);
    return trial;
  };
  const end = (trial: Trial, kind: ErrorKind) => {
    const { operation, who } = trial.intent;
    const named = trial.endpoint === SIGN_IN ? "sign in" : operation;
    breaker.failed(trial, new WallarooError({ kind, operation: named, who, words: "no", next: "Look." }));
    breaker.gaveUp(trial);
  };
  const fail = (intent: Intent, path: string | undefined, kind: ErrorKind) => end(begin(intent, path), kind);
  /** The message with which this would not be begun; undefined where it would. */
  const refusalOf = (intent: Intent): string | undefined => {
    try {
      breaker.refuse(intent);
      return undefined;
    } catch (error) {
      if (!isWallarooError(error, "notTried")) throw error;
      return error.message;
    }
  };
  const isOpen = (intent = deactivate("z")) => refusalOf(intent) !== undefined;
  /** May a query be sent? */
  const isQueryRefused = () => {
    try {
      begin(query, QUERY);
      return false;
    } catch {
      return true;
    }
  };

  for (const kind of ["timeout", "unavailable", "unauthenticated", "forbidden", "rateLimited"] as const) {
    it(`opens after three accounts in a row that met with ${kind}, and not after two`, () => {
      fail(deactivate("a"), DEACTIVATE, kind);
      fail(deactivate("b"), DEACTIVATE, kind);
      expect(isOpen()).to.equal(false);
      fail(deactivate("c"), DEACTIVATE, kind);
      expect(isOpen()).to.equal(true);
    });
  }

  it("says what failed, how often, since when nothing answers, and what to do", () => {
    breaker.succeeded({ endpoint: DEACTIVATE });
    nowMs = 61_000;
    for (const who of ["a", "b", "c"]) fail(deactivate(who), DEACTIVATE, "timeout");
    expect(refusalOf(invite("ann@example.com"))).to.equal(
      "Could not invite ann@example.com: not tried, because nothing has answered since 2026-11-26 12:00:00 UTC: 3 attempts " +
        'to deactivate failed in a row, the last with "no". Look.',
    );
    breaker.succeeded({ endpoint: DEACTIVATE });
    for (const who of ["a", "b", "c"]) fail(deactivate(who), DEACTIVATE, "forbidden");
    expect(refusalOf(invite("ann@example.com"))).to.include(
      "because no attempt has succeeded since 2026-11-26 12:01:01 UTC",
    );
  });

  it("counts once what fails at the same moment", () => {
    const together = () => Array.from({ length: 8 }, (_, index) => begin(deactivate(`${nowMs}-${index}`), DEACTIVATE));
    for (const round of [1, 2]) {
      const trials = together();
      nowMs += 1_000;
      for (const trial of trials) end(trial, "unavailable");
      expect(isOpen(), `round ${round}`).to.equal(false);
    }
    const [early, late] = [begin(deactivate("early"), DEACTIVATE), begin(deactivate("late"), DEACTIVATE)];
    end(early, "unavailable");
    expect(isOpen()).to.equal(true);
    end(late, "unavailable");
  });

  it("starts anew with a good answer, with another kind, and with what is wrong with one account alone", () => {
    const twice = () => ["a", "b"].forEach((who) => fail(deactivate(who), DEACTIVATE, "unavailable"));
    for (const between of [
      () => breaker.succeeded({ endpoint: DEACTIVATE }),
      () => fail(deactivate("x"), DEACTIVATE, "forbidden"),
      () => fail(deactivate("x"), DEACTIVATE, "rejected"),
    ]) {
      twice();
      between();
      twice();
      expect(isOpen()).to.equal(false);
    }
    twice();
    fail(deactivate("c"), DEACTIVATE, "timeout");
    expect(isOpen(), "a timeout and an outage are of one kind").to.equal(true);
    breaker.succeeded({ endpoint: DEACTIVATE });
    expect(isOpen(), "the platform is back").to.equal(false);
    for (const who of ["a", "b", "c", "d"]) {
      fail(invite(who), undefined, "unavailable");
      if (who === "b") breaker.succeeded(begin(query, QUERY));
    }
    expect(isOpen(), "whoever is answered was signed in").to.equal(false);
  });

  it("does not count what is wrong with one account alone, however many accounts", () => {
    for (const kind of ["rejected", "conflict", "notFound"] as const) {
      for (const who of ["a", "b", "c", "d"]) fail(invite(who), INVITE, kind);
      expect(isOpen(), kind).to.equal(false);
    }
  });

  it("does not count that the admin API is not offered, or not to this account, but that it does not answer", () => {
    for (const kind of ["forbidden", "unreadable"] as const) {
      for (let time = 0; time < 4; time += 1) fail(query, ADMIN_API, kind);
      expect(isOpen(), kind).to.equal(false);
    }
    for (let time = 0; time < 3; time += 1) fail(query, ADMIN_API, "unavailable");
    expect(isOpen()).to.equal(true);
  });

  it("is not closed by answers of another endpoint", () => {
    for (const who of ["a", "b", "c"]) {
      fail(invite(who), INVITE, "timeout");
      breaker.succeeded(begin(query, QUERY));
    }
    expect(isOpen()).to.equal(true);
  });

  it("does not take one account that always fails for all of them", () => {
    for (let retry = 0; retry < 9; retry += 1) fail(invite("a"), INVITE, "unavailable");
    expect(isOpen()).to.equal(false);
    for (let retry = 0; retry < 3; retry += 1) fail(query, QUERY, "unavailable");
    expect(isOpen(), "a query is about all").to.equal(true);
  });

  it("counts whatever is wrong with a query or with signing in", () => {
    for (const kind of ["rejected", "notFound", "unreadable", "badSettings"] as const) {
      for (const [intent, path] of [[query, QUERY] as const, [invite("a"), undefined] as const]) {
        for (let time = 0; time < 3; time += 1) fail(intent, path, kind);
        expect(isOpen(), `${kind} ${path}`).to.equal(true);
        breaker.succeeded({ endpoint: path ?? SIGN_IN });
      }
    }
  });

  it("lets go on what takes no seat, while seats are refused", () => {
    for (const who of ["a", "b", "c"]) fail(invite(who), INVITE, "forbidden");
    expect(refusalOf(invite("d"))).to.match(/no attempt has succeeded .* 3 attempts to invite failed in a row/);
    expect(refusalOf(deactivate("d"))).to.equal(undefined);
    expect(isQueryRefused()).to.equal(false);
    expect(breaker.mayRetry(1_000), "another look for an invite").to.equal(false);
    for (const who of ["a", "b", "c"]) fail(deactivate(who), DEACTIVATE, "forbidden");
    expect(isOpen(), "a right is missing").to.equal(true);
  });

  it("takes a sign-in that is refused for no lack of seats, whatever it was made for", () => {
    for (const who of ["a", "b", "c"]) fail(invite(who), undefined, "forbidden");
    expect(isOpen(deactivate("d"))).to.equal(true);
  });

  it("lets what was written be looked at, while queries are answered", () => {
    for (const who of ["a", "b", "c"]) fail(deactivate(who), DEACTIVATE, "unavailable");
    expect(isQueryRefused()).to.equal(false);
    expect(isOpen(query), "work that begins with a query").to.equal(true);
    expect(() => begin(invite("d"), INVITE), "a write elsewhere").to.throw(WallarooError, /not tried/);
    for (let time = 0; time < 3; time += 1) fail(query, QUERY, "unavailable");
    expect(isQueryRefused()).to.equal(true);
  });

  it("lets no query through while signing in fails, although there is a token already", () => {
    for (const who of ["a", "b", "c"]) fail(invite(who), undefined, "unavailable");
    expect(() => breaker.enter(breaker.trial(query), QUERY)).to.throw(WallarooError, /not tried/);
  });

  it("counts the three minutes from the sign-in of the first attempt, not from when it stood in line", () => {
    const trial = breaker.trial(query);
    nowMs = 100_000;
    breaker.enter(trial, SIGN_IN);
    nowMs = 150_000;
    breaker.enter(trial, QUERY);
    end(trial, "timeout");
    nowMs = 279_999;
    expect(isOpen()).to.equal(false);
    nowMs = 280_000;
    expect(isOpen()).to.equal(true);
  });

  it("goes by the monotonic clock, and tells the time of day, unless it is given others", () => {
    const clock = sinon.useFakeTimers({ now: MIDDAY_MS, toFake: ["Date", "performance"] });
    try {
      breaker = new Breaker({ requestTimeoutMs: TIMEOUT_MS });
      fail(query, QUERY, "timeout");
      clock.setSystemTime(MIDDAY_MS + 3_600_000);
      expect(isOpen()).to.equal(false);
      clock.setSystemTime(MIDDAY_MS);
      clock.tick(180_000);
      expect(refusalOf(query)).to.include("nothing has answered since 2026-11-26 12:00:00 UTC");
    } finally {
      clock.restore();
    }
  });

  it("opens when nothing was answered well for three minutes, however few failed, and not before", () => {
    const first = begin(query, QUERY);
    nowMs = TIMEOUT_MS;
    breaker.failed(
      first,
      new WallarooError({ kind: "timeout", operation: "query", who: "x", words: "no", next: "Look." }),
    );
    nowMs = 179_999;
    expect(isOpen()).to.equal(false);
    nowMs = 180_000;
    expect(refusalOf(deactivate("a"))).to.match(
      /nothing has answered since .* 12:00:00 UTC: 1 attempt to query failed, the last/,
    );
    expect(isQueryRefused()).to.equal(true);
    breaker.succeeded(first);
    expect(isOpen()).to.equal(false);
  });

  it("opens after three minutes for an endpoint that fails more than one account, whatever others answer", () => {
    const trials = ["a", "b"].map((who) => begin(deactivate(who), DEACTIVATE));
    nowMs = 180_000;
    for (const trial of trials) {
      expect(isOpen()).to.equal(false);
      end(trial, "timeout");
      breaker.succeeded({ endpoint: QUERY });
    }
    expect(isOpen()).to.equal(true);
  });

  it("lets looks for an invite go on, and for a request timeout more than anything else", async () => {
    expect(breaker.isOver(), "nothing failed").to.equal(false);
    for (let time = 0; time < 3; time += 1) fail(query, QUERY, "timeout");
    const look = (isWriting = false) =>
      breaker.whileLooking(() => Promise.resolve(isWriting ? isOpen() : isQueryRefused()));
    expect(isQueryRefused()).to.equal(true);
    expect(await look()).to.equal(false);
    expect(await look(true), "nothing else is begun").to.equal(true);
    expect(await breaker.whileLooking(() => Promise.resolve(breaker.mayRetry(1_000)))).to.equal(false);
    expect(isQueryRefused(), "the look is over").to.equal(true);
    nowMs = 180_000 + TIMEOUT_MS - 1;
    expect([await look(), breaker.isOver()]).to.deep.equal([false, false]);
    nowMs += 1;
    expect([await look(), breaker.isOver()]).to.deep.equal([true, true]);
  });

  it("allows no retry when it is open, or would be at its end, nor more than 64 in a row on an endpoint", () => {
    const trial = begin(deactivate("a"), DEACTIVATE);
    const failOnce = () =>
      breaker.failed(trial, new WallarooError({ kind: "unavailable", operation: "", who: "", words: "", next: "" }));
    failOnce();
    expect(Array.from({ length: 70 }, () => breaker.mayRetry(1_000, trial)).filter(Boolean)).to.have.length(64);
    breaker.succeeded(trial);
    failOnce();
    nowMs = 100_000;
    expect([breaker.mayRetry(60_000, trial), breaker.mayRetry(80_000, trial)]).to.deep.equal([true, false]);
    expect([breaker.mayRetry(60_000), breaker.mayRetry(80_000)]).to.deep.equal([true, false]);
    breaker.succeeded(trial);
    for (const who of ["a", "b", "c"]) fail(deactivate(who), DEACTIVATE, "unavailable");
    expect([breaker.mayRetry(1_000, trial), breaker.mayRetry(1_000)]).to.deep.equal([false, false]);
  });

  it("sends no sign-in when it is open", async () => {
    let sent = 0;
    const answer = { status: 200, body: "", retryAfterMs: undefined };
    const transport = breaker.guard(() => Promise.resolve((sent += 1)).then(() => answer));
    const exchange = { url: "http://x/", headers: {}, body: "", operation: "sign in", who: "as ci" };
    await transport(exchange);
    for (const who of ["a", "b", "c"]) fail(deactivate(who), DEACTIVATE, "unavailable");
    await transport(exchange);
    expect(sent, "for queries").to.equal(2);
    breaker.succeeded({ endpoint: DEACTIVATE });
    for (const who of ["a", "b", "c"]) fail(invite(who), undefined, "rateLimited");
    const error: unknown = await transport(exchange).catch((raised: unknown) => raised);
    expect(error).to.include({ kind: "notTried", beforeSending: true });
    expect(sent).to.equal(2);
  });
});
