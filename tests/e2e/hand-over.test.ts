import { expect } from "chai";
import { WallarooTeam, WallarooUser, type WallarooTeamMember, type WallarooUserArgs } from "pulumi-wallaroo";
import { ann } from "./programs";
import { CI, scenario } from "./stack";

const bob = "bob@example.com";

describe("workspaces through the real engine", function () {
  this.timeout(180_000);
  const { platform, stack, writes } = scenario();
  const members = () => platform().membersOf("churn");

  it("of a leaver are announced by preview, refused where that is declared, and handed over at destroy", async () => {
    await platform().addUser({ email: bob });
    const user = (more: Partial<WallarooUserArgs> = {}) => {
      return () => void new WallarooUser("ann", { email: ann, ...more });
    };
    await stack().up(user());
    await platform().addWorkspace("churn", { owners: [ann], models: 2 });
    const announced = await stack().preview(user({ enabled: false }));
    expect(announced.output).to.match(
      /warning: ann@example\.com alone owns churn \(2 models, 0 pipelines\): left without/,
    );
    const refused = await stack().previewFails(user({ enabled: false, onSoleOwner: "refuse" }));
    expect(refused.output).to.match(/Could not deactivate ann@example\.com: it alone owns churn/);
    const stored = await stack().up(user({ handOver: bob }));
    expect(stored.changes).to.deep.include({ update: 1 });
    expect(writes()).to.deep.equal([`invite ${ann}`]);
    const { output } = await stack().destroy();
    expect(output).to.match(/ann@example\.com alone owns churn .*: handed over to bob@example\.com first\./);
    expect(await members()).to.deep.equal({ [ann]: "OWNER", [bob]: "OWNER" });
    expect(writes().at(-1)).to.equal(`deactivate ${ann}`);
  });

  it("of members are given after their accounts, show drift, and go with them", async () => {
    await platform().addWorkspace("churn", { owners: [CI.email] });
    const team = (staff: Record<string, WallarooTeamMember>) => () => {
      const { ids } = new WallarooTeam("staff", { members: staff, maxDepartures: "100%" });
      return { ids };
    };
    const both = team({ [ann]: { workspaces: { churn: "OWNER" } }, [bob]: { workspaces: { churn: "COLLABORATOR" } } });
    await stack().preview(both);
    expect(writes()).to.deep.equal([]);
    await stack().up(both);
    expect(await members()).to.deep.equal({ [CI.email]: "OWNER", [ann]: "OWNER", [bob]: "COLLABORATOR" });
    await stack().preview(both, { expectNoChanges: true });
    await stack().refresh({ expectNoChanges: true });
    await platform().setMember("churn", bob, undefined);
    expect((await stack().refresh()).output).to.match(
      /differs on the platform in members\["bob@example\.com"\]\.workspaces/,
    );
    const repaired = await stack().up(both);
    expect(repaired.changes).to.include({ update: 1 });
    expect(await members()).to.include({ [bob]: "COLLABORATOR" });
    const unknown = await stack().previewFails(team({ [ann]: { workspaces: { chrun: "OWNER" } }, [bob]: {} }));
    expect(unknown.output).to.match(/Could not find workspace "chrun": .*Did you mean "churn"\?/s);
    await stack().up(team({ [ann]: { workspaces: { churn: "OWNER" } } }));
    expect(await members()).to.deep.equal({ [CI.email]: "OWNER", [ann]: "OWNER" });
    await stack().destroy();
    expect(await members()).to.deep.equal({ [CI.email]: "OWNER" });
    const [cutOff, takenOut] = writes().slice(-2);
    expect([cutOff, takenOut?.split(" ", 2).join(" ")]).to.deep.equal([
      `deactivate ${ann}`,
      "workspaces/remove_user churn",
    ]);
  });
});
