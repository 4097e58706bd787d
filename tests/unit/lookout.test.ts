import { expect } from "chai";
import sinon from "sinon";
import { WallarooError } from "../../provider/api/errors";
import type { ApiUser } from "../../provider/api/wire";
import { Directory } from "../../provider/user/directory";
import { LOOKING_MS, Lookout, type Sight } from "../../provider/user/lookout";

const [ann, bob] = ["ann@example.com", "bob@example.com"];
const admin: ApiUser = { id: "id-of-admin", username: "admin", enabled: true };
const shown = (email: string, more: Partial<ApiUser> = {}): ApiUser => ({
  id: `id-of-${email}`,
  username: email,
  email,
  enabled: true,
  ...more,
});

describe("the look for an account after its invite", () => {
  let clock: sinon.SinonFakeTimers;
  let people: ApiUser[];
  /** What each look fails with, while there is something. */
  let failure: unknown;
  /** Looks are not answered. */
  let isStuck: boolean;
  /** When each look came. */
  let looksMs: number[];
  let lookout: Lookout;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "performance"] });
    people = [admin];
    failure = undefined;
    isStuck = false;
    looksMs = [];
    const view = new Directory({
      queryAll: () => Promise.resolve(people.map((user) => ({ ...user }))),
      queryByIds: () => Promise.resolve([]),
    });
    const look = async () => {
      looksMs.push(performance.now());
      if (isStuck) await new Promise(() => undefined);
      if (failure !== undefined) throw failure as Error;
      const seen = view.view(0);
      return seen;
    };
    lookout = new Lookout({ view: look }, LOOKING_MS);
  });
  afterEach(() => clock.restore());

  const error = (
    kind: "forbidden" | "notFound" | "unreadable" | "rateLimited" | "unavailable",
    retryAfterMs?: number,
  ) => new WallarooError({ kind, operation: "query", who: "accounts", words: "no", next: "", retryAfterMs });
  /** Begins a search; its end is in the answer once it has come. */
  function find(email: string, until: "answered" | "shown" = "answered"): { sight?: Sight } {
    const ended: { sight?: Sight } = {};
    void lookout.find(email, until, performance.now()).then((sight) => (ended.sight = sight));
    return ended;
  }

  for (const kind of ["forbidden", "notFound", "unreadable", "rateLimited", "unavailable"] as const) {
    it(`goes on for three minutes while looks fail (${kind}), and takes the first good one`, async () => {
      failure = error(kind);
      const searching = find(ann);
      await clock.tickAsync(170_000);
      expect(searching.sight).to.equal(undefined);
      expect(Math.max(...looksMs.slice(1).map((ms, i) => ms - (looksMs[i] ?? 0)))).to.be.within(2_500, 5_000);
      failure = undefined;
      people.push(shown(ann));
      await clock.tickAsync(5_100);
      expect(searching.sight).to.deep.include({ kind: "shown" });
    });
  }

  it("ends after three minutes without an answer in what the last look failed with", async () => {
    failure = error("unreadable");
    const searching = find(ann);
    await clock.tickAsync(LOOKING_MS + 10);
    expect(searching.sight).to.deep.equal({ kind: "unknown", failure });
  });

  it("ends with a good look that shows no account only when a first answer is all that is asked for", async () => {
    const [first, last] = [find(ann), find(bob, "shown")];
    await clock.tickAsync(100);
    expect([first.sight, last.sight]).to.deep.equal([{ kind: "absent" }, undefined]);
    await clock.tickAsync(60_000);
    people.push(shown(bob));
    await clock.tickAsync(5_100);
    expect(last.sight).to.deep.include({ kind: "shown" });
  });

  it("does not believe an early look, when the platform is away at the end", async () => {
    const quiet = find(ann, "shown");
    await clock.tickAsync(LOOKING_MS + 10);
    expect(quiet.sight).to.deep.equal({ kind: "absent" });
    const late = find(ann, "shown");
    await clock.tickAsync(LOOKING_MS / 2);
    failure = error("unavailable");
    await clock.tickAsync(LOOKING_MS);
    expect(late.sight).to.deep.equal({ kind: "unknown", failure });
    failure = undefined;
    const stuck = find(ann, "shown");
    await clock.tickAsync(LOOKING_MS / 2);
    isStuck = true;
    await clock.tickAsync(LOOKING_MS);
    expect(stuck.sight).to.deep.equal({ kind: "unknown", failure });
  });

  it("is one look for all who are looked for", async () => {
    failure = error("unavailable");
    const all = Array.from({ length: 100 }, (_, index) => find(`p${index}@example.com`));
    await clock.tickAsync(60_000);
    expect(looksMs.length).to.be.at.most(30);
    failure = undefined;
    await clock.tickAsync(5_100);
    expect(new Set(all.map(({ sight }) => sight?.kind))).to.deep.equal(new Set(["absent"]));
  });

  it("waits as long as the server asks, and no longer than five seconds", async () => {
    for (const [askedMs, mostMs] of [
      [2_000, 2_000],
      [60_000, 5_000],
    ] as const) {
      looksMs = [];
      failure = error("rateLimited", askedMs);
      const searching = find(ann);
      await clock.tickAsync(mostMs - 10);
      expect(looksMs).to.have.length(1);
      failure = undefined;
      await clock.tickAsync(30);
      expect(searching.sight).to.deep.equal({ kind: "absent" });
    }
  });

  it("is not satisfied by an account that has the address for its username alone, and says so to who asks who has it", async () => {
    people.push(shown(ann, { email: "other@example.com" }));
    const [asked, made] = [find(ann), find(ann, "shown")];
    await clock.tickAsync(10_000);
    expect(asked.sight).to.deep.include({ kind: "shown" });
    expect(made.sight).to.equal(undefined);
    await clock.tickAsync(LOOKING_MS);
  });

  it("tells others to wait until a look was good, or the time is up", async () => {
    const clear = async (ms: number) => {
      let isOver = false;
      void lookout.whenClear().then(() => (isOver = true));
      await clock.tickAsync(ms);
      return isOver;
    };
    expect(lookout.isClear()).to.equal(true);
    failure = error("unavailable");
    void find(ann);
    expect(lookout.isClear()).to.equal(false);
    expect(await clear(60_000)).to.equal(false);
    failure = undefined;
    expect(await clear(5_100)).to.equal(true);
    failure = error("unavailable");
    void find(bob);
    expect(await clear(LOOKING_MS + 10)).to.equal(true);
    failure = undefined;
    void find(bob, "shown");
    expect(lookout.isClear(), "an invite that was answered is in no doubt").to.equal(true);
    await clock.tickAsync(LOOKING_MS);
  });
});
