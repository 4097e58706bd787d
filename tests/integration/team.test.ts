import { expect } from "chai";
import { useFakeTimers } from "sinon";
import { findTeamChanges } from "../../provider/team/diff";
import type { MemberInputs, Members, TeamState } from "../../provider/team/model";
import { unpack } from "../../provider/team/state";
import { teamFailureOf } from "../failures";
import { startPlatform, type Platform } from "../emulator/platform";
import { until } from "../emulator/until";
import { connectTo } from "./platform";

const emails = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.com`);
const team = (people: string[], inputs: Partial<MemberInputs> = {}): Members =>
  Object.fromEntries(people.map((email) => [email, { ...inputs }]));

async function failureOf(body: Promise<unknown>): Promise<ReturnType<typeof teamFailureOf>> {
  return teamFailureOf(await body.catch((raised: unknown) => raised));
}

describe("a team on a platform", function () {
  this.timeout(60_000);
  let platform: Platform;
  afterEach(() => platform.close());
  const invited = () => platform.requests("invite").map((entry) => (entry.body as { email: string }).email);

  it("of N members is created with one write per member and at most N/25 confirmations, and read with one query", async () => {
    platform = await startPlatform({ latencyMs: 40 });
    const first = connectTo(platform, { "wallaroo:maxConcurrency": "32" });
    const state = await first.team.apply(undefined, team(emails(1_000)), "team");
    expect(platform.writes()).to.have.length(1_000);
    expect(new Set(invited()).size).to.equal(1_000);
    expect(platform.requests("query").length).to.be.at.most(2 + 1_000 / 25);
    expect(platform.requests("token")).to.have.length(1);
    expect(platform.maxConcurrent).to.equal(32);

    platform.clearLog();
    const { team: again } = connectTo(platform);
    expect(await again.read(state, "team")).to.deep.equal({ state });
    expect(platform.log.map((entry) => entry.call)).to.deep.equal(["token", "query"]);
  });

  it("is confirmed in joined queries too where the invite answers no id", async () => {
    platform = await startPlatform({ latencyMs: 5, inviteAnswersId: "email" });
    const { team: own } = connectTo(platform, { "wallaroo:maxConcurrency": "32" });
    const { ids } = await own.apply(undefined, team(emails(300)), "team");
    expect(new Set(Object.values(ids)).size).to.equal(300);
    expect(platform.requests("query").length).to.be.at.most(2 + 300 / 25);
  });

  it("is given names with an edit each, and not with a query about all accounts for each", async () => {
    platform = await startPlatform({ latencyMs: 5 });
    const { team: own } = connectTo(platform, { "wallaroo:maxConcurrency": "32" });
    await own.apply(undefined, team(emails(300), { firstName: "A" }), "team");
    expect(platform.requests("edit")).to.have.length(300);
    expect(platform.requests("query").length).to.be.at.most(30);
  });

  it("sends nothing when nothing changes, and one write for each who does", async () => {
    platform = await startPlatform();
    const own = connectTo(platform);
    const people = team(emails(40));
    const state = await own.team.apply(undefined, people, "team");
    platform.clearLog();
    expect(await own.team.apply(state, people, "team")).to.deep.equal(state);
    expect(platform.log).to.deep.equal([]);
    const fewer = { ...people, ...team(emails(4), { enabled: false }) };
    const after = await own.team.apply(state, fewer, "team");
    expect(platform.written()).to.have.members(emails(4).map((email) => `deactivate ${email}`));
    expect(Object.keys(after.details)).to.deep.equal(emails(4));
  });

  it("stores exactly what happened when some fail, names each who did, and does only the rest next time", async () => {
    platform = await startPlatform();
    const people = team(emails(50));
    platform.misbehave({ on: "invite", times: 3, when: "before", what: { status: 400, body: { msg: "no", code: 1 } } });
    const failed = await failureOf(connectTo(platform).team.apply(undefined, people, 'team "x"'));
    expect(failed.message).to.match(/^Could not change all members of team "x": 3 members failed of 50\. All others/);
    expect(failed.reasons).to.have.length(3);
    for (const reason of failed.reasons) expect(reason).to.match(/^Could not invite p\d+@example.com: no \(HTTP 400\)/);
    expect(Object.keys(failed.state?.ids ?? {})).to.have.length(47);
    platform.clearLog();
    const state = await connectTo(platform).team.apply(failed.state, people, "team");
    expect(platform.writes()).to.have.length(3);
    expect(Object.keys(state.ids).sort()).to.deep.equal(emails(50).sort());
    for (const [email, id] of Object.entries(state.ids)) {
      expect((await platform.findByEmail(email))?.id).to.equal(id);
    }
  });

  it("finishes a create whose second half failed, without another invite", async () => {
    platform = await startPlatform();
    const people = team(["ann@example.com"], { enabled: false });
    platform.misbehave({ on: "deactivate", when: "before", what: { status: 400, body: { msg: "no", code: 1 } } });
    const failed = await failureOf(connectTo(platform).team.apply(undefined, people, "team"));
    expect(failed.state?.details).to.deep.equal({ "ann@example.com": { unfinished: true } });
    expect(Object.keys(failed.state?.initialPasswords ?? {})).to.deep.equal(["ann@example.com"]);
    const state = await connectTo(platform).team.apply(failed.state, people, "team");
    expect(state.details).to.deep.equal({ "ann@example.com": { enabled: false } });
    expect(platform.written()).to.deep.equal([
      "invite ann@example.com",
      "deactivate ann@example.com",
      "deactivate ann@example.com",
    ]);
    expect((await platform.findByEmail("ann@example.com"))?.enabled).to.equal(false);
  });

  it("lets no member go while another failed: a new address is invited before the old one is cut off", async () => {
    platform = await startPlatform();
    // Each its own process, as each run of the engine is.
    const apply = (state: TeamState | undefined, people: Members) =>
      connectTo(platform).team.apply(state, people, "team");
    const state = await apply(undefined, team(["old@example.com"]));
    platform.misbehave({ on: "invite", when: "before", what: { status: 400, body: { msg: "no", code: 1 } } });
    const failed = await failureOf(apply(state, team(["new@example.com"])));
    expect(failed.message).to.include("1 not declared any more were left alone for now");
    expect((await platform.findByEmail("old@example.com"))?.enabled).to.equal(true);
    expect(failed.state?.ids).to.have.property("old@example.com");
    const after = await apply(failed.state, team(["new@example.com"]));
    expect(Object.keys(after.ids)).to.deep.equal(["new@example.com"]);
    expect((await platform.findByEmail("old@example.com"))?.enabled).to.equal(false);
  });

  it("frees seats before it takes them", async () => {
    platform = await startPlatform();
    // The operator of the platform has the third one.
    const { team: own } = connectTo(platform, { "wallaroo:seatLimit": "3" });
    const state = await own.apply(undefined, team(["ann@example.com", "bob@example.com"]), "team");
    const after = await own.apply(
      state,
      {
        "cleo@example.com": {},
        "ann@example.com": {},
        "bob@example.com": { enabled: false },
      },
      "team",
    );
    expect(Object.keys(after.ids)).to.have.length(3);
    const refused = await failureOf(
      own.apply(after, team(["ann@example.com", "bob@example.com", "cleo@example.com"]), "t"),
    );
    expect(refused.reasons.join()).to.match(/give a seat to bob@example.com: 3 of the 3 seats/);
  });

  it("shows drift by member, and who vanished, with all others as they were", async () => {
    platform = await startPlatform();
    const own = connectTo(platform);
    const state = await own.team.apply(undefined, team(emails(5)), "team");
    await platform.setEnabled("p1@example.com", false);
    await platform.remove("p2@example.com");
    const read = await connectTo(platform).team.read(state, "team");
    expect(read.inputs).to.deep.equal({
      ...team(["p0@example.com", "p3@example.com", "p4@example.com"]),
      "p1@example.com": { enabled: false },
    });
    const changes = findTeamChanges(unpack(read.state), team(emails(5)));
    expect(changes).to.deep.equal({
      added: ["p2@example.com"],
      changed: [{ email: "p1@example.com", names: ["enabled"] }],
      removed: [],
    });
  });

  it("is not changed by a reading that fails for one of them", async () => {
    platform = await startPlatform();
    const state = await connectTo(platform).team.apply(undefined, team(emails(3)), "team");
    // A list that was cut short: all but one, which is there when asked for.
    const byId = Object.fromEntries((await platform.people()).map((user) => [user.id, user]));
    delete byId[state.ids["p1@example.com"] ?? ""];
    platform.misbehave({ on: "query", times: 1, when: "after", what: { body: { users: byId } } });
    const failed = await failureOf(connectTo(platform).team.read(state, 'team "x"'));
    expect(failed.message).to.match(/^Could not read all members of team "x": 1 member failed of 3/);
    expect(failed.reasons[0]).to.match(/Could not read p1@example.com: .*cut short/);
  });

  it("decides for each member by the rules of a single user", async () => {
    platform = await startPlatform();
    await platform.addUser({ email: "active@example.com" });
    await platform.addUser({ email: "adopted@example.com" });
    await platform.addUser({ email: "asleep@example.com", enabled: false });
    await platform.addUser({ email: "boss@example.com" });
    const own = connectTo(platform, { "wallaroo:protectedEmails": "boss@example.com" });
    const people = {
      ...team(["active@example.com", "asleep@example.com", "new@example.com"]),
      "adopted@example.com": { enabled: false, adopt: true },
      "boss@example.com": { enabled: false, adopt: true },
    };
    const changes = { added: Object.keys(people), changed: [], removed: [] };
    const refused = await failureOf(own.team.check(undefined, people, changes, "team"));
    expect(refused.reasons).to.have.length(2);
    expect(platform.writes()).to.deep.equal([]);
    const failed = await failureOf(own.team.apply(undefined, people, "team"));
    expect(failed.reasons[0]).to.match(/create active@example.com: an active account.*write `adopt: true`/);
    expect(failed.reasons[1]).to.match(/deactivate boss@example.com: wallaroo:protectedEmails/);
    const state = failed.state as TeamState;
    expect(Object.keys(state.ids).sort()).to.deep.equal([
      "adopted@example.com",
      "asleep@example.com",
      "new@example.com",
    ]);
    expect(state.adopted).to.deep.equal({ "adopted@example.com": true, "asleep@example.com": true });
    expect(Object.keys(state.initialPasswords)).to.deep.equal(["new@example.com"]);
    await connectTo(platform).team.delete(state, "team");
    const enabled = async (email: string) => (await platform.findByEmail(email))?.enabled;
    expect(await enabled("adopted@example.com")).to.equal(true);
    expect(await enabled("asleep@example.com")).to.equal(false);
    expect(await enabled("new@example.com")).to.equal(false);
    expect(await enabled("active@example.com")).to.equal(true);
    expect(await enabled("boss@example.com")).to.equal(true);
  });

  it("says every few seconds how far long work is", async () => {
    platform = await startPlatform();
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const held = platform.misbehave({ on: "invite", times: 12, when: "before", what: { until: released } });
    const clock = useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const { team: own, said } = connectTo(platform, { "wallaroo:maxConcurrency": "4" });
      const applied = own.apply(undefined, team(emails(12)), 'team "x"');
      await until(() => held.hits === 4, applied);
      clock.tick(4_999);
      expect(said).to.deep.equal([]);
      clock.tick(1);
      expect(said).to.have.length(1);
      expect(said[0]).to.match(
        /^team "x": create and update: 0 of 12 members done, 12 left, 4 of them waiting for the/,
      );
      release();
      await applied;
    } finally {
      clock.restore();
    }
  });

  it("tries again for those who could not be let go, and leaves alone who is done", async () => {
    platform = await startPlatform();
    const state = await connectTo(platform).team.apply(undefined, team(emails(6)), "team");
    platform.clearLog();
    platform.misbehave({
      on: "deactivate",
      times: 2,
      when: "before",
      what: { status: 400, body: { msg: "no", code: 1 } },
    });
    const failed = await failureOf(connectTo(platform).team.delete(state, "team"));
    expect(failed.reasons).to.have.length(2);
    expect(failed.message).to.match(/To keep the team instead, run `pulumi refresh` before `up`/);
    expect(platform.requests("deactivate")).to.have.length(6);
    await connectTo(platform).team.delete(state, "team");
    expect(platform.requests("deactivate")).to.have.length(8);
  });

  it("lets go first of those who free a seat, as others take one on their way out", async () => {
    platform = await startPlatform();
    const seats = { "wallaroo:seatLimit": "3" };
    await platform.addUser({ email: "boss@example.com" });
    const people = { "boss@example.com": { enabled: false, adopt: true }, ...team(emails(2)) };
    const state = await connectTo(platform, { "wallaroo:seatLimit": "5" }).team.apply(undefined, people, "team");
    await connectTo(platform, seats).team.delete(state, "team");
    expect((await platform.findByEmail("boss@example.com"))?.enabled).to.equal(true);
  });

  it("puts adopted members back with what they were found with", async () => {
    platform = await startPlatform();
    await platform.addUser({ email: "p0@example.com", firstName: "Old" });
    const people = team(["p0@example.com"], { adopt: true, admin: true, firstName: "New" });
    const state = await connectTo(platform).team.apply(undefined, people, "team");
    expect((await platform.findByEmail("p0@example.com"))?.realmRoles).to.deep.equal(["admin"]);
    await connectTo(platform).team.delete(state, "team");
    expect(await platform.findByEmail("p0@example.com"))
      .to.include({ enabled: true, firstName: "Old" })
      .and.not.have.property("realmRoles");
  });

  it("stores of an update that failed half-way what was done, and the next one does the rest", async () => {
    platform = await startPlatform();
    const before = await connectTo(platform).team.apply(undefined, team(emails(2)), "team");
    platform.misbehave({ on: "edit", when: "before", what: { status: 400, body: { msg: "no", code: 400 } } });
    const inputs = team(["p0@example.com"], { enabled: false, firstName: "X" });
    const failure = await failureOf(connectTo(platform).team.apply(before, { ...team(emails(2)), ...inputs }, "team"));
    expect(failure.state?.details["p0@example.com"]).to.include({ enabled: false, unfinished: true });
    platform.clearLog();
    if (failure.state === undefined) throw new Error("nothing is stored");
    await connectTo(platform).team.apply(failure.state, team(emails(2)), "team");
    expect(platform.written()).to.deep.equal(["activate p0@example.com"]);
  });
});
