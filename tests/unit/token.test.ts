import { expect } from "chai";
import { Secrets } from "../../provider/api/secrets";
import { TokenSource, type Grant } from "../../provider/api/token";
import type { Transport } from "../../provider/api/transport";

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

  it("is a person's, whom the platform lists, unless its claims say that it is a service account's", async () => {
    const isPerson = async (grant: Grant, claims: object) => {
      const access_token = `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
      const transport: Transport = () =>
        Promise.resolve({
          status: 200,
          body: JSON.stringify({ access_token, expires_in: 60 }),
          retryAfterMs: undefined,
        });
      const options = { authUrl: "https://x.example/auth", realm: "master", clientId: "c", clientSecret: "secret" };
      return (await new TokenSource({ ...options, grant }, transport, new Secrets()).caller()).isPerson;
    };
    const refresh: Grant = { type: "refresh", refreshToken: "r1" };
    const ann = { sub: "1", email: "ann@example.com", preferred_username: "ann@example.com" };
    // As Keycloak made them until 2019.
    const service = { sub: "2", email: "service-account-ci@placeholder.org", preferred_username: "service-account-ci" };
    expect(await isPerson(refresh, ann)).to.equal(true);
    expect(await isPerson({ type: "password", username: "ann", password: "password" }, {})).to.equal(true);
    for (const grant of [refresh, { type: "client" } as const]) expect(await isPerson(grant, service)).to.equal(false);
  });
});
