import { expect } from "chai";
import { Secrets } from "../../provider/api/redact";
import { createTransport, type Transport } from "../../provider/api/transport";
import type { MemberInputs, Members, TeamState } from "../../provider/team/model";
import { teamFailureOf } from "../failures";
import type { CallName, Fault } from "../emulator/misbehaviour";
import { startPlatform, type Platform } from "../emulator/platform";
import { callOf } from "../emulator/routes";
import { until } from "../emulator/until";
import { EngineCalls, listen } from "./dynamic";
import { connectTo, declared, messageOf } from "./platform";

const COUNT = 150;
const CONCURRENCY = 4;
/** What is begun before nothing else is: three failures in a row, of as many as may be under way at once. */
const MOST_BEGUN = 3 * CONCURRENCY;

const emails = Array.from({ length: COUNT }, (_, index) => `p${String(index).padStart(3, "0")}@example.com`);
const team = (inputs: Partial<MemberInputs> = {}): Members =>
  Object.fromEntries(emails.map((email) => [email, { ...inputs }]));

/** What never gets better, and how often a request that met with it is sent once more. */
const FAULTS: Record<string, { what: Fault; retries: number }> = {
  hangs: { what: { hang: true }, retries: 0 },
  "breaks off": { what: { reset: true }, retries: 1 },
  "answers 503": { what: { status: 503, body: "" }, retries: 1 },
  "answers 401": { what: { status: 401, body: { msg: "no", code: 401 } }, retries: 1 },
  "answers 403": { what: { status: 403, body: { msg: "no", code: 403 } }, retries: 1 },
  "answers 429": { what: { status: 429, body: "" }, retries: 1 },
  "answers with a login page": { what: { status: 200, body: "<html>please sign in</html>" }, retries: 1 },
};

/** Work on a team in which every member needs a request to that endpoint. */
const WORK: Record<string, { enabled?: boolean; state: boolean; inputs: Partial<MemberInputs> }> = {
  token: { state: false, inputs: {} },
  query: { state: false, inputs: {} },
  invite: { state: false, inputs: {} },
  activate: { enabled: false, state: false, inputs: {} },
  deactivate: { enabled: true, state: true, inputs: { enabled: false } },
  edit: { enabled: true, state: true, inputs: { firstName: "A" } },
};

async function failureOf(body: Promise<unknown>): Promise<ReturnType<typeof teamFailureOf>> {
  return teamFailureOf(await body.catch((raised: unknown) => raised));
}

/** A transport that gives up the calls that hang after `hungMs`, and leaves 20 s to all others: the machine may be busy. */
function impatient(hungMs: number, hangs: (call: CallName) => boolean): Transport {
  const send = createTransport({ timeoutMs: 20_000, maxSockets: CONCURRENCY, secrets: new Secrets() });
  return (exchange) => {
    const call = callOf(exchange.method ?? "POST", new URL(exchange.url).pathname);
    return send(hangs(call) ? { ...exchange, timeoutMs: hungMs } : exchange);
  };
}

const stateOf = (email: string) => ({ email, username: email, enabled: true, adopted: false });

async function plant(platform: Platform, enabled: boolean): Promise<TeamState> {
  const ids = await Promise.all(emails.map((email) => platform.addUser({ email, enabled })));
  const stored = Object.fromEntries(emails.map((email, index) => [email, ids[index] ?? ""]));
  return { ids: stored, adopted: {}, initialPasswords: {}, details: {} };
}

describe("a run on a platform that never gets better", function () {
  this.timeout(120_000);
  const open: Platform[] = [];
  listen();
  afterEach(async () => void (await Promise.all(open.splice(0).map((platform) => platform.close()))));

  async function start(on: string, { what, retries }: { what: Fault; retries: number }) {
    const platform = await startPlatform();
    open.push(platform);
    const work = WORK[on];
    const state = work?.enabled === undefined ? undefined : await plant(platform, work.enabled);
    const fault = platform.misbehave({ on: on as CallName, times: 1e9, when: "before", what });
    const settings = {
      "wallaroo:requestTimeout": "20",
      "wallaroo:maxRetries": String(retries),
      "wallaroo:maxConcurrency": String(CONCURRENCY),
    };
    const transport = what.hang === true ? impatient(300, (call) => call === on) : undefined;
    const times = { lookingMs: 500, ...(transport === undefined ? {} : { transport }) };
    return { platform, fault, state, provider: connectTo(platform, settings, times) };
  }

  for (const [name, what] of Object.entries(FAULTS)) {
    it(`begins no other member once an endpoint ${name} a few times in a row`, async () => {
      await Promise.all(
        Object.entries(WORK).map(async ([on, work]) => {
          const about = `${on} ${name}`;
          const { platform, fault, state, provider } = await start(on, what);
          const failed = await failureOf(
            provider.team.apply(work.state ? state : undefined, team(work.inputs), "team"),
          );
          const [, failing = "", untried = ""] =
            /: (\d+) members? failed of 150, not tried: (\d+)\. What was done is stored/.exec(failed.message) ?? [];
          expect(Number(untried), failed.message.slice(0, 2_000)).to.be.greaterThan(COUNT / 2);
          expect(Number(failing) + Number(untried), about).to.equal(COUNT);
          expect(failed.reasons.at(-1), about).to.match(
            /^Could not begin \d+ members: not tried, because (nothing has answered|no attempt has succeeded) since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: \d+ attempts to .+ failed in a row, the last with ".*"( \(HTTP \d+\))?\. [A-Z].*\.$/,
          );
          const attempts = MOST_BEGUN * (what.retries + 1);
          // A 401 of the API is worth a new token each time.
          expect(fault.hits, about).to.be.at.most(name === "answers 401" ? 2 * attempts : attempts);
          const signIns = on === "token" || name === "answers 401" ? attempts : 1;
          expect(platform.requests("token").length, about).to.be.at.most(signIns);
          expect(Object.keys(failed.state?.ids ?? {}).length, about).to.be.at.most(work.state ? COUNT : MOST_BEGUN);
          await sendsNothing(platform, provider, about);
        }),
      );
    });
  }

  it("ends in time for 10,000 members, with wallaroo:maxRetries as it is by default", async () => {
    const platform = await startPlatform();
    open.push(platform);
    platform.misbehave({ on: "*", times: 1e9, when: "before", what: { hang: true } });
    const members = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`p${index}@example.com`, {}]));
    const { team: own } = connectTo(platform, { "wallaroo:requestTimeout": "1" }, { silenceMs: 3_000 });
    const startedMs = performance.now();
    const failed = await failureOf(own.apply(undefined, members, "team"));
    // 3 s and two request timeouts; the rest is for a busy machine. One timeout for each of 8 would take 20 minutes.
    expect(performance.now() - startedMs).to.be.lessThan(100_000);
    expect(failed.message).to.match(/: 8 members failed of 10000, not tried: 9992\./);
    // As many as fit in 3 s; on a busy machine fewer do.
    const calls = platform.log.map(({ call }) => call);
    expect(calls.join(" ")).to.match(/^token( token){0,2}$/);
  });

  it("asks whether an invite arrived although nothing else is begun, until it knows", async () => {
    const platform = await startPlatform();
    open.push(platform);
    platform.misbehave({ on: "invite", when: "after", what: { reset: true } });
    const away = platform.misbehave({ on: "query", nth: 2, times: 6, when: "before", what: { status: 503, body: "" } });
    const { lifecycle } = connectTo(platform, { "wallaroo:maxRetries": "0" });
    const creating = lifecycle.create(declared("ann@example.com"));
    await until(() => away.hits > 3, creating);
    for (const email of ["bob@example.com", "carl@example.com"]) {
      expect(await messageOf(() => lifecycle.delete("some-id", stateOf(email)))).to.include("not tried");
    }
    expect(platform.writes()).to.have.length(1);
    const { id, state } = await creating;
    expect(away.hits).to.equal(6);
    expect(id).to.equal((await platform.findByEmail("ann@example.com"))?.id);
    expect(state.adopted).to.equal(false);
    expect(platform.writes()).to.have.length(1);
  });

  it("ends that question too, a request timeout after everything else, and keeps the account in the state", async () => {
    const platform = await startPlatform();
    open.push(platform);
    platform.misbehave({ on: "invite", times: 1e9, when: "after", what: { hang: true } });
    platform.misbehave({ on: "query", nth: 2, times: 1e9, when: "before", what: { hang: true } });
    // The first query is answered.
    const hangs = (call: CallName) => call === "invite" || platform.requests("invite").length > 0;
    const { team: own } = connectTo(
      platform,
      { "wallaroo:requestTimeout": "1", "wallaroo:maxConcurrency": String(CONCURRENCY) },
      { silenceMs: 3_000, transport: impatient(1_000, hangs) },
    );
    const startedMs = performance.now();
    const failed = await failureOf(own.apply(undefined, team(), "team"));
    // Looks go on for three minutes otherwise.
    expect(performance.now() - startedMs).to.be.lessThan(100_000);
    expect(failed.message).to.match(/: 4 members failed of 150, not tried: 146\./);
    expect(Object.keys(failed.state?.ids ?? {})).to.have.length(4);
    expect(platform.requests("invite")).to.have.length(4);
    // The decision, and a look at least: how many there is time for depends on the machine.
    expect(platform.requests("query").length).to.be.at.least(2);
  });

  it("stores through the engine's calls what was done, and the next run does only the rest", async () => {
    const platform = await startPlatform();
    open.push(platform);
    const what = { status: 403, body: { msg: "no", code: 403 } };
    platform.misbehave({ on: "invite", nth: 11, times: 1e9, when: "before", what });
    const config = { "wallaroo:maxRetries": "0", "wallaroo:maxConcurrency": String(CONCURRENCY) };
    const calls = new EngineCalls(() => platform, "team", config);
    expect(await messageOf(() => calls.up({ members: team() }))).to.match(
      /members failed of 150, not tried: 1\d\d\. What was done is stored/,
    );
    expect(platform.requests("invite").length).to.be.within(13, 10 + MOST_BEGUN);
    expect(Object.keys(calls.kept?.outputs["ids"] as object)).to.have.length(10);
    platform.behave();
    platform.clearLog();
    await calls.up({ members: team() });
    expect(platform.requests("invite")).to.have.length(COUNT - 10);
  });

  it("reads no account after a few failures of a refresh", async () => {
    const platform = await startPlatform();
    open.push(platform);
    const state = await plant(platform, true);
    platform.misbehave({ on: "*", times: 1e9, when: "before", what: { status: 503, body: "" } });
    const { team: own, lifecycle } = connectTo(platform, { "wallaroo:maxRetries": "0" });
    const reads = emails.map((email) => () => lifecycle.read(state.ids[email] ?? "", stateOf(email)));
    const kinds: string[] = [];
    for (const read of reads) {
      kinds.push(
        await read().then(
          () => "read",
          (error: { kind: string }) => error.kind,
        ),
      );
    }
    expect(kinds.slice(0, 5)).to.deep.equal([...Array<string>(3).fill("unavailable"), "notTried", "notTried"]);
    expect((await failureOf(own.read(state, "team"))).message).to.match(
      /read all members of team: 0 members failed of 150, not tried: 150\./,
    );
    expect(platform.log).to.have.length(3);
  });

  it("goes on with deactivations while only seats are refused", async () => {
    const platform = await startPlatform();
    open.push(platform);
    const state = await plant(platform, true);
    const full = platform.misbehave({
      on: "invite",
      times: 1e9,
      when: "before",
      what: FAULTS["answers 403"]?.what ?? {},
    });
    const { lifecycle } = connectTo(platform, { "wallaroo:maxConcurrency": "1" });
    const arriving = Array.from({ length: 10 }, (_, index) => lifecycle.create(declared(`n${index}@example.com`)));
    const ends = await Promise.allSettled(arriving);
    expect(ends.map((end) => (end as { reason: { kind: string } }).reason.kind)).to.deep.equal([
      ...Array<string>(3).fill("forbidden"),
      ...Array<string>(7).fill("notTried"),
    ]);
    const [email = ""] = emails;
    await lifecycle.delete(state.ids[email] ?? "", stateOf(email));
    expect((await platform.findByEmail(email))?.enabled).to.equal(false);
    expect(full.hits).to.equal(3);
  });

  /** What further resources of the process come to. */
  async function sendsNothing(platform: Platform, { lifecycle }: ReturnType<typeof connectTo>, about: string) {
    platform.clearLog();
    for (const email of ["x@example.com", "y@example.com", "z@example.com"]) {
      expect(await messageOf(() => lifecycle.create(declared(email))), about).to.match(
        /^Could not create [xyz]@example\.com: not tried, because /,
      );
    }
    const ends = await Promise.allSettled(
      emails.map((email) => {
        const state = { email, username: email, enabled: false, adopted: false };
        return lifecycle.update("some-id", state, declared(email));
      }),
    );
    for (const end of ends) expect(end, about).to.nested.include({ status: "rejected", "reason.kind": "notTried" });
    expect(platform.log, about).to.deep.equal([]);
  }
});
