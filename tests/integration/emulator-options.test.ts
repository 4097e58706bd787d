import { expect } from "chai";
import { startPlatform, type Platform, type PlatformOptions } from "../emulator/platform";
import { adminOf, callerOf, claimsOf, grant } from "./callers";

/** What an installation can do differently, one option each. */
describe("an option of the emulated platform", () => {
  const ann = "ann@example.com";
  let platform: Platform;
  afterEach(() => platform.close());

  async function start(options: PlatformOptions = {}) {
    platform = await startPlatform(options);
    return callerOf(platform, "admin", "admin");
  }

  it("hides who the bearer of a token is, in the middle of a run, too", async () => {
    const call = await start({ lightweightTokens: true });
    const fields = { grant_type: "password", username: "admin", password: "admin" };
    const { body } = await grant(platform, fields);
    expect(claimsOf(body["access_token"])).to.not.have.any.keys("sub", "email", "preferred_username");
    const id = (await platform.findByEmail("admin"))?.id;
    expect(claimsOf(body["refresh_token"])).to.include({ sub: id, typ: "Refresh" });
    expect((await call("users/query", {})).status).to.equal(200);
    await platform.change({ lightweightTokens: false });
    expect(claimsOf((await grant(platform, fields)).body["access_token"])).to.include({ sub: id });
  });

  it("shows an invited account only some time later, and refuses it twice at once", async () => {
    const now = { ms: Date.now() };
    const call = await start({ seenAfterMs: 3000, now: () => now.ms });
    const { body } = await call("users/invite", { email: ann });
    const id = body["id"] as string;
    const seen = async () => {
      const all = (await call("users/query", {})).body["users"] as object;
      const one = (await call("users/query", { user_ids: [id] })).body["users"] as Record<string, unknown>;
      return [id in all, one[id] !== null];
    };
    expect(await seen()).to.deep.equal([false, false]);
    expect((await call("users/invite", { email: ann })).status).to.equal(409);
    now.ms += 2_999;
    expect(await seen()).to.deep.equal([false, false]);
    now.ms += 1;
    expect(await seen()).to.deep.equal([true, true]);
    await platform.change({ seenAfterMs: 4000 });
    expect(await seen()).to.deep.equal([false, false]);
  });

  it("leaves a federated account as it is and says nothing of it", async () => {
    const call = await start({ ignoresDeactivate: ["ANN@example.com"] });
    await platform.addUser({ email: ann });
    await platform.addUser({ email: "bob@example.com" });
    for (const email of [ann, "bob@example.com"]) {
      expect(await call("users/deactivate", { email })).to.deep.equal({ status: 200, body: {} });
    }
    expect((await platform.findByEmail(ann))?.enabled).to.equal(true);
    expect((await platform.findByEmail("bob@example.com"))?.enabled).to.equal(false);
    await platform.setEnabled(ann, false);
    expect(await call("users/activate", { email: ann })).to.deep.equal({ status: 200, body: {} });
    expect((await platform.findByEmail(ann))?.enabled).to.equal(false);
    const id = (await platform.findByEmail(ann))?.id;
    const edit = { id, firstName: "Ann", lastName: "B", email: ann, enabled: true, isAdmin: false };
    expect((await call("user", edit)).status).to.equal(200);
    const admin = await adminOf(platform);
    expect((await admin("PUT", `users/${id}`, { enabled: true, lastName: "C" })).status).to.equal(204);
    expect(await platform.findByEmail(ann)).to.include({ enabled: false, firstName: "Ann", lastName: "C" });
    await platform.change({ ignoresDeactivate: [] });
    await call("users/activate", { email: ann });
    expect((await platform.findByEmail(ann))?.enabled).to.equal(true);
  });

  const words = "Invalid password: must contain at least 1 upper case characters.";
  for (const { passwordPolicy, status } of [
    { passwordPolicy: "before", status: 400 },
    { passwordPolicy: "after", status: 500 },
  ] as const) {
    it(`refuses a weak password ${passwordPolicy} the account is made`, async () => {
      const call = await start({ passwordPolicy });
      const refused = await call("users/invite", { email: ann, password: "weak-1" });
      expect(refused).to.deep.equal({ status, body: { msg: words, code: status } });
      expect((await platform.findByEmail(ann)) !== undefined).to.equal(passwordPolicy === "after");
      const signIn = await grant(platform, { grant_type: "password", username: ann, password: "weak-1" });
      expect(signIn.body["error_description"]).to.equal("Invalid user credentials");
      expect((await call("users/invite", { email: "bob@example.com", password: "Strong-1" })).status).to.equal(200);
      expect((await call("users/invite", { email: "cleo@example.com" })).status, "generated").to.equal(200);
    });
  }

  it("puts in two accounts with one address, and one whose address is empty", async () => {
    const call = await start();
    const first = await platform.addUser({ email: ann });
    const second = await platform.addUser({ email: ann, username: "ann2" });
    const third = await platform.addUser({ email: "", username: "nameless" });
    const users = (await call("users/query", {})).body["users"] as Record<string, unknown>;
    expect(users[first]).to.include({ email: ann, username: ann });
    expect(users[second]).to.include({ email: ann, username: "ann2" });
    expect(users[third]).to.include({ email: "", username: "nameless" });
    expect((await platform.findByEmail("nameless"))?.id).to.equal(third);
    await platform.remove(ann);
    expect((await platform.findByEmail(ann))?.id).to.equal(second);
    await platform.remove("ann2");
    expect((await call("users/invite", { email: ann })).status).to.equal(200);
    const again = platform.addUser({ email: "other@example.com", username: ann });
    expect(await again.catch((error: Error) => error.message)).to.equal(`the username ${ann} is taken`);
  });
});
