import { expect } from "chai";
import { startPlatform, type Platform } from "../emulator/platform";
import { connectTo } from "./platform";

const people = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.com`);

describe("under load", function () {
  this.timeout(60_000);
  let platform: Platform;
  afterEach(() => platform.close());

  it("never sends more at once than wallaroo:maxConcurrency says, however many accounts are at stake", async () => {
    // Slow enough for requests to pile up.
    platform = await startPlatform({ latencyMs: 25 });
    for (const limit of [1, 3]) {
      platform.clearLog();
      const { lifecycle } = connectTo(platform, { "wallaroo:maxConcurrency": String(limit) });
      await Promise.all(people(60).map((email) => lifecycle.create({ email, enabled: limit === 1, adopt: true })));
      expect(platform.maxConcurrent).to.equal(limit);
    }
  });

  it("is slowed and not failed by a platform of ten times its latency", async () => {
    platform = await startPlatform({ latencyMs: 200 });
    const { lifecycle } = connectTo(platform);
    await Promise.all(people(40).map((email) => lifecycle.create({ email, enabled: true })));
    expect(platform.requests("invite")).to.have.length(40);
  });

  it("keeps going on tokens that live shorter than the run, without one 401", async () => {
    const tokenLifetime = 4;
    platform = await startPlatform({ latencyMs: 100, tokenLifetime });
    const { lifecycle } = connectTo(platform, { "wallaroo:maxConcurrency": "2" });
    const startedMs = performance.now();
    await Promise.all(people(120).map((email) => lifecycle.create({ email, enabled: true })));
    expect(platform.log.filter((entry) => entry.status === 401)).to.deep.equal([]);
    // The 6 s that 120 invites take at least need three; a slow machine more, but none before half of its life is over.
    const halves = (performance.now() - startedMs) / (tokenLifetime * 500);
    expect(platform.requests("token").length).to.be.within(3, 1 + halves);
  });

  it("gives a platform in trouble less traffic, not more: all requests share one budget of retries", async () => {
    platform = await startPlatform();
    platform.misbehave({ on: "deactivate", times: 100_000, when: "before", what: { status: 503, body: "" } });
    const { lifecycle } = connectTo(platform, { "wallaroo:maxConcurrency": "64" });
    const ends = await Promise.allSettled(people(100).map((email) => lifecycle.create({ email, enabled: false })));
    expect(ends.every((end) => end.status === "rejected")).to.equal(true);
    // 100 first attempts, 64 retries, and one more for each of the successes before (a token, the queries, the invites).
    const most = 100 + 64 + 110;
    expect(platform.requests("deactivate").length).to.be.at.most(most);
    expect(platform.requests("invite")).to.have.length(100);
  });
});
