import { expect } from "chai";
import type { Platform, PlatformOptions } from "../emulator/platform";
import { CLIENT_SECRET, CONFIDENTIAL_CLIENT, PUBLIC_CLIENT } from "../emulator/sessions";
import { OPERATOR } from "../emulator/seeds";
import { signInAt } from "./browser";
import { grant, post } from "./callers";
import { runCommand, startCommand } from "./command";

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** How an account signs in with a browser (RFC 8628), and what the command makes of it. */
export function loginContract(start: (options?: PlatformOptions) => Promise<Platform>): void {
  let platform: Platform;
  beforeEach(async () => {
    platform = await start({ deviceInterval: 1 });
  });
  afterEach(() => platform.close());

  const operator = { username: OPERATOR.email, password: OPERATOR.password };
  const begin = (fields: Record<string, string>) => {
    const url = `${platform.url}/auth/realms/master/protocol/openid-connect/auth/device`;
    return post(url, new URLSearchParams(fields));
  };
  const poll = async (fields: Record<string, string>) => {
    const { status, body } = await grant(platform, { grant_type: GRANT, ...fields });
    return [status, body["error"], body["error_description"]];
  };

  it("answers a code, the address for it, and what becomes of it", async () => {
    const { status, body } = await begin({ client_id: PUBLIC_CLIENT, scope: "openid offline_access" });
    expect(status).to.equal(200);
    expect(body).to.have.all.keys(
      ...["device_code", "user_code", "verification_uri", "verification_uri_complete", "expires_in", "interval"],
    );
    expect(body).to.include({ expires_in: 600, interval: 1 });
    expect(body["verification_uri_complete"]).to.equal(
      `${body["verification_uri"] as string}?user_code=${body["user_code"] as string}`,
    );
    const device_code = body["device_code"] as string;
    const pending = [400, "authorization_pending", "The authorization request is still pending"];
    expect(await poll({ device_code })).to.deep.equal(pending);
    expect(await poll({ device_code })).to.deep.equal([400, "slow_down", "Slow down"]);
    expect(await poll({ device_code: "rubbish" })).to.deep.equal([400, "invalid_grant", "Device code not valid"]);
    expect(await poll({})).to.deep.equal([400, "invalid_request", "Missing parameter: device_code"]);
  });

  it("refuses clients that are unknown, or may not do it", async () => {
    const unknown = await begin({ client_id: "nobody" });
    expect([unknown.status, unknown.body["error"]]).to.deep.equal([401, "invalid_client"]);
    const { status, body } = await begin({ client_id: CONFIDENTIAL_CLIENT, client_secret: CLIENT_SECRET });
    expect([status, body["error"]]).to.deep.equal([400, "unauthorized_client"]);
    expect(body["error_description"]).to.include("not allowed to initiate OAuth 2.0 Device Authorization Grant");
  });

  it("gives the command an offline token, with which it is known who that is", async () => {
    const env = { WALLAROO_URL: platform.url };
    const login = startCommand(["login", "--print"], env);
    const [address] = await login.says(/http\S+user_code=\S+/);
    await signInAt(address, operator);
    const { code, stdout, stderr } = await login.ended;
    expect(code).to.equal(0);
    expect(stdout).to.match(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(stderr).to.include(`Signed in as ${OPERATOR.email}.`).and.not.include(stdout.trim());
    const settings = { ...env, WALLAROO_REFRESH_TOKEN: stdout.trim(), WALLAROO_MAX_RETRIES: "0" };
    const whoami = await runCommand(["whoami", "--json"], settings);
    expect(JSON.parse(whoami.stdout)).to.include({ email: OPERATOR.email, admin: true });
    const check = await runCommand(["check"], settings);
    expect(check.stdout).to.match(/^ok +sign-in +signed in with the given refresh token/m);
  });

  it("ends with 1 when the user denies it", async () => {
    const login = startCommand(["login", "--print"], { WALLAROO_URL: platform.url });
    const [address] = await login.says(/http\S+user_code=\S+/);
    await signInAt(address, operator, false);
    const { code, stdout, stderr } = await login.ended;
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
    expect(stderr).to.include("The end user denied the authorization request (HTTP 400)");
  });
}
