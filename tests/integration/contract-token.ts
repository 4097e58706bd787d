import { expect } from "chai";
import type { Platform, PlatformOptions } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";
import { CLIENT_SECRET } from "../emulator/sessions";
import { callerOf, claimsOf, grant, post } from "./callers";

const SIGN_IN = { grant_type: "password", username: OPERATOR.email, password: OPERATOR.password };
const API_CLIENT = { client_id: "api-client", client_secret: CLIENT_SECRET };

/** How the token endpoint answers, over every identity store. The table was measured on Keycloak 26.4. */
export function tokenContract(start: (options?: PlatformOptions) => Promise<Platform>): void {
  let platform: Platform;
  beforeEach(async () => {
    platform = await start();
  });
  afterEach(() => platform.close());

  const WRONG_CLIENT = "Invalid client or Invalid client credentials";
  const refusals: [string, Record<string, string>, number, string, string][] = [
    ["a wrong secret", { ...SIGN_IN, ...API_CLIENT, client_secret: "no" }, 401, "unauthorized_client", WRONG_CLIENT],
    ["a secret left out", { ...SIGN_IN, client_id: "api-client" }, 401, "unauthorized_client", WRONG_CLIENT],
    ["an unknown client", { ...SIGN_IN, client_id: "nobody" }, 401, "invalid_client", WRONG_CLIENT],
    ["a wrong password", { ...SIGN_IN, password: "no" }, 401, "invalid_grant", "Invalid user credentials"],
    ["an unknown account", { ...SIGN_IN, username: "nobody" }, 401, "invalid_grant", "Invalid user credentials"],
    ["spaces", { ...SIGN_IN, username: ` ${OPERATOR.email} ` }, 401, "invalid_grant", "Invalid user credentials"],
    [
      "a username left out",
      { grant_type: "password", password: OPERATOR.password },
      401,
      "invalid_request",
      "Missing parameter: username",
    ],
    ["a grant left out", { username: "ann" }, 400, "invalid_request", "Missing form parameter: grant_type"],
    ["an unknown grant", { grant_type: "nonsense" }, 400, "unsupported_grant_type", "Unsupported grant_type"],
    ["an unknown scope", { ...SIGN_IN, scope: "nonsense" }, 400, "invalid_scope", "Invalid scopes: nonsense"],
    [
      "an unknown scope before a wrong password",
      { ...SIGN_IN, password: "no", scope: "openid nonsense" },
      400,
      "invalid_scope",
      "Invalid scopes: openid nonsense",
    ],
    [
      "a public client's service account",
      { grant_type: "client_credentials" },
      401,
      "unauthorized_client",
      "Public client not allowed to retrieve service account",
    ],
    [
      "rubbish as refresh token",
      { grant_type: "refresh_token", refresh_token: "x.y.z" },
      400,
      "invalid_grant",
      "Invalid refresh token",
    ],
    ["a refresh token left out", { grant_type: "refresh_token" }, 400, "invalid_request", "No refresh token"],
  ];
  it("refuses in Keycloak's words", async () => {
    for (const [name, fields, status, error, error_description] of refusals) {
      expect(await grant(platform, fields), name).to.deep.equal({ status, body: { error, error_description } });
    }
  });

  it("refuses a refresh token of another client, and an access token in its place", async () => {
    const { body } = await grant(platform, SIGN_IN);
    const refresh = (token: unknown, client = {}) =>
      grant(platform, { grant_type: "refresh_token", refresh_token: String(token), ...client });
    expect((await refresh(body["access_token"])).body["error_description"]).to.equal("Invalid refresh token");
    expect((await refresh(body["refresh_token"], API_CLIENT)).body).to.deep.equal({
      error: "invalid_grant",
      error_description: "Invalid refresh token. Token client and authorized client don't match",
    });
    expect((await refresh(body["refresh_token"])).status).to.equal(200);
    expect((await refresh(body["refresh_token"])).status, "a second time").to.equal(200);
  });

  it("says that an account is disabled, whatever the password", async () => {
    await platform.setEnabled(OPERATOR.email, false);
    for (const password of [OPERATOR.password, "no"]) {
      expect((await grant(platform, { ...SIGN_IN, password })).body).to.deep.equal({
        error: "invalid_grant",
        error_description: "Account disabled",
      });
    }
  });

  it("tells of the session, except to a service account, which has none", async () => {
    // In an order that differs from one Keycloak to the next.
    const scopes = (body: Record<string, unknown>) => String(body["scope"]).split(" ").sort();
    const online = (await grant(platform, SIGN_IN)).body;
    expect(scopes(online)).to.deep.equal(["email", "profile"]);
    // Keycloak counts from the second in which the session began, so that at times one is lost.
    expect(online["expires_in"]).to.be.within(59, 60);
    expect(online["refresh_expires_in"]).to.be.within(1799, 1800);
    expect(online["not-before-policy"]).to.be.a("number");
    expect(online["session_state"]).to.equal(claimsOf(online["access_token"])["sid"]);
    expect(online).to.not.have.property("id_token");
    const offline = (await grant(platform, { ...SIGN_IN, scope: "openid offline_access" })).body;
    expect(offline["refresh_expires_in"]).to.equal(0);
    expect(scopes(offline)).to.deep.equal(["email", "offline_access", "openid", "profile"]);
    expect(claimsOf(offline["refresh_token"])).to.include({ typ: "Offline" }).and.not.have.property("exp");
    expect(claimsOf(offline["id_token"])).to.include({ typ: "ID", email: OPERATOR.email });
    const service = (await grant(platform, { grant_type: "client_credentials", ...API_CLIENT })).body;
    expect(service).to.include({ refresh_expires_in: 0, token_type: "Bearer" });
    expect(service["not-before-policy"]).to.be.a("number");
    expect(service).to.not.have.any.keys("refresh_token", "session_state");
  });

  it("gives each client tokens of its own lifetime", async () => {
    await platform.close();
    platform = await start({ tokenLifetime: 60, clientTokenLifetimes: { "api-client": 3600 } });
    expect((await grant(platform, SIGN_IN)).body["expires_in"]).to.be.within(59, 60);
    const { body } = await grant(platform, { ...SIGN_IN, ...API_CLIENT });
    expect(body["expires_in"]).to.be.within(3599, 3600);
    const { exp, iat } = claimsOf(body["access_token"]) as { exp: number; iat: number };
    expect(exp - iat).to.be.within(3599, 3601);
  });

  it("gives a refresh token that is sent as bearer no rights", async () => {
    const { body } = await grant(platform, { ...SIGN_IN, scope: "openid" });
    const authorization = `Bearer ${body["refresh_token"] as string}`;
    expect((await post(`${platform.url}/v1/api/users/query`, {}, { authorization })).status).to.equal(403);
    for (const path of ["admin/realms/master/users", "realms/master/protocol/openid-connect/userinfo"]) {
      expect((await fetch(`${platform.url}/auth/${path}`, { headers: { authorization } })).status, path).to.equal(401);
    }
  });

  it("lets an administrator with a token that does not say who it is use both APIs", async () => {
    await platform.change({ lightweightTokens: true });
    const { body } = await grant(platform, SIGN_IN);
    expect(claimsOf(body["access_token"])).to.not.have.any.keys("sub", "email", "preferred_username");
    const authorization = `Bearer ${body["access_token"] as string}`;
    expect((await post(`${platform.url}/v1/api/users/query`, {}, { authorization })).status).to.equal(200);
    const count = await fetch(`${platform.url}/auth/admin/realms/master/users/count`, { headers: { authorization } });
    expect(await count.json()).to.equal(2);
  });

  it("can't be signed in to with an empty password", async () => {
    const call = await callerOf(platform, "admin", "admin");
    const invited = await call("users/invite", { email: "ann@example.com", password: "" });
    expect(invited.status).to.equal(200);
    const answer = await grant(platform, { grant_type: "password", username: "ann@example.com", password: "" });
    expect(answer.status).to.be.oneOf([401, 500]);
  });
}
