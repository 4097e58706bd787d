import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { KnownUser } from "../../provider/user/model";
import type { Platform, PlatformOptions } from "../emulator/platform";
import { CLIENT_SECRET } from "../emulator/sessions";
import { grant } from "./callers";
import { connectTo, declared } from "./platform";

const api = { client_id: "api-client", client_secret: CLIENT_SECRET };

/** What becomes of the tokens of an account that is cut off and brought back, over every identity store. */
export function cutOffContract(start: (options?: PlatformOptions) => Promise<Platform>): void {
  const [ann, password] = ["ann@example.com", "Pw-of-ann"];
  let platform: Platform;
  beforeEach(async () => {
    platform = await start();
  });
  afterEach(() => platform.close());

  const lifecycle = (config: Record<string, string> = {}) => connectTo(platform, config).lifecycle;
  const open = async (fields: Record<string, string> = {}) => {
    const { status, body } = await grant(platform, { grant_type: "password", username: ann, password, ...fields });
    expect(status).to.equal(200);
    return { token: String(body["refresh_token"]), client: fields };
  };
  /** Online and offline sessions, with both clients. */
  const openAll = async () => [
    await open(),
    await open({ scope: "offline_access" }),
    await open({ ...api }),
    await open({ ...api, scope: "offline_access" }),
  ];
  const areGood = async (sessions: Awaited<ReturnType<typeof openAll>>) => {
    const good: boolean[] = [];
    for (const { token, client } of sessions) {
      const { scope: _asked, ...who } = client;
      const answer = await grant(platform, { grant_type: "refresh_token", refresh_token: token, ...who });
      good.push(answer.status === 200);
    }
    return good;
  };
  const ALL = [true, true, true, true];
  const NONE = [false, false, false, false];

  type Step = (known: KnownUser) => Promise<unknown>;
  const off: Step = ({ id, state }) => lifecycle().update(id, state, declared(ann, { enabled: false }));
  const destroy: Step = ({ id, state }) => lifecycle().delete(id, state);
  const update: Step = ({ id, state }) =>
    lifecycle().update(id, { ...state, enabled: false }, declared(ann, { enabled: true }));
  const create: Step = () => lifecycle().create(declared(ann));
  const byHand: Step = () => platform.setEnabled(ann, true);

  for (const [how, leave, comeBack] of [
    ["by an update, and brought back by hand", off, byHand],
    ["by an update, and brought back by an update", off, update],
    ["by a destroy, and brought back by a create", destroy, create],
    ["by hand, and brought back by an update", () => platform.setEnabled(ann, false), update],
    ["by hand, and brought back by a create", () => platform.setEnabled(ann, false), create],
  ] as [string, Step, Step][]) {
    it(`gives no session back to an account that is cut off ${how}`, async () => {
      const known = await lifecycle().create(declared(ann, { password }));
      const sessions = await openAll();
      expect(await areGood(sessions)).to.deep.equal(ALL);
      await leave(known);
      expect((await platform.findByEmail(ann))?.enabled).to.equal(false);
      expect(await areGood(sessions)).to.deep.equal(NONE);
      await comeBack(known);
      expect((await platform.findByEmail(ann))?.enabled).to.equal(true);
      expect(await areGood(sessions)).to.deep.equal(NONE);
      expect(await areGood([await open(), await open({ scope: "offline_access" })])).to.deep.equal([true, true]);
    });
  }

  it("gives all sessions back if `wallaroo:endSessions` is off", async () => {
    const off = { "wallaroo:endSessions": "off" };
    const { id, state } = await lifecycle().create(declared(ann, { password }));
    const sessions = await openAll();
    const cut = await lifecycle(off).update(id, state, declared(ann, { enabled: false }));
    await lifecycle(off).update(id, cut, declared(ann));
    expect(await areGood(sessions)).to.deep.equal(ALL);
  });

  it("leaves the sessions of every other account", async () => {
    const bob = "bob@example.com";
    await platform.addUser({ email: bob, password: "Pw-of-bob" });
    const { body } = await grant(platform, { grant_type: "password", username: bob, password: "Pw-of-bob" });
    const known = await lifecycle().create(declared(ann, { password }));
    await sleep(1_100);
    await off(known);
    const fields = { grant_type: "refresh_token", refresh_token: String(body["refresh_token"]) };
    expect((await grant(platform, fields)).status).to.equal(200);
  });
}
