import { expect } from "chai";
import type { Platform, PlatformOptions } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";
import { adminOf, callerOf } from "./callers";

/**
 * How many requests an operation of the platform is for the Keycloak behind it. `take` gives those since its last call. What
 * a platform has to ask: for a write by address the account that has it, and the write itself; nothing before an invite.
 */
export function requestsOfKeycloak(
  start: (options?: PlatformOptions) => Promise<Platform>,
  take: () => string[],
): void {
  const ann = "ann@example.com";
  const INTROSPECT = "POST /auth/realms/master/protocol/openid-connect/token/introspect";
  const USERS = "/auth/admin/realms/master/users";
  let platform: Platform;
  let call: Awaited<ReturnType<typeof callerOf>>;

  const begin = async (options?: PlatformOptions) => {
    platform = await start(options);
    call = await callerOf(platform, OPERATOR.email, OPERATOR.password);
    // The names of the roles are looked up once.
    await call("users/query", {});
    take();
  };
  afterEach(() => platform.close());

  /**
   * The requests to Keycloak of a call that the platform answers with 200; ids in paths as `ID`. Those for tokens come by
   * the clock, and are left out.
   */
  const asked = async (path: string, body: unknown) => {
    const { status } = await call(path, body);
    expect(status, path).to.equal(200);
    const requests = take().filter((line) => !line.includes("/openid-connect/token"));
    return requests.map((line) => line.replace(/[\da-f]{8}-[\da-f-]{27}/, "ID"));
  };

  it("sends one request per invite, with the password in it", async () => {
    await begin();
    expect(await asked("users/invite", { email: ann, password: "A-password-1" })).to.deep.equal([`POST ${USERS}`]);
    expect(await asked("users/invite", { email: "bob@example.com" })).to.deep.equal([`POST ${USERS}`]);
    const withRole = await asked("users/invite", { email: "cid@example.com", roles: ["admin"] });
    expect(withRole.slice(-2)).to.deep.equal([`POST ${USERS}`, `POST ${USERS}/ID/role-mappings/realm`]);
    expect(await asked("users/invite", { email: "dan@example.com", roles: ["admin"] })).to.have.length(2);
  });

  it("looks an account up and writes it, and only looks when there is nothing to write", async () => {
    await begin();
    await asked("users/invite", { email: ann });
    for (const what of ["deactivate", "activate"]) {
      expect(await asked(`users/${what}`, { email: ann }), what).to.deep.equal([`GET ${USERS}`, `PUT ${USERS}/ID`]);
      expect(await asked(`users/${what}`, { email: ann }), `${what} again`).to.deep.equal([`GET ${USERS}`]);
    }
  });

  it("edits an account by one request, and its role by another", async () => {
    await begin();
    const id = await platform.addUser({ email: ann });
    const edit = { id, firstName: "Ann", lastName: "B", email: ann, enabled: true, isAdmin: true };
    await asked("user", edit);
    const requests = await asked("user", { ...edit, isAdmin: false });
    expect(requests).to.deep.equal([`PUT ${USERS}/ID`, `DELETE ${USERS}/ID/role-mappings/realm`]);
  });

  it("lists thirty accounts with as many requests as three, whatever their roles", async () => {
    await begin();
    await Promise.all([1, 2, 3].map((n) => call("users/invite", { email: `p${n}@example.com` })));
    take();
    const ofThree = (await asked("users/query", {})).sort();
    await platform.addUsers(Array.from({ length: 27 }, (_, n) => ({ email: `q${n}@example.com`, admin: true })));
    expect(await platform.people(), "with the built-in admin and the operator").to.have.length(32);
    take();
    expect((await asked("users/query", {})).sort()).to.deep.equal(ofThree);
    expect(ofThree.filter((line) => line.startsWith(`GET ${USERS}`))).to.deep.equal([`GET ${USERS}`]);
    expect(ofThree, "one request per role of the realm that is given by itself").to.have.length(5);
  });

  it("asks for fifty accounts by their ids with one request", async () => {
    await begin();
    const emails = Array.from({ length: 51 }, (_, n) => `p${n}@example.com`);
    const user_ids = await platform.addUsers(emails.map((email) => ({ email })));
    take();
    expect(await asked("users/query", { user_ids: user_ids.slice(0, 50) })).to.deep.equal([`GET ${USERS}`]);
    expect(await asked("users/query", { user_ids })).to.deep.equal([`GET ${USERS}`, `GET ${USERS}`]);
    const { body } = await call("users/query", { user_ids });
    expect(Object.values(body["users"] as object).map((user: { email: string }) => user.email)).to.have.members(emails);
  });

  it("counts the seats of a licence by one request", async () => {
    await begin({ seatLimit: 3 });
    const search = `GET ${USERS}`;
    // By address, by username, and all that are enabled.
    const requests = await asked("users/invite", { email: ann });
    expect(requests).to.deep.equal([search, search, search, `POST ${USERS}`]);
  });

  it("asks about a token once for many requests, however many come at once", async () => {
    await begin();
    call = await callerOf(platform, OPERATOR.email, OPERATOR.password);
    take();
    const ids = Array.from({ length: 30 }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`);
    await Promise.all(ids.map((id) => call("users/query", { user_ids: [id] })));
    expect(take().filter((line) => line === INTROSPECT)).to.have.length(1);
  });

  it("refuses a token whose account was just deactivated, signed out or deprived of its role", async () => {
    await begin();
    const admin = await adminOf(platform);
    const other = await callerOf(platform, "admin", "admin");
    const status = async () => (await call("users/query", {})).status;
    const signIn = async () => (call = await callerOf(platform, OPERATOR.email, OPERATOR.password));
    const id = (await platform.findByEmail(OPERATOR.email))?.id;

    expect(await status()).to.equal(200);
    await other("users/deactivate", { email: OPERATOR.email });
    expect(await status(), "deactivated by the platform's API").to.equal(401);
    await other("users/activate", { email: OPERATOR.email });
    expect(await status(), "activated again").to.equal(200);
    await admin("PUT", `users/${id}`, { enabled: false });
    expect(await status(), "deactivated by Keycloak's").to.equal(401);
    await admin("PUT", `users/${id}`, { enabled: true });

    await signIn();
    expect(await status()).to.equal(200);
    await admin("POST", `users/${id}/logout`);
    expect(await status(), "signed out").to.equal(401);

    await signIn();
    expect(await status()).to.equal(200);
    await platform.makeAdmin(OPERATOR.email, false);
    expect(await status(), "without its role").to.equal(403);
    await platform.makeAdmin(OPERATOR.email, true);

    await signIn();
    expect(await status()).to.equal(200);
    await platform.revokeSessions();
    expect(await status(), "every session ended").to.equal(401);
  });
}
