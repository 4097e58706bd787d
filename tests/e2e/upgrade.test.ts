import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { WallarooUser } from "pulumi-wallaroo";
import { platformEnvironment } from "../engine/environment";
import { CI, scenario, type StateResource } from "./stack";

/** `pulumi stack export` of a program like the one below, run with the packed tarball of this project's first commit. */
const FIXTURE = path.join(__dirname, "fixtures/state-of-the-first-commit.json");

describe("a state that an earlier release wrote", function () {
  this.timeout(180_000);
  // By environment: for refresh and destroy the engine uses the configuration that the state's provider was last given,
  // and the fixture's was given none (measured).
  const { platform, stack } = scenario({}, (url) => ({
    config: {},
    env: platformEnvironment({ url }, CI),
  }));
  const program = () => {
    new WallarooUser("ann", { email: "Ann@example.com", password: "Ff-fixture-password" });
    new WallarooUser("bob", { email: "bob@example.com", enabled: false, onDestroy: "retain" });
    new WallarooUser("cleo", { email: "cleo@example.com", adopt: true });
  };

  beforeEach(async () => {
    const text = fs.readFileSync(FIXTURE, "utf8");
    const { deployment } = JSON.parse(text) as { deployment: { resources: StateResource[] } };
    for (const { id, outputs, type } of deployment.resources) {
      if (type.includes("wallaroo"))
        await platform().addUser({ id, ...(outputs as { email: string; enabled: boolean }) });
    }
    await stack().import(() => text);
  });
  const isEnabled = async (name: string) => (await platform().findByEmail(`${name}@example.com`))?.enabled;

  it("previews with no change, refreshes with no change, and is destroyed as it was declared then", async () => {
    await stack().preview(program, { expectNoChanges: true });
    await stack().refresh({ expectNoChanges: true });
    expect((await stack().stored("cleo"))?.outputs["adopted"]).to.equal(true);
    expect(stack().onDisk()).to.not.include("Ff-fixture-password").and.not.include(CI.password);
    await stack().destroy();
    expect([await isEnabled("ann"), await isEnabled("bob"), await isEnabled("cleo")]).to.deep.equal([
      false,
      false,
      true,
    ]);
    expect(
      platform()
        .writes()
        .map((entry) => entry.body),
    ).to.deep.equal([{ email: "ann@example.com" }]);
  });
});
