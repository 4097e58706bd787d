import { expect } from "chai";
import guide from "../emulator/guide-exchanges.json";
import { startPlatform, type Platform, type PlatformOptions } from "../emulator/platform";
import { CLIENT_SECRET } from "../emulator/sessions";
import { adminOf, callerOf, grant as grantOf, post } from "./callers";
import { platformContract } from "./contract";

describe("the emulated platform in memory", () => platformContract(startPlatform));

describe("the emulated platform", () => {
  let platform: Platform;
  afterEach(() => platform.close());

  const grant = (fields: Record<string, string>) => grantOf(platform, fields);
  async function start(options: PlatformOptions = {}, username = "admin", password = "admin") {
    platform = await startPlatform(options);
    return callerOf(platform, username, password);
  }
  const usersOf = (answer: { body: Record<string, unknown> }) =>
    answer.body["users"] as Record<string, Record<string, unknown> | null>;

  for (const year of ["2022", "2024"] as const) {
    it(`answers the exchanges of the ${year} guide as printed`, async () => {
      // By the service account: an account that signs in has another last login afterwards.
      platform = await startPlatform({ seed: `guide-${year}`, operator: false });
      const secret = { client_id: "api-client", client_secret: CLIENT_SECRET };
      const { body } = await grant({ grant_type: "client_credentials", ...secret });
      const authorization = `Bearer ${body["access_token"] as string}`;
      const call = (path: string, request: unknown) =>
        post(`${platform.url}/v1/api/${path}`, request, { authorization });
      for (const exchange of guide[year]) {
        const answer = await call(exchange.call.replace("POST /v1/api/", ""), exchange.body);
        expect(answer).to.deep.equal({ status: exchange.status, body: exchange.answer });
      }
    });
  }

  it("refuses a duplicate, deactivated ones included, with the status of the release", async () => {
    const call = await start({ duplicateStatus: 500 });
    await call("users/invite", { email: "ann@example.com" });
    await call("users/deactivate", { email: "ann@example.com" });
    const again = await call("users/invite", { email: "ANN@example.com" });
    expect(again).to.deep.equal({ status: 500, body: { msg: "User exists with same email", code: 500 } });
  });

  it("holds the seat limit at invite and activate", async () => {
    const call = await start({ seatLimit: 2 });
    expect((await call("users/invite", { email: "ann@example.com" })).status).to.equal(200);
    expect((await call("users/invite", { email: "bob@example.com" })).status).to.equal(403);
    await call("users/deactivate", { email: "ann@example.com" });
    expect((await call("users/invite", { email: "bob@example.com" })).status).to.equal(200);
    expect((await call("users/activate", { email: "ann@example.com" })).status).to.equal(403);
  });

  it("answers null or nothing for an unknown id, and all accounts for a misspelled key", async () => {
    const id = "00000000-0000-4000-8000-000000000000";
    let call = await start();
    expect(usersOf(await call("users/query", { user_ids: [id] }))).to.deep.equal({ [id]: null });
    expect(Object.keys(usersOf(await call("users/query", { userids: [id] })))).to.have.length(2);
    await platform.close();
    call = await start({ unknownId: "absent" });
    expect(usersOf(await call("users/query", { user_ids: [id] }))).to.deep.equal({});
  });

  it("shows roles only in the form for all accounts, and federated identities only in the other", async () => {
    const call = await start();
    const all = Object.values(usersOf(await call("users/query", {})));
    const admin = all.find((user) => user?.["username"] === "admin");
    expect(admin).to.have.property("realmRoles").that.deep.equals(["admin"]);
    expect(admin).to.have.property("lastLogin").that.is.a("number");
    const id = admin?.["id"] as string;
    const one = usersOf(await call("users/query", { user_ids: [id] }))[id];
    expect(one).to.include({ lastLogin: null }).and.not.have.property("realmRoles");
    expect(one).to.have.property("federatedIdentities");
  });

  it("edits names and the admin role in newer releases, and knows nothing of it in older ones", async () => {
    let call = await start();
    const id = await platform.addUser({ email: "ann@example.com" });
    const edit = { id, firstName: "Ann", lastName: "B", email: "ann@example.com", enabled: true, isAdmin: true };
    expect((await call("user", edit)).status).to.equal(200);
    expect(await platform.findByEmail("ann@example.com")).to.deep.include({ firstName: "Ann", realmRoles: ["admin"] });
    expect((await call("user", { ...edit, isAdmin: undefined })).status).to.equal(400);
    await platform.close();
    call = await start({ release: "2022" });
    expect((await call("user", edit)).status).to.equal(404);
  });

  it("does nothing for an unknown address, with the status of the release", async () => {
    const call = await start({ unknownEmailStatus: 400 });
    expect((await call("users/activate", { email: "nobody@example.com" })).status).to.equal(400);
  });

  it("answers 501 to what it does not imitate, and 400 to what is not JSON", async () => {
    const call = await start();
    expect(await call("models/list", {})).to.deep.include({ status: 501 });
    expect((await call("users/query", "{")).status).to.equal(400);
  });

  it("refuses calls without a good token, and those of accounts that are not administrators", async () => {
    const now = { ms: Date.now() };
    let call = await start({ now: () => now.ms });
    expect((await post(`${platform.url}/v1/api/users/query`, {})).status).to.equal(401);
    expect((await post(`${platform.url}/v1/api/users/query`, {}, { authorization: "Bearer x.y.z" })).status).to.equal(
      401,
    );
    expect((await call("users/query", {})).status).to.equal(200);
    now.ms += 61_000;
    expect((await call("users/query", {})).status, "after its 60 seconds").to.equal(401);
    await platform.addUser({ email: "ann@example.com", password: "pw" });
    const { body } = await grant({ grant_type: "password", username: "ann@example.com", password: "pw" });
    call = (path, request) =>
      post(`${platform.url}/v1/api/${path}`, request, { authorization: `Bearer ${body["access_token"] as string}` });
    expect((await call("users/query", {})).status).to.equal(403);
    await platform.setEnabled("ann@example.com", false);
    expect((await call("users/query", {})).status, "once deactivated").to.equal(401);
  });

  it("deactivates even the caller: guards are the client's business", async () => {
    const call = await start({}, "operator@example.com", "Operate-1");
    expect((await call("users/deactivate", { email: "operator@example.com" })).status).to.equal(200);
    expect((await call("users/query", {})).status).to.equal(401);
  });

  it("logs every request and misbehaves on command, before or after it acted", async () => {
    const call = await start();
    platform.misbehave({ on: "invite", nth: 2, when: "after", what: { status: 502, body: "<html>" } });
    const hit = platform.misbehave({ on: "query", when: "before", what: { reset: true } });
    expect((await call("users/invite", { email: "ann@example.com" })).status).to.equal(200);
    const broken = await call("users/invite", { email: "bob@example.com" }).catch((error: Error) => error);
    expect(broken).to.be.instanceOf(SyntaxError);
    expect(await platform.findByEmail("bob@example.com")).to.not.equal(undefined);
    expect(await call("users/query", {}).catch((error: Error) => error)).to.be.instanceOf(TypeError);
    expect((await call("users/query", {})).status).to.equal(200);
    expect(hit.hits).to.equal(1);
    expect(platform.requests("invite").map((entry) => entry.body)).to.deep.equal([
      { email: "ann@example.com" },
      { email: "bob@example.com" },
    ]);
    expect(platform.requests("query").map((entry) => entry.status)).to.deep.equal([undefined, 200]);
  });

  it("misbehaves at Keycloak's admin API, for one account or for all", async () => {
    await start();
    const admin = await adminOf(platform);
    const ids = [
      await platform.addUser({ email: "ann@example.com" }),
      await platform.addUser({ email: "b@example.com" }),
    ];
    platform.misbehave({ on: "endSessions", who: ids[1], when: "before", what: { status: 503 } });
    const statuses = [];
    for (const id of ids) statuses.push((await admin("POST", `users/${id}/logout`)).status);
    for (const id of ids) statuses.push((await admin("POST", `users/${id}/logout`)).status);
    expect(statuses).to.deep.equal([204, 503, 204, 204]);
    await admin("GET", "users?email=ann");
    await admin("GET", `users/${ids[0]}/consents`);
    await admin("DELETE", "sessions/nobody");
    expect(platform.requests("accounts").map((entry) => entry.path)).to.deep.equal(["/auth/admin/realms/master/users"]);
    expect(platform.requests("sessions")).to.have.length(1);
    expect(platform.requests("endSessions")).to.have.length(5);
    expect(platform.writes()).to.deep.equal([]);
    for (const path of ["clients", "users/profile/x/y", `users/${ids[0]}/impersonation`, "../../../v1/api/nothing"]) {
      expect((await admin("GET", path)).status, path).to.equal(501);
    }
    expect((await admin("DELETE", `users/${ids[0]}`)).status, "nobody is ever deleted").to.equal(501);
    expect((await admin("GET", "users?q=x:y")).status).to.equal(501);
    expect((await admin("PUT", `users/${ids[0]}`, { attributes: {} })).status).to.equal(501);
  });
});
