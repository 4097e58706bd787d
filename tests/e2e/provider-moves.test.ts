import { expect } from "chai";
import { WallarooProvider, WallarooTeam, WallarooUser } from "pulumi-wallaroo";
import { CI, scenario } from "./stack";

const ann = "ann@example.com";

describe("an account that moves to another provider of the same platform", function () {
  this.timeout(240_000);
  const { platform, stack, writes } = scenario();
  const isEnabled = async () => (await platform().findByEmail(ann))?.enabled;
  /** The same platform in another spelling. */
  const provider = (name: string) =>
    new WallarooProvider(name, { url: `${platform().url}/`, username: CI.email, password: CI.password });

  it("is not cut off on its way, and is by destroy at the end", async () => {
    const adopt = { adopt: true };
    await stack().up(() => void new WallarooUser("ann", { email: ann }));
    for (const program of [
      () => new WallarooUser("ann-2", { email: ann, ...adopt }, { provider: provider("a") }),
      () => new WallarooTeam("team", { members: { [ann]: adopt } }),
      () => new WallarooTeam("team-2", { members: { [ann]: adopt } }, { provider: provider("b") }),
      () => {
        new WallarooTeam("team-2", { members: { "bob@example.com": {} } }, { provider: provider("b") });
        new WallarooUser("ann", { email: ann, ...adopt }, { provider: provider("c") });
      },
      () => {
        new WallarooTeam("team-2", { members: { "bob@example.com": {} } }, { provider: provider("b") });
        new WallarooUser("ann", { email: ann, onDestroy: "deactivate" });
      },
    ]) {
      const { output } = await stack().up(() => void program());
      expect(await isEnabled(), output).to.equal(true);
      await stack().up(() => void program(), { expectNoChanges: true });
    }
    expect(writes()).to.deep.equal([`invite ${ann}`, "invite bob@example.com"]);
    await stack().destroy();
    expect(await isEnabled()).to.equal(false);
  });

  it("is not cut off when its resource only gets another provider, or has one no more", async () => {
    const program = (explicit: boolean) => () => {
      const opts = explicit ? { provider: provider("a") } : {};
      new WallarooUser("ann", { email: ann }, opts);
      new WallarooTeam("team", { members: { "bob@example.com": { adopt: true } } }, opts);
    };
    for (const explicit of [false, true, false]) await stack().up(program(explicit));
    expect(writes()).to.have.members([`invite ${ann}`, "invite bob@example.com"]);
    expect((await stack().stored("ann"))?.outputs).to.include({ enabled: true, adopted: false });
    await stack().destroy();
    expect(await isEnabled()).to.equal(false);
  });
});
