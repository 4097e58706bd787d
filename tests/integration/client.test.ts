import http from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { Breaker } from "../../provider/api/breaker";
import { createClient } from "../../provider/api/client";
import { isWallarooError } from "../../provider/api/errors";
import { Secrets } from "../../provider/api/redact";
import type { TokenSource } from "../../provider/api/token";
import { createTransport } from "../../provider/api/transport";
import { createUsersApi } from "../../provider/api/users";
import type { Fault } from "../emulator/misbehaviour";
import { startPlatform, type Platform } from "../emulator/platform";
import { CLIENT_SECRET } from "../emulator/sessions";
import { openApi } from "./api";
import { messageOf } from "./platform";

describe("the client", () => {
  let platform: Platform;
  afterEach(() => platform.close());

  const api = (options: Parameters<typeof openApi>[1] = {}) => openApi(platform, options);

  it("makes the exchanges of the guides", async () => {
    for (const seed of ["guide-2022", "guide-2024"] as const) {
      platform = await startPlatform({ seed });
      const users = api();
      const john = (await users.queryAll()).find((user) => user.email === "john.hansarick@wallaroo.ai");
      expect(await users.queryByIds([john?.id ?? ""])).to.have.length(1);
      await users.deactivate("john.hansarick@wallaroo.ai");
      expect(await platform.findByEmail("john.hansarick@wallaroo.ai")).to.include({ enabled: false });
      await users.activate("john.hansarick@wallaroo.ai");
      expect(await users.invite({ email: "new@example.com", password: "p" })).to.include({ password: "p" });
      expect((await users.invite({ email: "newer@example.com" })).password).to.have.length.greaterThan(8);
      expect(platform.requests("invite").map((entry) => entry.body)).to.deep.equal([
        { email: "new@example.com", password: "p" },
        { email: "newer@example.com" },
      ]);
      if (seed === "guide-2022") await platform.close();
    }
  });

  it("uses one connection and one token for calls that follow each other", async () => {
    platform = await startPlatform();
    const users = api();
    for (let i = 0; i < 5; i += 1) await users.queryAll();
    expect(platform.requests("token")).to.have.length(1);
    expect(new Set(platform.log.map((entry) => entry.connection)).size).to.equal(1);
  });

  it("asks for one token however many calls start at once", async () => {
    platform = await startPlatform();
    const users = api();
    await Promise.all(Array.from({ length: 10 }, () => users.queryAll()));
    expect(platform.requests("token")).to.have.length(1);
    expect(platform.maxConcurrent).to.be.at.most(8);
  });

  it("renews the token before its own expires_in runs out, without a 401", async () => {
    const clock = { ms: 0 };
    platform = await startPlatform();
    const users = api({ nowMs: () => clock.ms });
    for (const ms of [0, 30_000, 57_000, 100_000]) {
      clock.ms = ms;
      await users.queryAll();
    }
    expect(platform.requests("token").map((entry) => (entry.body as { grant_type: string }).grant_type)).to.deep.equal([
      "password",
      "refresh_token",
      "refresh_token",
    ]);
    expect(platform.requests("query").every((entry) => entry.status === 200)).to.equal(true);
  });

  it("gets one fresh token after a 401, by its credentials, and gives up after the second", async () => {
    platform = await startPlatform();
    const users = api();
    await users.queryAll();
    await platform.revokeSessions();
    await users.queryAll();
    expect(platform.requests("query").map((entry) => entry.status)).to.deep.equal([200, 401, 200]);
    platform.misbehave({
      on: "query",
      times: 5,
      when: "before",
      what: { status: 401, body: { msg: "no", code: 401 } },
    });
    platform.clearLog();
    expect(await messageOf(() => users.queryAll())).to.match(
      /^Could not query all accounts: no \(HTTP 401\)\. .*Keycloak/,
    );
    expect(platform.requests("query")).to.have.length(2);
  });

  it("signs in with every grant", async () => {
    platform = await startPlatform();
    const clientSecret = CLIENT_SECRET;
    const form = {
      grant_type: "password",
      client_id: "sdk-client",
      username: "admin",
      password: "admin",
      scope: "offline_access",
    };
    const url = `${platform.url}/auth/realms/master/protocol/openid-connect/token`;
    const made = (await (await fetch(url, { method: "POST", body: new URLSearchParams(form) })).json()) as Record<
      string,
      string
    >;
    await api({ grant: { type: "refresh", refreshToken: made["refresh_token"] ?? "" } }).queryAll();
    await api({ grant: { type: "token", token: made["access_token"] ?? "" } }).queryAll();
    await api({ grant: { type: "client" }, clientId: "api-client", clientSecret }).queryAll();
    await api({ clientId: "api-client", clientSecret }).queryAll();
    expect(platform.requests("query").map((entry) => entry.status)).to.deep.equal([200, 200, 200, 200]);
  });

  it("tells who the caller is from the token", async () => {
    platform = await startPlatform();
    const operator = await platform.findByEmail("operator@example.com");
    expect(await api().token.caller()).to.deep.equal({
      id: operator?.id,
      email: "operator@example.com",
      username: "operator@example.com",
      isPerson: true,
    });
  });

  it("knows a service account from an account that the platform lists", async () => {
    platform = await startPlatform();
    const grant = { type: "client" as const };
    const caller = await api({ grant, clientId: "api-client", clientSecret: CLIENT_SECRET }).token.caller();
    expect(caller).to.include({ username: "service-account-api-client", isPerson: false });
  });

  it("tries a wrong password once, however many calls need it, and does not repeat it", async () => {
    platform = await startPlatform();
    const users = api({ grant: { type: "password", username: "operator@example.com", password: "wrong-password" } });
    const messages = await Promise.all([1, 2, 3].map(() => messageOf(() => users.queryAll())));
    expect(new Set(messages).size).to.equal(1);
    expect(messages[0]).to.equal(
      "Could not sign in as operator@example.com: Invalid user credentials (HTTP 401). Check wallaroo:username (WALLAROO_USER) and wallaroo:password (WALLAROO_PASSWORD). After a change run pulumi up: refresh and destroy use the settings of the last up.",
    );
    expect(platform.requests("token")).to.have.length(1);
  });

  /** Short only where it is to run out. */
  const patience = (what: Fault) => (what.hang ? 1_000 : 10_000);
  const faults: [string, Fault, RegExp][] = [
    ["400", { status: 400, body: { msg: "bad thing", code: 400 } }, /rejected: .*bad thing \(HTTP 400\)/],
    ["403", { status: 403, body: { msg: "forbidden thing", code: 403 } }, /forbidden: .*\(HTTP 403\)/],
    ["404", { status: 404, body: "" }, /notFound: .*no explanation \(HTTP 404\)/],
    ["409", { status: 409, body: { msg: "taken", code: 409 } }, /conflict: /],
    ["413 with HTML", { status: 413, body: "<h1>Too Large</h1>" }, /rejected: .*Too Large/],
    ["429", { status: 429, headers: { "retry-after": "0" }, body: "" }, /rateLimited: /],
    ["500", { status: 500, body: { msg: "broken", code: 500 } }, /unavailable: .*broken \(HTTP 500\)/],
    ["502 with HTML", { status: 502, body: "<html><h1>Bad Gateway</h1></html>" }, /unavailable: .*Bad Gateway/],
    ["a reset", { reset: true }, /unavailable: .*(ECONNRESET|socket hang up|Premature close)/],
    ["half a body", { truncate: true }, /unavailable: /],
    ["no answer in time", { hang: true }, /timeout: .*within 1 s/],
    [
      "a page of a proxy",
      { status: 200, body: "<html>Sign in to the guest network</html>" },
      /unreadable: .*it is not JSON.*guest network/,
    ],
    ["another shape", { status: 200, body: { people: [] } }, /unreadable: .*`users` is missing/],
    ["nobody at all", { status: 200, body: { users: {} } }, /unreadable: .*built-in admin/],
    ["a user of another id", { status: 200, body: { users: { a: { id: "b" } } } }, /unreadable: .*not the key/],
    [
      "a redirect",
      { status: 302, headers: { location: "http://127.0.0.2/evil" }, body: "" },
      /rejected: .*redirects to http:\/\/127.0.0.2\/evil/,
    ],
  ];
  for (const [name, what, expected] of faults) {
    it(`makes one error of its kind of ${name}`, async () => {
      platform = await startPlatform();
      const users = api({ timeoutMs: patience(what), maxRetries: 1 });
      platform.misbehave({ on: "query", times: 9, when: "before", what });
      const error: unknown = await users.queryAll().catch((e: unknown) => e);
      if (!isWallarooError(error)) throw new Error(`not one of ours: ${String(error)}`);
      expect(`${error.kind}: ${error.message}`)
        .to.match(expected)
        .and.match(/^\w+: Could not query all accounts: /);
      expect(platform.requests("query")).to.have.length(
        ["timeout", "unavailable", "rateLimited"].includes(error.kind) ? 2 : 1,
      );
    });
  }

  it("waits as long as Retry-After says, in seconds or as a date", async () => {
    // A date has no parts of a second: between 2 and 3 s from now.
    for (const after of [() => "1", () => new Date(Math.ceil(Date.now() / 1000) * 1000 + 2_000).toUTCString()]) {
      platform = await startPlatform();
      const users = api();
      await users.token.get();
      const headers = { "retry-after": after() };
      platform.misbehave({ on: "query", when: "before", what: { status: 429, headers, body: "" } });
      await users.queryAll();
      const [first, second] = platform.requests("query");
      expect((second?.startedAt ?? 0) - (first?.finishedAt ?? Infinity)).to.be.at.least(900);
      await platform.close();
    }
    platform = await startPlatform();
  });

  it("stops reading an answer of more than 64 MiB, and takes one of fifty", async () => {
    platform = await startPlatform();
    const admin = (await platform.people()).find((user) => user.username === "admin");
    let megabytes = 50;
    const server = http.createServer((_request, response) => {
      response.write(`{"users":{"${admin?.id ?? ""}":${JSON.stringify({ ...admin, future: "F" }).slice(0, -2)}`);
      const chunk = "x".repeat(1024 * 1024);
      for (let sent = 0; sent < megabytes; sent += 1) response.write(chunk);
      response.end('"}}}');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const secrets = new Secrets();
      const transport = createTransport({ timeoutMs: 60_000, maxSockets: 2, secrets });
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const token = { get: () => Promise.resolve("t"), reject: () => undefined } as unknown as TokenSource;
      const retry = { maxRetries: 0, maxElapsedMs: 1 };
      const breaker = new Breaker({ requestTimeoutMs: 60_000 });
      const users = createUsersApi(createClient({ url, transport, token, secrets, breaker, retry, maxConcurrency: 2 }));
      expect((await users.queryAll()).map(({ id }) => id)).to.deep.equal([admin?.id]);
      megabytes = 70;
      expect(await messageOf(() => users.queryAll())).to.match(/the answer is larger than 67108864 bytes/);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }).timeout(120_000);

  it("recovers from an outage that ends in time", async () => {
    platform = await startPlatform();
    platform.misbehave({ on: "*", times: 2, when: "before", what: { status: 503, body: "" } });
    expect(await api().queryAll()).to.have.length(2);
  });

  it("has as many pauses as are wanted for what has not failed and is only not there yet", async () => {
    platform = await startPlatform();
    const secrets = new Secrets();
    const transport = createTransport({ timeoutMs: 1000, maxSockets: 8, secrets });
    const retry = { maxRetries: 1, maxElapsedMs: 60_000 };
    const token = {} as TokenSource;
    const breaker = new Breaker({ requestTimeoutMs: 1000 });
    const { pause } = createClient({ url: platform.url, transport, token, secrets, breaker, retry, maxConcurrency: 8 });
    const pauses = Array.from({ length: 100 }, () => pause(1, performance.now(), undefined));
    expect(await Promise.all(pauses)).to.not.include(false);
  });

  it("sends an invite once, whatever happens to the answer", async () => {
    platform = await startPlatform();
    for (const what of [{ status: 503, body: "" }, { reset: true }, { truncate: true }, { hang: true }] as Fault[]) {
      platform.clearLog();
      platform.misbehave({ on: "invite", times: 9, when: "after", what });
      await messageOf(() =>
        api({ timeoutMs: patience(what) }).invite({ email: "ann@example.com", password: "pass-word-1" }),
      );
      expect(platform.requests("invite")).to.have.length(1);
      platform.behave();
    }
  });
});
