import { expect } from "chai";
import type { ApiUser } from "../../provider/api/wire";
import { Managed } from "../../provider/user/managed";
import { PartialFailure, findHalfDone, halfDone } from "../../provider/user/partial-failure";
import { RunMemory } from "../../provider/user/run";
import type { Word } from "../../provider/user/siblings";

const email = "ann@example.com";

describe("the memory of a run", () => {
  it("keeps an address for the resource that declares it first, and hands it on to none", () => {
    const run = new RunMemory();
    const [first, second] = [
      { key: "1", name: "ann" },
      { key: "2", name: "team" },
    ];
    expect(run.findDeclaration(email)).to.equal(undefined);
    expect(run.declare(email, first)).to.equal(undefined);
    expect(run.declare(email, first), "once more").to.equal(undefined);
    expect(run.declare(email, second)).to.equal(first);
    expect(run.findDeclaration(email)).to.equal(first);
  });

  it("knows a resource that will declare an address, until one does", () => {
    const run = new RunMemory();
    run.expect(email, "later");
    expect(run.findDeclaration(email)).to.deep.equal({ name: "later" });
    run.declare(email, { key: "1", name: "now" });
    expect(run.findDeclaration(email)).to.deep.equal({ key: "1", name: "now" });
  });

  it("remembers accounts that it keeps, and those that it cuts off or may", () => {
    const run = new RunMemory();
    expect([run.isKept("1"), run.isCutOff("1")]).to.deep.equal([false, false]);
    run.keep("1");
    run.noteLeaving({ id: "2", enabled: true });
    run.departing.add("3");
    expect(["1", "2", "3"].map((id) => run.isKept(id))).to.deep.equal([true, false, false]);
    expect(["1", "2", "3"].map(run.isCutOff)).to.deep.equal([false, true, true]);
  });

  it("remembers that a leaving account was active, whatever it is later", () => {
    const run = new RunMemory();
    run.noteLeaving({ id: "1", enabled: false });
    expect(run.leaving.get("1")).to.equal(false);
    run.noteLeaving({ id: "1", enabled: true });
    run.noteLeaving({ id: "1", enabled: false });
    expect(run.leaving.get("1")).to.equal(true);
  });

  it("tells the other processes of the run what is declared, kept and cut off, also what was before they were joined", () => {
    const told: Word[] = [];
    const run = new RunMemory();
    run.expect("later@b.c", "later");
    run.declare(email, { key: "1", name: "ann" });
    const tell = (word: Word) => void told.push(word);
    run.join({ tell, hear: () => [], findProblem: () => undefined, isAlive: () => true });
    run.declare("b@c.d", { key: "2", name: "bob" });
    run.expect("c@d.e", "cat");
    run.keep("1");
    run.noteLeaving({ id: "2", enabled: false });
    expect(told).to.deep.equal([
      { verb: "declares", who: "later@b.c", name: "later" },
      { verb: "declares", who: email, name: "ann" },
      { verb: "declares", who: "b@c.d", name: "bob" },
      { verb: "declares", who: "c@d.e", name: "cat" },
      { verb: "keeps", who: "1" },
      { verb: "cutsOff", who: "2", wasActive: false },
    ]);
  });

  it("takes each topic for new once", () => {
    const run = new RunMemory();
    expect([run.isNew("a"), run.isNew("a"), run.isNew("b")]).to.deep.equal([true, false, true]);
  });

  it("knows own addresses, and which of them were adopted", () => {
    const run = new RunMemory();
    run.rememberOwn(email, false);
    run.rememberOwn("b@c.d", true);
    expect([email, "b@c.d", "x@y.z"].map((one) => [run.isOwn(one), run.wasAdopted(one)])).to.deep.equal([
      [true, false],
      [true, true],
      [false, false],
    ]);
  });

  it("tells when a departure ended, well or not, and waits for it", async () => {
    const run = new RunMemory();
    expect(run.claim("1", email)).to.equal(undefined);
    const start = performance.now();
    for (const write of [Promise.resolve(), Promise.reject(new Error("failed"))]) {
      run.noteDeparture("1", write);
      expect(await run.claim("1", email)).to.be.within(start, performance.now());
    }
  });

  it("ends what waits for a cancellation when it is cancelled", async () => {
    const run = new RunMemory();
    const waiting = run.cancelled.then(() => "cancelled");
    run.cancellation.abort();
    expect(await waiting).to.equal("cancelled");
  });

  it("begins without a program, and with an engine that is there", () => {
    const run = new RunMemory();
    expect([run.hasProgram, run.engine.isGone, run.siblings]).to.deep.equal([false, false, undefined]);
  });
});

describe("what a run knows of managed accounts", () => {
  it("lets one team cut off unmanaged accounts, and names it to another", () => {
    const managed = new Managed();
    expect(managed.claim("1", "people")).to.equal(undefined);
    expect(managed.claim("1", "people")).to.equal(undefined);
    expect(managed.claim("2", "others")).to.equal("people");
    expect(managed.claim("1", "people")).to.equal(undefined);
  });

  it("finds the team that cut an account off by its id and its canonical address", () => {
    const managed = new Managed();
    managed.noteCutOff(
      [{ id: "1", username: "ann", email: "Ann@example.com", enabled: true } satisfies ApiUser],
      "people",
    );
    expect([managed.findCutOff("1"), managed.findCutOff(email), managed.findCutOff("ann")]).to.deep.equal([
      "people",
      "people",
      undefined,
    ]);
  });
});

describe("a step that failed half way", () => {
  it("stores the user as unfinished, and is told from other errors", () => {
    const state = { email, username: email, enabled: true, adopted: false };
    const cause = new Error("lost");
    const failure = halfDone({ id: "1", state }, "Could not", { cause });
    expect(failure)
      .to.be.instanceOf(PartialFailure)
      .and.include({ name: "PartialFailure", message: "Could not", cause });
    expect(findHalfDone(failure)).to.deep.equal({ id: "1", state: { ...state, unfinished: true } });
    expect(findHalfDone(cause)).to.equal(undefined);
  });
});
