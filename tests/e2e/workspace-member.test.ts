import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { WallarooUser, WallarooWorkspaceMember, getWorkspaceOutput } from "pulumi-wallaroo";
import { startPlatform } from "../emulator/platform";
import { ann } from "./programs";
import { CI, scenario } from "./stack";
import { PluginProject } from "./plugin-project";

const [bob, dan] = ["bob@example.com", "dan@example.com"];

describe("WallarooWorkspaceMember through the real engine", function () {
  this.timeout(180_000);
  const { platform, stack, writes } = scenario();
  const members = () => platform().membersOf("churn");

  /** Ann, who is invited by the same program, and Bob. */
  const program =
    (role: "OWNER" | "COLLABORATOR" = "COLLABORATOR", more = true) =>
    () => {
      const user = new WallarooUser("ann", { email: ann });
      const first = new WallarooWorkspaceMember("ann", { workspace: "churn", user: user.id, role });
      if (more) new WallarooWorkspaceMember("bob", { workspace: pulumi.output("churn"), user: " Bob@example.com" });
      const found = getWorkspaceOutput({ id: first.workspaceId });
      return { id: first.id, members: found.members.apply((all) => all.length) };
    };

  it("adds an account that the same run invites, reads it back, changes its role and removes it", async () => {
    await platform().addUser({ email: bob });
    await platform().addWorkspace("churn", { owners: [CI.email] });
    await stack().preview(program());
    expect(writes()).to.deep.equal([]);
    const up = await stack().up(program());
    const annId = (await platform().findByEmail(ann))?.id ?? "";
    expect(up.outputs["id"]?.value).to.equal(`1/${annId}`);
    expect(await members()).to.deep.equal({ [CI.email]: "OWNER", [ann]: "COLLABORATOR", [bob]: "COLLABORATOR" });
    await stack().preview(program(), { expectNoChanges: true });
    await platform().setMember("churn", bob, "OWNER");
    const { output } = await stack().refresh();
    expect(output).to.match(/~ .*WorkspaceMember.*bob/);
    const repaired = await stack().up(program("OWNER"));
    expect(repaired.changes).to.include({ update: 2 });
    expect(await members()).to.deep.equal({ [CI.email]: "OWNER", [ann]: "OWNER", [bob]: "COLLABORATOR" });
    await stack().up(program("OWNER", false));
    await stack().destroy();
    expect(await members()).to.deep.equal({ [CI.email]: "OWNER" });
    expect(writes().filter((line) => line.includes("remove_user"))).to.have.length(2);
  });

  it("says in preview what create is refused for, and keeps the last owner at destroy", async () => {
    await platform().addUser({ email: dan });
    await platform().addWorkspace("solo", { owners: [dan] });
    const solo = (adopt: boolean) => () => {
      new WallarooWorkspaceMember("dan", { workspace: "solo", user: dan, role: "OWNER", adopt, onDestroy: "remove" });
    };
    const { output } = await stack().previewFails(solo(false));
    expect(output).to.match(
      /Could not add dan@example.com to workspace "solo": the account is a member already, as OWNER/,
    );
    await stack().up(solo(true));
    const kept = await stack().destroyFails();
    expect(kept.output).to.match(
      /Could not remove dan@example.com from workspace "solo": no other account would be left/,
    );
    expect(writes()).to.deep.equal([]);
  });
});

describe("a YAML program with memberships", function () {
  this.timeout(180_000);

  it("imports one by workspace and account, and the printed program changes nothing", async () => {
    const platform = await startPlatform();
    await platform.addUser({ ...CI, admin: true });
    const project = await PluginProject.create(platform);
    try {
      await platform.addUser({ email: bob });
      await platform.addWorkspace("eu/churn", { owners: [CI.email], collaborators: [bob] });
      const imports = ["import", "--yes", "--protect=false", "--skip-preview"];
      const printed = await project.pulumi(...imports, "wallaroo:index:WorkspaceMember", "bob", `eu/churn/${bob}`);
      expect(printed)
        .to.match(/workspace: eu\/churn/)
        .and.match(/user: bob@example.com/);
      project.write(`
resources:
  bob: { type: "wallaroo:index:WorkspaceMember", properties: { workspace: eu/churn, user: ${bob}, adopt: true } }
variables:
  found:
    fn::invoke: { function: "wallaroo:index:getWorkspace", arguments: { name: eu/churn } }
outputs:
  members: \${found.members[1].role}
`);
      await project.pulumi("up", "--yes", "--skip-preview");
      await project.pulumi("preview", "--expect-no-changes");
      await project.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
      expect((await project.outputs())["members"]).to.equal("OWNER");
      await project.pulumi("destroy", "--yes", "--skip-preview");
      expect(platform.written(), "found as it is, and left so").to.deep.equal([]);
    } finally {
      project.remove();
      await platform.close();
    }
  });
});
