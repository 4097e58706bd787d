import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Platform, PlatformOptions } from "../emulator/platform";
import { CLIENT_SECRET } from "../emulator/sessions";
import { adminOf, grant, post, type AdminCaller } from "./callers";

/** What ends an account's sessions and what does not, over every identity store, as measured on Keycloak 26.4. */
export function sessionsContract(start: (options?: PlatformOptions) => Promise<Platform>): void {
  const ann = "ann@example.com";
  const password = "Pw-of-ann";
  const signIn = { grant_type: "password", username: ann, password };
  let platform: Platform;
  let admin: AdminCaller;
  let id: string;
  beforeEach(async () => {
    platform = await start();
    admin = await adminOf(platform);
    id = await platform.addUser({ email: ann, password, admin: true });
  });
  afterEach(() => platform.close());

  const open = async (scope?: string, client: Record<string, string> = {}) =>
    (await grant(platform, { ...signIn, ...(scope === undefined ? {} : { scope }), ...client })).body;
  /** What the token endpoint says to a refresh token; `well` for a new one. */
  const refresh = async ({ refresh_token: token }: Record<string, unknown>, client: Record<string, string> = {}) => {
    const fields = { grant_type: "refresh_token", refresh_token: String(token), ...client };
    const { status, body } = await grant(platform, fields);
    return status === 200 ? "well" : `${status} ${String(body["error_description"])}`;
  };
  /** Whether the platform takes an access token, by the status of a query. */
  const query = async ({ access_token: token }: Record<string, unknown>) =>
    (await post(`${platform.url}/v1/api/users/query`, {}, { authorization: `Bearer ${String(token)}` })).status;
  const end = async (method: string, path: string) => (await admin(method, path)).status;
  /** Keycloak counts in seconds: what ends all tokens from before leaves those of the same second. */
  const aSecondLater = () => sleep(1_100);

  it("suspends the sessions of a deactivated account until it is activated again", async () => {
    const [online, offline] = [await open(), await open("offline_access")];
    await platform.setEnabled(ann, false);
    expect([await refresh(online), await refresh(offline)]).to.deep.equal(["400 User disabled", "400 User disabled"]);
    expect([await query(online), await query(offline)]).to.deep.equal([401, 401]);
    expect((await admin("GET", `users/${id}/sessions`)).body).to.have.length(1);
    await platform.setEnabled(ann, true);
    expect([await query(online), await query(offline)]).to.deep.equal([200, 200]);
    expect([await refresh(online), await refresh(offline)]).to.deep.equal(["well", "well"]);
  });

  it("ends online sessions by a logout, and not offline ones", async () => {
    const [online, offline] = [await open(), await open("offline_access")];
    await aSecondLater();
    expect(await end("POST", `users/${id}/logout`)).to.equal(204);
    expect(await refresh(online)).to.equal("400 Session not active");
    // The session is there still; its tokens from before are not good any more.
    expect(await refresh(offline)).to.equal("400 Stale token");
    expect([await query(online), await query(offline)]).to.deep.equal([401, 401]);
    expect((await admin("GET", `users/${id}/sessions`)).body).to.deep.equal([]);
    expect((await admin("GET", `users/${id}/consents`)).body).to.have.length(1);
    const account = (await admin("GET", `users/${id}`)).body as { notBefore: number; enabled: boolean };
    expect(account.enabled).to.equal(true);
    expect(account.notBefore).to.be.closeTo(Date.now() / 1000, 30);
    const again = await open();
    expect(again["not-before-policy"]).to.equal(account.notBefore);
    expect([await query(again), await refresh(again)]).to.deep.equal([200, "well"]);
    expect((await admin("PUT", `users/${id}`, { ...account, notBefore: 0 })).status).to.equal(204);
    expect((await admin("GET", `users/${id}`)).body).to.include({ notBefore: account.notBefore });
    expect(await end("POST", "users/nobody/logout")).to.equal(404);
  });

  it("ends the offline sessions of one client by its consent, and no online ones", async () => {
    const api = { client_id: "api-client", client_secret: CLIENT_SECRET };
    const [online, offline, other] = [await open(), await open("offline_access"), await open("offline_access", api)];
    const consents = (await admin("GET", `users/${id}/consents`)).body as Record<string, unknown>[];
    expect(consents.map((consent) => consent["clientId"])).to.have.members(["api-client", "sdk-client"]);
    const ours = consents.find((consent) => consent["clientId"] === "sdk-client") as Record<string, unknown>;
    expect(ours["grantedClientScopes"]).to.deep.equal([]);
    const [granted] = ours["additionalGrants"] as { client: string; key: string }[];
    expect(granted?.key).to.equal("Offline Token");
    const path = `users/${id}/offline-sessions/${granted?.client}`;
    const [session, ...more] = (await admin("GET", path)).body as Record<string, unknown>[];
    expect(more).to.deep.equal([]);
    expect(session).to.include({ id: offline["session_state"], username: ann, userId: id });
    expect(await end("DELETE", `users/${id}/consents/sdk-client`)).to.equal(204);
    expect(await refresh(offline)).to.equal("400 Offline user session not found");
    expect(await query(offline)).to.equal(401);
    expect((await admin("GET", path)).body).to.deep.equal([]);
    expect([await refresh(online), await query(online), await refresh(other, api)]).to.deep.equal([
      "well",
      200,
      "well",
    ]);
    const gone = { status: 404, body: { error: "Consent nor offline token not found" } };
    expect(await admin("DELETE", `users/${id}/consents/sdk-client`)).to.deep.equal(gone);
    expect(await admin("DELETE", `users/${id}/consents/admin-cli`)).to.deep.equal(gone);
    const unknown = { status: 404, body: { error: "Client not found" } };
    expect(await admin("DELETE", `users/${id}/consents/nobody`)).to.deep.equal(unknown);
    expect(await admin("GET", `users/${id}/offline-sessions/sdk-client`)).to.deep.equal(unknown);
    expect((await admin("GET", `users/${id}`)).body).to.include({ notBefore: 0 });
  });

  it("ends one session, of the kind that it is told", async () => {
    const [first, second, offline] = [await open(), await open(), await open("offline_access")];
    const [online] = (await admin("GET", `users/${id}/sessions`)).body as Record<string, unknown>[];
    expect(online).to.include({ username: ann, userId: id, ipAddress: "127.0.0.1", rememberMe: false });
    expect(Object.values(online?.["clients"] as object)).to.deep.equal(["sdk-client"]);
    const path = (opened: Record<string, unknown>, isOffline: boolean) =>
      `sessions/${String(opened["session_state"])}${isOffline ? "?isOffline=true" : ""}`;
    const unknown = { status: 404, body: { error: "Sesssion not found" } };
    for (const wrong of [path(offline, false), path(first, true), "sessions/nobody"]) {
      expect(await admin("DELETE", wrong), wrong).to.deep.equal(unknown);
    }
    expect(await refresh(offline)).to.equal("well");
    expect(await end("DELETE", path(first, false))).to.equal(204);
    expect([await refresh(first), await query(first)]).to.deep.equal(["400 Session not active", 401]);
    expect([await refresh(second), await refresh(offline)]).to.deep.equal(["well", "well"]);
    expect(await end("DELETE", path(offline, true))).to.equal(204);
    expect(await refresh(offline)).to.equal("400 Offline user session not found");
    expect(await admin("DELETE", path(offline, true))).to.deep.equal(unknown);
  });

  it("brings nothing back of sessions that were ended while the account was deactivated", async () => {
    const [online, offline] = [await open(), await open("offline_access")];
    await platform.setEnabled(ann, false);
    expect(await end("POST", `users/${id}/logout`)).to.equal(204);
    expect(await end("DELETE", `users/${id}/consents/sdk-client`)).to.equal(204);
    await platform.setEnabled(ann, true);
    const ended = ["400 Session not active", "400 Offline user session not found"];
    expect([await refresh(online), await refresh(offline)]).to.deep.equal(ended);
    expect([await query(online), await query(offline)]).to.deep.equal([401, 401]);
    expect((await open())["access_token"], "the password is as before").to.be.a("string");
  });

  it("sets a password, and leaves the sessions", async () => {
    const online = await open();
    const reset = (body: unknown) => admin("PUT", `users/${id}/reset-password`, body);
    expect(await reset({ type: "password", value: "Pw-new", temporary: false })).to.deep.equal({
      status: 204,
      body: "",
    });
    expect(await refresh(online)).to.equal("well");
    const words = async (value: string) =>
      (await grant(platform, { ...signIn, password: value })).body["error_description"];
    expect([await words(password), await words("Pw-new")]).to.deep.equal(["Invalid user credentials", undefined]);
    expect((await reset({ type: "password", value: "Pw-temp", temporary: true })).status).to.equal(204);
    expect(await words("Pw-temp")).to.equal("Account is not fully set up");
    expect((await reset({ type: "password", value: "Pw-own" })).status).to.equal(204);
    expect(await words("Pw-own")).to.equal(undefined);
    expect(await reset({})).to.deep.equal({ status: 400, body: { error: "No password provided" } });
    expect(await reset({ value: "" })).to.deep.equal({ status: 400, body: { error: "Empty password not allowed" } });
    const unknown = await admin("PUT", "users/nobody/reset-password", { value: "Pw-1" });
    expect(unknown).to.deep.equal({ status: 404, body: { error: "User not found" } });
  });
}
