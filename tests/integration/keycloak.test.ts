import { KeycloakBackend } from "../emulator/keycloak/backend";
import { countRequests, type CountedKeycloak } from "../emulator/keycloak/counter";
import { findObstacle } from "../emulator/keycloak/distribution";
import { startKeycloak } from "../emulator/keycloak/server";
import { startPlatform, type PlatformOptions } from "../emulator/platform";
import { platformContract } from "./contract";
import { requestsOfKeycloak } from "./keycloak-requests";

/** The same contract over a real identity store, where the machine can run one. */
describe("the emulated platform over a real Keycloak", function () {
  this.timeout(180_000);
  let server: CountedKeycloak | undefined;

  before(async function () {
    // Longer than its download and start may take: what ends them says why.
    this.timeout(1_800_000);
    const obstacle = await findObstacle();
    if (obstacle !== undefined) {
      process.stdout.write(`\n  not run against a real Keycloak: ${obstacle}\n`);
      this.skip();
    }
    const log = (line: string) => void process.stdout.write(`\n  ${line}\n`);
    server = await countRequests(await startKeycloak(log, true));
  });
  after(() => server?.stop());

  /** The realm as the last test had it: few tests need other settings. */
  let prepared: { settings: string; backend: KeycloakBackend } | undefined;
  const start = async (options: PlatformOptions = {}) => {
    const { tokenLifetime = 60, clientTokenLifetimes, deviceInterval = 5 } = options;
    const cheap = { hasCheapHash: true, hasCheapSignature: true };
    const settings = { tokenLifetime, clientTokenLifetimes, deviceInterval, hasOperator: true, ...cheap };
    const text = JSON.stringify(settings);
    if (prepared === undefined) {
      prepared = { settings: text, backend: await KeycloakBackend.create(settings, () => undefined, server) };
    } else if (prepared.settings !== text) {
      await prepared.backend.setLifetimes(settings);
      prepared.settings = text;
    }
    await prepared.backend.reset();
    return startPlatform(options, prepared.backend);
  };

  platformContract(start);
  describe("asks no more of it than it has to", () => requestsOfKeycloak(start, () => server?.take() ?? []));
});
