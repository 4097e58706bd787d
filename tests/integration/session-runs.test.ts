import { expect } from "chai";
import type { Members } from "../../provider/team/model";
import type { KnownUser, UserState } from "../../provider/user/model";
import { CLIENT_SECRET } from "../emulator/sessions";
import { teamFailureOf } from "../failures";
import { EngineCalls, listen } from "./dynamic";
import { connectTo, declared, onPlatform } from "./platform";
import { ann, halfDone, onSessions, password } from "./sessions";

const bob = "bob@example.com";
const api = { client_id: "api-client", client_secret: CLIENT_SECRET };
const FORBIDDEN = { status: 403, body: { error: "HTTP 403 Forbidden" } };
const members = (people: string[], inputs: Members[string] = {}): Members =>
  Object.fromEntries(people.map((email) => [email, { ...inputs }]));
const emails = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.com`);

describe("a run that cuts accounts off or brings them back", function () {
  this.timeout(60_000);
  const on = onPlatform();
  const { platform, start, writes } = on;
  const { withAnn, open, sent, left, isEnabled } = onSessions(on);
  const heard = listen();
  const run = (policy = "auto", config = {}) => connectTo(platform(), { "wallaroo:endSessions": policy, ...config });
  const calls = () => platform().log.flatMap(({ call, method }) => (call === "token" ? [] : [`${method} ${call}`]));
  const END = ["POST endSessions", "GET sessions"];

  it("ends sessions when the account is seen to be deactivated, and before it is activated, by four requests at most", async () => {
    for (const [clients, more] of [
      [[], ["GET sessions"]],
      [[{}], ["DELETE endSessions", "GET sessions"]],
      [
        [{}, api],
        ["DELETE endSessions", "DELETE endSessions"],
      ],
    ] as const) {
      const end = [...END, ...more];
      const { id, state } = await withAnn(true, [...clients]);
      const off = await run().lifecycle.update(id, state, declared(ann, { enabled: false }));
      const query = "POST query";
      expect(calls()).to.deep.equal([query, "POST workspaces/list", "POST deactivate", query, ...end]);
      expect(await left(id)).to.deep.equal([]);
      await platform().setEnabled(ann, true);
      await open(ann, [...clients]);
      await platform().setEnabled(ann, false);
      platform().clearLog();
      await run().lifecycle.update(id, off, declared(ann));
      expect(calls()).to.deep.equal([query, ...end, "POST activate", query]);
    }
  });

  it("asks for no session if it does neither", async () => {
    const { id, state } = await withAnn(true);
    await run("required").lifecycle.update(id, state, declared(ann, { firstName: "Ann" }));
    await run("required").lifecycle.create(declared(ann, { adopt: true }));
    await run("required").lifecycle.delete(id, { ...state, onDestroy: "retain" });
    await platform().setEnabled(ann, false);
    await run("required").lifecycle.create(declared(ann, { enabled: false }));
    const off: UserState = { ...state, enabled: false };
    await run("required").lifecycle.update(id, off, declared(ann, { enabled: false, onDestroy: "retain" }));
    await run("required").lifecycle.delete(id, off);
    await run("required").lifecycle.read(id, off);
    expect(sent()).to.deep.equal([]);
  });

  const LEAVE: [string, (known: KnownUser) => Promise<unknown>][] = [
    ["a destroy", ({ id, state }) => run("required").lifecycle.delete(id, state)],
    [
      "a member that leaves",
      ({ id }) =>
        run("required").team.apply({ ids: { [ann]: id }, adopted: {}, initialPasswords: {}, details: {} }, {}, "team"),
    ],
    [
      "a member that is declared off",
      ({ id }) =>
        run("required").team.apply(
          { ids: { [ann]: id }, adopted: {}, initialPasswords: {}, details: {} },
          members([ann], { enabled: false }),
          "team",
        ),
    ],
    ["an adoption of an account that is declared off", () => adopt({ enabled: false })],
    [
      "a destroy that puts an account back as found",
      ({ id, state }) => run("required").lifecycle.delete(id, { ...state, adopted: true, foundEnabled: false }),
    ],
  ];
  const adopt = (inputs: object) => run("required").lifecycle.create(declared(ann, { adopt: true, ...inputs }));
  for (const [what, leave] of LEAVE) {
    it(`ends sessions by ${what}`, async () => {
      const known = await withAnn(true);
      await leave(known);
      expect([await isEnabled(), writes(), await left(known.id)]).to.deep.equal([false, [`deactivate ${ann}`], []]);
    });
  }

  const RETURN: typeof LEAVE = [
    ["a create", () => run("required").lifecycle.create(declared(ann))],
    ["an adoption", () => adopt({})],
    [
      "a member",
      ({ id }) =>
        run("required").team.apply(
          { ids: { [ann]: id }, adopted: {}, initialPasswords: {}, details: { [ann]: { enabled: false } } },
          members([ann]),
          "team",
        ),
    ],
    [
      "a destroy that puts an account back as found",
      ({ id, state }) => run("required").lifecycle.delete(id, { ...state, adopted: true, foundEnabled: true }),
    ],
  ];
  for (const [what, comeBack] of RETURN) {
    it(`ends sessions before ${what} activates an account, and activates none under \`required\` without that`, async () => {
      const known = await withAnn(false);
      platform().misbehave({ on: "endSessions", when: "before", what: FORBIDDEN });
      const failed: unknown = await comeBack(known).catch((error: unknown) => error);
      if (!(failed instanceof Error)) throw new Error("it did not fail");
      expect(failed.message).to.include(
        "Could not activate ann@example.com: its sessions could not be ended before that",
      );
      expect([await isEnabled(), writes()]).to.deep.equal([false, []]);
      await comeBack(known);
      expect([await isEnabled(), await left(known.id)]).to.deep.equal([true, []]);
    });
  }

  for (const policy of ["auto", "required"]) {
    it(`ends under \`${policy}\` the sessions that a run has left which died after it had deactivated the account`, async () => {
      for (const step of ["update", "delete"] as const) {
        const { id, state } = await withAnn(false);
        // The state of before, as the engine keeps it then.
        const before: UserState = { ...state, enabled: true };
        await run(policy).lifecycle[step](id, before, declared(ann, { enabled: false }));
        expect([writes(), await isEnabled(), await left(id)]).to.deep.equal([[], false, []]);
      }
    });

    it(`ends under \`${policy}\` the sessions of an account whose deactivation was lost on the way`, async () => {
      const { id, state } = await withAnn(true);
      const off = declared(ann, { enabled: false });
      platform().misbehave({ on: "deactivate", when: "after", what: { reset: true } });
      const failed = await halfDone(run(policy, { "wallaroo:maxRetries": "0" }).lifecycle.update(id, state, off));
      expect(sent()).to.deep.equal([]);
      await run(policy).lifecycle.update(id, failed.user.state, off);
      expect([writes().length, await left(id)]).to.deep.equal([1, []]);
    });

    it(`fails under \`${policy}\` if Keycloak is out, and the next run ends what it left, after a refresh too`, async () => {
      await start();
      for (const isRefreshed of [false, true]) {
        const stack = new EngineCalls(platform, "user", { "wallaroo:endSessions": policy, "wallaroo:maxRetries": "1" });
        const email = `${policy}-${isRefreshed}@example.com`;
        await stack.up({ email, password });
        await open(email);
        const fault = platform().misbehave({
          on: "endSessions",
          times: 9,
          when: "before",
          what: { status: 503, body: "" },
        });
        const failed: unknown = await stack.up({ email, enabled: false }).catch((error: unknown) => error);
        expect(String(failed)).to.match(/Could not end the sessions of .*HTTP 503.*the next `pulumi up` ends them/s);
        expect(stack.kept?.outputs).to.include({ enabled: false, unfinished: true });
        fault.remove();
        if (isRefreshed) await stack.refresh();
        expect((await left(stack.kept?.id ?? "")).length).to.equal(1);
        expect(await stack.up({ email, enabled: false })).to.equal("updated");
        expect(stack.kept?.outputs).to.not.have.property("unfinished");
        expect(await left(stack.kept?.id ?? "")).to.deep.equal([]);
        expect(await stack.up({ email, enabled: false })).to.equal("unchanged");
      }
      expect(heard().filter((line) => line.includes("sessions"))).to.deep.equal([]);
    });
  }

  it("keeps a member in the state whose sessions were not ended, and ends them when it leaves again", async () => {
    const { id } = await withAnn(true);
    const bobs = await platform().addUser({ email: bob });
    const state = { ids: { [ann]: id, [bob]: bobs }, adopted: {}, initialPasswords: {}, details: {} };
    platform().misbehave({ on: "endSessions", who: id, when: "before", what: FORBIDDEN });
    const failed = teamFailureOf(
      await run("required")
        .team.apply(state, {}, "team")
        .catch((error: unknown) => error),
    );
    if (failed.state === undefined) throw new Error("no state is stored");
    expect(failed.reasons).to.have.length(1);
    expect(failed.state.details).to.deep.equal({ [ann]: { enabled: false, unfinished: true } });
    expect([await isEnabled(ann), await isEnabled(bob)]).to.deep.equal([false, false]);
    const done = await run("required").team.apply(failed.state, {}, "team");
    expect([done.ids, await left(id)]).to.deep.equal([{}, []]);
  });

  for (const [what, refusal] of Object.entries({
    "403": FORBIDDEN,
    "501": { status: 501, body: "" },
    "a login page": { status: 200, body: "<html>please sign in</html>" },
  })) {
    it(`cuts all accounts off though Keycloak's admin API answers ${what}, with one warning or a failure for each`, async () => {
      for (const policy of ["auto", "required"]) {
        const { lifecycle } = await start();
        const made: KnownUser[] = [];
        for (const email of emails(6)) made.push(await lifecycle.create(declared(email)));
        platform().misbehave({ on: "endSessions", times: 1e9, when: "before", what: refusal });
        const { lifecycle: leaving, said } = run(policy);
        let failures = 0;
        // One after the other: what fails at the same time is counted once.
        for (const { id, state } of made) await leaving.delete(id, state).catch(() => (failures += 1));
        expect(platform().requests("deactivate")).to.have.length(6);
        expect(sent()).to.have.length(6);
        const warnings = said.filter((line) => line.startsWith("Could not end the sessions of"));
        expect([failures, warnings.length]).to.deep.equal(policy === "auto" ? [0, 1] : [6, 0]);
      }
    });
  }

  it("leaves an account alone that is deactivated already and has an address that the state does not know", async () => {
    const { id, state } = await withAnn(false);
    await run().lifecycle.delete(id, { ...state, enabled: true, email: bob, username: bob });
    expect(sent()).to.deep.equal([]);
  });

  it("takes an account that was deleted meanwhile for what it is, and for no missing API", async () => {
    for (const policy of ["auto", "required"]) {
      const { id, state } = await withAnn(true);
      const { lifecycle, said, directory } = run(policy);
      const confirm = directory.confirm.bind(directory);
      // Right after the look that shows it deactivated.
      let looks = 0;
      directory.confirm = async (...asked) => {
        const user = await confirm(...asked);
        if ((looks += 1) === 1) await platform().remove(ann);
        return user;
      };
      const off = await lifecycle.update(id, state, declared(ann, { enabled: false }));
      expect([off.enabled, said, sent()]).to.deep.equal([false, [], [`POST logout`]]);
    }
  });

  it("takes an id that Keycloak does not know, of an account that the platform shows, for another realm", async () => {
    for (const policy of ["auto", "required"]) {
      for (const enabled of [false, true]) {
        const { id, state } = await withAnn(!enabled);
        const unknown = { status: 404, body: { error: "User not found" } };
        platform().misbehave({ on: "endSessions", when: "before", what: unknown });
        const { lifecycle, said } = run(policy);
        const end = await lifecycle
          .update(id, state, declared(ann, { enabled }))
          .catch((error: unknown) => String(error));
        expect(policy === "auto" ? said.join() : end).to.match(/User not found \(HTTP 404\)/);
      }
    }
  });

  it("does not say that it is done if Keycloak answers so and sessions are left", async () => {
    const { id, state } = await withAnn(true);
    const before = { id: "1", username: ann, userId: id };
    platform().misbehave({ on: "sessions", nth: 2, when: "before", what: { status: 200, body: [before] } });
    const failed = await halfDone(run().lifecycle.update(id, state, declared(ann, { enabled: false })));
    expect(failed.message).to.match(
      /^Could not end the sessions of ann@example\.com: Keycloak answered that it is done, and still shows 1 of them\. /,
    );
  });

  it("ends none while the account is still shown active", async () => {
    const { id, state } = await withAnn(true);
    await platform().change({ ignoresDeactivate: [ann] });
    await halfDone(run().lifecycle.update(id, state, declared(ann, { enabled: false })));
    expect(sent()).to.deep.equal([]);
  });

  it("sends nothing to Keycloak's admin API if `wallaroo:readOnly` is set", async () => {
    const reading = { "wallaroo:readOnly": "true" };
    for (const enabled of [false, true]) {
      const { id, state } = await withAnn(!enabled);
      const step = run("auto", reading).lifecycle.update(id, state, declared(ann, { enabled }));
      const message = String(await step.catch((error: unknown) => error));
      expect(message).to.match(enabled ? /Could not activate ann/ : /Could not deactivate ann/);
      expect(message).to.match(/wallaroo:readOnly \(WALLAROO_READ_ONLY\) is true/);
      expect([sent(), writes()]).to.deep.equal([[], []]);
    }
  });

  it("holds `wallaroo:maxConcurrency`, and asks no further query", async () => {
    const people = emails(30);
    await start();
    const state = await run().team.apply(undefined, members(people), "team");
    platform().clearLog();
    platform().latencyMs = 5;
    await run("auto", { "wallaroo:maxConcurrency": "2" }).team.delete(state, "team");
    const spans = platform().log.map(({ startedAt, finishedAt = Infinity }) => [startedAt, finishedAt] as const);
    const atOnce = spans.map(([at]) => spans.filter(([from, to]) => from <= at && at < to).length);
    expect(Math.max(...atOnce)).to.be.at.most(2);
    expect(sent()).to.have.length(90);
    expect(platform().requests("query").length).to.be.at.most(30 / 25 + 2);
  });
});
