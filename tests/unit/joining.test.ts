import { expect } from "chai";
import sinon from "sinon";
import { Joining } from "../../provider/user/joining";

describe("confirmations that are joined", () => {
  let clock: sinon.SinonFakeTimers;
  let joining: Joining;
  /** How many were in each dispatched query. */
  let queries: number[];
  let waiting: (() => void)[];
  beforeEach(() => {
    clock = sinon.useFakeTimers({
      loopLimit: 100_000,
      toFake: ["setTimeout", "clearTimeout", "setImmediate", "performance"],
    });
    joining = new Joining(() => performance.now());
    queries = [];
    waiting = [];
  });
  afterEach(() => clock.restore());

  /** A create that ends when its confirmation is answered. */
  const create = (email: string) =>
    joining.whileCreating(email, async () => {
      await joining.whileInviting(() => Promise.resolve());
      const confirmed = new Promise<void>((resolve) => {
        if (waiting.push(resolve) > 1) return;
        joining.schedule(() => {
          queries.push(waiting.length);
          for (const answer of waiting.splice(0)) answer();
        });
      });
      joining.arrive();
      await confirmed;
    });
  /** An engine that runs `parallel` creates at once and needs `gapMs` to begin one. */
  async function engine(total: number, parallel: number, gapMs: number): Promise<void> {
    for (let index = 1; index <= total; index += 1) joining.announce(`p${index}`);
    let begun = 0;
    let busy = Promise.resolve();
    const begin = () => (busy = busy.then(() => new Promise((resolve) => setTimeout(resolve, gapMs))));
    const worker = async () => {
      while (begun < total) {
        const email = `p${(begun += 1)}`;
        await begin();
        await create(email);
      }
    };
    const done = Promise.all(Array.from({ length: parallel }, worker));
    await clock.runAllAsync();
    await done;
  }

  for (const gapMs of [0, 15, 40, 80]) {
    it(`are as many as the engine runs at once, and no time is lost in waiting (a create each ${gapMs} ms)`, async () => {
      await engine(200, 8, gapMs);
      expect(queries.length).to.be.at.most(200 / 8 + 1);
      expect(performance.now()).to.be.below(200 * gapMs + 1_000);
    });
  }

  it("are fifty where the engine runs more than that", async () => {
    await engine(500, 64, 20);
    expect(queries.length).to.be.at.most(500 / 50 + 1);
  });

  it("wait for nobody when nobody is to come, and at most 2 s for invites that are under way", async () => {
    await engine(1, 8, 0);
    expect(performance.now()).to.equal(0);
    void joining.whileInviting(() => new Promise((resolve) => setTimeout(resolve, 10_000)));
    const alone = create("ann");
    await clock.tickAsync(1_990);
    expect(queries).to.have.length(1);
    await clock.tickAsync(20);
    await alone;
    expect(queries).to.have.length(2);
  });

  it("wait no longer than 2 s for somebody who was announced and never comes", async () => {
    joining.announce("nobody");
    const alone = create("ann");
    await clock.tickAsync(2_010);
    await alone;
    expect(queries).to.deep.equal([1]);
  });
});
