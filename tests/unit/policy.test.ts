import { expect } from "chai";
import type { WallarooError } from "../../provider/api/errors";
import type { ApiUser } from "../../provider/api/wire";
import type { GuardContext } from "../../provider/user/guards";
import type { UserInputs, UserState } from "../../provider/user/model";
import {
  findBadValueRefusal,
  findBlindEditRefusal,
  findRenamedRefusal,
  findReturnRefusal,
  findSharedAddressRefusal,
  findUnknownAddressRefusal,
  hasUnknownAddress,
  planCreate,
  planDelete,
  planRestore,
  planTakeOver,
} from "../../provider/user/policy";
import { View } from "../../provider/user/view";

const email = "ann@example.com";
const ann: ApiUser = { id: "id-1", username: email, email, enabled: true, realmRoles: [] };
const inputs: UserInputs = { email, enabled: true };
const state: UserState = { email, username: email, enabled: true, adopted: false };
const unguarded: GuardContext = {
  accounts: [],
  caller: {},
  isCallerKnown: true,
  showsRoles: true,
  protectedEmails: new Set(),
  leaving: new Map(),
  invited: new Set(),
};
const guarded = { ...unguarded, protectedEmails: new Set([email]) };
const run = { isOwn: () => false, wasAdopted: () => false };

const words = (refusal: WallarooError | undefined) => refusal?.message;
const wordsOf = (plan: { kind: string; refusal?: WallarooError }) => {
  expect(plan.kind).to.equal("refused");
  return words(plan.refusal);
};

describe("the plan of a create", () => {
  it("invites an address without an account", () => {
    expect(planCreate(inputs, undefined, run, unguarded)).to.deep.equal({ kind: "invite" });
    expect(planCreate({ ...inputs, enabled: false }, undefined, run, unguarded)).to.deep.equal({ kind: "invite" });
  });

  it("refuses to invite a guarded address that is declared deactivated", () => {
    const plan = planCreate({ ...inputs, enabled: false }, undefined, run, guarded);
    expect(wordsOf(plan)).to.match(/^Could not deactivate ann@example\.com: wallaroo:protectedEmails protects it/);
    expect(planCreate(inputs, undefined, run, guarded)).to.deep.equal({ kind: "invite" });
  });

  it("does not take an account before it is invited for the administrator that the provider may run as", () => {
    const context = { ...unguarded, isCallerKnown: false, accounts: [{ ...ann, realmRoles: ["admin"] }] };
    const declared = { ...inputs, email: "new@example.com", enabled: false };
    expect(planCreate(declared, undefined, run, context)).to.deep.equal({ kind: "invite" });
  });

  it("takes an active account over only if the program says so", () => {
    expect(planTakeOver({ ...inputs, adopt: true }, ann, run, unguarded)).to.deep.equal({ kind: "adopt", user: ann });
    const message =
      "Could not create ann@example.com: an active account of this address is there already (id id-1). " +
      "If it is the account meant, write `adopt: true` to take it over: only what is declared is touched, and " +
      "destroy puts it back as it was found. Do not if another stack or program manages it. If this resource was only " +
      "renamed or moved within the program, give it `aliases` instead; if it is being replaced by force, run without --replace.";
    expect(wordsOf(planTakeOver(inputs, ann, run, unguarded))).to.equal(message);
    expect(wordsOf(planTakeOver({ ...inputs, adopt: false }, ann, run, unguarded))).to.equal(message);
    expect(wordsOf(planCreate(inputs, ann, run, unguarded))).to.equal(message);
  });

  it("says since when the account is there", () => {
    const since = { ...ann, createdTimestamp: Date.UTC(2024, 1, 29) };
    expect(wordsOf(planTakeOver(inputs, since, run, unguarded))).to.include(
      "(id id-1, created 2024-02-29T00:00:00.000Z)",
    );
  });

  it("uses a deactivated account again without that", () => {
    const off = { ...ann, enabled: false };
    expect(planTakeOver(inputs, off, run, unguarded)).to.deep.equal({ kind: "reactivate", user: off });
    expect(planTakeOver({ ...inputs, adopt: true }, off, run, unguarded)).to.deep.equal({ kind: "adopt", user: off });
  });

  it("goes on with an account that this run manages, as adopted if it was", () => {
    const own = { isOwn: (address: string) => address === email, wasAdopted: () => false };
    expect(planTakeOver(inputs, ann, own, unguarded)).to.deep.equal({ kind: "continue", user: ann });
    const adopted = { isOwn: () => true, wasAdopted: (address: string) => address === email };
    expect(planTakeOver(inputs, ann, adopted, unguarded)).to.deep.equal({ kind: "adopt", user: ann });
  });

  it("refuses an account that has the address for a username alone, whatever the program says", () => {
    const moved = { ...ann, email: "new@example.com" };
    expect(wordsOf(planTakeOver({ ...inputs, adopt: true }, moved, run, unguarded))).to.equal(
      "Could not create ann@example.com: this address is still the username of an account whose address is now new@example.com. " +
        "Declare the new address instead, or give that account another username in Keycloak.",
    );
  });

  it("refuses to take over a guarded account that it would cut off", () => {
    const off = { ...inputs, adopt: true, enabled: false };
    expect(wordsOf(planTakeOver(off, ann, run, guarded))).to.match(
      /^Could not deactivate ann@example\.com: wallaroo:protectedEmails protects it/,
    );
    const unasked = planTakeOver({ ...inputs, enabled: false }, ann, run, guarded);
    expect(wordsOf(unasked), "what the program did not ask for comes first").to.match(/is there already/);
    expect(planTakeOver({ ...off, enabled: true }, ann, run, guarded).kind).to.equal("adopt");
  });
});

describe("the plan of a destroy", () => {
  const plans: [Partial<UserState>, ReturnType<typeof planDelete>][] = [
    [{}, "deactivate"],
    [{ foundEnabled: true }, "deactivate"],
    [{ onDestroy: "retain" }, "leave"],
    [{ onDestroy: "retain", adopted: true, foundEnabled: false }, "leave"],
    [{ adopted: true, foundEnabled: true }, "activate"],
    [{ adopted: true, foundEnabled: false }, "deactivate"],
    [{ adopted: true }, "leave"],
    [{ adopted: true, onDestroy: "deactivate" }, "deactivate"],
    [{ adopted: true, onDestroy: "deactivate", foundEnabled: true }, "deactivate"],
  ];
  for (const [more, plan] of plans) {
    it(`is "${plan}" for ${JSON.stringify(more)}`, () => expect(planDelete({ ...state, ...more })).to.equal(plan));
  }

  it("puts back what an adopted account had, as far as that is still managed", () => {
    const found = { firstName: "Anna", lastName: "Old", admin: false };
    const adopted: UserState = { ...state, adopted: true, firstName: "Ann", admin: true, found };
    expect(planRestore(adopted)).to.deep.equal({ firstName: "Anna", admin: false });
    expect(planRestore({ ...adopted, adopted: false })).to.deep.equal({});
    expect(planRestore({ ...adopted, onDestroy: "deactivate" })).to.deep.equal({});
    expect(planRestore({ ...state, adopted: true, firstName: "Ann" }), "nothing was found").to.deep.equal({});
  });
});

describe("an address that several accounts have", () => {
  it("is refused with all ids, and one that the account has alone is not", () => {
    const other = { ...ann, id: "id-0", username: "other" };
    expect(findSharedAddressRefusal(ann, new View([ann, { ...other, email: "o@example.com" }]))).to.equal(undefined);
    expect(words(findSharedAddressRefusal(ann, new View([ann, other])))).to.equal(
      "Could not decide by the address ann@example.com: 2 accounts have it (ids id-0 and id-1). " +
        "Nothing was sent for it. Give all but one of them another address in Keycloak (letters that only differ in " +
        "how their accents are encoded are the same), then run the same command again.",
    );
  });
});

describe("a declared name that Keycloak refuses by default", () => {
  it("is refused by its property, unless the account has it already", () => {
    const message =
      "Could not use the lastName of ann@example.com: it holds the character <, which Keycloak refuses by default. " +
      "Nothing was sent. Write the name without it, or leave it out of the program.";
    const declared = { email, firstName: "Ann", lastName: "<b>" };
    expect(words(findBadValueRefusal(declared, undefined))).to.equal(message);
    expect(words(findBadValueRefusal(declared, ann))).to.equal(message);
    expect(findBadValueRefusal(declared, { ...ann, lastName: "<b>" })).to.equal(undefined);
    expect(findBadValueRefusal({ email, firstName: "Ann", admin: true }, undefined)).to.equal(undefined);
  });
});

describe("an edit of names if no roles are shown", () => {
  const blind = { ...ann };
  delete blind.realmRoles;

  it("is refused unless the admin role is declared too", () => {
    const message =
      "Could not edit ann@example.com: the platform shows no roles, so that the admin role might be lost on the way. " +
      "Declare `admin` too, or leave firstName and lastName out.";
    for (const now of [blind, undefined]) {
      expect(words(findBlindEditRefusal({ email, lastName: "Archer" }, now, false))).to.equal(message);
      expect(findBlindEditRefusal({ email, lastName: "Archer", admin: false }, now, false)).to.equal(undefined);
      expect(findBlindEditRefusal({ email, lastName: "Archer" }, now, true)).to.equal(undefined);
    }
  });

  it("is none if nothing is written", () => {
    expect(findBlindEditRefusal({ email }, blind, false)).to.equal(undefined);
    expect(findBlindEditRefusal({ email, firstName: "" }, undefined, false)).to.equal(undefined);
    const named = { ...blind, firstName: "Ann", lastName: "Archer" };
    expect(findBlindEditRefusal({ email, firstName: "Ann" }, named, false)).to.equal(undefined);
    expect(findBlindEditRefusal({ email, firstName: "" }, named, false)).to.be.an("error");
  });
});

describe("an address that was changed on the platform", () => {
  const renamed: UserState = { ...state, email: "new@example.com", formerEmails: [email, "older@example.com"] };

  it("is not declared again in its old form, which would be invited as another account", () => {
    expect(words(findReturnRefusal(renamed, ["new@example.com", email]))).to.equal(
      "Could not replace ann@example.com: the address was changed to new@example.com on the platform; the old one would be " +
        "invited as another account, and this one deactivated. Declare new@example.com instead. If another account is " +
        "meant, take this one out of the program, run `pulumi up`, and declare the other one then.",
    );
    expect(findReturnRefusal(renamed, ["new@example.com", "other@example.com"])).to.equal(undefined);
    expect(findReturnRefusal({ ...renamed, email }, [email]), "changed back").to.equal(undefined);
    expect(findReturnRefusal(state, ["other@example.com"])).to.equal(undefined);
  });

  it("is not taken for another account before a refresh", () => {
    const now = { ...ann, email: "new@example.com" };
    expect(words(findRenamedRefusal(state, now, ["new@example.com"]))).to.equal(
      "Could not replace ann@example.com: the address of this very account was changed to new@example.com on the platform, " +
        "which the state does not know yet. Run `pulumi refresh`, then `pulumi up`.",
    );
    expect(findRenamedRefusal(state, now, ["other@example.com"])).to.equal(undefined);
    expect(findRenamedRefusal(state, ann, [email])).to.equal(undefined);
  });

  it("keeps the account from leaving before the state knows it", () => {
    const now = { ...ann, email: "new@example.com" };
    expect(words(findUnknownAddressRefusal(state, now))).to.equal(
      "Could not delete ann@example.com: its account (id id-1) has the address new@example.com on the platform now, which " +
        "the state does not know. Run `pulumi refresh`, which follows the address and says so, and look whether it is the " +
        "account meant; then run the same command again.",
    );
    expect(findUnknownAddressRefusal(state, ann)).to.equal(undefined);
    expect(findUnknownAddressRefusal(renamed, ann), "an old one").to.equal(undefined);
    expect(hasUnknownAddress(renamed, { ...ann, email: "third@example.com" })).to.equal(true);
    expect(hasUnknownAddress(renamed, { ...ann, email: "older@example.com" })).to.equal(false);
  });
});
