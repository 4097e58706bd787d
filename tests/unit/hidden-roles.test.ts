import { expect } from "chai";
import { Breaker } from "../../provider/api/breaker";
import { WallarooError, messageOf } from "../../provider/api/errors";
import { Limiter } from "../../provider/api/limiter";
import type { UsersApi } from "../../provider/api/users";
import type { ApiUser, EditUserRequest } from "../../provider/api/wire";
import { Directory } from "../../provider/user/directory";
import { halfDoneOf } from "../failures";
import { Lookout } from "../../provider/user/lookout";
import { Announcements } from "../../provider/user/announce";
import { Misspellings } from "../../provider/user/misspelling";
import type { UserInputs } from "../../provider/user/model";
import { RunMemory } from "../../provider/user/run";
import { lifecycleOf } from "../integration/platform";

const [ann, boss, caller] = ["ann@example.com", "boss@example.com", "caller@example.com"];

/** A release that edits names and shows no roles; none is known, but both are newer features of their own. */
describe("a platform that shows no roles", () => {
  let people: Map<string, ApiUser & { isAdmin: boolean }>;
  let edits: EditUserRequest[];
  let isRefusing: boolean;
  beforeEach(() => {
    people = new Map();
    edits = [];
    isRefusing = false;
    for (const email of [boss, caller]) add(email, true);
  });

  function add(email: string, isAdmin: boolean): void {
    const id = `id-of-${email}`;
    people.set(id, { id, username: email, email, enabled: true, firstName: "Found", isAdmin });
  }

  /** A run of its own. */
  function lifecycle() {
    const shown = () => [...people.values()].map(({ isAdmin: _hidden, ...user }) => user);
    const set = (email: string, enabled: boolean) => {
      Object.assign(people.get(`id-of-${email}`) ?? {}, { enabled });
      return Promise.resolve(true);
    };
    const users: UsersApi = {
      queryAll: () => Promise.resolve(shown()),
      queryByIds: (ids) => Promise.resolve(shown().filter(({ id }) => ids.includes(id))),
      invite({ email }) {
        add(email, false);
        return Promise.resolve({ id: email, password: "Made-by-the-platform-1" });
      },
      activate: (email) => set(email, true),
      deactivate: (email) => set(email, false),
      edit(request) {
        edits.push(request);
        const about = { operation: "edit", who: request.email, words: "down", next: "" };
        if (isRefusing) return Promise.reject(new WallarooError({ kind: "unavailable", ...about }));
        Object.assign(people.get(request.id) ?? {}, { firstName: request.firstName, isAdmin: request.isAdmin });
        return Promise.resolve(true);
      },
    };
    const directory = new Directory(users);
    const [run, log] = [new RunMemory(), { info: () => undefined, warn: () => undefined }];
    return lifecycleOf({
      users,
      directory,
      lookout: new Lookout(directory),
      misspellings: new Misspellings(run),
      announcements: new Announcements(log),
      run,
      log,
      caller: () => Promise.resolve({ email: caller }),
      pause: () => Promise.resolve(false),
      limiter: new Limiter(1),
      breaker: new Breaker({ requestTimeoutMs: 1_000 }),
      protectedEmails: new Set([boss]),
      clock: { nowMs: () => Date.now(), earliestMs: () => undefined },
      host: "platform.test",
    });
  }
  const declared = (email: string, more: Partial<UserInputs> = {}): UserInputs => ({ email, enabled: true, ...more });
  const isAdmin = (email: string) => people.get(`id-of-${email}`)?.isAdmin;
  const halfDone = async (step: Promise<unknown>) => {
    return halfDoneOf(await step.catch((error: unknown) => error)).user;
  };

  it("takes the admin role neither from the provider's own account or a protected one", async () => {
    for (const email of [caller, boss]) {
      const taking = lifecycle().create(declared(email, { adopt: true, admin: false }));
      expect(await taking.catch(messageOf)).to.match(/Could not take the admin role from/);
      expect(isAdmin(email)).to.equal(true);
    }
    expect(edits).to.deep.equal([]);
  });

  it("invites a protected account without the role, as there is none to take away", async () => {
    people.delete(`id-of-${boss}`);
    expect((await lifecycle().create(declared(boss, { admin: false }))).state).to.include({ admin: false });
  });

  it("is told once more of a role whose change failed, whichever way", async () => {
    isRefusing = true;
    const made = await halfDone(lifecycle().create(declared(ann, { admin: true })));
    expect(made.state, "declared is not done").to.not.have.property("admin");
    isRefusing = false;
    const state = await lifecycle().update(made.id, made.state, declared(ann, { admin: true }));
    expect([state.admin, isAdmin(ann)]).to.deep.equal([true, true]);
    isRefusing = true;
    const demoted = await halfDone(lifecycle().update(made.id, state, declared(ann, { admin: false })));
    expect(demoted.state.admin, "as it was").to.equal(true);
    isRefusing = false;
    const after = await lifecycle().update(made.id, demoted.state, declared(ann, { admin: false }));
    expect([after.admin, isAdmin(ann), after.unfinished]).to.deep.equal([false, false, undefined]);
  });

  it("gets the names of an adopted account back at destroy, and keeps the role that is declared", async () => {
    add(ann, false);
    const { id, state } = await lifecycle().create(declared(ann, { adopt: true, firstName: "Ours", admin: true }));
    await lifecycle().delete(id, state);
    expect(people.get(id)).to.include({ firstName: "Found", isAdmin: true, enabled: true });
  });

  it("refuses a name without the role before any invite, in preview too", async () => {
    const inputs = declared(ann, { firstName: "Ann", roles: ["admin"] });
    for (const step of [lifecycle().plan(inputs), lifecycle().create(inputs)]) {
      expect(await step.catch(messageOf)).to.match(/the admin role might be lost/);
    }
    expect([edits, people.has(`id-of-${ann}`)]).to.deep.equal([[], false]);
    add(ann, false);
    const same = declared(ann, { firstName: "Found", adopt: true });
    const known = await lifecycle().create(same);
    expect(known.state, "whose name is so already").to.include({ firstName: "Found" });
    await lifecycle().checkUpdate(known, same);
    expect(
      await lifecycle()
        .checkUpdate(known, { ...same, firstName: "New" })
        .catch(messageOf),
    ).to.match(/might be lost/);
  });
});
