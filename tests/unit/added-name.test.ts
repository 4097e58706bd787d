import { createRequire } from "node:module";
import path from "node:path";
import { expect } from "chai";
import { WallarooError } from "../../provider/api/errors";
import type { UsersApi } from "../../provider/api/users";
import type { ApiUser, EditUserRequest } from "../../provider/api/wire";
import { RELEASE } from "../../provider/cli/check-accounts";
import type * as Accounts from "../../provider/cli/export/accounts";
import type * as NodeJs from "../../provider/cli/export/nodejs";
import type * as Python from "../../provider/cli/export/python";
import type * as ExportedRoster from "../../provider/cli/export/roster";
import type * as Yaml from "../../provider/cli/export/yaml";
import type { Looks } from "../../provider/cli/looks";
import type { Platform } from "../../provider/connect";
import type { Roster } from "../../provider/roster/columns";
import type * as Merge from "../../provider/roster/merge";
import type * as Read from "../../provider/roster/read";
import { FORMATS } from "../../provider/roster/roster";
import type * as Write from "../../provider/roster/write";
import { Directory } from "../../provider/user/directory";
import { settleInvite } from "../../provider/user/invite";
import { findBlindEditRefusal } from "../../provider/user/policy";
import { PROPERTIES, type Property } from "../../provider/user/properties";
import { ROOT } from "../markdown";

const ann = "ann@example.com";
type Nicknamed = ApiUser & { nickName?: string };
const ANNIE: Nicknamed = { id: "1", username: ann, email: ann, enabled: true, realmRoles: [], nickName: "Annie" };

/** A name that no release has, added in one place. */
const NICKNAME: Property = {
  kind: "profile",
  wire: "nickName" as keyof EditUserRequest,
  findProblem: (value) => (typeof value === "string" ? undefined : "must be a nickname"),
  read: (user) => (user as Nicknamed).nickName ?? "",
  write: (user, value) => ({ ...user, nickName: value }),
  isName: true,
};

describe("a name that is added to the table", () => {
  const table: Record<string, Property> = PROPERTIES;
  const require = createRequire(__filename);
  /** Forgets the modules that hold columns, which are made of the table when a process loads them. */
  const forget = () => {
    const folders = ["roster", "cli/export"].map((name) => path.join(ROOT, "provider", name, path.sep));
    for (const file of Object.keys(require.cache)) {
      if (folders.some((folder) => file.startsWith(folder))) Reflect.deleteProperty(require.cache, file);
    }
  };
  const load = <T>(file: string) => require(path.join(ROOT, "provider", file)) as T;
  before(() => {
    table["nickName"] = NICKNAME;
    forget();
  });
  after(() => {
    delete table["nickName"];
    forget();
  });

  const members = { [ann]: { nickName: "Annie" } } as Roster;

  for (const format of FORMATS) {
    it(`is written into a roster in ${format}, read out of it, checked, and put into one that has another`, () => {
      const { formatRoster } = load<typeof Write>("roster/write.ts");
      const { parseRoster } = load<typeof Read>("roster/read.ts");
      const { mergeRoster } = load<typeof Merge>("roster/merge.ts");
      const text = formatRoster(members, format);
      expect(parseRoster(text, format)).to.deep.equal(members);
      const wrong = formatRoster({ [ann]: { nickName: true } } as unknown as Roster, format);
      // A cell of a CSV file that is a text may say anything.
      if (format !== "csv") expect(() => parseRoster(wrong, format)).to.throw(`nickName of ${ann} must be a nickname`);
      const before = text.replace("Annie", "Anna");
      const merged = mergeRoster(before, format, "the roster", members, "2026-06-01");
      expect(merged).to.deep.include({ text, changes: [`~ ${ann}: nickName "Anna" -> "Annie"`] });
    });
  }

  it("is exported in every form if names are asked for", async () => {
    const { findAccounts } = load<typeof Accounts>("cli/export/accounts.ts");
    const users = { queryAll: () => Promise.resolve([ANNIE]) } as unknown as UsersApi;
    const caller = () => Promise.resolve({ id: "id-of-another", isPerson: false });
    const context = { directory: new Directory(users), caller, host: "platform.test" };
    const platform = { context, token: { caller } } as unknown as Platform;
    const write = (found: Accounts.Found) => [
      load<typeof NodeJs>("cli/export/nodejs.ts").nodeProgram(found, "typescript", "users"),
      load<typeof Python>("cli/export/python.ts").pythonProgram(found, "users"),
      load<typeof Yaml>("cli/export/yaml.ts").yamlProgram(found, "users"),
      load<typeof ExportedRoster>("cli/export/roster.ts").rosterOf(found, "yaml"),
    ];
    const [node, python, ...yaml] = write(await findAccounts(platform, {}, { names: true }));
    expect(node).to.match(/^ {2}nickName: "Annie",$/m);
    expect(python).to.include(`email="${ann}", nick_name="Annie", **existing`);
    for (const text of yaml) expect(text).to.match(/^ +nickName: Annie$/m);
    for (const text of write(await findAccounts(platform, {}, {}))) expect(text).to.not.match(/nick|Annie/i);
  });

  it("tells that an account is another's after an invite whose answer was lost", async () => {
    const sinceMs = Date.UTC(2026, 0, 1);
    const error = new WallarooError({ kind: "timeout", operation: "invite", who: ann, words: "x", next: "Try." });
    const settle = (user: ApiUser) =>
      settleInvite(ann, { error, atMs: 0, sinceMs }, () => expect.fail("invited again"), {
        lookout: { find: () => Promise.resolve({ kind: "shown", user }) },
        pause: () => Promise.resolve(false),
      });
    const shown = { ...ANNIE, createdTimestamp: sinceMs + 30 };
    expect(await settle(shown)).to.include({ kind: "taken", why: "it has a name, which no invite gives" });
    expect(await settle({ ...shown, nickName: "" } as Nicknamed)).to.include({ kind: "arrived" });
  });

  it("is among those that a refused edit tells to leave out", () => {
    const refused = findBlindEditRefusal({ email: ann, nickName: "Ann" } as { email: string }, ANNIE, false);
    expect(refused?.message).to.match(/leave firstName, .*lastName.* and nickName out\.$/);
  });

  it("is among those that the command's check says can be managed", async () => {
    const { message } = await RELEASE.look({ view: { showsRoles: () => true } } as unknown as Looks);
    expect(message).to.include(", nickName and roles can be managed");
  });
});
