import { expect } from "chai";
import { callerOf } from "../../provider/api/caller";
import { Secrets } from "../../provider/api/redact";
import { TokenSource, type Grant } from "../../provider/api/token";
import type { Exchange, Transport } from "../../provider/api/transport";

describe("the token of a run", () => {
  it("is renewed by the newest refresh token after a 401, where that is all we were given", async () => {
    const sent: (string | null)[] = [];
    // A Keycloak that revokes a refresh token once it was used.
    const transport: Transport = ({ body }) => {
      const given = new URLSearchParams(body).get("refresh_token");
      sent.push(given);
      const isNewest = given === `r${sent.length}`;
      const answer = { access_token: `a${sent.length}`, expires_in: 60, refresh_token: `r${sent.length + 1}` };
      return Promise.resolve({
        status: isNewest ? 200 : 400,
        body: JSON.stringify(isNewest ? answer : { error: "invalid_grant" }),
        retryAfterMs: undefined,
      });
    };
    const options = { authUrl: "https://x.example/auth", realm: "master", clientId: "sdk-client" };
    const grant = { type: "refresh", refreshToken: "r1" } as const;
    const token = new TokenSource({ ...options, grant }, transport, new Secrets());
    for (const expected of ["a1", "a2", "a3"]) {
      const got = await token.get();
      expect(got).to.equal(expected);
      token.reject(got);
    }
    expect(sent).to.deep.equal(["r1", "r2", "r3"]);
  });

  it("is that of an account that the platform lists, unless its claims say that it is a service account's", async () => {
    const isPerson = async (grant: Grant, claims: object) => {
      const access_token = `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
      const transport: Transport = () =>
        Promise.resolve({
          status: 200,
          body: JSON.stringify({ access_token, expires_in: 60 }),
          retryAfterMs: undefined,
        });
      const options = {
        authUrl: "https://x.example/auth",
        realm: "master",
        clientId: "c",
        clientSecret: "secret",
      };
      return (await new TokenSource({ ...options, grant }, transport, new Secrets()).caller()).isPerson;
    };
    const refresh: Grant = { type: "refresh", refreshToken: "r1" };
    const ann = { sub: "1", email: "ann@example.com", preferred_username: "ann@example.com" };
    // As Keycloak made them until 2019.
    const service = { sub: "2", email: "service-account-ci@placeholder.org", preferred_username: "service-account-ci" };
    expect(await isPerson(refresh, ann)).to.equal(true);
    expect(await isPerson({ type: "password", username: "ann", password: "password" }, {})).to.equal(true);
    for (const grant of [refresh, { type: "client" } as const]) expect(await isPerson(grant, service)).to.equal(false);
    expect(await isPerson(refresh, { sub: "2", email: service.email }), "by its address").to.equal(false);
    expect(await isPerson(refresh, { preferred_username: "admin" }), "without an address").to.equal(true);
    expect(await isPerson({ type: "client" }, {})).to.equal(false);
    expect(await isPerson(refresh, { sub: "3" }), "of either").to.equal(undefined);
  });
});

describe("who the provider runs as", () => {
  const [id, email, username] = ["id-of-ann", "ann@example.com", "ann"];
  const claims = { sub: id, email, preferred_username: username };

  it("is what the first source says that says it, and no source about another account is read", () => {
    const all = { id, email, username, isPerson: true };
    expect(callerOf([claims, { sub: id, email: "old@example.com" }])).to.deep.equal(all);
    expect(callerOf([{}, { sub: id }, { email }, { preferred_username: username }])).to.deep.equal(all);
    expect(callerOf([{ sub: "other" }, claims])).to.deep.equal({ id: "other" });
    expect(callerOf([{ email }, claims])).to.deep.equal(all);
    const odd = [
      { sub: null, email: "", preferred_username: 7 },
      { sub: [id], email: { email } },
    ];
    expect(callerOf(odd)).to.deep.equal({});
  });

  it("is told by the ID token and the refresh token that came along, or by the configured refresh token", async () => {
    const jwt = (payload: object) => `x.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.x`;
    const told = async (grant: Grant, answer: object) => {
      const requests: string[] = [];
      const transport: Transport = ({ url }) => {
        requests.push(url);
        const body = JSON.stringify({ access_token: jwt({}), expires_in: 60, ...answer });
        return Promise.resolve({ status: url.endsWith("/token") ? 200 : 404, body, retryAfterMs: undefined });
      };
      const options = { authUrl: "https://x.example/auth", realm: "master", clientId: "c" };
      const token = new TokenSource({ ...options, grant }, transport, new Secrets());
      const caller = await token.caller((found) => found.id !== undefined);
      return { ...caller, requests: requests.length };
    };
    const refresh: Grant = { type: "refresh", refreshToken: jwt({ sub: "of the configured one" }) };
    const password: Grant = { type: "password", username, password: "password" };
    expect(await told(refresh, {})).to.deep.equal({ id: "of the configured one", requests: 1 });
    expect(await told(refresh, { refresh_token: jwt({ sub: id }) })).to.deep.equal({ id, requests: 1 });
    expect(await told(refresh, { id_token: jwt(claims) })).to.deep.equal({
      id,
      email,
      username,
      isPerson: true,
      requests: 1,
    });
    expect(await told(password, { refresh_token: "opaque" })).to.deep.equal({ username, isPerson: true, requests: 2 });
    expect(await told({ type: "token", token: "opaque" }, {})).to.deep.equal({ requests: 1 });
  });

  it("is asked of userinfo once, however many need it at once, whatever it answers, signed or not", async () => {
    const jwt = `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
    for (const [body, expected] of [
      [JSON.stringify(claims), email],
      [jwt, email],
      ["<html>", undefined],
      ['"text"', undefined],
      ["null", undefined],
      [JSON.stringify([claims]), undefined],
    ]) {
      const asked: Exchange[] = [];
      const transport: Transport = (exchange) => {
        asked.push(exchange);
        return Promise.resolve({ status: 200, body: body ?? "", retryAfterMs: undefined });
      };
      const options = { authUrl: "https://x.example/auth", realm: "a realm", clientId: "c" };
      const token = new TokenSource(
        { ...options, grant: { type: "token", token: "opaque" } },
        transport,
        new Secrets(),
      );
      const callers = await Promise.all([1, 2, 3].map(() => token.caller(() => false)));
      for (const caller of [...callers, await token.caller(() => false)]) expect(caller.email).to.equal(expected);
      expect(asked.map(({ url }) => url)).to.deep.equal([
        "https://x.example/auth/realms/a%20realm/protocol/openid-connect/userinfo",
      ]);
      expect(asked[0]?.timeoutMs, "a decision waits for it").to.equal(5_000);
    }
  });
});
