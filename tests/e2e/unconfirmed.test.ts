import { expect } from "chai";
import { WallarooTeam, WallarooUser } from "pulumi-wallaroo";
import { scenario } from "./stack";

const [ann, bob] = ["ann@example.com", "bob@example.com"];

describe("an account in a store that ignores deactivations", function () {
  this.timeout(180_000);
  const { platform, stack } = scenario();

  it("is not said to be deactivated by up, by the preview after it, or by destroy", async () => {
    const program = (enabled: boolean) => () => {
      new WallarooUser("ann", { email: ann, enabled });
      new WallarooTeam("team", { members: { [bob]: { enabled } } });
    };
    await stack().up(program(true));
    await platform().change({ ignoresDeactivate: [ann, bob] });
    const up = await stack().upFails(program(false), { continueOnError: true });
    for (const email of [ann, bob])
      expect(up.output).to.match(new RegExp(`Could not deactivate ${email}: .*still active`));
    const preview = await stack().preview(program(false));
    expect(preview.changes, preview.output).to.have.property("update", 2);
    const destroy = await stack().destroyFails();
    expect(destroy.output).to.match(/Could not deactivate .*still active/);
    expect(
      stack()
        .checkpoint()
        .map(({ type }) => type),
    ).to.include("pulumi-nodejs:dynamic/wallaroo:User");
    await platform().change({ ignoresDeactivate: [] });
    await stack().destroy();
    for (const email of [ann, bob]) expect((await platform().findByEmail(email))?.enabled).to.equal(false);
  });
});
