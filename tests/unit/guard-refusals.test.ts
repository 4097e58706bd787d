import { expect } from "chai";
import type { ApiUser } from "../../provider/api/wire";
import type { Context } from "../../provider/user/context";
import {
  cuttingOff,
  findCutOffRefusal,
  findEndRefusal,
  findGuard,
  findGuardContext,
  findLeavingRefusal,
  type GuardContext,
} from "../../provider/user/guards";
import { RunMemory } from "../../provider/user/run";
import { View } from "../../provider/user/view";

const email = "ann@example.com";
const ann: ApiUser = { id: "id-1", username: email, email, enabled: true, realmRoles: [] };
const builtIn: ApiUser = { id: "id-0", username: "admin", enabled: true, realmRoles: ["admin"] };
const unguarded: GuardContext = {
  accounts: [],
  caller: {},
  isCallerKnown: true,
  showsRoles: true,
  protectedEmails: new Set(),
  leaving: new Map(),
  invited: new Set(),
};
const guarded: GuardContext = { ...unguarded, protectedEmails: new Set([email]) };

describe("what cuts an account off", () => {
  it("is its deactivation, unless it is deactivated", () => {
    expect(cuttingOff(ann, { enabled: false })).to.equal("deactivate");
    expect(cuttingOff({ ...ann, enabled: false }, { enabled: false })).to.equal(undefined);
    expect(cuttingOff(ann, { enabled: true })).to.equal(undefined);
  });

  it("is the loss of the admin role, as far as the role is shown or was known", () => {
    const boss = { ...ann, realmRoles: ["admin"] };
    const { realmRoles: _roles, ...blind } = ann;
    expect(cuttingOff(boss, { admin: false })).to.equal("take the admin role from");
    expect(cuttingOff(boss, { admin: true })).to.equal(undefined);
    expect(cuttingOff(boss, {})).to.equal(undefined);
    expect(cuttingOff(ann, { admin: false })).to.equal(undefined);
    expect(cuttingOff(blind, { admin: false })).to.equal("take the admin role from");
    expect(cuttingOff(blind, { admin: false }, true)).to.equal("take the admin role from");
    expect(cuttingOff(blind, { admin: false }, false)).to.equal(undefined);
  });
});

describe("the refusal for a guarded account", () => {
  const protects = "wallaroo:protectedEmails protects it";
  const remedy = "take it out of wallaroo:protectedEmails first";

  it("to be cut off names the way out, if there is one", () => {
    expect(findCutOffRefusal(ann, { enabled: false }, guarded)?.message).to.equal(
      `Could not deactivate ${email}: ${protects}. Leave the account as it is in the program, or ${remedy}.`,
    );
    expect(findCutOffRefusal(ann, { email: "declared@example.com", enabled: false }, guarded)?.message).to.match(
      /^Could not deactivate declared@example\.com:/,
    );
    expect(findCutOffRefusal(builtIn, { enabled: false }, unguarded)?.message).to.equal(
      "Could not deactivate admin: it is the platform's built-in admin. Leave the account as it is in the program.",
    );
    expect(findCutOffRefusal(ann, { enabled: true }, guarded)).to.equal(undefined);
    expect(findCutOffRefusal(ann, { enabled: false }, unguarded)).to.equal(undefined);
  });

  it("to expire is made when the day is declared", () => {
    expect(findEndRefusal(ann, { expires: "2026-12-31" }, guarded)?.message).to.equal(
      `Could not set \`expires\` for ${email}: ${protects}. Leave \`expires\` out for it, or ${remedy}.`,
    );
    expect(
      findEndRefusal(builtIn, { email: "declared@example.com", expires: "2026-12-31" }, unguarded)?.message,
    ).to.equal(
      "Could not set `expires` for declared@example.com: it is the platform's built-in admin. Leave `expires` out for it.",
    );
    expect(findEndRefusal(ann, {}, guarded)).to.equal(undefined);
    expect(findEndRefusal(ann, { expires: "2026-12-31" }, unguarded)).to.equal(undefined);
  });

  it("to leave says how to let go of it, and when a setting counts", () => {
    const letGo =
      'To let go of it and leave it active, set `onDestroy: "retain"`, run `pulumi up`, and destroy then; or use `pulumi state delete`.';
    const late =
      "A change of the stack configuration or of the provider's inputs counts once `pulumi up` has run with it, before the account leaves.";
    const boss = { ...ann, realmRoles: ["admin"] };
    const last = "it is the last enabled administrator that can be seen";
    const other = "make another account an administrator";
    expect(findLeavingRefusal(ann, guarded)?.message).to.equal(
      `Could not deactivate ${email}: ${protects}. ${letGo} To have it deactivated, ${remedy}. ${late}`,
    );
    expect(findLeavingRefusal(boss, unguarded)?.message).to.equal(
      `Could not deactivate ${email}: ${last}. ${letGo} To have it deactivated, ${other} first.`,
    );
    expect(findLeavingRefusal(builtIn, unguarded)?.message).to.equal(
      `Could not deactivate admin: it is the platform's built-in admin. ${letGo}`,
    );
    expect(findLeavingRefusal({ ...ann, enabled: false }, guarded)).to.equal(undefined);
    expect(findLeavingRefusal(ann, unguarded)).to.equal(undefined);
  });
});

describe("a guard's remedy", () => {
  const boss = { ...ann, realmRoles: ["admin"] };
  const vice = { ...builtIn, id: "id-2", username: "vice" };

  it("is a change of the settings for the caller, a protected account and an unknown caller, and no other", () => {
    const accounts = [boss, vice];
    expect(findGuard(boss, { ...unguarded, accounts, caller: { id: boss.id } })?.isSetting).to.equal(true);
    expect(findGuard(boss, { ...guarded, accounts })?.isSetting).to.equal(true);
    expect(findGuard(boss, { ...unguarded, accounts, isCallerKnown: false })?.isSetting).to.equal(true);
    expect(findGuard(boss, unguarded)?.isSetting).to.equal(false);
  });

  it("protects an account that goes by either name", () => {
    const two = { ...ann, username: "ann" };
    expect(findGuard(two, guarded)?.reason).to.match(/protects it/);
    expect(findGuard(two, { ...unguarded, protectedEmails: new Set(["ann"]) })?.reason).to.match(/protects it/);
  });
});

describe("what guards know", () => {
  it("is the view, the settings and what this run does", async () => {
    const run = new RunMemory();
    run.leaving.set("id-9", true);
    run.invited.add("id-8");
    const context = {
      run,
      caller: () => Promise.resolve({ id: "id-0" }),
      log: { info: () => undefined, warn: () => undefined },
      protectedEmails: new Set([email]),
    } as unknown as Context;
    const known = await findGuardContext(context, new View([ann, builtIn]), false);
    expect({ ...known, accounts: [...known.accounts] }).to.deep.equal({
      accounts: [ann, builtIn],
      showsRoles: true,
      caller: { id: "id-0" },
      isCallerKnown: true,
      protectedEmails: new Set([email]),
      leaving: new Map([["id-9", true]]),
      invited: new Set(["id-8"]),
    });
    const stranger = { ...context, caller: () => Promise.resolve({ id: "id-7" }) };
    expect((await findGuardContext(stranger, new View([ann]), false)).isCallerKnown).to.equal(false);
  });
});
