import { expect } from "chai";
import { Secrets } from "../../provider/api/secrets";
import { TokenSource } from "../../provider/api/token";
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
});
