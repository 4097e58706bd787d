import { expect } from "chai";
import sinon from "sinon";
import { Batcher } from "../../provider/api/batcher";

describe("questions of tasks that an engine begins one after another", () => {
  let clock: sinon.SinonFakeTimers;
  let batches: number[];
  let latencyMs: number;
  let batcher: Batcher<string, string>;
  beforeEach(() => {
    clock = sinon.useFakeTimers({
      loopLimit: 1_000_000,
      toFake: ["setTimeout", "clearTimeout", "setImmediate", "performance"],
    });
    batches = [];
    latencyMs = 0;
    batcher = new Batcher(async (questions) => {
      batches.push(questions.length);
      await after(latencyMs + 2);
      return questions;
    });
  });
  afterEach(() => clock.restore());
  const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

  const create = (name: string) =>
    batcher.run(async () => {
      await after(latencyMs + 1);
      return batcher.load(name);
    }, name);

  /** Milliseconds of `total` creates, `parallel` at once, of an engine that stores its state before and after each. */
  async function engine(total: number, parallel: number, storeMs: number): Promise<number> {
    const names = Array.from({ length: total }, (_, index) => `user ${index}`);
    for (const name of names) batcher.expect(name);
    // One after another, as in a file backend.
    let stored = Promise.resolve();
    const store = () => (stored = stored.then(() => after(storeMs)));
    const queue = names.values();
    const slot = async () => {
      for (const name of queue) {
        await store();
        expect(await create(name)).to.equal(name);
        await store();
      }
    };
    let endedMs = NaN;
    const startedMs = performance.now();
    const done = Promise.all(Array.from({ length: parallel }, slot)).then(() => (endedMs = performance.now()));
    await clock.runAllAsync();
    await done;
    return endedMs - startedMs;
  }

  for (const [total, parallel, storeMs, latency] of [
    [100, 8, 5, 0],
    [500, 8, 16, 0],
    [100, 16, 5, 20],
    [500, 8, 16, 20],
    [1_000, 8, 31, 0],
    [1_000, 16, 31, 0],
  ] as const) {
    const times = `${total} tasks, ${parallel} at once, stored in ${storeMs} ms, ${latency} ms a request`;
    it(`share batches of half of those that run at once, and cost the engine no time: ${times}`, async () => {
      latencyMs = latency;
      const ms = await engine(total, parallel, storeMs);
      expect(batches.length).to.be.at.most((2 * total) / parallel + 3);
      // What the engine needs by itself, 4 tasks for once, and the first and last requests.
      expect(ms).to.be.at.most(2 * storeMs * (total + 4) + 10 * latency + 250);
    });
  }

  for (const [total, parallel, latency] of [
    [100, 2, 20],
    [500, 4, 20],
    [500, 8, 20],
    [20, 8, 0],
  ] as const) {
    it(`take no longer than without expectations: ${total} tasks, ${parallel} at once, ${latency} ms`, async () => {
      latencyMs = latency;
      const ms = await engine(total, parallel, 16);
      sinon.stub(batcher, "expect");
      expect(ms).to.be.at.most((await engine(total, parallel, 16)) + 100);
    });
  }

  it("wait for others once, for 100 ms, when the engine runs one task at a time", async () => {
    const ms = await engine(20, 1, 5);
    expect(batches).to.deep.equal(Array<number>(20).fill(1));
    expect(ms).to.equal(20 * (2 * 5 + 1 + 2) + 100);
  });

  it("share larger batches again when more tasks run at once than before", async () => {
    await engine(5, 1, 5);
    batches = [];
    latencyMs = 20;
    await engine(100, 8, 5);
    expect(batches.length).to.be.at.most(100 / 4 + 5);
  });

  it("are dispatched at once for the only task that is expected, and for the last ones", async () => {
    const endedMs: number[] = [];
    for (const names of [["alone"], ["a", "b"]]) {
      for (const name of names) batcher.expect(name);
      const startedMs = performance.now();
      const done = Promise.all(names.map(create)).then(() => endedMs.push(performance.now() - startedMs));
      await clock.runAllAsync();
      await done;
    }
    expect(endedMs).to.deep.equal([1 + 2, 1 + 2]);
  });

  it("wait for no other task once there are 32, before it is known how many run at once", async () => {
    for (let index = 0; index < 40; index += 1) batcher.expect(`user ${index}`);
    const done = Promise.all(Array.from({ length: 32 }, (_, index) => create(`user ${index}`)));
    await clock.tickAsync(10);
    expect(batches).to.deep.equal([32]);
    await clock.runAllAsync();
    await done;
  });

  it("are not held up for longer than 250 ms by an expected task that does not begin", async () => {
    for (const name of ["a", "b", "never"]) batcher.expect(name);
    const first = create("a");
    await clock.tickAsync(10_000);
    const second = create("b");
    await clock.tickAsync(1 + 250);
    expect(batches).to.deep.equal([1, 1]);
    await clock.tickAsync(2);
    expect(await Promise.all([first, second])).to.deep.equal(["a", "b"]);
  });

  it("wait for the question of a task that is under way, although none is held up for an expected one", async () => {
    for (const name of ["a", "b", "c", "never"]) batcher.expect(name);
    const first = create("a");
    await clock.tickAsync(1_000);
    latencyMs = 300;
    const slow = create("b");
    await clock.tickAsync(10);
    const fast = batcher.run(() => batcher.load("c"), "c");
    await clock.tickAsync(250);
    expect(batches).to.deep.equal([1]);
    await clock.runAllAsync();
    await Promise.all([first, slow, fast]);
    expect(batches).to.deep.equal([1, 2]);
  });
});
