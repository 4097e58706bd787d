import { expect } from "chai";
import { Limiter } from "../../provider/api/limiter";

describe("tasks of a limiter", () => {
  it("run in the order in which they came, and only those that run are counted", async () => {
    const limiter = new Limiter(2);
    await limiter.run(() => Promise.resolve());
    expect([limiter.concurrency, limiter.active]).to.deep.equal([2, 0]);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const done = [1, 2, 3].map((task) =>
      limiter.run(() => {
        begun.push(task);
        return new Promise<number>((resolve) => ends.push(() => resolve(task)));
      }),
    );
    const settled = () => new Promise((resolve) => setImmediate(resolve));
    await settled();
    expect([begun, limiter.active]).to.deep.equal([[1, 2], 2]);
    ends[0]?.();
    await settled();
    expect([begun, limiter.active]).to.deep.equal([[1, 2, 3], 2]);
    for (const end of ends) end();
    expect(await Promise.all(done)).to.deep.equal([1, 2, 3]);
    expect(limiter.active).to.equal(0);
  });

  it("make room for the next one when they fail, and raise what they raised", async () => {
    const limiter = new Limiter(1);
    const failed = limiter.run(() => Promise.reject(new Error("no"))).catch((error: unknown) => error);
    expect(await limiter.run(() => Promise.resolve(limiter.active))).to.equal(1);
    expect(await failed).to.include({ message: "no" });
    expect(limiter.active).to.equal(0);
  });
});
