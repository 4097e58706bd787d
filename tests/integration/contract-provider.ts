import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { findHalfDone } from "../../provider/user/partial-failure";
import type { Platform, PlatformOptions } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";
import { CLIENT_SECRET } from "../emulator/sessions";
import { grant } from "./callers";
import { EngineCalls, listen } from "./dynamic";
import { connectTo, messageOf } from "./platform";

/** How the provider works with a platform, over every identity store. */
export function providerContract(start: (options?: PlatformOptions) => Promise<Platform>): void {
  let platform: Platform;
  const ann = "ann@example.com";
  const said = listen();
  afterEach(() => platform.close());

  const grants: [string, () => Promise<Record<string, string>>][] = [
    ["a password and a public client", () => Promise.resolve({})],
    [
      "a password and a confidential client",
      () => Promise.resolve({ "wallaroo:clientId": "api-client", "wallaroo:clientSecret": CLIENT_SECRET }),
    ],
    [
      "a service account",
      () =>
        Promise.resolve({
          "wallaroo:username": "",
          "wallaroo:clientId": "api-client",
          "wallaroo:clientSecret": CLIENT_SECRET,
        }),
    ],
    [
      "an offline refresh token",
      async () => {
        const fields = { grant_type: "password", username: "admin", password: "admin", scope: "offline_access" };
        return { "wallaroo:refreshToken": (await grant(platform, fields)).body["refresh_token"] as string };
      },
    ],
  ];
  for (const [name, config] of grants) {
    it(`lets the provider live a user's whole life with ${name}`, async () => {
      platform = await start();
      const { lifecycle } = connectTo(platform, await config());
      const { id, state } = await lifecycle.create({ email: ann, enabled: true });
      expect(id).to.equal((await platform.findByEmail(ann))?.id);
      expect(state.createdAt).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      const off = await lifecycle.update(id, state, { email: ann, enabled: false });
      const known = await connectTo(platform, await config()).lifecycle.read(id, off);
      expect(known).to.deep.equal({ id, state: off });
      const later = connectTo(platform, await config());
      const back = await later.lifecycle.create({ email: ann, enabled: true });
      expect(back).to.deep.include({ id });
      await connectTo(platform, await config()).lifecycle.delete(id, back.state);
      expect((await platform.findByEmail(ann))?.enabled).to.equal(false);
      expect(platform.written()).to.deep.equal([
        `invite ${ann}`,
        `deactivate ${ann}`,
        `activate ${ann}`,
        `deactivate ${ann}`,
      ]);
    });
  }

  /** Up, drift of {@link ann} and its repair, each shown and none made up, and destroy. */
  async function live(calls: EngineCalls, declared: Record<string, unknown>): Promise<void> {
    await calls.up(declared);
    expect(await calls.up(declared)).to.equal("unchanged");
    const { kept } = calls;
    await calls.refresh();
    expect(calls.kept).to.deep.equal(kept);
    await platform.setEnabled(ann, false);
    await calls.refresh();
    expect(calls.kept?.inputs).to.not.deep.equal(kept?.inputs);
    expect(await calls.up(declared)).to.equal("updated");
    expect((await platform.findByEmail(ann))?.enabled).to.equal(true);
    await calls.destroy();
  }

  it("lets the engine's calls live a user's whole life", async () => {
    platform = await start();
    const calls = new EngineCalls(() => platform, "user");
    const declared = { email: ann, password: "Kk-keycloak-pw" };
    await live(calls, declared);
    await calls.up(declared);
    expect(platform.written()).to.deep.equal([
      `invite ${ann}`,
      `activate ${ann}`,
      `deactivate ${ann}`,
      `activate ${ann}`,
    ]);
  });

  it("lets the engine's calls live a team's whole life, with an adopted member", async () => {
    platform = await start();
    const [bob, cleo] = ["bob@example.com", "cleo@example.com"];
    await platform.addUser({ email: cleo });
    const members = { [ann]: { password: "Kk-keycloak-pw" }, [bob]: { enabled: false }, [cleo]: { adopt: true } };
    await live(new EngineCalls(() => platform, "team"), { members });
    expect(said().join()).to.match(/differs on the platform in members\["ann@example.com"\]\.enabled/);
    const isEnabled = async (email: string) => (await platform.findByEmail(email))?.enabled;
    expect([await isEnabled(ann), await isEnabled(bob), await isEnabled(cleo)]).to.deep.equal([false, false, true]);
    expect(platform.written()).to.have.members([
      `activate ${ann}`,
      `deactivate ${ann}`,
      `deactivate ${bob}`,
      `invite ${ann}`,
      `invite ${bob}`,
    ]);
  });

  it("is survived by the provider when its session is revoked in the middle", async () => {
    platform = await start();
    const { lifecycle } = connectTo(platform);
    await lifecycle.create({ email: ann, enabled: true });
    await platform.revokeSessions();
    await lifecycle.create({ email: "bob@example.com", enabled: false });
    expect((await platform.findByEmail("bob@example.com"))?.enabled).to.equal(false);
    expect(platform.requests("invite").filter((entry) => entry.status === 200)).to.have.length(2);
  });

  it("is served without a pause or a 401 by a run that outlives its tokens", async () => {
    platform = await start({ tokenLifetime: 3 });
    const { lifecycle } = connectTo(platform);
    const { id, state } = await lifecycle.create({ email: ann, enabled: true });
    for (const enabled of [false, true, false]) {
      await sleep(1_900);
      await lifecycle.update(id, { ...state, enabled: !enabled }, { email: ann, enabled });
    }
    expect(platform.log.filter((entry) => entry.status === 401)).to.deep.equal([]);
    const grants = platform.requests("token").map((entry) => (entry.body as { grant_type: string }).grant_type);
    expect(grants.length).to.be.greaterThan(1);
    expect(new Set(grants.slice(1))).to.deep.equal(new Set(["refresh_token"]));
    expect((await platform.findByEmail(ann))?.enabled).to.equal(false);
  });

  it("gives a clear error when the provider's account is disabled in the middle", async () => {
    platform = await start();
    const { lifecycle } = connectTo(platform);
    const { id, state } = await lifecycle.create({ email: ann, enabled: true });
    await platform.setEnabled(OPERATOR.email, false);
    const message = await messageOf(() => lifecycle.update(id, state, { email: ann, enabled: false }));
    expect(message).to.match(/Could not sign in as operator@example.com: Account disabled \(HTTP 400\)/);
    expect((await platform.findByEmail(ann))?.enabled).to.equal(true);
  });

  it("keeps names and the admin role that are not declared", async () => {
    platform = await start();
    await platform.addUser({ email: ann, admin: true });
    await platform.rename(ann, { firstName: "Ann", lastName: "Before" });
    const { lifecycle } = connectTo(platform);
    const made = lifecycle.create({ email: ann, enabled: true, adopt: true, firstName: "Anna" });
    expect(await made.catch((e: unknown) => findHalfDone(e) ?? e)).to.be.an("object");
    const now = await platform.findByEmail(ann);
    expect(now).to.deep.include({ firstName: "Anna", lastName: "Before", realmRoles: ["admin"], enabled: true });
  });
}
