import { expect } from "chai";
import type { Platform, PlatformOptions } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";
import { CLIENT_SECRET } from "../emulator/sessions";
import { callerOf, claimsOf, grant, post } from "./callers";

/** How accounts and their tokens behave, over every identity store. */
export function accountsContract(start: (options?: PlatformOptions) => Promise<Platform>): void {
  let platform: Platform;
  const ann = "ann@example.com";
  const asAdmin = () => callerOf(platform, "admin", "admin");
  afterEach(() => platform.close());

  it("stores addresses in lower case and finds them in any", async () => {
    platform = await start();
    const call = await asAdmin();
    const { body } = await call("users/invite", { email: "Ann.B@Example.COM", password: "x" });
    expect(body["password"]).to.equal("x");
    const names = { email: "ann.b@example.com", username: "ann.b@example.com", enabled: true };
    expect(await platform.findByEmail("ANN.B@example.com")).to.include(names);
    expect((await call("users/deactivate", { email: "ann.b@EXAMPLE.com" })).status).to.equal(200);
  });

  it("refuses a duplicate, in another case and deactivated ones included", async () => {
    platform = await start();
    const call = await asAdmin();
    await call("users/invite", { email: ann });
    await call("users/deactivate", { email: ann });
    expect((await call("users/invite", { email: "ANN@example.com" })).status).to.equal(409);
  });

  it("takes well-formed addresses and refuses others", async () => {
    platform = await start();
    const call = await asAdmin();
    for (const email of [
      "a+b@example.com",
      "o'brien@example.com",
      "jürgen@example.com",
      `${"x".repeat(64)}@example.com`,
    ]) {
      expect((await call("users/invite", { email })).status, email).to.equal(200);
    }
    for (const email of [
      "ann",
      "a b@example.com",
      "@example.com",
      "a@b@c.com",
      "a..b@example.com",
      `${"x".repeat(65)}@example.com`,
    ]) {
      expect((await call("users/invite", { email })).status, email).to.equal(400);
    }
  });

  it("makes a temporary password that can't sign in until it is changed", async () => {
    platform = await start();
    const { body } = await (await asAdmin())("users/invite", { email: ann });
    const fields = { grant_type: "password", username: ann, password: body["password"] as string };
    expect((await grant(platform, fields)).body["error_description"]).to.equal("Account is not fully set up");
    await platform.login(ann, "her-own");
    expect((await grant(platform, { ...fields, password: "her-own" })).status).to.equal(200);
  });

  it("shows roles only in the form for all accounts", async () => {
    platform = await start();
    const call = await asAdmin();
    const all = Object.values((await call("users/query", {})).body["users"] as Record<string, Record<string, unknown>>);
    const admin = all.find((user) => user["username"] === "admin");
    expect(admin?.["realmRoles"]).to.deep.equal(["admin"]);
    expect(admin).to.not.have.property("email");
    const id = admin?.["id"] as string;
    const one = (await call("users/query", { user_ids: [id, "nobody"] })).body["users"] as Record<string, unknown>;
    expect(one["nobody"]).to.equal(null);
    expect(one[id]).to.include({ lastLogin: null }).and.not.have.property("realmRoles");
  });

  it("gives tokens by Keycloak's rules", async () => {
    platform = await start();
    const signIn = { grant_type: "password", username: OPERATOR.email, password: OPERATOR.password };
    const good = await grant(platform, { ...signIn, scope: "offline_access" });
    expect(good.body).to.include({ refresh_expires_in: 0, token_type: "Bearer" });
    expect(good.body["expires_in"]).to.be.within(59, 60);
    expect(claimsOf(good.body["access_token"])).to.include({
      email: OPERATOR.email,
      preferred_username: OPERATOR.email,
      azp: "sdk-client",
    });
    expect(await grant(platform, { ...signIn, password: "no" })).to.deep.equal({
      status: 401,
      body: { error: "invalid_grant", error_description: "Invalid user credentials" },
    });
    const basic = { authorization: `Basic ${Buffer.from(`api-client:${CLIENT_SECRET}`).toString("base64")}` };
    const url = `${platform.url}/auth/realms/master/protocol/openid-connect/token`;
    expect((await post(url, new URLSearchParams({ grant_type: "client_credentials" }), basic)).status).to.equal(200);
    expect((await post(url, new URLSearchParams(signIn), basic)).status).to.equal(200);
    expect((await grant(platform, { grant_type: "client_credentials" })).body["error"]).to.equal("unauthorized_client");
    expect((await grant(platform, { ...signIn, client_id: "nobody" })).body["error"]).to.equal("invalid_client");
    await platform.setEnabled(OPERATOR.email, false);
    expect(await grant(platform, signIn)).to.deep.equal({
      status: 400,
      body: { error: "invalid_grant", error_description: "Account disabled" },
    });
  });

  it("says who the bearer of a token is, when the token was asked for with the scope openid", async () => {
    platform = await start();
    const url = `${platform.url}/auth/realms/master/protocol/openid-connect/userinfo`;
    const ask = async (token?: string, method = "GET") => {
      const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` };
      const answer = await fetch(url, { method, ...(headers === undefined ? {} : { headers }) });
      const text = await answer.text();
      return { status: answer.status, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
    };
    const tokenOf = async (username: string, password: string, scope?: Record<string, string>) =>
      (await grant(platform, { grant_type: "password", username, password, ...scope })).body["access_token"] as string;
    const operator = { sub: (await platform.findByEmail(OPERATOR.email))?.id, email: OPERATOR.email };
    const token = await tokenOf(OPERATOR.email, OPERATOR.password, { scope: "openid" });
    for (const method of ["GET", "POST"]) {
      const { status, body } = await ask(token, method);
      expect(status).to.equal(200);
      expect(body)
        .to.include({ ...operator, preferred_username: OPERATOR.email })
        .and.have.property("email_verified");
    }
    const admin = await ask(await tokenOf("admin", "admin", { scope: "openid" }));
    expect(admin.body).to.include({ preferred_username: "admin" }).and.not.have.property("email");
    expect((await ask(await tokenOf("admin", "admin"))).status, "without the scope").to.equal(403);
    expect((await ask()).status, "without a token").to.equal(401);
    expect((await ask("x.y.z")).status, "with rubbish").to.equal(401);
    await platform.change({ lightweightTokens: true });
    const light = await tokenOf(OPERATOR.email, OPERATOR.password, { scope: "openid" });
    expect(claimsOf(light)).to.not.have.property("sub");
    expect((await ask(light)).body).to.include(operator);
    await platform.setEnabled(OPERATOR.email, false);
    expect((await ask(light)).status, "once deactivated").to.equal(401);
  });

  it("refuses a caller that is not an administrator, has no good token, or is deactivated", async () => {
    platform = await start();
    expect((await post(`${platform.url}/v1/api/users/query`, {}, { authorization: "Bearer x.y.z" })).status).to.equal(
      401,
    );
    await platform.addUser({ email: ann, password: "pw" });
    const call = await callerOf(platform, ann, "pw");
    expect((await call("users/query", {})).status).to.equal(403);
    await platform.setEnabled(ann, false);
    expect((await call("users/query", {})).status).to.equal(401);
  });
}
