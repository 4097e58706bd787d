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

  it("takes absent roles for none where anybody's are shown, and for unknown where nobody's are", async () => {
    const shown = await directory.view(0);
    expect([shown.showsRoles(), shown.findById("a")?.realmRoles]).to.deep.equal([true, []]);
    people = [ann];
    nowMs += 1;
    const hidden = await directory.view(0);
    expect([hidden.showsRoles(), hidden.findById("a")?.realmRoles]).to.deep.equal([false, undefined]);
  });
});
