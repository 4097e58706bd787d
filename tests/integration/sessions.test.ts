import { expect } from "chai";
import type { CallName, Fault } from "../emulator/misbehaviour";
import { connectTo, declared, messageOf, onPlatform } from "./platform";
import { ann, halfDone, onSessions } from "./sessions";

const QUICK = { "wallaroo:requestTimeout": "0.5" };

/** What is sent for an account with offline sessions at one client, in this order. */
const REQUESTS: [string, CallName, number][] = [
  ["the logout", "endSessions", 1],
  ["the look for offline sessions", "sessions", 1],
  ["the end of the offline ones", "endSessions", 2],
  ["the look for online sessions", "sessions", 2],
];
const NOT_OFFERED: Record<string, Fault> = {
  "403": { status: 403, body: { error: "HTTP 403 Forbidden" } },
  "404 by Keycloak": { status: 404, body: { error: "HTTP 404 Not Found" } },
  "404 by a proxy": { status: 404, body: "<html><h1>Not Found</h1></html>" },
  "405": { status: 405, body: "" },
  "501": { status: 501, body: "" },
  "a redirect": { status: 302, body: "", headers: { location: "https://login.example.com/" } },
  "a login page": { status: 200, body: "<html>please sign in</html>" },
};
const PASSING: Record<string, Fault> = {
  "500": { status: 500, body: "" },
  hang: { hang: true },
  reset: { reset: true },
  "429": { status: 429, body: "" },
};
/** Policy, moment of the fault, and whether the account is active afterwards: each two of them in every combination. */
const ONCE = [
  ["auto", "before", false],
  ["auto", "after", true],
  ["required", "before", true],
  ["required", "after", false],
] as const;

describe("the sessions of an account", function () {
  this.timeout(60_000);
  const on = onPlatform();
  const { platform, writes } = on;

  const { withAnn, sent, left, isEnabled } = onSessions(on);
  const run = (policy: string, config = {}) =>
    connectTo(platform(), { ...QUICK, "wallaroo:endSessions": policy, ...config });
  for (const [request, call, nth] of REQUESTS) {
    for (const [what, fault] of Object.entries(NOT_OFFERED)) {
      it(`are left with a warning by \`auto\` if ${request} meets ${what}, cut off and brought back alike`, async () => {
        for (const enabled of [false, true]) {
          const { id, state } = await withAnn(!enabled);
          const hit = platform().misbehave({ on: call, nth, when: "before", what: fault });
          const { lifecycle, said } = run("auto");
          expect(await lifecycle.update(id, state, declared(ann, { enabled }))).to.deep.equal({ ...state, enabled });
          expect([hit.hits, await isEnabled()]).to.deep.equal([1, enabled]);
          expect(said).to.have.length(1);
          expect(said[0]).to.match(/^Could not end the sessions of ann@example\.com: .*wallaroo:endSessions/s);
          expect(sent()).to.have.length(REQUESTS.findIndex(([name]) => name === request) + 1);
        }
      });
    }

    it(`fail a step under \`required\` if ${request} meets ${Object.keys(NOT_OFFERED).join(", ")}; the next run makes up for it`, async () => {
      for (const fault of Object.values(NOT_OFFERED)) {
        const { id, state } = await withAnn(true);
        platform().misbehave({ on: call, nth, when: "before", what: fault });
        const off = declared(ann, { enabled: false });
        const failed = await halfDone(run("required").lifecycle.update(id, state, off));
        expect(failed.message).to.match(
          /^Could not end the sessions of ann@example\.com: .*The account is deactivated/,
        );
        expect(failed.user.state).to.deep.equal({ ...state, enabled: false, unfinished: true });
        expect(await isEnabled()).to.equal(false);
        const done = await run("required").lifecycle.update(id, failed.user.state, off);
        expect(done).to.deep.equal({ ...state, enabled: false });
        expect(await left(id)).to.deep.equal([]);
        expect(writes()).to.deep.equal([`deactivate ${ann}`]);
      }
    });

    it(`keep an account deactivated under \`required\` if ${request} meets ${Object.keys(NOT_OFFERED).join(", ")}`, async () => {
      for (const fault of Object.values(NOT_OFFERED)) {
        const { id, state } = await withAnn(false);
        platform().misbehave({ on: call, nth, when: "before", what: fault });
        const { lifecycle } = run("required");
        expect(await messageOf(() => lifecycle.update(id, state, declared(ann)))).to.match(
          /^Could not activate ann@example\.com: its sessions could not be ended before that: /,
        );
        expect([writes(), await isEnabled()]).to.deep.equal([[], false]);
        await run("required").lifecycle.update(id, state, declared(ann));
        expect([await isEnabled(), await left(id)]).to.deep.equal([true, []]);
      }
    });

    for (const [what, fault] of Object.entries(PASSING)) {
      it(`are ended all the same if ${request} meets ${what} once, before or after it was done`, async () => {
        for (const [policy, when, enabled] of ONCE) {
          const { id, state } = await withAnn(!enabled);
          const hit = platform().misbehave({ on: call, nth, when, what: fault });
          const { lifecycle, said } = run(policy);
          await lifecycle.update(id, state, declared(ann, { enabled }));
          expect([hit.hits, await isEnabled(), await left(id), said]).to.deep.equal([1, enabled, [], []]);
        }
      });
    }
  }

  it("are left by `off`, which asks nothing", async () => {
    const { id, state } = await withAnn(true);
    const off = await run("off").lifecycle.update(id, state, declared(ann, { enabled: false }));
    await run("off").lifecycle.update(id, off, declared(ann));
    expect([sent(), (await left(id)).length]).to.deep.equal([[], 1]);
  });
});
