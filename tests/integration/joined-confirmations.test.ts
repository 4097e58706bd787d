import { expect } from "chai";
import { startPlatform, type Platform } from "../emulator/platform";
import { checkWith, startDynamic } from "./dynamic";
import { startNative } from "./native";

const people = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.com`);

describe("confirmations of single users", () => {
  let platform: Platform;
  beforeEach(async () => void (platform = await startPlatform()));
  afterEach(() => platform.close());

  for (const [adapter, start] of Object.entries({ dynamic: startDynamic, native: startNative })) {
    it(`share queries although an engine begins one create after another (${adapter})`, async () => {
      const { user } = await start(platform);
      const all = people(48);
      const queue = (await Promise.all(all.map((email) => checkWith(user, { email })))).values();
      // It stores its state before and after each create, one at a time, and runs 8 creates at once.
      let stored = Promise.resolve();
      const store = () => (stored = stored.then(() => new Promise((resolve) => setTimeout(resolve, 5))));
      const slot = async () => {
        for (const inputs of queue) {
          await store();
          await user.create(inputs);
          await store();
        }
      };
      await Promise.all(Array.from({ length: 8 }, slot));
      expect(platform.written()).to.have.members(all.map((email) => `invite ${email}`));
      // Half of 8 share one, as the other half is stored meanwhile. It was a query for nearly each of them; more than 12
      // on a slow machine.
      expect(platform.requests("query").length).to.be.at.most(24);
    });
  }

  it("are one query for a user that is alone", async () => {
    const { user } = await startDynamic(platform);
    const inputs = await checkWith(user, { email: "ann@example.com" });
    await user.create(inputs);
    expect(platform.log.map(({ call }) => call)).to.deep.equal(["token", "query", "invite", "query"]);
  });
});
