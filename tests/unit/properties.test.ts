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
type Localized = ApiUser & { locale?: string };

/** A property that no release has, added in one place. */
const LOCALE: Property = {
  kind: "profile",
  wire: "locale" as keyof EditUserRequest,
  findProblem: (value) => (typeof value === "string" ? undefined : "must be a locale"),
  read: (user) => (user as Localized).locale ?? "",
  write: (user, value) => ({ ...user, locale: value }),
};

describe("a property that is added to the table", () => {
  const table: Record<string, Property> = PROPERTIES;
  before(() => void (table["locale"] = LOCALE));
  after(() => void delete table["locale"]);

  const declared = (locale?: string) => ({ email: ann, enabled: true, ...(locale === undefined ? {} : { locale }) });
  const stored = (locale?: string) => ({ ...declared(locale), username: ann, adopted: false });
  const isUnknown = (_value: unknown): _value is Unknown => false;

  it("is checked", () => {
    expect(checkUser(declared("de"), isUnknown).failures).to.deep.equal([]);
    expect(checkUser({ email: ann, locale: 7 }, isUnknown).failures).to.deep.equal([
      { property: "locale", reason: "must be a locale" },
    ]);
  });

  it("is compared, also when it is not declared any more", () => {
    expect(findChanges(stored("de"), declared("de")).updates).to.deep.equal([]);
    expect(findChanges(stored("de"), declared("fr")).updates).to.deep.equal(["locale"]);
    expect(findChanges(stored("de"), declared()).updates).to.deep.equal(["locale"]);
  });

  it("is packed into a team and out of it, and into its inputs", () => {
    const member = { id: "id-of-ann", state: stored("de") };
    const state = JSON.parse(JSON.stringify(pack([member]))) as ReturnType<typeof pack>;
    expect([...unpack(state).values()]).to.deep.equal([member]);
    expect(inputsFrom(unpack(state))).to.deep.equal({ [ann]: { locale: "de" } });
  });

  it("is sent by the edit, followed as drift, and put back at destroy", async () => {
    const account: Localized = {
      id: "id-of-ann",
      username: ann,
      email: ann,
      enabled: true,
      realmRoles: [],
      locale: "fr",
    };
    const edits: unknown[] = [];
    const users = {
      queryAll: () => Promise.resolve([{ ...account }]),
      queryByIds: () => Promise.resolve([{ ...account }]),
      edit: (request: EditUserRequest) => {
        edits.push((request as EditUserRequest & Localized).locale);
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
    expect([edits, state]).to.deep.equal([["de"], { ...state, locale: "de", found: { locale: "fr" } }]);
    account.locale = "it";
    const seen = await process().read(id, state);
    expect(seen === undefined ? undefined : findDrift(state, seen.state)).to.deep.equal(["locale"]);
    await process().update(id, { ...state, unfinished: true }, inputs);
    await process().delete(id, state);
    expect([edits, account.locale]).to.deep.equal([["de", "de", "fr"], "fr"]);
  });
});
