import { expect } from "chai";
import { WallarooTeam, WallarooUser } from "pulumi-wallaroo";
import { scenario } from "./stack";

const [ann, bob, cleo] = ["ann@example.com", "bob@example.com", "cleo@example.com"];

describe("users and members that expire", function () {
  this.timeout(180_000);
  let today = "2031-05-01";
  const { stack, writes } = scenario({ now: () => Date.parse(`${today}T12:00:00Z`) });
  const program = (day: string) => () => {
    new WallarooUser("ann", { email: ann, expires: day });
    new WallarooTeam("team", { members: { [bob]: { expires: day }, [cleo]: {} } });
  };

  it("are warned of by name, deactivated after the platform's day, no drift then, and back when the day is moved", async () => {
    today = "2031-05-01";
    await stack().up(program("2031-05-10"));
    const { output: early } = await stack().preview(program("2031-05-10"), { expectNoChanges: true });
    expect(early).to.include("ann@example.com expires in 9 days (2031-05-10, UTC)");
    expect(early).to.match(/comes within 14 days.*bob@example.com \(2031-05-10\)/);
    today = "2031-05-11";
    const preview = await stack().preview(program("2031-05-10"));
    expect(preview.changes).to.deep.equal({ same: 1, update: 2 });
    expect(preview.output).to.match(/ann@example.com gets deactivated, as its `expires`/);
    expect(preview.output).to.match(/team "team": bob@example.com gets deactivated, as its `expires`/);
    expect((await stack().up(program("2031-05-10"))).changes).to.deep.equal({ same: 1, update: 2 });
    expect((await stack().refresh({ expectNoChanges: true })).output).to.not.match(/diff/);
    await stack().preview(program("2031-05-10"), { expectNoChanges: true });
    await stack().up(program("2031-06-10"));
    expect(writes().slice(3).sort()).to.deep.equal([
      ...[`activate ${ann}`, `activate ${bob}`, `deactivate ${ann}`, `deactivate ${bob}`],
    ]);
  });
});
