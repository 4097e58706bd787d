import { expect } from "chai";
import { isWallarooError } from "../../provider/api/errors";
import type { LoggedRequest } from "../emulator/server";
import { startPlatform, type Platform } from "../emulator/platform";
import { openApi } from "./api";
import { connectTo, declared } from "./platform";

const ann = "ann@example.com";
/** The least of our own pauses before a first retry, in milliseconds, less what timers are early by. */
const OWN_PAUSE_MS = 120;

describe("a request that is tried again", () => {
  let platform: Platform;
  beforeEach(async () => void (platform = await startPlatform()));
  afterEach(() => platform.close());

  const pauseMs = ([first, second]: LoggedRequest[]) => (second?.startedAt ?? 0) - (first?.finishedAt ?? Infinity);

  it("waits our own pause where Retry-After says 0 or a time that is over", async () => {
    for (const after of ["0", new Date(Date.now() - 3_600_000).toUTCString()]) {
      for (const on of ["query", "token"] as const) {
        platform.clearLog();
        platform.misbehave({ on, when: "before", what: { status: 429, headers: { "retry-after": after }, body: "" } });
        await openApi(platform).queryAll();
        expect(platform.requests(on)).to.have.length(2);
        expect(pauseMs(platform.requests(on)), `${on}, ${after}`).to.be.at.least(OWN_PAUSE_MS);
      }
    }
  });

  it("reckons a date from the platform's own Date, an hour away from the local clock", async () => {
    const api = openApi(platform);
    await api.token.get();
    for (const hours of [-1, 1]) {
      platform.clearLog();
      const nowMs = Date.now() + hours * 3_600_000;
      const [date, after] = [nowMs, nowMs + 2_000].map((ms) => new Date(ms).toUTCString()) as [string, string];
      const headers = { date, "retry-after": after };
      platform.misbehave({ on: "query", when: "before", what: { status: 503, headers, body: "" } });
      await api.queryAll();
      expect(pauseMs(platform.requests("query")), `${hours} hours`).to.be.within(1_900, 30_000);
    }
  }).timeout(70_000);

  it("is any read and any write with the same effect, after 408 and 425", async () => {
    await platform.addUser({ email: ann });
    const api = openApi(platform);
    for (const status of [408, 425]) {
      const what = { status, body: "" };
      for (const on of ["token", "query", "activate", "deactivate"] as const) {
        platform.misbehave({ on, when: on === "token" ? "before" : "after", what });
      }
      platform.clearLog();
      await platform.revokeSessions();
      await api.queryAll();
      await api.deactivate(ann);
      await api.activate(ann);
      expect(platform.requests("token").map((entry) => entry.status)).to.deep.equal([status, 200]);
      expect(platform.writes().map((entry) => `${entry.call} ${entry.status}`)).to.deep.equal([
        `deactivate ${status}`,
        "deactivate 200",
        `activate ${status}`,
        "activate 200",
      ]);
    }
  });

  it("is an invite answered 408 or 425 only when a look says that it did not arrive", async () => {
    for (const status of [408, 425]) {
      for (const when of ["after", "before"] as const) {
        platform.clearLog();
        const email = `${when}-${status}@example.com`;
        platform.misbehave({ on: "invite", when, what: { status, body: "" } });
        const { state } = await connectTo(platform).lifecycle.create(declared(email, { password: "pass-word-1" }));
        expect(state).to.include({ adopted: false, enabled: true, initialPassword: "pass-word-1" });
        expect(platform.requests("invite").filter((entry) => entry.result === 200)).to.have.length(1);
        expect(platform.requests("invite")).to.have.length(when === "after" ? 1 : 2);
      }
    }
  });

  it("is told from other refusals, which are final", async () => {
    for (const status of [400, 405, 413, 418, 422, 423, 424, 426]) {
      // Each in a run of its own, which ends after a few.
      const api = openApi(platform);
      platform.clearLog();
      platform.misbehave({ on: "query", times: 9, when: "before", what: { status, body: "" } });
      const error: unknown = await api.queryAll().catch((e: unknown) => e);
      expect(isWallarooError(error, "rejected"), String(error)).to.equal(true);
      expect(platform.requests("query")).to.have.length(1);
      platform.behave();
    }
  });

  it("is one sign-in for all calls, not before Retry-After is over", async () => {
    const headers = { "retry-after": "1" };
    platform.misbehave({ on: "token", when: "before", what: { status: 429, headers, body: "" } });
    const api = openApi(platform);
    await Promise.all(Array.from({ length: 8 }, () => api.queryAll()));
    expect(platform.requests("token").map((entry) => entry.status)).to.deep.equal([429, 200]);
    expect(pauseMs(platform.requests("token"))).to.be.at.least(950);
  });
});
