import { expect } from "chai";
import { signInByDevice, type DeviceCode } from "../../provider/api/device";
import { WallarooError } from "../../provider/api/errors";
import { Secrets } from "../../provider/api/redact";
import type { Answer, Exchange } from "../../provider/api/transport";
import { messageOf } from "../integration/platform";

const CODE = {
  device_code: "the-device-code",
  user_code: "ABCD-EFGH",
  verification_uri: "https://sso.example/device",
  verification_uri_complete: "https://sso.example/device?user_code=ABCD-EFGH",
  expires_in: 600,
  interval: 5,
};
const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
const TOKENS = {
  access_token: jwt({ sub: "1", email: "ann@example.com" }),
  refresh_token: jwt({ sub: "1", typ: "Offline" }),
};
const PENDING = { error: "authorization_pending" };
const SLOW = { error: "slow_down" };
const LOST = new WallarooError({ kind: "unavailable", operation: "", who: "", words: "", next: "" });

/** Signs in on a server that gives these answers one after another, the last one for ever; without waiting. */
function signIn(begin: object, ...polls: (object | number)[]) {
  const pausesS: number[] = [];
  const sent: Exchange[] = [];
  const shown: DeviceCode[] = [];
  let nowMs = 0;
  const answers = [begin, ...polls];
  const transport = (exchange: Exchange): Promise<Answer> => {
    sent.push(exchange);
    const given = answers.length > 1 ? answers.shift() : answers[0];
    if (given instanceof Error) return Promise.reject(given);
    if (typeof given === "number") return Promise.resolve({ status: given, body: "", retryAfterMs: undefined });
    const status = given !== undefined && "error" in given ? 400 : 200;
    return Promise.resolve({ status, body: JSON.stringify(given), retryAfterMs: undefined });
  };
  const sleep = (ms: number) => {
    pausesS.push(ms / 1000);
    nowMs += ms;
    return Promise.resolve();
  };
  const client = { authUrl: "https://sso.example/auth", realm: "master", clientId: "sdk-client" };
  const options = { client, transport, secrets: new Secrets(), show: (code: DeviceCode) => shown.push(code), sleep };
  const end = signInByDevice({ ...options, nowMs: () => nowMs });
  return { end, pausesS, sent, shown };
}

describe("signing in by a browser", () => {
  it("asks for an offline token, shows address and code, and waits by the server's interval before each question", async () => {
    const { end, pausesS, sent, shown } = signIn({ ...CODE, interval: 7 }, PENDING, PENDING, TOKENS);
    const { refreshToken, isOffline, caller } = await end;
    expect({ refreshToken, isOffline }).to.deep.equal({ refreshToken: TOKENS.refresh_token, isOffline: true });
    expect(caller).to.include({ id: "1", email: "ann@example.com" });
    expect(pausesS).to.deep.equal([7, 7, 7]);
    expect(shown).to.deep.equal([
      {
        address: CODE.verification_uri,
        userCode: CODE.user_code,
        completeAddress: CODE.verification_uri_complete,
        lifeMs: 600_000,
      },
    ]);
    expect(sent.map(({ url, body }) => [url.split("/").at(-1), body])).to.deep.equal([
      ["device", "scope=openid+offline_access&client_id=sdk-client"],
      ...Array<unknown>(3).fill([
        "token",
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=the-device-code&client_id=sdk-client",
      ]),
    ]);
  });

  it("waits 5 s longer each time that the server finds it too fast", async () => {
    const { end, pausesS } = signIn(CODE, SLOW, PENDING, SLOW, PENDING, TOKENS);
    await end;
    expect(pausesS).to.deep.equal([5, 10, 10, 15, 15]);
  });

  it("goes on through outages, more slowly", async () => {
    const { end, pausesS } = signIn(CODE, LOST, 503, 429, PENDING, TOKENS);
    await end;
    expect(pausesS).to.deep.equal([5, 10, 15, 20, 20]);
  });

  for (const [given, interval] of [
    [undefined, 5],
    ["soon", 5],
    [0, 1],
    [-3, 1],
  ] as const) {
    it(`waits ${interval} s where the server names ${JSON.stringify(given)} as its interval`, async () => {
      const { end, pausesS } = signIn({ ...CODE, interval: given }, TOKENS);
      await end;
      expect(pausesS).to.deep.equal([interval]);
    });
  }

  it("gives up when the code has expired by the server's word, or by its life", async () => {
    const told = signIn(CODE, PENDING, { error: "expired_token" });
    expect(await messageOf(() => told.end)).to.match(/ABCD-EFGH was not entered in time\. Run login again\./);
    const untold = signIn({ ...CODE, expires_in: 22 }, PENDING);
    expect(await messageOf(() => untold.end)).to.include("was not entered in time");
    expect(untold.pausesS).to.deep.equal([5, 5, 5, 5]);
  });

  it("ends at once when the user denies it", async () => {
    const { end, sent } = signIn(CODE, { error: "access_denied", error_description: "The end user denied it" });
    expect(await messageOf(() => end)).to.match(
      /^Could not sign in by a browser.*: The end user denied it \(HTTP 400\)/,
    );
    expect(sent).to.have.length(2);
  });

  it("says what an administrator has to allow when the client may not do it", async () => {
    const { end, shown } = signIn({ error: "unauthorized_client", error_description: "The flow is disabled" });
    expect(await messageOf(() => end)).to.include(
      'allow the client sdk-client the "OAuth 2.0 Device Authorization Grant"',
    );
    expect(shown).to.deep.equal([]);
  });

  for (const [name, answer] of [
    ["has no code", { ...CODE, user_code: undefined }],
    ["has an address that is none", { ...CODE, verification_uri: "javascript:alert(1)" }],
    ["is another page", {}],
  ] as const) {
    it(`refuses an answer that ${name}, and quotes no device code`, async () => {
      const { end, shown } = signIn(answer);
      const message = await messageOf(() => end);
      expect(message).to.include("holds no usable code").and.not.include("the-device-code");
      expect(shown).to.deep.equal([]);
    });
  }

  it("refuses an answer without a refresh token, and quotes none of its tokens", async () => {
    const message = await messageOf(() => signIn(CODE, { access_token: TOKENS.access_token }).end);
    expect(message).to.include("holds no refresh token").and.not.include(TOKENS.access_token);
  });

  it("tells an offline token from one that ends with its session", async () => {
    const { isOffline } = await signIn(CODE, { ...TOKENS, refresh_token: jwt({ typ: "Refresh" }) }).end;
    expect(isOffline).to.equal(false);
  });
});
