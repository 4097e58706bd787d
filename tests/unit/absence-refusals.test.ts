import { expect } from "chai";
import type { WallarooError } from "../../provider/api/errors";
import type { ApiUser } from "../../provider/api/wire";
import {
  findUnseen,
  isInvited,
  isProvisional,
  notToBeLeft,
  notVisibleYet,
  provisionalId,
  refuseOtherAddresses,
  refuseOtherPlatform,
} from "../../provider/user/absence";
import type { Renamed } from "../../provider/user/directory";
import type { KnownUser, UserState } from "../../provider/user/model";
import { View } from "../../provider/user/view";

const email = "ann@example.com";
const ann: ApiUser = { id: "id-1", username: email, email, enabled: true };
const state: UserState = { email, username: email, enabled: true, adopted: false };
const view = new View([]);
const host = "w.example";

type Directory = Parameters<typeof refuseOtherPlatform>[3]["directory"];
const raisedBy = async (body: Promise<void>) =>
  body.then(
    () => undefined,
    (error: WallarooError) => `${error.kind}: ${error.message}`,
  );
const many = (count: number) => Array.from({ length: count }, (_, at) => `k${at}@b.c`);

describe("another platform behind the URL", () => {
  const ask = (missing: number, believed: string[] = [], isThere = false) => {
    const directory = {
      isThere: () => Promise.resolve(isThere),
      countMissing: () => missing,
      findBelieved: () => believed,
    };
    return raisedBy(
      refuseOtherPlatform("read", { id: "id-1", state }, view, { directory: directory as unknown as Directory, host }),
    );
  };
  const start =
    "refused: Could not read 3 accounts: not one of these accounts, which the state knows, is on w.example. " +
    "Another platform or realm answers there, most likely: check wallaroo:url (WALLAROO_URL) and wallaroo:realm. ";
  const end =
    " If the platform was really made anew, let the state forget its accounts: `pulumi state delete` for each resource, or " +
    "`pulumi stack rm --force` for the whole stack.";

  it("is doubted from three missing accounts on", async () => {
    expect(await ask(2)).to.equal(undefined);
    expect(await ask(3)).to.equal(`${start}Nothing was changed.${end}`);
  });

  it("is told what was believed before", async () => {
    const before = (names: string) =>
      `Nothing more was changed. Before that, this run took for gone, one after the other: ${names}. If they are on the ` +
      "platform that was meant, a refresh has dropped them from the state or follows another account, and a destroy has " +
      "deactivated nothing: declare them with `adopt: true`.";
    expect(await ask(3, many(1))).to.equal(`${start}${before("k0@b.c")}${end}`);
    expect(await ask(3, many(10))).to.include(`${many(10).join(", ")}. If`);
    expect(await ask(3, many(12))).to.include(`${many(10).join(", ")} and 2 more. If`);
  });

  it("is not believed at all if it has the account by its id", async () => {
    expect(await ask(0, [], true)).to.equal(
      `unreadable: Could not read ${email}: the platform lists all accounts without this one, and yet has it when asked for ` +
        "its id. The list was cut short, by a proxy perhaps, or the account that the provider runs as may not see all " +
        "accounts. Nothing was changed; run the same command again.",
    );
  });
});

describe("a copy of the realm behind the URL", () => {
  const renamed = (...pairs: [string, string][]): Renamed[] =>
    pairs.map(([before, now], at) => ({ id: `id-${at}`, email: before, now }));
  const ask = (all: Renamed[], believed: string[] = []) => {
    const asked: unknown[] = [];
    const directory = {
      findRenamed: () => Promise.resolve(all),
      findBelieved: (but: Set<string>) => {
        asked.push([...but]);
        return believed;
      },
    };
    return raisedBy(refuseOtherAddresses("read", view, { directory: directory as unknown as Directory, host })).then(
      (words) => ({ words, asked }),
    );
  };
  const others: [string, string][] = [
    ["ann@a.b", "kim@x.y"],
    ["bob@a.b", "lee@x.y"],
    ["cat@a.b", "max@x.y"],
  ];

  it("is refused with each address, from three on", async () => {
    expect((await ask(renamed(...others.slice(1)))).words).to.equal(undefined);
    const { words, asked } = await ask(renamed(...others));
    expect(words).to.equal(
      "refused: Could not read 3 accounts: not one of these accounts has the address that the state knows on w.example " +
        "(ann@a.b is kim@x.y, bob@a.b is lee@x.y, cat@a.b is max@x.y). A copy of the platform or realm answers there, most " +
        "likely, and these accounts are those of others: check wallaroo:url (WALLAROO_URL) and wallaroo:realm. Nothing was " +
        "changed. If the addresses were really changed: refresh one or two users alone, then the others (`pulumi refresh " +
        "--target URN`). A team that has no such user beside it: let go of it with `pulumi state delete`, and declare its " +
        "members by their new addresses with `adopt: true`.",
    );
    expect(asked).to.deep.equal([["id-0", "id-1", "id-2"]]);
  });

  it("is told what was followed before", async () => {
    expect((await ask(renamed(...others), ["dan@a.b"])).words).to.include(
      " Nothing more was changed. Before that, this run has followed, one after the other: dan@a.b. If that was wrong, another " +
        "refresh at the right place follows them back. If the",
    );
  });

  it("is not what a move of all to one domain looks like", async () => {
    const moved = others.map(([before]): [string, string] => [before, before.replace("a.b", "x.y")]);
    expect((await ask(renamed(...moved))).words).to.equal(undefined);
    const apart = moved.map(([before, now], at): [string, string] => [before, at === 0 ? now : `${now}.z`]);
    expect((await ask(renamed(...apart))).words, "to two domains").to.match(/^refused/);
    const oneOther = [...moved.slice(1), others[0] as [string, string]];
    expect((await ask(renamed(...oneOther))).words, "one with another name").to.match(/^refused/);
  });
});

describe("an account that was invited and never seen", () => {
  const unseen: KnownUser = { id: provisionalId(email), state: { ...state, unseen: true } };

  it("has a provisional id", () => {
    expect(unseen.id).to.equal("unseen:ann@example.com");
    expect([isProvisional(unseen.id), isProvisional("id-1"), isProvisional("x-unseen:1")]).to.deep.equal([
      true,
      false,
      false,
    ]);
  });

  it("is found by its id if that has its address, else by its address", () => {
    expect(findUnseen({ id: "id-1", state }, new View([ann]))).to.equal(ann);
    expect(findUnseen(unseen, new View([ann]))).to.equal(ann);
    const taken = { ...ann, email: "other@b.c" };
    const real = { ...ann, id: "id-2", username: "x" };
    expect(findUnseen({ id: "id-1", state }, new View([taken, real]))).to.equal(real);
    expect(findUnseen({ id: "id-1", state }, new View([taken]))).to.equal(undefined);
    const twin = { ...ann, id: "id-3" };
    expect(findUnseen({ id: "id-1", state }, new View([twin, ann])), "one of two, by its id").to.equal(ann);
    expect(() => findUnseen(unseen, new View([twin, ann]))).to.throw(/2 accounts have it/);
  });

  it("is the one that was invited by its id, or if it was made in time", () => {
    const by = (invitedBefore?: string, id = unseen.id): KnownUser => ({
      id,
      state: { ...state, ...(invitedBefore === undefined ? {} : { invitedBefore }) },
    });
    const made = { ...ann, createdTimestamp: Date.UTC(2026, 0, 1) };
    expect(isInvited(by("2026-01-01T00:00:00.000Z"), made)).to.equal(true);
    expect(isInvited(by("2025-12-31T23:59:59.999Z"), made)).to.equal(false);
    expect(isInvited(by("2025-12-31T23:59:59.999Z", "id-1"), made), "its id").to.equal(true);
    expect(isInvited(by(), made)).to.equal(true);
    expect(isInvited(by(undefined, "id-9"), made)).to.equal(false);
    expect(isInvited(by("2026-01-01T00:00:00.000Z"), ann), "no time shown, and no id known").to.equal(true);
    expect(isInvited(by("2026-01-01T00:00:00.000Z", "id-9"), ann), "no time shown").to.equal(false);
  });

  it("is refused for a change, with what to wait for", () => {
    const never =
      'If it will never show up, let go of it: by `pulumi state delete` (a user), or with `onDestroy: "retain"`, one more ' +
      "`pulumi up`, and then without it (a member of a team).";
    expect(notVisibleYet(unseen, new View([])).message).to.equal(
      `Could not update ${email}: it was invited, and the account is not visible on the platform yet. Nothing was sent, and ` +
        `it is not invited again. Run \`pulumi refresh\` once the platform shows it, then \`pulumi up\`. ${never}`,
    );
    expect(notVisibleYet(unseen, new View([ann])).message).to.equal(
      `Could not update ${email}: the account that was invited and not visible so far is there now, and the state does not ` +
        "have its id yet. Run `pulumi refresh`, then `pulumi up`.",
    );
    expect(notToBeLeft(email).message).to.equal(
      `Could not delete ${email}: it was invited, and the account is not visible on the platform yet: it can't be ` +
        "deactivated, and would be active once it shows up. Run `pulumi refresh` once the platform shows it, and try again. " +
        never,
    );
  });
});
