import { expect } from "chai";
import type { Breaker } from "../../provider/api/breaker";
import { Limiter } from "../../provider/api/limiter";
import type { UsersApi } from "../../provider/api/users";
import type { ApiUser, EditUserRequest } from "../../provider/api/wire";
import { inputsFrom, pack, unpack } from "../../provider/team/state";
import { checkUser } from "../../provider/user/check";
import { findChanges, findDrift } from "../../provider/user/diff";
import { Directory } from "../../provider/user/directory";
import { Lookout } from "../../provider/user/lookout";
import { Announcements } from "../../provider/user/announce";
import { Misspellings } from "../../provider/user/misspelling";
import type { Unknown, UserInputs } from "../../provider/user/model";
import { PROPERTIES, type Property } from "../../provider/user/properties";
import { RunMemory } from "../../provider/user/run";
import { lifecycleOf } from "../integration/platform";

const ann = "ann@example.com";
type Nicknamed = ApiUser & { nickname?: string };

/** A property that no release has, added in one place. */
const NICKNAME: Property = {
  kind: "profile",
  wire: "nickname" as keyof EditUserRequest,
  findProblem: (value) => (typeof value === "string" ? undefined : "must be a nickname"),
  read: (user) => (user as Nicknamed).nickname ?? "",
  write: (user, value) => ({ ...user, nickname: value }),
};

describe("a property that is added to the table", () => {
  const table: Record<string, Property> = PROPERTIES;
  before(() => void (table["nickname"] = NICKNAME));
  after(() => void delete table["nickname"]);

  const declared = (nickname?: string) => ({
    email: ann,
    enabled: true,
    ...(nickname === undefined ? {} : { nickname }),
  });
  const stored = (nickname?: string) => ({ ...declared(nickname), username: ann, adopted: false });
  const isUnknown = (_value: unknown): _value is Unknown => false;

  it("is checked", () => {
    expect(checkUser(declared("de"), isUnknown).failures).to.deep.equal([]);
    expect(checkUser({ email: ann, nickname: 7 }, isUnknown).failures).to.deep.equal([
      { property: "nickname", reason: "must be a nickname" },
    ]);
  });

  it("is compared, also when it is not declared any more", () => {
    expect(findChanges(stored("de"), declared("de")).updates).to.deep.equal([]);
    expect(findChanges(stored("de"), declared("fr")).updates).to.deep.equal(["nickname"]);
    expect(findChanges(stored("de"), declared()).updates).to.deep.equal(["nickname"]);
  });

  it("is packed into a team and out of it, and into its inputs", () => {
    const member = { id: "id-of-ann", state: stored("de") };
    const state = JSON.parse(JSON.stringify(pack([member]))) as ReturnType<typeof pack>;
    expect([...unpack(state).values()]).to.deep.equal([member]);
    expect(inputsFrom(unpack(state))).to.deep.equal({ [ann]: { nickname: "de" } });
  });

  it("is sent by the edit, followed as drift, and put back at destroy", async () => {
    const account: Nicknamed = {
      id: "id-of-ann",
      username: ann,
      email: ann,
      enabled: true,
      realmRoles: [],
      nickname: "fr",
    };
    const edits: unknown[] = [];
    const users = {
      queryAll: () => Promise.resolve([{ ...account }]),
      queryByIds: () => Promise.resolve([{ ...account }]),
      edit: (request: EditUserRequest) => {
        edits.push((request as EditUserRequest & Nicknamed).nickname);
        Object.assign(account, request);
        return Promise.resolve(true);
      },
    } as unknown as UsersApi;
    const [run, log] = [new RunMemory(), { info: () => undefined, warn: () => undefined }];
    const breaker = { refuse: () => undefined } satisfies Pick<Breaker, "refuse">;
    const process = () => {
      const directory = new Directory(users);
      return lifecycleOf({
        users,
        directory,
        lookout: new Lookout(directory),
        misspellings: new Misspellings(run),
        announcements: new Announcements(log),
        run: new RunMemory(),
        log,
        caller: () => Promise.resolve({ id: "id-of-another", isPerson: false }),
        pause: () => Promise.resolve(false),
        limiter: new Limiter(1),
        breaker,
        protectedEmails: new Set(),
        clock: { nowMs: () => Date.now(), earliestMs: () => undefined },
        host: "platform.test",
      });
    };
    const inputs: UserInputs = { ...declared("de"), adopt: true };
    const { id, state } = await process().create(inputs);
    expect([edits, state]).to.deep.equal([["de"], { ...state, nickname: "de", found: { nickname: "fr" } }]);
    account.nickname = "it";
    const seen = await process().read(id, state);
    expect(seen === undefined ? undefined : findDrift(state, seen.state)).to.deep.equal(["nickname"]);
    await process().update(id, { ...state, unfinished: true }, inputs);
    await process().delete(id, state);
    expect([edits, account.nickname]).to.deep.equal([["de", "de", "fr"], "fr"]);
  });
});
