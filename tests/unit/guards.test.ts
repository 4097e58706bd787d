import { expect } from "chai";
import type { ApiUser } from "../../provider/api/wire";
import { Directory } from "../../provider/user/directory";
import { findIdentityForGuards } from "../../provider/user/identity";
import { RunMemory } from "../../provider/user/run";
import {
  findCutOffRefusal,
  findGuard,
  findLeavingRefusal,
  type Guard,
  type GuardContext,
} from "../../provider/user/guards";

const person = (name: string, more: Partial<ApiUser> = {}): ApiUser => ({
  id: `id of ${name}`,
  username: name,
  ...(name === "admin" ? {} : { email: name }),
  enabled: true,
  ...more,
});
const admin = { realmRoles: ["admin"] };

function guard(user: ApiUser, context: Partial<GuardContext> = {}): string | undefined {
  return find(user, context)?.reason;
}

function find(user: ApiUser, context: Partial<GuardContext>): Guard | undefined {
  return findGuard(user, complete(user, context));
}

function complete(user: ApiUser, context: Partial<GuardContext>): GuardContext {
  const accounts = context.accounts ?? [user];
  const showsRoles = [...accounts].some(({ realmRoles }) => realmRoles !== undefined);
  const run = { leaving: new Map<string, boolean>(), invited: new Set<string>() };
  const nobody = { caller: {}, isCallerKnown: true, protectedEmails: new Set<string>() };
  return { ...nobody, ...run, accounts, showsRoles, ...context };
}

describe("a guard", () => {
  it("stands before the built-in admin", () => expect(guard(person("admin"))).to.match(/built-in/));

  it("stands before the caller, by id, address or username, in any case", () => {
    const ann = person("ann@example.com");
    for (const caller of [{ id: ann.id }, { email: "Ann@Example.com" }, { username: "ANN@example.com" }]) {
      expect(guard(ann, { caller })).to.match(/runs as/);
    }
    expect(guard(ann, { caller: { email: "bob@example.com" } })).to.equal(undefined);
  });

  it("stands before the last enabled administrator and no other", () => {
    const boss = person("boss@example.com", admin);
    const vice = person("vice@example.com", admin);
    expect(guard(boss, { accounts: [boss, person("x@example.com")] })).to.match(/last enabled administrator/);
    expect(guard(boss, { accounts: [boss, { ...vice, enabled: false }] })).to.match(/last enabled administrator/);
    expect(guard(boss, { accounts: [boss, vice] })).to.equal(undefined);
    expect(guard(boss, { accounts: [boss, vice], leaving: new Map([[vice.id, true]]) })).to.match(/last enabled/);
    expect(guard({ ...boss, enabled: false }, { accounts: [boss] })).to.equal(undefined);
  });

  it("has nothing to go by where a release shows no roles", () => {
    expect(guard(person("ann@example.com"))).to.equal(undefined);
  });

  it("counts an account whose roles are not shown yet among the administrators, and not on it", () => {
    const [boss, young] = [person("boss@example.com", admin), person("young@example.com")];
    expect(guard(young, { accounts: [young, { ...boss, enabled: false }] })).to.match(/last enabled administrator/);
    expect(guard(boss, { accounts: [boss, young] })).to.match(/last enabled administrator/);
    expect(guard(young, { accounts: [young, boss] })).to.equal(undefined);
  });

  it("stands before each that may be the caller where nothing tells who that is", () => {
    const [boss, vice] = [person("boss@example.com", admin), person("vice@example.com", admin)];
    const ann = person("ann@example.com", { realmRoles: [] });
    const unknown = { isCallerKnown: false, accounts: [boss, vice, ann] };
    expect(guard(boss, unknown)).to.match(/nothing tells .* it may be this administrator/);
    expect(guard(ann, unknown)).to.equal(undefined);
    const bare = person("ann@example.com");
    expect(guard(bare, { isCallerKnown: false })).to.match(/nothing tells .* it may be this account/);
    for (const invited of [{ ...bare, id: "" }, bare]) {
      expect(guard(invited, { isCallerKnown: false, invited: new Set([bare.id]) })).to.equal(undefined);
    }
  });

  describe("of several before one account", () => {
    const boss = person("boss@example.com", admin);
    const vice = person("vice@example.com", admin);
    const protectedEmails = new Set(["boss@example.com", "admin"]);

    it("names all, and advises what ends all of them", () => {
      expect(find(boss, { protectedEmails })).to.deep.equal({
        reason: "wallaroo:protectedEmails protects it, and it is the last enabled administrator that can be seen",
        remedy: "take it out of wallaroo:protectedEmails and make another account an administrator",
        isSetting: true,
      });
      const both = find(boss, { protectedEmails, caller: { id: boss.id }, accounts: [boss, vice] });
      expect(both?.reason).to.match(/runs as, and wallaroo:protectedEmails protects it$/);
      expect(both?.remedy).to.match(/^run the provider as another .* and take it out of wallaroo:protectedEmails$/);
      const unknown = find(boss, { isCallerKnown: false });
      expect(unknown?.reason).to.match(/may be this administrator, and it is the last enabled administrator/);
      expect(unknown?.remedy).to.match(/^sign in with .* and make another account an administrator$/);
    });

    it("advises nothing where one of them can't be ended", () => {
      const builtIn = person("admin", admin);
      expect(find(builtIn, { protectedEmails, caller: { id: builtIn.id } })).to.deep.equal({
        reason: "it is the platform's built-in admin",
      });
    });

    it("does not ask the only administrator for another one to run as and for another one besides", () => {
      expect(find(boss, { caller: { id: boss.id } })?.remedy).to.equal("run the provider as another administrator");
    });
  });

  it("names the setting of protected accounts where no roles are shown, and the last administrator is not known", async () => {
    const view = await new Directory({
      queryAll: () => Promise.resolve([person("admin")]),
      queryByIds: () => Promise.resolve([]),
    }).view(0);
    const said: string[] = [];
    const log = { info: () => undefined, warn: (text: string) => said.push(text) };
    const caller = () => Promise.resolve({ username: "admin", isPerson: true });
    await findIdentityForGuards({ caller, log, run: new RunMemory(), protectedEmails: new Set<string>() }, view, true);
    expect(said.join()).to.include("name the administrators in wallaroo:protectedEmails, and none of them is cut off");
  });

  it("says at destroy, which reads the configuration of the last up, when a change of it counts", () => {
    const ann = person("ann@example.com", { realmRoles: [] });
    const context = complete(ann, { protectedEmails: new Set(["ann@example.com"]) });
    const late = /counts once `pulumi up` has run with it, before the account leaves/;
    expect(findLeavingRefusal(ann, context)?.message).to.match(late);
    expect(findCutOffRefusal(ann, { email: "ann@example.com", enabled: false }, context)?.message)
      .to.match(/or take it out of wallaroo:protectedEmails first\.$/)
      .and.not.match(late);
    const boss = person("boss@example.com", admin);
    expect(findLeavingRefusal(boss, complete(boss, {}))?.message).to.match(/make another account an .* first\.$/);
  });
});
