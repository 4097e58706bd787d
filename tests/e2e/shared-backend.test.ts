import { expect } from "chai";
import { startPlatform, type Platform } from "../emulator/platform";
import { until } from "../emulator/until";
import { findPostgresObstacle, startPostgres, type Postgres } from "./postgres";
import { ann, user } from "./programs";
import { CI, TestStack } from "./stack";

const declared = (enabled: boolean) => user({ enabled, password: "Ss-shared-password" });

describe("a backend that a team shares (PostgreSQL)", function () {
  this.timeout(360_000);
  let postgres: Postgres | undefined;
  let platform: Platform;

  before(async function () {
    const obstacle = findPostgresObstacle();
    if (obstacle !== undefined) {
      process.stdout.write(`\n  not run on PostgreSQL, and the file backend's lock is tested instead: ${obstacle}\n`);
      this.skip();
    }
    postgres = await startPostgres();
    platform = await startPlatform();
    await platform.addUser({ ...CI, admin: true });
  });
  after(async () => {
    postgres?.stop();
    await (platform as Platform | undefined)?.close();
  });

  it("keeps the lifecycle, and lets one of two runners at once through", async () => {
    const stack = await TestStack.create({ platform, env: { PULUMI_BACKEND_URL: postgres?.url ?? "" } });
    try {
      await stack.up(declared(true));
      await stack.refresh({ expectNoChanges: true });
      // However long the second takes to find out that it can't, the first is still at work.
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      const held = platform.misbehave({ on: "deactivate", when: "before", what: { until: released } });
      const first = stack.up(declared(false));
      await until(() => held.hits > 0, first);
      const second = await stack.upFails(declared(true));
      release();
      expect(second.output).to.match(/lock/i);
      await first;
      expect((await stack.stored("ann"))?.outputs["enabled"]).to.equal(false);
      await stack.destroy();
      expect(platform.written()).to.deep.equal([`invite ${ann}`, `deactivate ${ann}`]);
    } finally {
      stack.remove();
    }
  });
});
