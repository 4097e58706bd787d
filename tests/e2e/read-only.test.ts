import { expect } from "chai";
import { WallarooProvider, WallarooTeam, WallarooUser } from "pulumi-wallaroo";
import { CI, scenario } from "./stack";

const [ann, bob, cleo] = ["ann@example.com", "bob@example.com", "cleo@example.com"];

describe("a stack that is read-only", function () {
  this.timeout(180_000);
  const { platform, stack, writes } = scenario();

  it("may be so by an explicit provider alone, for users and teams", async () => {
    const program = () => {
      const login = { url: platform().url, username: CI.email, password: CI.password };
      const provider = new WallarooProvider("careful", { ...login, readOnly: true });
      new WallarooUser("ann", { email: ann }, { provider });
      new WallarooTeam("team", { members: { [cleo]: {} } }, { provider });
      new WallarooUser("bob", { email: bob });
    };
    const { output } = await stack().upFails(program, { continueOnError: true });
    for (const email of [ann, cleo]) {
      const words = `Could not invite ${email}: \`readOnly\` of the WallarooProvider (WALLAROO_READ_ONLY) is true`;
      expect(output).to.contain(words);
    }
    expect(writes()).to.deep.equal([`invite ${bob}`]);
  });
});
