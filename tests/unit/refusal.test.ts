import { expect } from "chai";
import { isWallarooError } from "../../provider/api/errors";
import { Secrets } from "../../provider/api/redact";
import { TokenSource, type Grant } from "../../provider/api/token";
import type { Transport } from "../../provider/api/transport";
import { SettingsReading } from "../../provider/settings-source";

const USER: Grant = { type: "password", username: "ann", password: "pass-word" };
const REFRESH: Grant = { type: "refresh", refreshToken: "r1" };

describe("a refused sign-in", () => {
  const CONFIGURED = new SettingsReading({ config: () => undefined, env: {} });
  const EXPLICIT = new SettingsReading({ config: () => undefined, env: undefined });
  const refused = async (
    grant: Grant,
    status: number,
    error: string,
    error_description: string,
    names = CONFIGURED,
  ): Promise<string> => {
    const body = JSON.stringify({ error, error_description });
    const transport: Transport = () => Promise.resolve({ status, body, retryAfterMs: undefined });
    const options = { authUrl: "https://x.example/auth", realm: "master", clientId: "sdk-clinet", grant };
    const failure: unknown = await new TokenSource(options, transport, new Secrets())
      .get()
      .catch((raised: unknown) => raised);
    if (!isWallarooError(failure)) throw new Error(`not refused: ${String(failure)}`);
    return names.inWords(failure.message);
  };

  it("for the client's sake is told to look at the client, with any credentials", async () => {
    // As Keycloak 26.4 answers an unknown client, one with a wrong secret, and one that may not sign in by passwords.
    const answers = [
      [401, "invalid_client", "Invalid client or Invalid client credentials"],
      [401, "unauthorized_client", "Invalid client or Invalid client credentials"],
      [400, "unauthorized_client", "Client not allowed for direct access grants"],
    ] as const;
    for (const grant of [USER, REFRESH]) {
      for (const [status, error, words] of answers) {
        expect(await refused(grant, status, error, words))
          .to.match(/Check wallaroo:clientId .* and wallaroo:clientSecret .*: Keycloak refuses the client sdk-clinet\./)
          .and.not.match(/wallaroo:username|wallaroo:password|wallaroo:refreshToken/);
      }
    }
  });

  it("for the user's sake is told to look at user and password", async () => {
    expect(await refused(USER, 401, "invalid_grant", "Invalid user credentials"))
      .to.match(/Check wallaroo:username .* and wallaroo:password/)
      .and.not.match(/clientId/);
  });

  it("with a refresh token is told that preview may have spent it, and what to use instead", async () => {
    for (const words of [
      "Maximum allowed refresh token reuse exceeded",
      "Token is not active",
      "Invalid refresh token",
    ]) {
      expect(await refused(REFRESH, 400, "invalid_grant", words)).to.match(
        /wallaroo:refreshToken .*wallaroo:clientId .*takes each only once: pulumi preview spends it, and up fails\. There use an offline token/,
      );
    }
  });

  for (const [grant, error, words] of [
    [USER, "invalid_grant", "Check `username` of the WallarooProvider and `password` of the WallarooProvider. "],
    [REFRESH, "invalid_grant", "Check `refreshToken` of the WallarooProvider, and that it was issued to the client of `clientId`"],
    [{ type: "client" }, "invalid_client", "Check `clientId` of the WallarooProvider and `clientSecret` of the WallarooProvider. "],
    [USER, "invalid_client", "Check `clientId` of the WallarooProvider and `clientSecret` of the WallarooProvider: Keycloak refuses"],
    [USER, undefined, "Check `authUrl` of the WallarooProvider and `realm` of the WallarooProvider: no Keycloak realm"],
  ] as [Grant, string | undefined, string][]) {
    it(`names the inputs of the provider in the program that signs in by ${grant.type} (${error ?? "no realm"})`, async () => {
      const status = error === undefined ? 404 : 401;
      expect(await refused(grant, status, error ?? "", "no", EXPLICIT))
        .to.include(words)
        .and.not.match(/wallaroo:|WALLAROO_|the configuration/);
    });
  } // prettier-ignore
});
