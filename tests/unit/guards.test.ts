import { expect } from "chai";
import type { ApiUser } from "../../provider/api/wire";
import { findGuard, type GuardContext } from "../../provider/user/guards";

const person = (name: string, more: Partial<ApiUser> = {}): ApiUser => ({
  id: `id of ${name}`,
  username: name,
  ...(name === "admin" ? {} : { email: name }),
  enabled: true,
  ...more,
});
const admin = { realmRoles: ["admin"] };

function guard(user: ApiUser, context: Partial<GuardContext> = {}): string | undefined {
  const everybody = context.everybody ?? [user];
  const showsRoles = [...everybody].some(({ realmRoles }) => realmRoles !== undefined);
  const run = { leaving: new Map<string, boolean>(), invited: new Set<string>() };
  const nobody = { caller: {}, isCallerKnown: true, protectedEmails: new Set<string>() };
  return findGuard(user, { ...nobody, ...run, everybody, showsRoles, ...context })?.reason;
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
    expect(guard(boss, { everybody: [boss, person("x@example.com")] })).to.match(/last enabled administrator/);
    expect(guard(boss, { everybody: [boss, { ...vice, enabled: false }] })).to.match(/last enabled administrator/);
    expect(guard(boss, { everybody: [boss, vice] })).to.equal(undefined);
    expect(guard(boss, { everybody: [boss, vice], leaving: new Map([[vice.id, true]]) })).to.match(/last enabled/);
    expect(guard({ ...boss, enabled: false }, { everybody: [boss] })).to.equal(undefined);
  });

  it("has nothing to go by where a release shows no roles", () => {
    expect(guard(person("ann@example.com"))).to.equal(undefined);
  });

  it("counts an account whose roles are not shown yet among the administrators, and not on it", () => {
    const [boss, young] = [person("boss@example.com", admin), person("young@example.com")];
    expect(guard(young, { everybody: [young, { ...boss, enabled: false }] })).to.match(/last enabled administrator/);
    expect(guard(boss, { everybody: [boss, young] })).to.match(/last enabled administrator/);
    expect(guard(young, { everybody: [young, boss] })).to.equal(undefined);
  });

  it("stands before each that may be the caller where nothing tells who that is", () => {
    const [boss, vice] = [person("boss@example.com", admin), person("vice@example.com", admin)];
    const ann = person("ann@example.com", { realmRoles: [] });
    const unknown = { isCallerKnown: false, everybody: [boss, vice, ann] };
    expect(guard(boss, unknown)).to.match(/nothing tells .* it may be this administrator/);
    expect(guard(ann, unknown)).to.equal(undefined);
    const bare = person("ann@example.com");
    expect(guard(bare, { isCallerKnown: false })).to.match(/nothing tells .* it may be this account/);
    for (const invited of [{ ...bare, id: "" }, bare]) {
      expect(guard(invited, { isCallerKnown: false, invited: new Set([bare.id]) })).to.equal(undefined);
    }
  });
});
