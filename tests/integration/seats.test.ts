import { expect } from "chai";
import { useFakeTimers } from "sinon";
import { describeIdle } from "../../provider/user/seats";
import { View } from "../../provider/user/view";
import { EngineCalls, listen, startDynamic } from "./dynamic";
import { messageOf, onPlatform } from "./platform";

const [ann, bob, cleo] = ["ann@example.com", "bob@example.com", "cleo@example.com"];
type Props = Record<string, unknown>;

describe("wallaroo:seatLimit in preview", () => {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  beforeEach(() => start());
  /** The account that the provider runs as has one seat. */
  const limit = (seats: number) => ({ "wallaroo:seatLimit": String(seats) });
  const team = (seats: number) => new EngineCalls(platform, "team", limit(seats));
  const reasonsOf = async (checked: Promise<{ failures?: { reason: string }[] }>) =>
    ((await checked).failures ?? []).map(({ reason }) => reason).join();

  it("refuses a team that needs more seats, by how many, and names accounts that never signed in", async () => {
    await platform().addUser({ email: "idle@example.com" });
    const members = { [ann]: {}, [bob]: {}, [cleo]: { enabled: false } };
    expect(await messageOf(() => team(3).preview({ members })), "an invite needs a seat for a moment").to.match(
      /give seats to team "it": 2 of the 3 seats in wallaroo:seatLimit are taken, .* 2 seats too few\. .*never signed in: idle@example\.com\./,
    );
    await team(5).up({ members });
    expect(writes()).to.have.length(4);
  });

  it("counts the seats that the same team frees, but not those of removed members, which come last", async () => {
    const science = team(3);
    await science.up({ members: { [ann]: {}, [bob]: {} } });
    await science.preview({ members: { [ann]: {}, [bob]: { enabled: false }, [cleo]: {} } });
    await science.preview({ members: { [ann]: {}, [bob]: { expires: "2020-01-01" }, [cleo]: {} } });
    const swap = { members: { [ann]: {}, [cleo]: {} } };
    expect(await messageOf(() => science.preview(swap))).to.match(
      /1 seat too few.*seats of removed ones are free at the end of `up` only/,
    );
    await science.up({ members: { [ann]: {}, [bob]: { enabled: false }, [cleo]: {} } });
  });

  it("asks nothing when no seat is taken", async () => {
    const science = team(2);
    await science.up({ members: { [ann]: {} } });
    platform().clearLog();
    expect(await science.up({ members: { [ann]: {} } })).to.equal("unchanged");
    expect(platform().log).to.deep.equal([]);
  });

  it("refuses the user with which what is known by then exceeds it", async () => {
    const { user } = await startDynamic(platform(), limit(2));
    const check = (email: string, more: Props = {}) =>
      user.check({}, { email, __declared: { key: email, name: email, ...more } });
    expect(await reasonsOf(check(ann))).to.equal("");
    expect(await reasonsOf(check(bob))).to.match(/give seats to bob@example\.com: 1 of the 2 seats .* 1 seat too few/);
    expect(writes()).to.deep.equal([]);
  });

  it("warns once while other resources may free seats, and refuses when all of them were checked", async () => {
    await platform().addUser({ email: cleo });
    const { user } = await startDynamic(platform(), limit(2));
    const check = (email: string, olds: Props = {}, news: Props = {}, frees: Props = {}) =>
      user.check(olds, { email, ...news, __declared: { key: email, name: email, freeing: 1, ...frees } });
    expect(await reasonsOf(check(ann))).to.equal("");
    expect(said().at(-1)).to.match(/1 seat too few.*Other resources may free seats, so that is not refused yet\./);
    const before = { email: cleo, enabled: true };
    expect(await reasonsOf(check(cleo, before, { enabled: false }, { frees: true }))).to.equal("");
    expect(await reasonsOf(check(ann)), "cleo frees a seat").to.equal("");
    expect(await reasonsOf(check(bob))).to.match(/1 seat too few/);
  });

  it("counts an account once that was invited meanwhile", async () => {
    const { user } = await startDynamic(platform(), limit(3));
    for (const email of [ann, bob]) {
      const checked = await user.check({}, { email, __declared: { key: email, name: email } });
      expect(checked.failures).to.deep.equal([]);
      await user.create(checked.inputs as Props);
    }
    expect(writes()).to.deep.equal([`invite ${ann}`, `invite ${bob}`]);
  });

  it("names the seats taken and the idle accounts when the platform itself enforces its licence", async () => {
    await start({ seatLimit: 2 });
    await platform().addUser({ email: "idle@example.com" });
    const { user } = await startDynamic(platform());
    expect(await messageOf(() => user.create({ email: ann, enabled: true }))).to.match(
      /HTTP 403.*the licence has no free seat.* 2 seats are taken\. Of the active accounts, never signed in: idle@/,
    );
  });
});

describe("accounts that may not need their seat", () => {
  it("are those that never signed in or not for 90 days, the longest first, and ten of a kind", () => {
    const clock = useFakeTimers({ now: Date.parse("2026-06-01T00:00:00Z"), toFake: ["Date"] });
    try {
      const user = (name: string, lastLogin: number | null | undefined, enabled = true) => {
        const email = `${name}@example.com`;
        return { id: name, email, username: email, enabled, ...(lastLogin === undefined ? {} : { lastLogin }) };
      };
      const day = (text: string) => Date.parse(`${text}T12:00:00Z`);
      const some = [user("b", day("2026-01-02")), user("a", day("2025-01-02")), user("c", day("2026-05-30"))];
      expect(describeIdle(new View(some))).to.equal(
        "Of the active accounts, not signed in for 90 days: a@example.com (2025-01-02), b@example.com (2026-01-02).",
      );
      const never = Array.from({ length: 12 }, (_, index) => user(`n${String(index).padStart(2, "0")}`, null));
      expect(describeIdle(new View([...never, user("off", null, false)]))).to.match(
        /never signed in: n00@example\.com, .*n09@example\.com and 2 more\.$/,
      );
      expect(describeIdle(new View([user("c", day("2026-05-30"))]))).to.match(/^Every active account signed in/);
      expect(describeIdle(new View([user("c", undefined)]))).to.match(/does not show when accounts signed in/);
    } finally {
      clock.restore();
    }
  });
});
