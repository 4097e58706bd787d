import { expect } from "chai";
import { WallarooUser, type WallarooUserArgs } from "pulumi-wallaroo";
import { scenario } from "./stack";

const ann = "ann@example.com";
const user =
  (args: Partial<WallarooUserArgs> = {}) =>
  () =>
    void new WallarooUser("ann", { email: ann, ...args });

describe("an account that the platform shows late, in the real engine", function () {
  this.timeout(240_000);
  const { platform, stack } = scenario({ seenAfterMs: 3_600_000, inviteAnswersId: "email" }, () => ({
    platform: platform(),
    lookingMs: 4_000,
  }));
  const invites = () => platform().requests("invite").length;

  it("fails the up and stays in the state, through up and refresh, until a refresh shows it, and is invited once", async () => {
    const up = await stack().upFails(user({ password: "Pp-declared-1" }));
    expect(up.output).to.match(
      /Could not confirm ann@example.com: the invite was accepted, but no look shows the account/,
    );
    expect((await stack().stored("ann"))?.id).to.equal(`unseen:${ann}`);

    const preview = await stack().preview(user({ password: "Pp-declared-1" }));
    expect(preview.output).to.match(/ann@example.com.*not visible on the platform yet/);
    const again = await stack().upFails(user({ password: "Pp-declared-1" }));
    expect(again.output).to.match(/Could not update ann@example.com: .*not visible on the platform yet/);

    const early = await stack().refresh();
    expect(early.output).to.match(/was invited, and the account is not visible on the platform yet/);
    expect((await stack().stored("ann"))?.id).to.equal(`unseen:${ann}`);
    const destroy = await stack().destroyFails();
    expect(destroy.output).to.match(/can't be deactivated, and would be active once it shows up/);

    await platform().change({ seenAfterMs: 0 });
    await stack().refresh();
    const stored = await stack().stored("ann");
    expect(stored?.id).to.equal((await platform().findByEmail(ann))?.id);
    expect(stored?.outputs).to.include({ adopted: false }).and.not.have.any.keys("unseen", "unfinished");
    expect(stored?.outputs).to.have.property("initialPassword");
    await stack().up(user({ password: "Pp-declared-1" }), { expectNoChanges: true });
    expect(invites()).to.equal(1);
    await stack().destroy();
    expect((await platform().findByEmail(ann))?.enabled).to.equal(false);
  });
});
