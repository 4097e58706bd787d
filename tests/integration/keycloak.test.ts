import { expect } from "chai";
import { WallarooTeam } from "pulumi-wallaroo";
import { ann, user } from "../e2e/programs";
import { CI, TestStack } from "../e2e/stack";
import { KeycloakBackend } from "../emulator/keycloak/backend";
import { findObstacle } from "../emulator/keycloak/distribution";
import { startKeycloak, type KeycloakServer } from "../emulator/keycloak/server";
import { startPlatform, type PlatformOptions } from "../emulator/platform";
import { platformContract } from "./contract";

/** The same contract over a real identity store, where the machine can run one. */
describe("the emulated platform over a real Keycloak", function () {
  this.timeout(180_000);
  let server: KeycloakServer | undefined;

  before(async function () {
    // Longer than its download and start may take: what ends them says why.
    this.timeout(1_800_000);
    const obstacle = await findObstacle();
    if (obstacle !== undefined) {
      process.stdout.write(`\n  not run against a real Keycloak: ${obstacle}\n`);
      this.skip();
    }
    server = await startKeycloak((line) => process.stdout.write(`\n  ${line}\n`));
  });
  after(() => server?.stop());

  const start = async (options: PlatformOptions = {}) => {
    const { tokenLifetime = 60, clientTokenLifetimes } = options;
    const settings = { tokenLifetime, clientTokenLifetimes, hasOperator: true };
    const backend = await KeycloakBackend.create(settings, () => undefined, server);
    await backend.reset();
    return startPlatform(options, backend);
  };

  platformContract(start);

  it("lets the real engine live a person's whole life", async function () {
    this.timeout(240_000);
    const platform = await start();
    await platform.addUser({ ...CI, admin: true });
    const stack = await TestStack.create({ platform });
    const program = (enabled: boolean) => user({ enabled, password: "Kk-keycloak-pw" });
    try {
      await stack.up(program(true));
      await stack.preview(program(true), { expectNoChanges: true });
      await stack.refresh({ expectNoChanges: true });
      await platform.setEnabled(ann, false);
      expect((await stack.refresh()).output).to.match(/diff: .*~enabled/);
      await stack.up(program(true));
      expect((await platform.findByEmail(ann))?.enabled).to.equal(true);
      await stack.destroy();
      await stack.up(program(true));
      expect(platform.written()).to.deep.equal([
        `invite ${ann}`,
        `activate ${ann}`,
        `deactivate ${ann}`,
        `activate ${ann}`,
      ]);
    } finally {
      stack.remove();
      await platform.close();
    }
  });

  it("lets the real engine live a team's whole life, one of whom it adopted", async function () {
    this.timeout(240_000);
    const platform = await start();
    await platform.addUser({ ...CI, admin: true });
    const [bob, cleo] = ["bob@example.com", "cleo@example.com"];
    await platform.addUser({ email: cleo });
    const stack = await TestStack.create({ platform });
    const program = (members: Record<string, object>) => () => void new WallarooTeam("science", { members });
    const all = { [ann]: { password: "Kk-keycloak-pw" }, [bob]: { enabled: false }, [cleo]: { adopt: true } };
    try {
      await stack.up(program(all));
      await stack.preview(program(all), { expectNoChanges: true });
      await stack.refresh({ expectNoChanges: true });
      await platform.setEnabled(ann, false);
      expect((await stack.refresh()).output).to.match(
        /differs on the platform in members\["ann@example.com"\]\.enabled/,
      );
      await stack.up(program(all));
      await stack.destroy();
      const isEnabled = async (email: string) => (await platform.findByEmail(email))?.enabled;
      expect([await isEnabled(ann), await isEnabled(bob), await isEnabled(cleo)]).to.deep.equal([false, false, true]);
      expect(platform.written()).to.have.members([
        `activate ${ann}`,
        `deactivate ${ann}`,
        `deactivate ${bob}`,
        `invite ${ann}`,
        `invite ${bob}`,
      ]);
    } finally {
      stack.remove();
      await platform.close();
    }
  });
});
