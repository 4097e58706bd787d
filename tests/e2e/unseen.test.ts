import { expect } from "chai";
import { WallarooTeam, WallarooUser, type WallarooUserArgs } from "pulumi-wallaroo";
import { scenario } from "./stack";

const [ann, bob] = ["ann@example.com", "bob@example.com"];
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
    await stack().upFails(user({ password: "Pp-declared-1" }));
    const destroy = await stack().destroyFails();
    expect(destroy.output).to.match(/can't be deactivated, and would be active once it shows up/);

    await platform().change({ seenAfterMs: 0 });
    await stack().refresh();
    const stored = await stack().stored("ann");
    expect(stored?.id).to.equal((await platform().findByEmail(ann))?.id);
    expect(stored?.outputs).to.include({ adopted: false }).and.not.have.any.keys("unseen", "unfinished");
    expect(stored?.outputs).to.have.property("initialPassword");
    await stack().up(user({ password: "Pp-declared-1" }), { expectNoChanges: true });
    await stack().refresh({ expectNoChanges: true });
    expect(invites()).to.equal(1);
    await stack().destroy();
    expect((await platform().findByEmail(ann))?.enabled).to.equal(false);
  });

  it("is looked for as long as it takes when the answer to its invite is lost and the platform is away right after", async () => {
    await platform().change({ seenAfterMs: 0 });
    platform().misbehave({ on: "invite", when: "after", what: { status: 502, body: "<html>" } });
    platform().misbehave({ on: "query", nth: 2, times: 3, when: "before", what: { status: 404, body: "<html>" } });
    const { output } = await stack().up(user());
    expect(output).to.match(/answer to the invite of ann@example.com was lost.*Credentials > Reset password/);
    await stack().up(user(), { expectNoChanges: true });
    expect((await stack().stored("ann"))?.outputs).to.include({ adopted: false });
    expect(invites()).to.equal(1);
  });

  it("does not keep a team from being stored, nor its other members from being done", async () => {
    await platform().addUser({ email: bob });
    const team = () => void new WallarooTeam("team", { members: { [ann]: {}, [bob]: { adopt: true } } });
    await stack().upFails(team);
    expect((await stack().stored("team"))?.outputs["ids"]).to.deep.equal({
      [ann]: `unseen:${ann}`,
      [bob]: (await platform().findByEmail(bob))?.id,
    });
    expect((await stack().upFails(team)).output).to.match(/Could not update ann@example.com: .*not visible/);
    await platform().change({ seenAfterMs: 0 });
    await stack().refresh();
    await stack().up(team, { expectNoChanges: true });
    expect(invites()).to.equal(1);
  });
});
