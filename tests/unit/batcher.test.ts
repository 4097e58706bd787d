import { expect } from "chai";
import sinon from "sinon";
import { BATCH_SIZE, Batcher } from "../../provider/api/batcher";

describe("questions that are joined into batches", () => {
  let clock: sinon.SinonFakeTimers;
  /** How many questions were in each batch, and how many batches were under way at most. */
  let batches: number[];
  let underWay: { now: number; most: number };
  let answerMs: number;
  let batcher: Batcher<number, string>;
  beforeEach(() => {
    clock = sinon.useFakeTimers({
      loopLimit: 1_000_000,
      toFake: ["setTimeout", "clearTimeout", "setImmediate", "performance"],
    });
    batches = [];
    underWay = { now: 0, most: 0 };
    answerMs = 20;
    batcher = new Batcher(async (questions) => {
      batches.push(questions.length);
      underWay.now += 1;
      underWay.most = Math.max(underWay.most, underWay.now);
      await after(answerMs);
      underWay.now -= 1;
      return questions.map((question) => `answer to ${question}`);
    });
  });
  afterEach(() => clock.restore());
  const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

  /** `total` tasks, `parallel` at once, of which `concurrency` work while the others wait in line or for their answer. */
  async function workers(total: number, parallel: number, concurrency: number, workMs: number): Promise<void> {
    let begun = 0;
    let working = 0;
    const line: (() => void)[] = [];
    const work = async () => {
      if (working >= concurrency) await new Promise<void>((resolve) => line.push(resolve));
      working += 1;
      await after(workMs);
      working -= 1;
      line.shift()?.();
    };
    const worker = async () => {
      for (let task = (begun += 1); task <= total; task = begun += 1) {
        const number = task;
        const answer = await batcher.run(async () => {
          await work();
          return batcher.load(number);
        });
        expect(answer).to.equal(`answer to ${number}`);
      }
    };
    const done = Promise.all(Array.from({ length: parallel }, worker));
    await clock.runAllAsync();
    await done;
  }

  for (const concurrency of [1, 3, 8, 32, 100]) {
    for (const [total, latencyMs] of [
      [1_000, 20],
      [1_000, 400],
      [77, 20],
      [5, 20],
    ] as const) {
      it(`need at most N/25 + 1 batches for ${total} tasks, ${concurrency} at once, ${latencyMs} ms each`, async () => {
        answerMs = latencyMs;
        await workers(total, concurrency + 6 * BATCH_SIZE, concurrency, latencyMs);
        expect(batches.reduce((sum, size) => sum + size)).to.equal(total);
        expect(batches.length).to.be.at.most(total / 25 + 1);
        expect(underWay.most).to.equal(1);
      });
    }
  }

  it("are dispatched together when fewer tasks run than a batch takes", async () => {
    await workers(40, 4, 4, 20);
    expect(batches).to.deep.equal(Array<number>(10).fill(4));
  });

  it("are dispatched at once for a single task, and outside any task", async () => {
    const alone = batcher.run(() => batcher.load(1));
    await clock.tickAsync(answerMs);
    expect([await alone, performance.now()]).to.deep.equal(["answer to 1", answerMs]);
    const outside = batcher.load(2);
    await clock.tickAsync(answerMs);
    expect([await outside, performance.now()]).to.deep.equal(["answer to 2", 2 * answerMs]);
  });

  it("leave no timer behind, which would keep the process alive", async () => {
    const answers = Promise.all([batcher.run(() => batcher.load(1)), batcher.load(2)]);
    await clock.tickAsync(answerMs);
    expect([await answers, batches]).to.deep.equal([["answer to 1", "answer to 2"], [2]]);
    await clock.tickAsync(1);
    expect(clock.countTimers()).to.equal(0);
  });

  it("share the next batch when one is under way, however many they are", async () => {
    const first = batcher.load(0);
    await clock.tickAsync(1);
    const later = Array.from({ length: 500 }, (_, index) => batcher.load(index + 1));
    await clock.runAllAsync();
    await Promise.all([first, ...later]);
    expect([batches, underWay.most]).to.deep.equal([[1, 500], 1]);
  });

  it("are not held up for longer than 5 s by a task that hangs, also behind a batch that takes longer than that", async () => {
    const hanging = batcher.run(() => after(1_000_000));
    answerMs = 10_000;
    const first = batcher.run(() => batcher.load(1));
    await clock.tickAsync(4_990);
    expect(batches).to.deep.equal([]);
    await clock.tickAsync(20);
    expect(batches).to.deep.equal([1]);
    const second = batcher.run(() => batcher.load(2));
    await clock.tickAsync(10_000);
    await first;
    expect(batches, "one is under way at most").to.deep.equal([1]);
    await clock.tickAsync(5_010);
    expect(batches).to.deep.equal([1, 1]);
    await clock.runAllAsync();
    await Promise.all([second, hanging]);
  });

  it("all raise what their batch raised, and the next batch is asked all the same", async () => {
    let isFailing = true;
    const failing = new Batcher<number, number>((questions) =>
      isFailing ? Promise.reject(new Error("down")) : Promise.resolve(questions),
    );
    const ends = Promise.allSettled([failing.load(1), failing.load(2)]);
    await clock.runAllAsync();
    expect((await ends).map((end) => end.status)).to.deep.equal(["rejected", "rejected"]);
    isFailing = false;
    const next = failing.load(3);
    await clock.runAllAsync();
    expect(await next).to.equal(3);
  });

  it("do not wait for a task that failed", async () => {
    const failed = batcher.run(() => after(100).then(() => Promise.reject(new Error("no")))).catch(() => undefined);
    const other = batcher.run(() => batcher.load(1));
    await clock.tickAsync(4_000);
    expect(await other).to.equal("answer to 1");
    await failed;
  });
});
