import { expect } from "chai";
import sinon from "sinon";
import { WallarooError } from "../../provider/api/errors";
import type { Answer, Exchange } from "../../provider/api/transport";
import { Waiting } from "../../provider/api/waiting";

const exchange = (operation: string, who: string): Exchange => ({
  url: "https://platform.example/v1/api",
  headers: {},
  body: "",
  operation,
  who,
});
const query = exchange("query", "accounts");

describe("the word that tells why nothing happens", () => {
  let clock: sinon.SinonFakeTimers;
  let said: string[];
  let waiting: Waiting;
  /** How each request ends that is under way, the oldest first. */
  let ends: ((answer: number | Error) => void)[];
  let send: (exchange: Exchange) => Promise<unknown>;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    said = [];
    ends = [];
    waiting = new Waiting((message) => said.push(message));
    const watched = waiting.watch(
      () =>
        new Promise<Answer>((resolve, reject) => {
          ends.push((end) => {
            if (end instanceof Error) reject(end);
            else resolve({ status: end, body: "", retryAfterMs: undefined });
          });
        }),
    );
    send = (one) => watched({ ...one }).catch(() => undefined);
  });
  afterEach(() => clock.restore());

  const end = async (answer: number | Error) => {
    ends.shift()?.(answer);
    await clock.tickAsync(0);
  };
  const failure = (kind: "timeout" | "unavailable" | "rejected") =>
    new WallarooError({ kind, operation: "query", who: "accounts", words: "no", next: "Look." });
  const pause = async (ms: number) => {
    const paused = waiting.during(new Promise((resolve) => setTimeout(resolve, ms)));
    await clock.tickAsync(ms);
    await paused;
  };

  it("comes after 3 s without an answer, and then every 10 s, with what the oldest request is for", async () => {
    void send(query);
    await clock.tickAsync(2_999);
    expect(said).to.deep.equal([]);
    await clock.tickAsync(1);
    expect(said).to.deep.equal(["Waiting for platform.example for 3 s: query accounts, attempt 1."]);
    await clock.tickAsync(20_000);
    expect(said.slice(1)).to.deep.equal([
      "Waiting for platform.example for 13 s: query accounts, attempt 1.",
      "Waiting for platform.example for 23 s: query accounts, attempt 1.",
    ]);
    await end(200);
    await clock.tickAsync(60_000);
    expect(said).to.have.length(3);
  });

  it("is one line for all requests that wait", async () => {
    for (let index = 0; index < 8; index += 1) void send(exchange("invite", `p${index}@example.com`));
    await clock.tickAsync(13_000);
    expect(said).to.deep.equal([
      "Waiting for platform.example for 3 s: invite p0@example.com, attempt 1. 7 more requests wait too.",
      "Waiting for platform.example for 13 s: invite p0@example.com, attempt 1. 7 more requests wait too.",
    ]);
  });

  it("does not come while answers do, however long one request takes", async () => {
    void send(query);
    for (let index = 0; index < 30; index += 1) {
      void send(exchange("invite", "ann@example.com"));
      await clock.tickAsync(2_000);
      ends.splice(1, 1)[0]?.(index % 2 === 0 ? 200 : 403);
      await clock.tickAsync(0);
    }
    expect(said).to.deep.equal([]);
    await clock.tickAsync(3_000);
    expect(said).to.deep.equal(["Waiting for platform.example for 3 s: query accounts, attempt 1."]);
  });

  it("says which attempt it is, through failures and the pauses between them", async () => {
    for (const bad of [failure("timeout"), failure("unavailable"), 503, 429, 408]) {
      void send(query);
      await clock.tickAsync(500);
      await end(bad);
      await pause(500);
    }
    expect(said).to.deep.equal([
      "Waiting for platform.example for 3 s: query accounts, attempt 3 has failed, and the next one follows.",
    ]);
    void send(query);
    await clock.tickAsync(8_000);
    expect(said.slice(1)).to.deep.equal(["Waiting for platform.example for 13 s: query accounts, attempt 6."]);
    await end(200);
    void send(query);
    await clock.tickAsync(3_000);
    expect(said.at(-1)).to.equal("Waiting for platform.example for 3 s: query accounts, attempt 1.");
  });

  it("comes through a long pause that the server asked for", async () => {
    void send(query);
    await end(429);
    await pause(24_000);
    expect(said.map((line) => line.slice(0, 37))).to.deep.equal([
      "Waiting for platform.example for 3 s:",
      "Waiting for platform.example for 13 s",
      "Waiting for platform.example for 23 s",
    ]);
  });

  it("comes although each request fails at once, with nothing under way in between", async () => {
    for (let look = 0; look < 8; look += 1) {
      void send(query);
      await end(failure("unavailable"));
      await clock.tickAsync(2_000);
    }
    expect(said).to.deep.equal([
      "Waiting for platform.example for 4 s: query accounts, attempt 3.",
      "Waiting for platform.example for 14 s: query accounts, attempt 8.",
    ]);
  });

  it("starts anew with a request that follows a failure only after a while, or any answer", async () => {
    void send(query);
    await end(failure("unavailable"));
    await clock.tickAsync(60_000);
    void send(query);
    await clock.tickAsync(2_900);
    expect(said).to.deep.equal([]);
    await end(failure("rejected"));
    void send(query);
    await clock.tickAsync(2_900);
    expect(said).to.deep.equal([]);
    await clock.tickAsync(100);
    expect(said).to.deep.equal(["Waiting for platform.example for 3 s: query accounts, attempt 1."]);
  });

  it("comes in time after an answer that ended a longer wait", async () => {
    void send(query);
    await clock.tickAsync(3_000);
    await end(200);
    await clock.tickAsync(100);
    void send(exchange("sign in", "as ci@example.com"));
    await clock.tickAsync(3_000);
    expect(said.slice(1)).to.deep.equal([
      "Waiting for platform.example for 3 s: sign in as ci@example.com, attempt 1.",
    ]);
  });

  it("does not keep the process alive", () => {
    clock.restore();
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
    const before = timers();
    const { setTimeout: original } = globalThis;
    let made = 0;
    globalThis.setTimeout = ((...args: Parameters<typeof setTimeout>) => {
      made += 1;
      return original(...args);
    }) as typeof setTimeout;
    try {
      void send(query);
    } finally {
      globalThis.setTimeout = original;
    }
    const during = timers();
    ends.shift()?.(200);
    expect(made, "a timer was made").to.equal(1);
    expect(during).to.equal(before);
  });
});
