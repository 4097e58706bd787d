import { expect } from "chai";
import { WallarooUser } from "pulumi-wallaroo";
import { CI, TestStack } from "../e2e/stack";
import { KeycloakBackend } from "../emulator/keycloak/backend";
import { findObstacle } from "../emulator/keycloak/distribution";
import { startKeycloak, type KeycloakServer } from "../emulator/keycloak/server";
import { startPlatform, type PlatformOptions } from "../emulator/platform";
import { platformContract } from "./contract";

/** The same contract over a real identity store, where the machine can run one. */
describe("the emulated platform over a real Keycloak", function () {
  this.timeout(60_000);
  let server: KeycloakServer | undefined;

  before(async function () {
    this.timeout(600_000);
    const obstacle = await findObstacle();
    if (obstacle !== undefined) {
      process.stdout.write(`\n  not run against a real Keycloak: ${obstacle}\n`);
      this.skip();
    }
    server = await startKeycloak((line) => process.stdout.write(`\n  ${line}\n`));
  });
  after(() => server?.stop());

  const start = async (options: PlatformOptions = {}) => {
    const settings = { tokenLifetime: options.tokenLifetime ?? 60, hasOperator: true };
    const backend = await KeycloakBackend.create(settings, () => undefined, server);
    await backend.reset();
    return startPlatform(options, backend);
  };

  platformContract(start);

  it("lets the real engine live a person's whole life", async function () {
    this.timeout(120_000);
    const platform = await start();
    await platform.addUser({ ...CI, admin: true });
    const stack = await TestStack.create({ platform });
    const ann = "ann@example.com";
    const program = (enabled: boolean) => () =>
      void new WallarooUser("ann", { email: ann, enabled, password: "Kk-keycloak-pw" });
    try {
      for (const outcome of [
        await stack.up(program(true)),
        await stack.preview(program(true), { expectNoChanges: true }),
        await stack.refresh({ expectNoChanges: true }),
      ]) {
        expect(outcome.ok, outcome.output).to.equal(true);
      }
      await platform.setEnabled(ann, false);
      expect((await stack.refresh()).output).to.match(/diff: .*~enabled/);
      await stack.up(program(true));
      expect((await platform.findByEmail(ann))?.enabled).to.equal(true);
      await stack.destroy();
      const again = await stack.up(program(true));
      expect(again.ok, again.output).to.equal(true);
      expect(platform.writes().map((entry) => entry.call)).to.deep.equal([
        "invite",
        "activate",
        "deactivate",
        "activate",
      ]);
    } finally {
      stack.remove();
      await platform.close();
    }
  });
});
