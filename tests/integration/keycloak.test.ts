import { KeycloakBackend } from "../emulator/keycloak/backend";
import { findObstacle } from "../emulator/keycloak/distribution";
import { startKeycloak, type KeycloakServer } from "../emulator/keycloak/server";
import { startPlatform } from "../emulator/platform";
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

  platformContract(async (options = {}) => {
    const settings = { tokenLifetime: options.tokenLifetime ?? 60, hasOperator: true };
    const backend = await KeycloakBackend.create(settings, () => undefined, server);
    await backend.reset();
    return startPlatform(options, backend);
  });
});
