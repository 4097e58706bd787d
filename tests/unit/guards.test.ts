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
  return findGuard(user, { caller: {}, protectedEmails: new Set(), leaving: new Map(), everybody: [user], ...context });
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
});
