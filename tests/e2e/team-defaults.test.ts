import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { WallarooTeam, type WallarooTeamArgs } from "pulumi-wallaroo";
import { scenario } from "./stack";

const [ann, bob, cleo] = ["ann@example.com", "bob@example.com", "cleo@example.com"];

describe("the defaults of a team through the real engine", function () {
  this.timeout(240_000);
  const { platform, stack, writes } = scenario();
  const team = (args: WallarooTeamArgs) => () => void new WallarooTeam("science", args);
  const isEnabled = async (email: string) => (await platform().findByEmail(email))?.enabled;

  it("hold for members without an own value, change in one announced update, and are known to destroy and refresh", async () => {
    for (const email of [ann, bob]) await platform().addUser({ email });
    const members = { [ann]: {}, [bob]: {}, [cleo]: { onDestroy: "deactivate" as const } };
    await stack().up(team({ adopt: true, members }));
    expect(writes()).to.deep.equal([`invite ${cleo}`]);
    await stack().up(team({ adopt: true, members }), { expectNoChanges: true });

    // As a secret: the engine keeps it as one in the outputs too.
    const retained = team({ adopt: true, onDestroy: pulumi.secret("retain" as const), members });
    const preview = await stack().preview(retained);
    expect(preview.output).to.match(/changes members\["ann@example\.com"\]\.onDestroy, members\["bob@example\.com"\]/);
    expect(preview.output).to.not.match(/members\["cleo@example\.com"\]\.onDestroy/);
    platform().clearLog();
    await stack().up(retained);
    expect(writes()).to.deep.equal([]);
    await stack().up(retained, { expectNoChanges: true });
    expect(stack().onDisk()).to.not.include('"retain"');

    await platform().setEnabled(bob, false);
    const refresh = await stack().refresh();
    expect(refresh.output)
      .to.match(/members\["bob@example\.com"\]\.enabled/)
      .and.not.match(/onDestroy/);
    expect(stack().onDisk()).to.not.include('"retain"');
    platform().clearLog();
    await stack().destroy();
    expect(writes()).to.deep.equal([`deactivate ${cleo}`]);
    expect(await isEnabled(ann)).to.equal(true);
  });
});
