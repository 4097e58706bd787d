import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { UserInputs } from "../../provider/user/model";
import { halfDoneOf } from "../failures";
import type { Fault } from "../emulator/misbehaviour";
import { CLIENT_SECRET } from "../emulator/sessions";
import { until } from "../emulator/until";
import { FaultProxy } from "./faults/proxy";
import { connectTo, declared, messageOf, onPlatform } from "./platform";

const ann = "ann@example.com";

describe("the lifecycle of a user over HTTP", () => {
  const { platform, start, writes } = onPlatform();

  for (const inviteAnswersId of ["uuid", "email"] as const) {
    it(`has the Keycloak id, also where an invite answers the ${inviteAnswersId}`, async () => {
      const { lifecycle } = await start({ inviteAnswersId });
      const { id, state } = await lifecycle.create(declared("Ann@example.com".toLowerCase()));
      expect(id).to.equal((await platform().findByEmail(ann))?.id);
      expect(state).to.include({ email: ann, username: ann, enabled: true, adopted: false });
    });
  }

  it("does not invite again when the first answer was lost", async () => {
    for (const what of [
      { reset: true },
      { status: 503, body: "" },
      { truncate: true },
      { status: 200, body: "<html>" },
    ]) {
      const { lifecycle, said } = await start();
      platform().misbehave({ on: "invite", when: "after", what });
      const { state } = await lifecycle.create(declared(ann));
      expect(platform().requests("invite")).to.have.length(1);
      expect(state).to.include({ adopted: false, enabled: true }).and.not.have.property("initialPassword");
      expect(said.join()).to.match(/temporary password was lost/);
    }
  });

  it("invites again when the first invite never arrived", async () => {
    const { lifecycle } = await start();
    platform().misbehave({ on: "invite", times: 2, when: "before", what: { reset: true } });
    const { state } = await lifecycle.create(declared(ann, { password: "Pp-declared" }));
    expect(platform().requests("invite")).to.have.length(3);
    expect(state).to.include({ adopted: false, initialPassword: "Pp-declared" });
  });

  it("takes over what may be its own invite that arrived late, and would not cut it off, as the platform refused the next one", async () => {
    const { lifecycle, said } = await start({}, { "wallaroo:requestTimeout": "1" });
    // The first one arrives when the next one is there, and is dealt with before it.
    let arrive = () => {};
    const what = { until: new Promise<void>((resolve) => (arrive = resolve)) };
    const late = platform().misbehave({ on: "invite", times: 2, when: "before", what });
    const creating = lifecycle.create(declared(ann));
    await until(() => late.hits === 2, creating);
    arrive();
    const { state } = await creating;
    expect(state).to.include({ adopted: true, foundEnabled: true });
    expect(said.join()).to.match(/a second invite that it failed.*counts as adopted, and destroy leaves it/);
    expect((await platform().people()).filter((user) => user.email === ann)).to.have.length(1);
  });

  for (const duplicateStatus of [400, 409, 500] as const) {
    it(`lets exactly one of two win that invite the same address, when a duplicate answers ${duplicateStatus}`, async () => {
      const first = await start({ duplicateStatus, latencyMs: 20 });
      const second = connectTo(platform());
      const ends = await Promise.allSettled([
        first.lifecycle.create(declared(ann)),
        second.lifecycle.create(declared(ann)),
      ]);
      expect(ends.map((end) => end.status).sort()).to.deep.equal(["fulfilled", "rejected"]);
      const lost = ends.find((end) => end.status === "rejected");
      expect((lost?.reason as Error).message).to.match(
        /an active account of this address is there already.*adopt: true/,
      );
    });
  }

  it("reports what is half done with the id and the reason, and finishes it without a second invite", async () => {
    const { lifecycle } = await start();
    platform().misbehave({
      on: "deactivate",
      when: "before",
      what: { status: 400, body: { msg: "not now", code: 400 } },
    });
    const error: unknown = await lifecycle.create(declared(ann, { enabled: false })).catch((e: unknown) => e);
    const { user, message } = halfDoneOf(error);
    expect(user.state).to.include({ enabled: true, adopted: false });
    expect(message).to.match(/Could not deactivate ann@example.com: not now/);
    const state = await lifecycle.update(user.id, user.state, declared(ann, { enabled: false }));
    expect(state.enabled).to.equal(false);
    expect(writes()).to.deep.equal([`invite ${ann}`, `deactivate ${ann}`, `deactivate ${ann}`]);
  });

  for (const [how, inputs, fault] of [
    ["deactivated", [{ enabled: false }]],
    ["demoted", [{ admin: false }]],
    ["demoted or deactivated", [{ admin: false }, { enabled: false }]],
    ["deactivated with answers that are lost", [{ enabled: false }], { status: 502, body: "" }],
  ] as [string, Partial<UserInputs>[], Fault?][]) {
    it(`never leaves the platform without an enabled administrator when all are ${how} at once`, async () => {
      const { lifecycle } = await start(
        { operator: false, latencyMs: 5 },
        {
          "wallaroo:clientId": "api-client",
          "wallaroo:clientSecret": CLIENT_SECRET,
          "wallaroo:username": "",
          "wallaroo:password": "",
          "wallaroo:maxRetries": "0",
        },
      );
      await platform().makeAdmin("admin", false);
      const bosses = ["one@example.com", "two@example.com", "three@example.com"];
      for (const email of bosses) await platform().addUser({ email, admin: true });
      if (fault !== undefined) platform().misbehave({ on: "deactivate", times: 9, when: "after", what: fault });
      const ends = await Promise.allSettled(
        bosses.map((email, index) =>
          lifecycle.create(declared(email, { adopt: true, ...inputs[index % inputs.length] })),
        ),
      );
      const refused = ends.filter((end) => end.status === "rejected" && /last enabled/.test(String(end.reason)));
      expect(refused).to.have.length(1);
      expect(platform().writes()).to.have.length(2);
      expect(
        (await platform().people()).filter((user) => user.enabled && user.realmRoles?.includes("admin")),
      ).to.have.length(1);
    });
  }

  it("counts accounts on their way in when seats are limited", async () => {
    const { lifecycle } = await start({ latencyMs: 10 }, { "wallaroo:seatLimit": "3" });
    const ends = await Promise.allSettled(
      ["a@x.com", "b@x.com", "c@x.com", "d@x.com"].map((email) => lifecycle.create(declared(email))),
    );
    const refused = ends.flatMap((end) => (end.status === "rejected" ? [(end.reason as Error).message] : []));
    expect(refused).to.have.length(2);
    for (const words of refused) expect(words).to.match(/^Could not give a seat to \w@x\.com: 3 of the 3 seats/);
    expect(ends.filter((end) => end.status === "fulfilled")).to.have.length(2);
    expect(platform().requests("invite")).to.have.length(2);
  });

  it("reports an update of which a part was done, or may have been, with what is so then", async () => {
    const { lifecycle } = await start({}, { "wallaroo:maxRetries": "0" });
    const { id, state } = await lifecycle.create(declared(ann));
    const inputs = declared(ann, { enabled: false, firstName: "X" });
    for (const [what, words] of [
      [{ status: 400, body: { msg: "no", code: 400 } }, /Could not edit .* no \(HTTP 400\)/],
      [{ status: 502, body: "" }, /Could not deactivate/],
    ] as const) {
      await platform().setEnabled(ann, true);
      platform().misbehave({ on: words.source.includes("edit") ? "edit" : "deactivate", when: "after", what });
      const next = connectTo(platform(), { "wallaroo:maxRetries": "0" });
      const error = await next.lifecycle.update(id, state, inputs).catch((failure: unknown) => failure);
      const { user, message } = halfDoneOf(error);
      expect(message).to.match(words);
      expect(user.id).to.equal(id);
      expect(user.state.enabled).to.equal(what.status === 502);
    }
  });

  it("knows its own invite whose answer was lost, whatever words the address is made of", async () => {
    const { lifecycle } = await start();
    platform().misbehave({ on: "invite", when: "after", what: { status: 502, body: "<h1>Bad gateway</h1>" } });
    const { state } = await lifecycle.create(declared("taken@exists.example.com"));
    expect(state.adopted).to.equal(false);
    expect(platform().requests("invite")).to.have.length(1);
  });

  it("refuses an address that is only the username of an account with another one", async () => {
    const { lifecycle } = await start();
    await platform().addUser({ email: "new@example.com", username: ann });
    expect(await messageOf(() => lifecycle.create(declared(ann, { adopt: true })))).to.match(
      /still the username of an account whose address is now new@example.com/,
    );
  });

  it("reads a thousand accounts in one query and confirms joined creates in one", async () => {
    const { lifecycle } = await start({ latencyMs: 5 });
    const people = Array.from({ length: 50 }, (_, i) => `p${i}@example.com`);
    const made = await Promise.all(people.map((email) => lifecycle.create(declared(email))));
    expect(platform().requests("invite")).to.have.length(50);
    expect(platform().requests("query").length).to.be.at.most(3);
    expect(platform().maxConcurrent).to.be.at.most(8);
    platform().clearLog();
    const fresh = connectTo(platform());
    for (let i = 0; i < 20; i += 1) await Promise.all(made.map(({ id, state }) => fresh.lifecycle.read(id, state)));
    expect(platform().log.map((entry) => entry.call)).to.deep.equal(["token", "query"]);
  });

  it("puts nothing but JSON into the state, whatever a user looks like", async () => {
    const { lifecycle } = await start();
    for (const [index, createdTimestamp] of [NaN, 2 ** 60, null, "yesterday", -1, undefined].entries()) {
      const email = `odd${index}@example.com`;
      await platform().addUser({ email, ...({ createdTimestamp, future: { a: [undefined] }, status: 7 } as object) });
      const { state } = await lifecycle.create(declared(email, { adopt: true }));
      expect(JSON.parse(JSON.stringify(state))).to.deep.equal(state);
    }
  });

  it("leaves alone what was changed on the platform when something else is declared anew, and says so", async () => {
    const { lifecycle } = await start();
    const { id, state } = await lifecycle.create(declared(ann, { firstName: "Ann" }));
    await platform().setEnabled(ann, false);
    await platform().rename(ann, { firstName: "By hand" });
    platform().clearLog();
    const { lifecycle: next, said } = connectTo(platform());
    const spared = declared(ann, { firstName: "Ann", onDestroy: "retain" });
    const seen = await next.update(id, state, spared);
    expect(platform().writes(), "preview announced onDestroy alone").to.deep.equal([]);
    expect(seen).to.include({ enabled: false, firstName: "By hand", onDestroy: "retain" });
    expect(said.join()).to.match(/ann@example.com: enabled, firstName were changed on the platform.*next `pulumi up`/);
    const named = await connectTo(platform()).lifecycle.update(id, state, { ...spared, firstName: "Anna" });
    expect(named, "one change does not bring the other along").to.include({ enabled: false, firstName: "Anna" });
    const repaired = await connectTo(platform()).lifecycle.update(id, seen, spared);
    expect(repaired).to.include({ enabled: true, firstName: "Ann" });
  });

  it("takes no account for its own whose invite never left this machine", async () => {
    await start();
    const proxy = new FaultProxy(platform().url);
    await proxy.start();
    try {
      const { lifecycle, directory } = connectTo(platform(), { "wallaroo:url": proxy.url });
      // Seen before, and no connection left open: the invite is the first that meets no server.
      await directory.view(0);
      proxy.order(1, { kind: "refused" }, 1_500);
      await sleep(50);
      const inviting = messageOf(() => lifecycle.create(declared(ann, { password: "Ours-1" })));
      await platform().addUser({ email: ann });
      expect(await inviting).to.match(/an active account of this address is there already/);
    } finally {
      await proxy.stop();
    }
  });

  it("keeps an account whose password came with half a character in it", async () => {
    const { lifecycle, said } = await start();
    const body = { id: ann, password: "Half-\ud83d" };
    platform().misbehave({ on: "invite", when: "after", what: { status: 200, body } });
    const { state } = await lifecycle.create(declared(ann));
    expect(state).to.include({ adopted: false, enabled: true }).and.not.have.property("initialPassword");
    expect(said.join()).to.match(/the temporary password was lost/);
  });

  it("invites with no roles where a release insists on some word of them, and from then on at once", async () => {
    const { lifecycle } = await start({ roles: "required" });
    const { state } = await lifecycle.create(declared(ann));
    expect(state).to.include({ adopted: false });
    await lifecycle.create(declared("bob@example.com"));
    await lifecycle.create(declared("cleo@example.com", { roles: ["admin"] }));
    expect(
      platform()
        .requests("invite")
        .map(({ body }) => (body as { roles?: string[] }).roles),
    ).to.deep.equal([undefined, [], [], ["admin"]]);
    const refused = await start();
    const body = { msg: "roles are not yours to give", code: 400 };
    platform().misbehave({ on: "invite", when: "before", times: 9, what: { status: 400, body } });
    expect(await messageOf(() => refused.lifecycle.create(declared(ann)))).to.match(/roles are not yours to give/);
    expect(writes(), "and asks once more, not for ever").to.deep.equal([`invite ${ann}`, `invite ${ann}`]);
  });

  it("says that it activates an account again that was active when adopted", async () => {
    const { lifecycle } = await start();
    await platform().addUser({ email: ann });
    const { id, state } = await lifecycle.create(declared(ann, { adopt: true, enabled: false }));
    const { lifecycle: next, said } = connectTo(platform());
    await next.delete(id, state);
    expect((await platform().findByEmail(ann))?.enabled).to.equal(true);
    expect(said.join()).to.match(/ann@example.com is deactivated, and was activated again.*onDestroy: "deactivate"/);
  });

  it("stores that a change may be half done when its answer was lost, however the last attempt failed", async () => {
    for (const last of [
      { status: 429, body: "" },
      { status: 403, body: "" },
      { status: 404, body: "" },
    ]) {
      const { lifecycle } = await start({}, { "wallaroo:maxRetries": "1" });
      const { id, state } = await lifecycle.create(declared(ann));
      for (const step of ["update", "delete"] as const) {
        await platform().setEnabled(ann, true);
        platform().misbehave({ on: "deactivate", when: "after", what: { reset: true } });
        platform().misbehave({ on: "deactivate", when: "before", nth: 2, what: last });
        const error = await connectTo(platform(), { "wallaroo:maxRetries": "1" })
          .lifecycle[step](id, state, declared(ann, { enabled: false }))
          .catch((e: unknown) => e);
        expect(halfDoneOf(error).message, step).to.contain(`HTTP ${last.status}`);
        expect((await platform().findByEmail(ann))?.enabled).to.equal(false);
        platform().behave();
      }
    }
  });
});
