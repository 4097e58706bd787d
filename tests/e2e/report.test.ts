import { expect } from "chai";
import type { Report } from "../../provider/cli/report/collect";
import { WallarooTeam, WallarooUser } from "pulumi-wallaroo";
import { ensureEngine } from "../engine/ensure";
import { engineEnvironment } from "../engine/environment";
import { runCommand } from "../integration/command";
import { scenario } from "./stack";

/** What the command makes of the state that the real engine wrote. */
describe("a report of a stack", function () {
  this.timeout(180_000);
  const { stack } = scenario();

  it("says which accounts it manages, and until when, without its secrets", async () => {
    await stack().up(() => {
      new WallarooUser("ann", { email: "ann@example.com", expires: "2099-12-31", password: "Pp-of-ann-1" });
      const members = {
        "bob@example.com": { expires: "2099-01-31" },
        "cleo@example.com": { password: "Pp-of-cleo-1" },
      };
      new WallarooTeam("staff", { members });
    });
    const env = engineEnvironment(await ensureEngine(), stack().folder);
    const { code, stdout, stderr } = await runCommand(["report", "--stack", "test", "--json"], env, stack().folder);
    expect(code, stderr).to.equal(0);
    const { accounts } = JSON.parse(stdout) as Report;
    const find = (name: string) => accounts.find(({ email }) => email === name);
    expect(find("ann@example.com")).to.deep.include({ managed: ["people/test: ann"], expires: "2099-12-31" });
    expect(find("bob@example.com")).to.deep.include({ managed: ["people/test: staff"], expires: "2099-01-31" });
    expect(find("cleo@example.com")).to.deep.include({ managed: ["people/test: staff"] });
    expect(find("ci@example.com")).to.deep.include({ managed: [] });
    expect(stdout + stderr).to.not.match(/Pp-of-/);
  });
});
