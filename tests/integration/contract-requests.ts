import { expect } from "chai";
import type { Platform, PlatformOptions } from "../emulator/platform";
import { callerOf } from "./callers";

/** What the user API does with odd requests, over every identity store: it refuses them, or finds no account. */
export function requestsContract(start: (options?: PlatformOptions) => Promise<Platform>): void {
  const ann = "ann@example.com";
  const UNKNOWN = "00000000-0000-4000-8000-000000000000";
  /** None may reach another path of the store than that of an account. */
  const ODD_IDS = [UNKNOWN, "nobody", "", ".", "..", "../clients", "..%2Fclients", "%2e%2e/clients", "a b", "é?x=1#y"];
  let platform: Platform;
  let call: Awaited<ReturnType<typeof callerOf>>;
  beforeEach(async () => {
    platform = await start();
    call = await callerOf(platform, "admin", "admin");
  });
  afterEach(() => platform.close());

  it("takes null for what may be left out of an invite", async () => {
    const { status, body } = await call("users/invite", {
      email: ann,
      password: null,
      roles: null,
      require_reset: null,
    });
    expect(status).to.equal(200);
    expect(body["password"]).to.be.a("string").with.length.greaterThan(8);
    expect((await platform.findByEmail(ann))?.requiredActions).to.deep.equal(["UPDATE_PASSWORD"]);
    for (const wrong of [{ password: 1 }, { roles: "admin" }, { roles: [null] }, { require_reset: "yes" }]) {
      expect((await call("users/invite", { email: "bob@example.com", ...wrong })).status).to.equal(400);
    }
    expect(await platform.findByEmail("bob@example.com")).to.equal(undefined);
  });

  it("gives the roles of an invite, and makes no account for one that does not exist", async () => {
    expect((await call("users/invite", { email: ann, roles: ["admin", "create-realm"] })).status).to.equal(200);
    expect((await platform.findByEmail(ann))?.realmRoles).to.have.members(["admin", "create-realm"]);
    expect((await platform.people()).find((user) => user.email === ann)?.realmRoles).to.have.length(2);
    for (const roles of [["nonsense"], ["admin", "nonsense"], ["../users"], [""], [".."]]) {
      const refused = await call("users/invite", { email: "bob@example.com", roles });
      expect(refused, roles.join()).to.deep.equal({ status: 400, body: { msg: "Could not find role", code: 400 } });
    }
    expect(await platform.findByEmail("bob@example.com")).to.equal(undefined);
  });

  it("finds no account by an id that is not an account's", async () => {
    const { status, body } = await call("users/query", { user_ids: ODD_IDS });
    expect(status).to.equal(200);
    expect(body["users"]).to.deep.equal(Object.fromEntries(ODD_IDS.map((id) => [id, null])));
    const admin = await platform.findByEmail("admin");
    const twice = await call("users/query", { user_ids: [admin?.id, UNKNOWN, admin?.id] });
    expect(Object.keys(twice.body["users"] as object)).to.have.members([admin?.id, UNKNOWN]);
  });

  it("finds those it is asked for among many ids", async () => {
    const admin = (await platform.findByEmail("admin"))?.id as string;
    const ids = Array.from({ length: 60 }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`);
    const users = (await call("users/query", { user_ids: [...ids, admin] })).body["users"] as Record<string, unknown>;
    expect(Object.keys(users)).to.have.length(61);
    expect(Object.keys(users).filter((id) => users[id] !== null)).to.deep.equal([admin]);
  });

  it("edits no account by an id that is not an account's", async () => {
    const edit = { firstName: "A", lastName: "B", email: ann, enabled: false, isAdmin: true };
    for (const id of ODD_IDS) {
      const answer = await call("user", { id, ...edit });
      expect(answer, id).to.deep.equal({ status: 404, body: { msg: "User not found", code: 404 } });
    }
    expect((await platform.people()).filter((user) => !user.enabled || user.firstName)).to.deep.equal([]);
  });

  it("changes the address with an edit, and keeps the username", async () => {
    const id = await platform.addUser({ email: ann });
    await platform.addUser({ email: "bob@example.com" });
    const edit = { id, firstName: "", lastName: "", enabled: true, isAdmin: false };
    expect((await call("user", { ...edit, email: "Anna@Example.com" })).status).to.equal(200);
    expect(await platform.findByEmail("anna@example.com")).to.include({ id, username: ann, email: "anna@example.com" });
    const taken = await call("user", { ...edit, email: "BOB@example.com" });
    expect(taken).to.deep.equal({ status: 409, body: { msg: "User exists with same email", code: 409 } });
    const bad = await call("user", { ...edit, email: "anna" });
    expect(bad).to.deep.equal({ status: 400, body: { msg: "error-invalid-email", code: 400 } });
    expect((await platform.findByEmail(ann))?.email, "by its username").to.equal("anna@example.com");
    expect((await call("user", { ...edit, email: "" })).status).to.equal(200);
    expect(await platform.findByEmail(ann))
      .to.include({ id, username: ann })
      .and.not.have.property("email");
    // The address is free again, the username is not, as an address neither.
    expect((await call("users/invite", { email: "anna@example.com" })).status).to.equal(200);
    expect((await call("users/invite", { email: ann })).body["msg"]).to.equal("User exists with same email");
  });

  it("refuses names that Keycloak refuses, and drops blank ones", async () => {
    const id = await platform.addUser({ email: ann });
    const edit = { id, lastName: "B", email: ann, enabled: true, isAdmin: false };
    for (const firstName of ["<x>", "a\u0000", "a\u2028", "a?", "a\u0085"]) {
      const answer = await call("user", { ...edit, firstName });
      expect(answer, firstName).to.deep.equal({
        status: 400,
        body: { msg: "error-person-name-invalid-character", code: 400 },
      });
    }
    const long = await call("user", { ...edit, firstName: "x".repeat(256) });
    expect(long.body["msg"]).to.equal("error-invalid-length-too-long");
    for (const firstName of ["O'Brien, Zoë", " A ", "x".repeat(255)]) {
      expect((await call("user", { ...edit, firstName })).status, firstName).to.equal(200);
      expect((await platform.findByEmail(ann))?.firstName).to.equal(firstName);
    }
    for (const firstName of ["  ", ""]) {
      expect((await call("user", { ...edit, firstName })).status).to.equal(200);
      expect(await platform.findByEmail(ann))
        .to.include({ lastName: "B" })
        .and.not.have.property("firstName");
    }
  });

  it("answers 400, and never 500, to a body of another shape", async () => {
    for (const path of ["users/query", "users/invite", "users/activate", "users/deactivate", "user"]) {
      for (const body of ["null", "[]", '"text"', "1", "{", ""]) {
        const { status } = await call(path, body);
        // No body at all is as good as an empty object, which finds all accounts.
        expect(status, `${path} ${body}`).to.equal(path === "users/query" && body === "" ? 200 : 400);
      }
      for (const body of [{ email: null }, { email: 1 }, { email: [] }, { user_ids: [null] }, { user_ids: "x" }]) {
        const isQuery = path === "users/query" && !("user_ids" in body);
        expect((await call(path, body)).status, `${path} ${JSON.stringify(body)}`).to.equal(isQuery ? 200 : 400);
      }
    }
  });
}
