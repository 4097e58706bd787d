import { expect } from "chai";
import type { UserState } from "../../provider/user/model";
import { BUILT_IN, OPERATOR } from "../emulator/seeds";
import type { Fault } from "../emulator/misbehaviour";
import { CLIENT_SECRET } from "../emulator/sessions";
import type { PlatformOptions } from "../emulator/platform";
import { grant } from "./callers";
import { connectTo, declared, messageOf, onPlatform } from "./platform";

const [boss, ann, young] = ["boss@example.com", "ann@example.com", "young@example.com"];
const UNKNOWN = /nothing tells which of the accounts this provider runs as/;

/** How the provider signs in with an access token that says nothing of its bearer. */
type Way = "token" | "token without openid" | "refreshToken" | "refreshToken without openid" | "password" | "client";

describe("a provider whose access token does not say who it runs as", () => {
  const { platform, start: startPlatform, writes } = onPlatform();

  async function start(way: Way, options: PlatformOptions = {}, userinfo?: Fault) {
    await startPlatform({ lightweightTokens: true, ...options });
    await platform().addUser({ email: boss, admin: true });
    await platform().addUser({ email: ann });
    const fields = { grant_type: "password", username: OPERATOR.email, password: OPERATOR.password };
    // With it an ID token comes along, with each renewal, too.
    const scope = way.endsWith("without openid") ? "offline_access" : "openid offline_access";
    const { body } = await grant(platform(), { ...fields, scope });
    if (userinfo !== undefined) {
      platform().misbehave({ on: "userinfo", times: 99, when: "before", what: userinfo });
    }
    const none = { "wallaroo:username": "", "wallaroo:password": "" };
    const config: Record<Way, Record<string, string>> = {
      token: { ...none, "wallaroo:token": body["access_token"] as string },
      "token without openid": { ...none, "wallaroo:token": body["access_token"] as string },
      refreshToken: { ...none, "wallaroo:refreshToken": body["refresh_token"] as string },
      "refreshToken without openid": { ...none, "wallaroo:refreshToken": body["refresh_token"] as string },
      password: {},
      client: { ...none, "wallaroo:clientId": "api-client", "wallaroo:clientSecret": CLIENT_SECRET },
    };
    platform().clearLog();
    return connectTo(platform(), config[way]);
  }
  const asked = () => platform().requests("userinfo").length;
  const known = async (email: string) => {
    const { id = "" } = (await platform().findByEmail(email)) ?? {};
    const state: UserState = { email, username: email, enabled: true, adopted: true, onDestroy: "deactivate" };
    return { id, state };
  };

  for (const [way, requests] of [
    ["token", 1],
    ["refreshToken", 0],
    ["password", 0],
  ] as const) {
    it(`does not cut off its own account, signed in by ${way}`, async () => {
      const { lifecycle, said } = await start(way);
      const { id, state } = await known(OPERATOR.email);
      for (const step of [
        () => lifecycle.delete(id, state),
        () => lifecycle.update(id, state, declared(OPERATOR.email, { enabled: false })),
        () => lifecycle.update(id, { ...state, admin: true }, declared(OPERATOR.email, { admin: false })),
        () => lifecycle.checkUpdate({ id, state }, declared(OPERATOR.email, { enabled: false })),
        () => lifecycle.checkLeaving({ id, state }, []),
        () => lifecycle.plan(declared(OPERATOR.email, { adopt: true, enabled: false })),
        () => lifecycle.create(declared(OPERATOR.email, { adopt: true, enabled: false })),
      ]) {
        expect(await messageOf(step)).to.match(/it is the account that this provider runs as\./);
      }
      const other = await known(boss);
      await lifecycle.delete(other.id, other.state);
      expect(writes()).to.deep.equal([`deactivate ${boss}`]);
      expect(asked()).to.equal(requests);
      expect(said).to.deep.equal([`${boss} was deactivated.`]);
    });
  }

  const failures: [string, Way, Fault | undefined][] = [
    ["is refused for want of a scope", "token without openid", undefined],
    ["is shut", "token", { status: 404, body: { error: "not here" } }],
    ["is a page of a proxy", "token", { status: 200, body: "<html>please sign in</html>" }],
    ["breaks off", "token", { reset: true }],
    ["is busy", "token", { status: 503, body: "" }],
    ["leads elsewhere", "token", { status: 302, headers: { location: "http://127.0.0.2/" }, body: "" }],
    ["holds names of the wrong type", "token", { status: 200, body: { sub: 7, email: [OPERATOR.email] } }],
    ["tells no sub, as something else would", "token", { status: 200, body: { email: ann } }],
  ];
  for (const [name, way, fault] of failures) {
    it(`cuts off no administrator, and others, where userinfo ${name}; and says so once`, async () => {
      const { lifecycle, said } = await start(way, {}, fault);
      for (const email of [OPERATOR.email, boss]) {
        const { id, state } = await known(email);
        const steps = [
          () => lifecycle.delete(id, state),
          () => lifecycle.update(id, state, declared(email, { enabled: false })),
          () => lifecycle.update(id, { ...state, admin: true }, declared(email, { admin: false })),
        ];
        for (const step of steps)
          expect(await messageOf(step))
            .to.match(UNKNOWN)
            .and.match(/this administrator\./);
      }
      expect(writes()).to.deep.equal([]);
      const { id, state } = await known(ann);
      await lifecycle.delete(id, state);
      await lifecycle.create(declared(young, { enabled: false }));
      expect(writes()).to.deep.equal([`deactivate ${ann}`, `invite ${young}`, `deactivate ${young}`]);
      expect(asked()).to.equal(1);
      expect(said.join("\n")).to.match(/^Neither the tokens nor userinfo tell .* no administrator is .* scopes basic/);
    });
  }

  it("cuts off no account at all where no roles are shown either, but for those that it has just invited", async () => {
    const { lifecycle, said } = await start("token without openid", { release: "2022" });
    for (const email of [OPERATOR.email, boss, ann]) {
      const { id, state } = await known(email);
      for (const step of [
        () => lifecycle.delete(id, state),
        () => lifecycle.checkLeaving({ id, state }, []),
        () => lifecycle.update(id, state, declared(email, { enabled: false })),
        () => lifecycle.create(declared(email, { adopt: true, enabled: false })),
      ]) {
        expect(await messageOf(step))
          .to.match(UNKNOWN)
          .and.match(/this account\./);
      }
    }
    expect(writes()).to.deep.equal([]);
    const made = await lifecycle.create(declared(young, { enabled: false }));
    expect(made.state).to.include({ enabled: false, adopted: false });
    expect(writes()).to.deep.equal([`invite ${young}`, `deactivate ${young}`]);
    expect(asked()).to.equal(1);
    expect(said.filter((line) => /no account is deactivated/.test(line))).to.have.length(1);
  });

  it("does not believe a userinfo that is about another bearer than the token", async () => {
    const other = { sub: "00000000-0000-4000-8000-000000000000", email: ann, preferred_username: ann };
    const { lifecycle, token } = await start("refreshToken without openid", {}, { status: 200, body: other });
    const caller = await token.caller(() => false);
    expect(asked()).to.equal(1);
    const { id } = await known(OPERATOR.email);
    expect(caller).to.deep.equal({ id });
    const leaver = await known(ann);
    await lifecycle.delete(leaver.id, leaver.state);
    expect(writes()).to.deep.equal([`deactivate ${ann}`]);
  });

  it("asks userinfo for no decision that cuts no account off", async () => {
    const { lifecycle, said } = await start("token");
    const { id, state } = await known(ann);
    await lifecycle.plan(declared(young));
    await lifecycle.create(declared(young));
    await lifecycle.read(id, state);
    await lifecycle.update(id, { ...state, admin: false }, declared(ann, { admin: true }));
    await lifecycle.delete(id, { ...state, onDestroy: "retain" });
    await lifecycle.plan(declared(boss, { adopt: true }));
    await platform().setEnabled(ann, false);
    const again = connectTo(platform(), {});
    await again.lifecycle.create(declared(ann, { enabled: false }));
    expect(asked()).to.equal(0);
    expect(said.join("\n")).to.not.match(/Neither the tokens nor userinfo/);
  });

  it("is not held up as a service account, which is none of the listed accounts", async () => {
    const { lifecycle, said } = await start("client");
    const { id, state } = await known(boss);
    await lifecycle.delete(id, state);
    expect([writes(), asked(), said]).to.deep.equal([[`deactivate ${boss}`], 0, [`${boss} was deactivated.`]]);
  });

  it("knows itself as the built-in admin, which has no address", async () => {
    await startPlatform({});
    await platform().addUser({ email: boss, admin: true });
    const { body } = await grant(platform(), { grant_type: "password", ...BUILT_IN });
    const config = {
      "wallaroo:username": "",
      "wallaroo:password": "",
      "wallaroo:token": body["access_token"] as string,
    };
    const { lifecycle, said } = connectTo(platform(), config);
    const { id, state } = await known(boss);
    await lifecycle.delete(id, state);
    expect([writes(), asked(), said]).to.deep.equal([[`deactivate ${boss}`], 0, [`${boss} was deactivated.`]]);
  });

  it("doubts that an account is gone where its own is missing too, and says where it can't tell", async () => {
    const email = "gone@example.com";
    const state: UserState = { email, username: email, enabled: true, adopted: false };
    const readGone = async (way: Way) => {
      const { lifecycle, said } = await start(way);
      const people = await platform().people();
      const users = Object.fromEntries(people.filter((user) => user.email !== OPERATOR.email).map((u) => [u.id, u]));
      platform().misbehave({ on: "query", times: 9, when: "before", what: { status: 200, body: { users } } });
      const read = await lifecycle.read("00000000-0000-4000-8000-000000000000", state).catch((e: Error) => e.message);
      return { read, said };
    };
    for (const [way, requests] of [
      ["token", 1],
      ["refreshToken", 0],
      ["password", 1],
    ] as const) {
      expect((await readGone(way)).read, way).to.match(/without the account that this provider runs as/);
      expect(asked(), way).to.equal(requests);
    }
    const { read, said } = await readGone("token without openid");
    expect(read).to.equal(undefined);
    expect(said.join("\n")).to.match(/Neither the tokens nor userinfo tell .* cut short can't be recognised/);
  });
});
