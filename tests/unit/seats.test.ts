import { expect } from "chai";
import type { ApiUser } from "../../provider/api/wire";
import type { Context } from "../../provider/user/context";
import { DECISION_AGE_MS } from "../../provider/user/directory";
import { RunMemory } from "../../provider/user/run";
import {
  SeatPlan,
  describeIdle,
  describeSeats,
  previewSeats,
  seatsOf,
  type Declaring,
  type Freeing,
} from "../../provider/user/seats";
import { View } from "../../provider/user/view";

const account = (name: string, more: Partial<ApiUser> = {}): ApiUser => ({
  id: `id of ${name}`,
  username: name,
  email: `${name}@example.com`,
  enabled: true,
  ...more,
});
const { email: _none, ...admin } = account("admin");
const off = { enabled: false };
const DAY = 86_400_000;
const NO_SIGN_INS = "This platform does not show when accounts signed in last.";

describe("the seats of a licence", () => {
  it("are taken by active accounts with an address", () => {
    const view = new View([account("ann"), account("bob", off), account("cat", off), admin]);
    expect(seatsOf(view, undefined)).to.deep.equal({ active: 1, inactive: 2 });
    expect(seatsOf(view, 0)).to.deep.equal({ active: 1, inactive: 2, limit: 0 });
  });

  it("that are wanted count by what the view does not show yet", () => {
    const plan = new SeatPlan();
    const view = new View([account("ann"), account("bob", off)]);
    const net = (wanted: Record<string, boolean>) => {
      plan.want(new Map(Object.entries(wanted).map(([name, enabled]) => [`${name}@example.com`, enabled])));
      return plan.net(view);
    };
    expect(plan.net(view)).to.equal(0);
    expect(net({ ann: true, bob: false })).to.equal(0);
    expect(net({ bob: true }), "the later word counts").to.equal(1);
    expect(net({ cat: true })).to.equal(2);
    expect(net({ ann: false })).to.equal(1);
    expect(net({ dan: false })).to.equal(1);
  });
});

describe("the preview of seats", () => {
  const invite = (name: string, enabled = true): Declaring => ({
    email: `${name}@example.com`,
    before: undefined,
    now: { enabled },
  });
  let asked: number[];
  let warned: string[];
  let run: RunMemory;
  beforeEach(() => {
    [asked, warned] = [[], []];
    run = new RunMemory();
  });
  const preview = async (
    accounts: Declaring[],
    {
      seatLimit = 2,
      users = [account("ann"), account("bob"), account("off", off)],
    }: { seatLimit?: number | undefined; users?: ApiUser[] } = {},
    freeing: Freeing = { key: "1" },
  ) => {
    const context = {
      seatLimit,
      run,
      directory: { view: (ageMs: number) => Promise.resolve((asked.push(ageMs), new View(users))) },
      clock: { nowMs: () => Date.UTC(2026, 5, 1) },
      log: { info: () => undefined, warn: (text: string) => warned.push(text) },
    } as unknown as Context;
    return previewSeats(context, "new@example.com", accounts, freeing).then(
      () => undefined,
      (error: Error) => error.message,
    );
  };
  const words = (taken: number, limit: number, few: string, idle = NO_SIGN_INS) =>
    `Could not give seats to new@example.com: ${taken} of the ${limit} seats in wallaroo:seatLimit are taken, and with what is ` +
    `declared so far there would be ${few} too few. Deactivate accounts first (\`enabled: false\`; seats of removed ones are ` +
    `free at the end of \`up\` only), or raise wallaroo:seatLimit to what the licence allows. ${idle}`;

  it("refuses an account too many, and says how many", async () => {
    expect(await preview([invite("new")])).to.equal(words(2, 2, "1 seat"));
    expect(await preview([invite("new"), invite("newer")])).to.equal(words(2, 2, "2 seats"));
    expect(asked).to.deep.equal([DECISION_AGE_MS, DECISION_AGE_MS]);
  });

  it("allows as many as the limit, and adds up what is declared one by one", async () => {
    expect(await preview([invite("new")], { seatLimit: 3 })).to.equal(undefined);
    expect(await preview([invite("newer")], { seatLimit: 3 })).to.equal(words(2, 3, "1 seat"));
  });

  it("asks nothing without a limit, or if no seat is taken", async () => {
    const context = { seatLimit: undefined } as unknown as Context;
    await previewSeats(context, "x", [invite("new")], { key: "1" });
    const leaves: Declaring = { email: "ann@example.com", before: { enabled: true }, now: off };
    const same: Declaring = { email: "bob@example.com", before: {}, now: { enabled: true } };
    expect(await preview([leaves, same, { ...same, before: { ...off }, now: { ...off } }])).to.equal(undefined);
    expect(asked).to.deep.equal([]);
    expect(run.seats.net(new View([account("ann")]))).to.equal(-1);
  });

  it("counts a seat for an invite that is deactivated afterwards, while it takes one", async () => {
    expect(await preview([invite("new", false)])).to.equal(words(2, 2, "1 seat"));
    expect(await preview([invite("newer", false)], { seatLimit: 3 })).to.equal(undefined);
    expect(await preview([invite("off", false)]), "an account that is there is not invited").to.equal(undefined);
  });

  it("counts what is freed beside it", async () => {
    const leaves: Declaring = { email: "ann@example.com", before: { enabled: true }, now: off };
    expect(await preview([invite("new"), leaves])).to.equal(undefined);
  });

  it("takes a day that is over for a deactivation, by the platform's clock", async () => {
    const until = (expires: string): Declaring => ({
      email: "ann@example.com",
      before: { enabled: true },
      now: { expires },
    });
    expect(await preview([invite("new"), until("2026-05-31")])).to.equal(undefined);
    expect(await preview([invite("newer"), until("2026-06-01")])).to.equal(words(2, 2, "1 seat"));
    asked = [];
    const ended = { email: "off@example.com", before: { expires: "2026-05-31" }, now: { expires: "2026-12-31" } };
    run = new RunMemory();
    expect(await preview([ended])).to.equal(words(2, 2, "1 seat"));
    expect(asked, "the day is asked for first").to.deep.equal([DECISION_AGE_MS, DECISION_AGE_MS]);
    run = new RunMemory();
    expect(await preview([{ ...ended, now: {} }]), "a day that is over and is declared no more").to.match(
      /1 seat too few/,
    );
    run = new RunMemory();
    expect(await preview([{ ...ended, before: { expires: "2026-05-31" }, now: { expires: "2026-05-31" } }])).to.equal(
      undefined,
    );
    expect(run.seats.net(new View([account("off")])), "an expired one is noted all the same").to.equal(-1);
  });

  it("warns once, and does not refuse yet, while a resource that may free seats is to be checked", async () => {
    const late = " Other resources may free seats, so that is not refused yet.";
    expect(await preview([invite("new")], {}, { key: "1", freeing: 1 })).to.equal(undefined);
    expect(await preview([invite("newer")], {}, { key: "2", freeing: 1 })).to.equal(undefined);
    expect(warned).to.deep.equal([words(2, 2, "1 seat") + late]);
    expect(await preview([invite("new")], {}, { key: "1", frees: true, freeing: 1 })).to.match(/2 seats too few/);
    expect(run.isNew("seats")).to.equal(false);
  });
});

describe("accounts that may not need their seat", () => {
  const now = Date.UTC(2026, 5, 1);
  const idle = (...users: ApiUser[]) => describeIdle(new View(users), now);
  const signedIn = (name: string, days: number) => account(name, { lastLogin: now - days * DAY });

  it("are named by when they signed in last, the longest ago first", () => {
    expect(idle(signedIn("a", 91), signedIn("b", 200), signedIn("c", 90), signedIn("d", 1))).to.equal(
      "Of the active accounts, not signed in for 90 days: b@example.com (2025-11-13), a@example.com (2026-03-02).",
    );
    expect(idle(signedIn("b", 200), signedIn("a", 91), signedIn("e", 300))).to.match(/: e@.*, b@.*, a@/);
    expect(idle(account("z"), account("y"), signedIn("a", 91))).to.equal(
      "Of the active accounts, never signed in: y@example.com, z@example.com; not signed in for 90 days: a@example.com (2026-03-02).",
    );
    expect(idle(signedIn("d", 1), account("z"))).to.equal("Of the active accounts, never signed in: z@example.com.");
    expect(idle(signedIn("d", 1))).to.equal("Every active account signed in within 90 days.");
  });

  it("are active and have an address", () => {
    const sleeping = { lastLogin: now - 300 * DAY };
    expect(idle(signedIn("d", 1), account("x", { ...off, ...sleeping }), { ...admin, ...sleeping })).to.equal(
      "Every active account signed in within 90 days.",
    );
    expect(idle(account("d"), account("x", { ...off, lastLogin: now }))).to.equal(NO_SIGN_INS);
  });

  it("are at most ten of a kind, and an odd time counts as none", () => {
    const odd = account("odd", { lastLogin: "long ago" as unknown as number });
    const never = Array.from({ length: 11 }, (_, at) => account(`n${10 + at}`));
    expect(idle(...never, signedIn("d", 1))).to.match(
      /^Of the active accounts, never signed in: n10@.*n19@example\.com and 1 more\.$/,
    );
    expect(idle(odd, signedIn("d", 1))).to.equal("Of the active accounts, never signed in: odd@example.com.");
  });

  it("are told with the number of seats when an invite is refused", () => {
    expect(describeSeats(new View([]))).to.match(/^0 seats are taken\. /);
    expect(describeSeats(new View([account("ann"), account("bob", off)]))).to.equal(`1 seat is taken. ${NO_SIGN_INS}`);
  });
});
