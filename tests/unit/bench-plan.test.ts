import { expect } from "chai";
import { QUICK, readPlan, WHOLE } from "../bench/plan";
import { ALL, BEFORE, ORDER } from "../bench/subjects";

describe("the plan of the benchmark", () => {
  it("measures every subject without a word about them, and teams alone from 10,000 accounts on", () => {
    expect(readPlan("100:20:3,10000:0:1")).to.deep.equal([
      { accounts: 100, latencyMs: 20, runs: 3, subjects: ALL },
      { accounts: 10_000, latencyMs: 0, runs: 1, subjects: ["team", "native-team", "team-floor"] },
    ]);
  });

  it("measures the kinds and subjects that are named, and of these the wanted ones", () => {
    const [first] = readPlan("100:0:1:teams+floor+user");
    expect(first?.subjects).to.deep.equal(["user", "floor", "team", "native-team", "team-floor"]);
    expect(readPlan("100:0:1:teams+user,100:0:1:members", ["user", "team"])).to.deep.equal([
      { accounts: 100, latencyMs: 0, runs: 1, subjects: ["user", "team"] },
    ]);
  });

  it("measures another checkout only where its subjects are wanted", () => {
    expect(readPlan("100:0:1:users+team")[0]?.subjects).to.not.include.members([...BEFORE]);
    expect(readPlan("100:0:1:user+user-before")[0]?.subjects).to.deep.equal(["user"]);
    expect(readPlan("100:0:1:user+user-before+floor", ORDER)[0]?.subjects).to.deep.equal([
      "user",
      "user-before",
      "floor",
    ]);
  });

  for (const plan of ["100", "100:0", "100:0:0", "0:0:1", "100:-1:1", "x:0:1", "100:0:1:teams:more", ""]) {
    it(`refuses "${plan}"`, () => {
      expect(() => readPlan(plan)).to.throw(`${plan} is not ACCOUNTS:LATENCY:RUNS[:WHAT]`);
    });
  }

  it("refuses a subject that there is not, in the plan and among the wanted ones", () => {
    expect(() => readPlan("100:0:1:team+nobody")).to.throw(
      "unknown subject nobody; there are user, user-before, native-user",
    );
    expect(() => readPlan("100:0:1", ["teams"])).to.throw("unknown subject teams");
  });

  it("has every subject at both latencies without a plan, and every kind in the quick one", () => {
    for (const latencyMs of [0, 20]) {
      const groups = readPlan(WHOLE).filter((group) => group.latencyMs === latencyMs);
      expect(new Set(groups.flatMap(({ subjects }) => subjects))).to.deep.equal(new Set(ALL));
    }
    expect(new Set(readPlan(QUICK).flatMap(({ subjects }) => subjects))).to.deep.equal(new Set(ALL));
  });
});
