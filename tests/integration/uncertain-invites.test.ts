import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { PartialFailure } from "../../provider/user/partial-failure";
import type { Fault } from "../emulator/misbehaviour";
import { startPlatform } from "../emulator/platform";
import { itAtOnce } from "./at-once";
import { connectTo, declared, messageOf, onPlatform } from "./platform";

const ann = "ann@example.com";
const PAGE = "<html>please sign in</html>";

/** What a look after an invite may be answered with while something is wrong. */
const LOOKS: Record<string, Fault> = {
  "a captive page": { status: 200, body: PAGE },
  "204": { status: 204, body: "" },
  "{}": { status: 200, body: {} },
  "302": { status: 302, body: "", headers: { location: "http://127.0.0.1:9/" } },
  "404": { status: 404, body: PAGE },
  "408": { status: 408, body: "" },
  "425": { status: 425, body: "" },
  "401": { status: 401, body: { msg: "no", code: 401 } },
  "403": { status: 403, body: { msg: "no", code: 403 } },
  "429": { status: 429, body: "" },
  "500 of the platform": { status: 500, body: { msg: "no", code: 500 } },
  "502": { status: 502, body: PAGE },
  "a reset": { reset: true },
  "half a body": { truncate: true },
};

describe("the question whether an invite arrived", function () {
  this.timeout(60_000);
  const { platform, start } = onPlatform();
  const invites = () => platform().requests("invite").length;
  const lost = () => platform().misbehave({ on: "invite", when: "after", what: { status: 502, body: PAGE } });

  describe("while looks fail", () =>
    itAtOnce(
      LOOKS,
      (name) =>
        `goes on when they are answered with ${name}, also after an invite that was answered, whatever wallaroo:maxRetries says`,
      async (what) => {
        for (const isLost of [true, false]) {
          const own = await startPlatform();
          try {
            const { lifecycle } = connectTo(own, { "wallaroo:maxRetries": "0" });
            if (isLost) own.misbehave({ on: "invite", when: "after", what: { status: 502, body: PAGE } });
            const away = own.misbehave({ on: "query", nth: 2, times: 3, when: "before", what });
            const { id, state } = await lifecycle.create(declared(ann, { password: "Pp-declared" }));
            expect(away.hits).to.equal(3);
            expect(id).to.equal((await own.findByEmail(ann))?.id);
            expect(state).to.include({ adopted: false, enabled: true, initialPassword: "Pp-declared" });
            expect(own.requests("invite")).to.have.length(1);
          } finally {
            await own.close();
          }
        }
      },
    ));

  it("is asked for all at the same time, and holds back the invites of others until it is answered", async () => {
    const { lifecycle } = await start({}, { "wallaroo:maxConcurrency": "4", "wallaroo:maxRetries": "0" });
    const people = Array.from({ length: 20 }, (_, index) => `p${index}@example.com`);
    platform().latencyMs = 20;
    const invitesLost = platform().misbehave({
      on: "invite",
      times: 4,
      when: "after",
      what: { reset: true },
    });
    platform().misbehave({ on: "query", nth: 2, times: 6, when: "before", what: { status: 404, body: PAGE } });
    const creating = Promise.all(people.map((email) => lifecycle.create(declared(email))));
    await sleep(1_000);
    expect(invitesLost.hits).to.equal(4);
    expect(invites(), "as many as may be under way at once").to.equal(4);
    const looks = platform().requests("query").length;
    expect(looks, "one look for all").to.be.at.most(8);
    const made = await creating;
    expect(new Set(made.map(({ id }) => id)).size).to.equal(20);
    expect(made.every(({ state }) => !state.adopted)).to.equal(true);
    expect(invites()).to.equal(20);
  });

  it("leaves the turns in line to others: an update goes on meanwhile", async () => {
    const { lifecycle, directory } = await start({}, { "wallaroo:maxConcurrency": "1", "wallaroo:maxRetries": "0" });
    const bob = await lifecycle.create(declared("bob@example.com"));
    lost();
    await directory.view(0);
    platform().misbehave({ on: "query", nth: 1, times: 5, when: "before", what: { status: 404, body: PAGE } });
    let isCreated = false;
    const creating = lifecycle.create(declared(ann)).then(() => (isCreated = true));
    await sleep(200);
    const wanted = declared("bob@example.com", { onDestroy: "retain" });
    await lifecycle.update(bob.id, bob.state, wanted);
    expect(isCreated).to.equal(false);
    await creating;
    expect(invites()).to.equal(2);
  });

  it("is answered late by a platform that shows accounts late, and no account is invited twice", async () => {
    for (const [status, body] of [
      [200, PAGE],
      [502, PAGE],
    ] as const) {
      const { lifecycle } = await start({ seenAfterMs: 1_500 }, { "wallaroo:maxRetries": "0" });
      platform().misbehave({ on: "invite", when: "after", what: { status, body } });
      const { id, state } = await lifecycle.create(declared(ann));
      expect(id).to.equal((await platform().findByEmail(ann))?.id);
      expect(state).to.include({ adopted: false });
      expect(invites()).to.equal(1);
    }
  });

  it("is settled by a look with a warning, which says how to set a password", async () => {
    for (const password of [undefined, "Pp-declared"]) {
      const { lifecycle, said } = await start();
      lost();
      const { state } = await lifecycle.create(declared(ann, password === undefined ? {} : { password }));
      expect(state.initialPassword).to.equal(password);
      const what =
        password === undefined ? /temporary password was lost/ : /declared password was accepted is not known/;
      expect(said.join())
        .to.match(what)
        .and.match(/answer to the invite of ann@example.com was lost.*HTTP 502/);
      expect(said.join()).to.match(/Users in Keycloak's admin console \(Credentials > Reset password\)/);
    }
  });

  it("is announced once it takes long, in one line for all", async () => {
    const { lifecycle, said } = await start({ seenAfterMs: 6_000 });
    await Promise.all([ann, "bob@example.com"].map((email) => lifecycle.create(declared(email))));
    expect(said).to.have.length(1);
    expect(said.join()).to.match(/invited and is not visible on the platform yet\. It is looked for.*up to 180 s/);
  });

  it("ends with an error, and nothing in the state, when the platform answers and shows no account to the end", async () => {
    const { lifecycle } = await start({}, { "wallaroo:maxRetries": "1" }, { lookingMs: 1_000 });
    platform().misbehave({ on: "invite", times: 9, when: "before", what: { status: 502, body: PAGE } });
    const error: unknown = await lifecycle.create(declared(ann)).catch((e: unknown) => e);
    expect(error).to.not.be.instanceOf(PartialFailure);
    expect((error as Error).message).to.match(/HTTP 502.*No look at the platform shows the account so far/);
    expect(invites()).to.equal(2);
    platform().behave();
    const { state } = await connectTo(platform()).lifecycle.create(declared(ann));
    expect(state.adopted).to.equal(false);
  });
});

describe("an invite that the platform itself says has failed", () => {
  const { platform, start, writes } = onPlatform();
  const WORDS: [number, object][] = [
    [500, { msg: "could not insert", code: 500 }],
    [500, { msg: "", code: 0 }],
    [503, { msg: "Internal", code: 9, trace: "x" }],
    [400, { msg: "Invalid password: must contain at least 1 upper case characters.", code: 400 }],
    [409, { msg: "nope", code: 409 }],
  ];

  for (const [status, body] of WORDS) {
    it(`makes no account this stack's own: ${status} ${JSON.stringify(body)}`, async () => {
      const { lifecycle } = await start();
      platform().misbehave({ on: "invite", when: "after", what: { status, body } });
      const message = await messageOf(() => lifecycle.create(declared(ann, { password: "Pp-declared" })));
      expect(message).to.match(/an active account of this address is there already.*write `adopt: true`/);
      const { msg } = body as { msg: string };
      expect(message).to.include(`the invite was answered with "${msg === "" ? "" : msg.replace(/\.$/, "")}`);
      expect(message)
        .to.match(/Credentials > Reset password/)
        .and.not.include("Pp-declared");
      expect(writes()).to.deep.equal([`invite ${ann}`]);
    });
  }

  it("leaves an account that is taken over adopted, without a password that may have been refused, and says so", async () => {
    const { lifecycle, said } = await start({ passwordPolicy: "after" });
    const { id, state } = await lifecycle.create(declared(ann, { adopt: true, password: "too-weak" }));
    expect(state).to.include({ adopted: true }).and.not.have.property("initialPassword");
    expect(said.join()).to.match(/answered with "Invalid password.*HTTP 500.*taken over\. To set a new password/);
    await connectTo(platform()).lifecycle.delete(id, state);
    expect((await platform().findByEmail(ann))?.enabled).to.equal(true);
  });

  it("is quoted with its first words, although a second one is refused with others", async () => {
    const { lifecycle } = await start({ passwordPolicy: "after", seenAfterMs: 3_600_000 });
    const message = await messageOf(() => lifecycle.create(declared(ann, { password: "too-weak" })));
    expect(message).to.match(/User exists with same email.*; an earlier invite was answered with "Invalid password/);
  });

  for (const duplicate of [
    { status: 500, body: { msg: "constraint uk_dykn684sl8up1crfei6eckhd7", code: 500 } },
    { status: 500, body: { msg: "", code: 500 } },
    { status: 400, body: { msg: "nein", code: 1 } },
  ]) {
    it(`lets exactly one of two win where a duplicate is answered with ${JSON.stringify(duplicate)}`, async () => {
      const first = await start({ latencyMs: 20 });
      const second = connectTo(platform());
      // Every answer but the first good one is put into these words.
      platform().misbehave({ on: "invite", nth: 2, when: "after", what: duplicate });
      const ends = await Promise.allSettled([first, second].map(({ lifecycle }) => lifecycle.create(declared(ann))));
      expect(ends.map((end) => end.status).sort()).to.deep.equal(["fulfilled", "rejected"]);
      expect((await platform().people()).filter((user) => user.email === ann)).to.have.length(1);
    });
  }
});
