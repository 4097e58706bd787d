import { expect } from "chai";
import type { Platform, PlatformOptions } from "../emulator/platform";
import { adminOf, type AdminCaller } from "./callers";

const UNKNOWN = "00000000-0000-4000-8000-000000000000";
const NOT_FOUND = { status: 404, body: { error: "User not found" } };

/** Keycloak's admin API of accounts, over every identity store, as measured on 26.4. */
export function adminContract(start: (options?: PlatformOptions) => Promise<Platform>): void {
  const ann = "ann@example.com";
  let platform: Platform;
  let admin: AdminCaller;
  beforeEach(async () => {
    platform = await start();
    admin = await adminOf(platform);
  });
  afterEach(() => platform.close());

  const found = async (query: string) =>
    ((await admin("GET", `users?${query}`)).body as { username: string }[]).map((user) => user.username);

  it("is only for administrators of its realm", async () => {
    const id = await platform.addUser({ email: ann, password: "pw" });
    const plain = await adminOf(platform, ann, "pw");
    const requests: [string, string][] = [
      ["GET", "users"],
      ["GET", "users/count"],
      ["POST", "users"],
      ["GET", `users/${id}`],
      ["PUT", `users/${id}`],
      ["PUT", `users/${id}/reset-password`],
      ["POST", `users/${id}/logout`],
      ["POST", `users/${UNKNOWN}/logout`],
      ["GET", `users/${id}/sessions`],
      ["GET", `users/${id}/consents`],
      ["DELETE", `users/${id}/consents/sdk-client`],
      ["DELETE", `sessions/${UNKNOWN}`],
    ];
    for (const [method, path] of requests) {
      const body = method === "PUT" || method === "POST" ? {} : undefined;
      const forbidden = await plain(method, path, body);
      expect(forbidden, `${method} ${path}`).to.deep.equal({ status: 403, body: { error: "HTTP 403 Forbidden" } });
      const url = `${platform.url}/auth/admin/realms/master/${path}`;
      expect((await fetch(url, { method })).status, `${method} ${path}`).to.equal(401);
      expect((await fetch(url, { method, headers: { authorization: "Bearer x.y.z" } })).status).to.equal(401);
    }
    expect(await admin("GET", "../elsewhere/users")).to.deep.equal({
      status: 404,
      body: { error: "Realm not found." },
    });
    await platform.setEnabled(ann, false);
    expect((await plain("GET", "users")).status, "once deactivated").to.equal(401);
  });

  it("finds accounts by parts of an address, in the order of their usernames", async () => {
    for (const email of ["zed@example.com", "a.zed@example.com", "z_d@example.com", "z+d@example.com"]) {
      await platform.addUser({ email });
    }
    expect(await found("email=zed@example.com")).to.deep.equal(["a.zed@example.com", "zed@example.com"]);
    expect(await found("email=ZED@example.com&exact=true")).to.deep.equal(["zed@example.com"]);
    expect(await found("email=z_d@example.com")).to.have.members([
      "a.zed@example.com",
      "zed@example.com",
      "z_d@example.com",
      "z+d@example.com",
    ]);
    expect(await found("email=z_d@example.com&exact=true")).to.deep.equal(["z_d@example.com"]);
    expect(await found("email=a%25d@example.com")).to.deep.equal(["a.zed@example.com"]);
    expect(await found("email=z%2Bd@example.com&exact=true")).to.deep.equal(["z+d@example.com"]);
    expect(await found("email=z.d@example.com"), "a dot is a dot").to.deep.equal([]);
    expect(await found("email=nobody&exact=true")).to.deep.equal([]);
    expect(await found("username=ZED@")).to.deep.equal(["a.zed@example.com", "zed@example.com"]);
    expect(await found("search=zed")).to.deep.equal(["zed@example.com"]);
    expect(await found("search=*zed*&email=nobody")).to.deep.equal(["a.zed@example.com", "zed@example.com"]);
    expect(await found('search="zed"')).to.deep.equal([]);
    expect(await found("email=zed&username=nobody"), "both").to.deep.equal([]);
    await platform.setEnabled("zed@example.com", false);
    expect(await found("enabled=false")).to.deep.equal(["zed@example.com"]);
    expect(await found("email=zed&enabled=true")).to.deep.equal(["a.zed@example.com"]);
  });

  it("finds all accounts by a filter that is empty or misspelled", async () => {
    for (const query of ["email=", "emial=zed"]) {
      expect(await found(query), query).to.deep.equal(["admin", "operator@example.com"]);
    }
    expect(await admin("GET", "users/count?emial=zed")).to.deep.equal({ status: 200, body: 2 });
  });

  it("lists a page of 100 unless told otherwise, and counts them all", async () => {
    const usernames = Array.from({ length: 101 }, (_, n) => `u${String(n).padStart(3, "0")}`);
    await platform.addUsers(usernames.map((username) => ({ username, email: `${username}@example.com` })));
    expect(await found(""))
      .to.have.length(100)
      .and.include("admin");
    expect(await found("first=100")).to.deep.equal(["u098", "u099", "u100"]);
    expect(await found("first=1&max=2")).to.deep.equal(["operator@example.com", "u000"]);
    expect(await found("max=0")).to.deep.equal([]);
    expect(await found("max=1000")).to.have.length(103);
    expect(await found("max=-1")).to.have.length(103);
    expect((await admin("GET", "users?max=x")).status).to.equal(404);
    expect((await admin("GET", "users/count")).body).to.equal(103);
    expect((await admin("GET", "users/count?email=u00")).body).to.equal(10);
  });

  it("shows one account whole, and none for another id", async () => {
    const id = await platform.addUser({ email: ann });
    const { status, body } = await admin("GET", `users/${id}`);
    expect(status).to.equal(200);
    const names = { id, username: ann, email: ann, enabled: true, emailVerified: false, notBefore: 0, totp: false };
    expect(body).to.include(names).and.not.have.any.keys("firstName", "lastName", "realmRoles", "lastLogin");
    expect(body).to.have.property("createdTimestamp").that.is.a("number");
    expect((body as { access: object }).access).to.have.all.keys(
      ...["manageGroupMembership", "resetPassword", "view", "mapRoles", "impersonate", "manage"],
    );
    const [listed] = (await admin("GET", `users?email=${ann}&exact=true`)).body as { access: object }[];
    expect(listed).to.include(names);
    expect(listed?.access).to.deep.equal({ manage: true });
    for (const unknown of [UNKNOWN, "nobody", "..%2Fclients", "%2e%2e%2fclients"]) {
      expect(await admin("GET", `users/${unknown}`), unknown).to.deep.equal(NOT_FOUND);
    }
    expect((await admin("GET", "users/%zz")).status).to.equal(400);
  });

  it("deactivates by the whole representation, and by a part that keeps the rest", async () => {
    const id = await platform.addUser({ email: ann });
    await platform.rename(ann, { firstName: "Ann", lastName: "B" });
    const whole = (await admin("GET", `users/${id}`)).body as object;
    expect(await admin("PUT", `users/${id}`, { ...whole, enabled: false })).to.deep.equal({ status: 204, body: "" });
    expect((await admin("GET", `users/${id}`)).body).to.deep.equal({ ...whole, enabled: false });
    expect((await admin("PUT", `users/${id}`, { enabled: true })).status).to.equal(204);
    expect((await admin("PUT", `users/${id}`, {})).status).to.equal(204);
    expect((await admin("PUT", `users/${id}`, { firstName: null })).status).to.equal(204);
    expect((await admin("GET", `users/${id}`)).body).to.deep.equal(whole);
    expect((await admin("PUT", `users/${id}`, { id: UNKNOWN, createdTimestamp: 5, notBefore: 7 })).status).to.equal(
      204,
    );
    expect((await admin("GET", `users/${id}`)).body, "these can't be written").to.deep.equal(whole);
    expect((await admin("PUT", `users/${id}`, { firstName: "", emailVerified: true })).status).to.equal(204);
    const after = (await admin("GET", `users/${id}`)).body;
    expect(after).to.include({ lastName: "B", emailVerified: true }).and.not.have.property("firstName");
    expect(await admin("PUT", `users/${UNKNOWN}`, { enabled: true })).to.deep.equal(NOT_FOUND);
  });

  it("changes an address, but not a username", async () => {
    const id = await platform.addUser({ email: ann });
    await platform.addUser({ email: "bob@example.com" });
    expect(await admin("PUT", `users/${id}`, { username: "anna" })).to.deep.equal({
      status: 400,
      body: { field: "username", errorMessage: "error-user-attribute-read-only", params: ["username"] },
    });
    expect((await admin("PUT", `users/${id}`, { username: "ANN@example.com" })).status, "the same").to.equal(204);
    expect((await admin("PUT", `users/${id}`, { email: "Anna@Example.com" })).status).to.equal(204);
    expect(await platform.findByEmail("anna@example.com")).to.include({ id, username: ann });
    await admin("POST", "users", { username: "cleo@example.com" });
    for (const email of ["bob@example.com", "cleo@example.com"]) {
      expect(await admin("PUT", `users/${id}`, { email }), email).to.deep.equal({
        status: 409,
        body: { errorMessage: "User exists with same email" },
      });
    }
    expect((await admin("PUT", `users/${id}`, { email: "" })).status).to.equal(204);
    expect(await platform.findByEmail(ann))
      .to.include({ id })
      .and.not.have.property("email");
  });

  it("refuses fields that are malformed, and keys that are none of an account's", async () => {
    const id = await platform.addUser({ email: ann });
    const put = (body: unknown) => admin("PUT", `users/${id}`, body);
    const email = { field: "email", errorMessage: "error-invalid-email", params: ["email", "bad"] };
    const name = { field: "firstName", errorMessage: "error-person-name-invalid-character", params: ["firstName"] };
    expect(await put({ email: "bad" })).to.deep.equal({ status: 400, body: email });
    expect(await put({ firstName: "<" })).to.deep.equal({ status: 400, body: name });
    expect(await put({ firstName: "<", email: "bad" })).to.deep.equal({ status: 400, body: { errors: [email, name] } });
    const long = { field: "lastName", errorMessage: "error-invalid-length-too-long", params: ["lastName", null, 255] };
    expect(await put({ lastName: "x".repeat(256) })).to.deep.equal({ status: 400, body: long });
    const unknown = await put({ lastLogin: 1 });
    expect(unknown.status).to.equal(400);
    expect((unknown.body as { error: string }).error).to.match(/^Invalid json .* Unrecognized field "lastLogin"/);
    const unreadable = { error: "unknown_error", error_description: "Cannot parse the JSON" };
    expect(await put({ enabled: "x" })).to.deep.equal({ status: 400, body: unreadable });
    expect(await put([])).to.deep.equal({ status: 400, body: unreadable });
    expect(await put("{")).to.deep.equal({ status: 400, body: { ...unreadable, error: "invalid_request" } });
    expect(await platform.findByEmail(ann)).to.include({ email: ann, enabled: true });
  });

  it("makes an account without an invitation, deactivated unless told otherwise", async () => {
    const answer = await admin("POST", "users", { username: "Ann", email: "ANN@example.com", realmRoles: ["admin"] });
    expect(answer.status).to.equal(201);
    const made = await platform.findByEmail(ann);
    expect(made).to.include({ username: "ann", email: ann, enabled: false }).and.not.have.property("realmRoles");
    expect(answer.location).to.equal(`${platform.url}/auth/admin/realms/master/users/${made?.id}`);
    const exists = (field: string) => ({ status: 409, body: { errorMessage: `User exists with same ${field}` } });
    expect(await admin("POST", "users", { username: "x", email: ann })).to.deep.equal(exists("email"));
    expect(await admin("POST", "users", { username: "ANN", email: "x@y.z" })).to.deep.equal(exists("username"));
    await admin("PUT", `users/${made?.id}`, { email: "anna@example.com" });
    expect(await admin("POST", "users", { username: "anna@example.com" }), "an address").to.deep.equal(
      exists("username"),
    );
    expect(await admin("POST", "users", { username: "x", email: "operator@example.com" })).to.deep.equal(
      exists("email"),
    );
    const nameless = { status: 400, body: { errorMessage: "User name is missing" } };
    expect(await admin("POST", "users", { email: "x@y.z" })).to.deep.equal(nameless);
    expect((await admin("POST", "users", { username: "x", email: "bad" })).status).to.equal(400);
    const credentials = [{ type: "password", value: "Pw-1", temporary: true }];
    expect((await admin("POST", "users", { username: "bob", enabled: true, credentials })).status).to.equal(201);
    expect(await platform.findByEmail("bob")).to.deep.include({ requiredActions: ["UPDATE_PASSWORD"] });
  });
}
