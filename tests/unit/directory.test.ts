import { expect } from "chai";
import type { ApiUser } from "../../provider/api/wire";
import { DECISION_AGE_MS, Directory, READ_AGE_MS } from "../../provider/user/directory";

const ann: ApiUser = { id: "a", username: "ann@example.com", email: "ann@example.com", enabled: true };
const admin: ApiUser = { id: "b", username: "admin", enabled: true, realmRoles: ["admin"] };

describe("the shared view of who exists", () => {
  let nowMs: number;
  let queries: number;
  let people: ApiUser[];
  let directory: Directory;
  beforeEach(() => {
    nowMs = 0;
    queries = 0;
    people = [ann, admin];
    const users = {
      queryAll: () => Promise.resolve(people.map((user) => ({ ...user, asked: (queries += 1) }))),
      queryByIds: () => Promise.resolve([]),
    };
    directory = new Directory(users, () => nowMs);
  });

  it("is asked for anew when it is older than what it is used for allows", async () => {
    expect([DECISION_AGE_MS, READ_AGE_MS]).to.deep.equal([5_000, 30_000]);
    for (const maxAgeMs of [DECISION_AGE_MS, READ_AGE_MS]) {
      const first = await directory.view(0);
      nowMs += maxAgeMs;
      expect(await directory.view(maxAgeMs), "just fresh enough").to.equal(first);
      nowMs += 1;
      expect(await directory.view(maxAgeMs)).to.not.equal(first);
    }
  });

  it("may be twice as old as its answer took to come, if that is more; never where it has to be asked from now on", async () => {
    let tookMs = 6_000;
    const slow = new Directory(
      {
        queryAll: () => {
          queries += 1;
          nowMs += tookMs;
          return Promise.resolve([{ ...ann }]);
        },
        queryByIds: () => Promise.resolve([]),
      },
      () => nowMs,
    );
    for (const [took, usableMs] of [
      [6_000, 12_000],
      [2_500, 5_000],
      [1_000, 5_000],
      [90_000, 120_000],
    ] as const) {
      tookMs = took;
      const askedAtMs = nowMs;
      const first = await slow.view(0);
      nowMs = Math.max(nowMs, askedAtMs + usableMs);
      if (took < 90_000) expect(await slow.view(DECISION_AGE_MS), `${took} ms`).to.equal(first);
      nowMs = Math.max(nowMs, askedAtMs + usableMs) + 1;
      expect(await slow.view(DECISION_AGE_MS), `${took} ms`).to.not.equal(first);
      nowMs += 1;
      const asked = queries;
      await slow.view(0);
      expect(queries).to.equal(asked + 1);
    }
  });

  it("is waited for when it is under way, unless it was asked for too early", async () => {
    const answers: ((users: ApiUser[]) => void)[] = [];
    const slow = new Directory(
      {
        queryAll: () => new Promise((resolve) => answers.push(resolve)),
        queryByIds: () => Promise.resolve([]),
      },
      () => nowMs,
    );
    const asked = () => new Promise((resolve) => setTimeout(resolve, 20));
    const first = slow.view(DECISION_AGE_MS);
    await asked();
    nowMs += 20_000;
    const second = slow.view(DECISION_AGE_MS);
    const late = slow.view(DECISION_AGE_MS, 10_000);
    await asked();
    expect(answers).to.have.length(2);
    for (const answer of answers) answer([{ ...ann }]);
    expect(await second).to.equal(await first);
    expect(await late).to.not.equal(await first);
  });

  it("shows at once what this process wrote", async () => {
    await directory.view(0);
    directory.record({ ...ann, enabled: false });
    directory.record({ id: "c", username: "new@example.com", email: "new@example.com", enabled: true });
    const view = await directory.view(READ_AGE_MS);
    expect(view.findById("a")?.enabled).to.equal(false);
    expect(view.findByEmail("new@example.com")?.id).to.equal("c");
    expect(view.seatsTaken()).to.equal(1);
  });

  it("is one question for all who ask at once", async () => {
    const views = await Promise.all([1, 2, 3].map(() => directory.view(0)));
    expect(new Set(views).size).to.equal(1);
    expect(queries).to.equal(people.length);
  });

  it("takes absent roles for none if those of any account are shown, and for unknown otherwise", async () => {
    const shown = await directory.view(0);
    expect([shown.showsRoles(), shown.findById("a")?.realmRoles]).to.deep.equal([true, []]);
    people = [ann];
    nowMs += 1;
    const hidden = await directory.view(0);
    expect([hidden.showsRoles(), hidden.findById("a")?.realmRoles]).to.deep.equal([false, undefined]);
  });
});
