import { expect } from "chai";
import { WallarooTeam, WallarooUser, getSeats } from "pulumi-wallaroo";
import { scenario } from "./stack";

const [ann, bob, cleo] = ["ann@example.com", "bob@example.com", "cleo@example.com"];

describe("wallaroo:seatLimit through the real engine", function () {
  this.timeout(240_000);
  const { platform, stack, writes } = scenario();

  it("is checked in preview for a team and for users, with the seats that the program frees", async () => {
    const seats = (await platform().people()).filter((account) => account.enabled && account.email).length;
    await stack().setConfig("wallaroo:seatLimit", String(seats + 1));
    const team = () => void new WallarooTeam("science", { members: { [ann]: {}, [bob]: {} } });
    const refused = await stack().previewFails(team);
    expect(refused.output).to.match(/Could not give seats to team "science": .* 1 seat too few.*never signed in: /);
    const users = (more: () => void) => async () => {
      new WallarooUser("ann", { email: ann });
      more();
      return { active: (await getSeats()).active };
    };
    const withBob = users(() => void new WallarooUser("bob", { email: bob }));
    expect((await stack().previewFails(withBob)).output).to.match(/Could not give seats to \w+@example\.com: .*1 seat/);
    expect(writes()).to.deep.equal([]);

    await platform().addUser({ email: cleo });
    const withCleo = (enabled: boolean) =>
      users(() => void new WallarooUser("cleo", { email: cleo, adopt: true, enabled }));
    expect((await stack().previewFails(withCleo(true))).output).to.match(/1 seat too few/);
    await stack().preview(withCleo(false));
    expect(writes()).to.deep.equal([]);
    await stack().setConfig("wallaroo:seatLimit", String(seats + 2));
    expect((await stack().up(withCleo(false))).outputs["active"]?.value).to.equal(seats + 1);
  });
});
