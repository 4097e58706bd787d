import { expect } from "chai";
import type { Finding } from "../../provider/cli/looks";
import { CLIENT_SECRET, CONFIDENTIAL_CLIENT } from "../emulator/sessions";
import { OPERATOR } from "../emulator/seeds";
import { grant } from "./callers";
import { operatorOf, runCommand } from "./command";
import { onPlatform } from "./platform";

describe("pulumi-wallaroo check", () => {
  const { platform, start, writes } = onPlatform();

  /** Runs it as the operator, with these variables in addition. */
  async function check(env: NodeJS.ProcessEnv = {}) {
    const { code, stdout, stderr } = await runCommand(["check", "--json"], { ...operatorOf(platform()), ...env });
    const findings = JSON.parse(stdout) as Finding[];
    const find = (id: string) => findings.find((finding) => finding.id === id);
    const statuses = Object.fromEntries(findings.map(({ id, status }) => [id, status]));
    return { code, stdout, stderr, findings, find, statuses };
  }

  it("finds all well for an administrator, by reads alone, each sent once", async () => {
    await start();
    const { code, stderr, stdout, statuses } = await check();
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(statuses).to.include({ settings: "ok", proxy: "ok", address: "ok", keycloak: "ok", "sign-in": "ok" });
    expect(statuses).to.include({
      users: "ok",
      account: "ok",
      release: "ok",
      sessions: "ok",
      seats: "ok",
      clock: "ok",
    });
    expect(Object.values(statuses)).to.not.include("refused");
    expect(stdout).to.not.include(OPERATOR.password).and.not.include("not looked at");
    expect(writes()).to.deep.equal([]);
    const sent = platform().log.map(({ method, path }) => `${method} ${path.replace(/[\da-f-]{36}$/, "ID")}`);
    expect(sent).to.deep.equal([
      "GET /v1/api/config",
      "GET /auth/realms/master",
      "POST /auth/realms/master/protocol/openid-connect/token",
      "POST /v1/api/users/query",
      "POST /v1/api/features/list",
      "GET /auth/admin/realms/master/users/ID",
      "POST /v1/api/workspaces/list",
    ]);
  });

  it("prints one line for each finding, and the next step below it", async () => {
    await start();
    const { stdout } = await runCommand(["check"], operatorOf(platform()));
    expect(stdout).to.match(/^ok +sign-in +signed in with username and password, through the client sdk-client$/m);
    expect(stdout).to.match(/^ok +wallaroo:password +a secret, from WALLAROO_PASSWORD$/m);
    expect(stdout).to.match(/^note +invites .*\n {20,}If an invite is refused, /m);
  });

  it("says where each setting comes from, and no secret that was written into an address", async () => {
    await start();
    const env = { WALLAROO_URL: "https://me:Uu-secret@wallaroo.example/?t=Tt-secret", WALLAROO_REALM: "people" };
    const { code, find, stdout } = await check(env);
    expect(code).to.equal(1);
    expect(find("wallaroo:realm")?.message).to.equal("people, from WALLAROO_REALM");
    expect(find("wallaroo:url")?.message).to.equal("https://[secret]@wallaroo.example/?[secret], from WALLAROO_URL");
    expect(stdout).to.not.match(/[UT][ut]-secret/);
  });

  it("ends with 1, looks no further and sends nothing when settings are missing", async () => {
    await start();
    const { code, findings, find } = await check({ WALLAROO_USER: "", WALLAROO_URL: "" });
    expect(code).to.equal(1);
    expect(find("settings")).to.include({ status: "refused" });
    expect(find("settings")?.message).to.include("(WALLAROO_URL) is missing").and.include("Credentials are missing");
    const others = findings.slice(findings.findIndex(({ id }) => id === "settings") + 1);
    expect(others.map(({ status, message }) => `${status} ${message}`)).to.deep.equal(
      others.map(() => "note not looked at, because of settings"),
    );
    expect(platform().log).to.deep.equal([]);
  });

  it("ends with 1 when nothing answers, at the first attempt", async () => {
    await start();
    const { code, find } = await check({ WALLAROO_URL: "http://127.0.0.1:1", WALLAROO_MAX_RETRIES: "5" });
    expect(code).to.equal(1);
    expect(find("address")?.message).to.include("127.0.0.1:1 could not be reached").and.include("ECONNREFUSED");
    expect(find("users")?.message).to.equal("not looked at, because of address");
  });

  it("names the proxy that a request goes through, and not its password", async () => {
    await start();
    const proxy = { HTTPS_PROXY: "http://me:Pp-of-proxy@127.0.0.1:1" };
    const { code, find, stdout } = await check({ ...proxy, WALLAROO_URL: "https://wallaroo.example" });
    expect(code).to.equal(1);
    expect(find("proxy")?.message).to.equal("127.0.0.1:1 for wallaroo.example, from HTTPS_PROXY");
    expect(find("address")).to.include({ status: "refused" });
    expect(stdout).to.not.include("Pp-of-proxy");
  });

  it("ends with 1 when signing in is refused, and tries that once", async () => {
    await start();
    const { code, find, stdout } = await check({ WALLAROO_PASSWORD: "Ww-a-wrong-one" });
    expect(code).to.equal(1);
    expect(find("sign-in")).to.include({ status: "refused", message: "Invalid user credentials (HTTP 401)" });
    expect(find("sign-in")?.next).to.include("WALLAROO_PASSWORD");
    expect(find("sessions")?.message).to.equal("not looked at, because of sign-in");
    expect(platform().requests("token")).to.have.length(1);
    expect(stdout).to.not.include("Ww-a-wrong-one");
  });

  it("says that Keycloak does not have the realm", async () => {
    await start();
    const { code, find } = await check({ WALLAROO_REALM: "people" });
    expect(code).to.equal(1);
    expect(find("keycloak")?.message).to.include("does not show the realm people (HTTP 404)");
  });

  it("ends with 2 for an account that is no administrator, and says who it is", async () => {
    await start();
    await platform().addUser({ email: "ann@example.com", password: "Pp-of-ann" });
    const { code, find } = await check({ WALLAROO_USER: "ann@example.com", WALLAROO_PASSWORD: "Pp-of-ann" });
    expect(code).to.equal(2);
    expect(find("users")).to.include({ status: "refused", message: "Forbidden (HTTP 403)" });
    expect(find("users")?.next).to.include("the realm role admin");
    expect(find("account")?.message).to.equal("ann@example.com");
    expect(find("seats")?.message).to.equal("not looked at, because of users");
  });

  it("knows a service account, which no list shows", async () => {
    await start();
    const client = { WALLAROO_CLIENT_ID: CONFIDENTIAL_CLIENT, WALLAROO_CLIENT_SECRET: CLIENT_SECRET };
    const { code, find } = await check({ ...client, WALLAROO_USER: "", WALLAROO_PASSWORD: "" });
    expect(code).to.equal(0);
    expect(find("account")?.message).to.include(`service-account-${CONFIDENTIAL_CLIENT}, a service account`);
  });

  for (const [scope, status] of [
    ["openid", "note"],
    ["offline_access", "ok"],
  ] as const) {
    it(`answers ${status} to a refresh token with the scope ${scope}`, async () => {
      await start();
      const form = { grant_type: "password", username: OPERATOR.email, password: OPERATOR.password, scope };
      const { body } = await grant(platform(), form);
      const { code, find } = await check({ WALLAROO_REFRESH_TOKEN: String(body["refresh_token"]) });
      expect({ code, status: find("sign-in")?.status }).to.deep.equal({ code: 0, status });
    });
  }

  for (const [endSessions, code, status] of [
    ["auto", 0, "note"],
    ["required", 2, "refused"],
  ] as const) {
    it(`ends with ${code} where sessions can't be ended and endSessions is ${endSessions}`, async () => {
      await start();
      platform().misbehave({
        on: "account",
        when: "before",
        what: { status: 403, body: { error: "HTTP 403 Forbidden" } },
      });
      const found = await check({ WALLAROO_END_SESSIONS: endSessions });
      expect(found.code).to.equal(code);
      expect(found.find("sessions")).to.include({ status });
      expect(found.find("sessions")?.message).to.include("HTTP 403 Forbidden (HTTP 403)");
    });
  }

  it("sees that the account may look at accounts in Keycloak, and not manage them", async () => {
    await start();
    platform().misbehave({ on: "account", when: "before", what: { status: 200, body: { access: { manage: false } } } });
    expect((await check({ WALLAROO_END_SESSIONS: "required" })).find("sessions")).to.include({ status: "refused" });
  });

  it("asks nothing about sessions when they are left as they are", async () => {
    await start();
    const { find } = await check({ WALLAROO_END_SESSIONS: "off" });
    expect(find("sessions")).to.include({ status: "ok" });
    expect(platform().requests("account")).to.deep.equal([]);
  });

  for (const workspacesStatus of [403, 404, 501] as const) {
    it(`notes that workspaces can't be managed where the platform answers ${workspacesStatus} to their list`, async () => {
      await start({ workspacesStatus });
      const { code, find } = await check({ WALLAROO_MAX_RETRIES: "5" });
      expect(code).to.equal(0);
      expect(find("workspaces")).to.include({ status: "note" });
      expect(find("workspaces")?.message).to.include(`(HTTP ${workspacesStatus})`);
      expect(platform().requests("workspaces/list")).to.have.length(1);
    });
  }

  it("passes on the name of the edition where the platform tells it", async () => {
    await start();
    platform().misbehave({ on: "other", when: "before", what: { status: 200, body: { name: "Enterprise" } } });
    const { code, find } = await check();
    expect(code).to.equal(0);
    expect(find("invites")).to.include({ status: "note" });
    expect(find("invites")?.message).to.match(/^the platform calls itself "Enterprise"; no read tells/);
  });

  it("notes a release that shows no roles, a clock that differs, and a platform that must not be changed", async () => {
    await start({ release: "2022", now: () => Date.now() - 120_000 });
    const { code, find } = await check({ WALLAROO_READ_ONLY: "true" });
    expect(code).to.equal(0);
    expect(find("release")).to.include({ status: "note" });
    expect(find("release")?.next).to.include("wallaroo:protectedEmails");
    expect(find("clock")?.message).to.match(/^the platform's clock is 1(19|20|21) s behind this machine's$/);
    expect(find("wallaroo:readOnly")).to.include({ status: "note" });
  });
});
