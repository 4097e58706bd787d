import path from "node:path";
import { expect } from "chai";
import { startPlatform } from "../emulator/platform";
import { ROOT } from "./consumer";
import { onPython } from "./python";
import { CI } from "./stack";

const [ann, bob, cid] = ["ann@example.com", "bob@example.com", "first_last@example.com"];
const UP = ["up", "--yes", "--skip-preview"];
const IMPORTS = "import pulumi\nimport pulumi_wallaroo as wallaroo\n";

describe("a Python program with the native plugin", function () {
  this.timeout(300_000);
  const { sdk, platform, project } = onPython();

  it("declares users and teams on two platforms with what is known late, and keeps passwords to itself", async () => {
    const other = await startPlatform();
    await other.addUser({ email: "ci2@example.com", password: "Other-password-of-ci", admin: true });
    const settings = `url="${other.url}", username="ci2@example.com", password="Other-password-of-ci"`;
    const program = (enabled: "True" | "False") => `${IMPORTS}
ann = wallaroo.User("ann", email=" Ann@example.com", password="Ann-the-password", enabled=${enabled})
team = wallaroo.Team("team", members={
    "${bob}": {"password": "Bob-the-password", "enabled": ann.enabled},
    "${cid}": wallaroo.TeamMemberArgs(on_destroy=wallaroo.OnDestroy.RETAIN),
})
other = wallaroo.Provider("other", ${settings}, max_retries=2, protected_emails=["${bob}"])
there = wallaroo.User("there", email=ann.email, opts=pulumi.ResourceOptions(provider=other))
pulumi.export("found", wallaroo.get_user_output(id=ann.id).email)
pulumi.export("me", wallaroo.get_current_user(opts=pulumi.InvokeOptions(provider=other)).email)
pulumi.export("ids", team.ids)
pulumi.export("password", ann.initial_password)
`;
    try {
      project().writePython(program("True"));
      const preview = await project().pulumi("preview", "--diff");
      expect([platform(), other].map((one) => one.written())).to.deep.equal([[], []]);
      const up = await project().pulumi(...UP, "--debug");
      const idOf = async (email: string) => (await platform().findByEmail(email))?.id;
      expect(await project().outputs()).to.deep.equal({
        found: ann,
        me: "ci2@example.com",
        ids: { [bob]: await idOf(bob), [cid]: await idOf(cid) },
        password: "[secret]",
      });
      const refresh = await project().pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
      project().writePython(program("False"));
      const down = await project().pulumi(...UP, "--json");
      const destroy = await project().pulumi("destroy", "--yes", "--skip-preview");
      expect(platform().written().slice(0, 3)).to.have.members([ann, bob, cid].map((email) => `invite ${email}`));
      expect(platform().written().slice(3), "one is retained").to.have.members(
        [ann, bob].map((email) => `deactivate ${email}`),
      );
      expect(other.written()).to.deep.equal([`invite ${ann}`, `deactivate ${ann}`]);
      const invited = platform()
        .requests("invite")
        .map(({ body }) => (body as { password?: string }).password);
      expect(invited).to.have.members(["Ann-the-password", "Bob-the-password", undefined]);
      expect(up).to.match(/debug: /);
      const said = [preview, up, refresh, down, destroy, project().onDisk()].join("\n");
      for (const secret of ["Ann-the-password", "Bob-the-password", "Other-password-of-ci", CI.password]) {
        expect(said.includes(secret), secret).to.equal(false);
      }
    } finally {
      await other.close();
    }
  });

  it("takes over a stack of a JavaScript program with the dynamic provider, and changes nothing", async () => {
    const members = { [bob]: { password: "Bob-the-password", onDestroy: "retain" }, [cid]: { enabled: false } };
    project().writeNode(`
const { WallarooTeam, WallarooUser } = require("pulumi-wallaroo");
const ann = new WallarooUser("ann", { email: "${ann}", password: "Ann-the-password" });
new WallarooTeam("team", { members: ${JSON.stringify(members)} }, { dependsOn: [ann] });
`);
    await project().pulumi(...UP);
    platform().clearLog();
    project().writePython(`${IMPORTS}
ann = wallaroo.User("ann", email="${ann}", password="Ann-the-password")
wallaroo.Team("team", members={
    "${bob}": {"password": "Bob-the-password", "on_destroy": "retain"},
    "${cid}": {"enabled": False},
}, opts=pulumi.ResourceOptions(depends_on=[ann]))
`);
    await project().pulumi(...UP, "--expect-no-changes");
    await project().pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
    expect(platform().written()).to.deep.equal([]);
    expect(project().onDisk()).to.not.match(/Ann-the-password|Bob-the-password/);
  });

  it("does not let a member go whose value is None", async () => {
    project().writePython(`${IMPORTS}wallaroo.Team("team", members={"${ann}": {}, "${bob}": {}})\n`);
    await project().pulumi(...UP);
    platform().clearLog();
    const none = `pulumi.Output.from_input("").apply(lambda _: None)`;
    project().writePython(`${IMPORTS}wallaroo.Team("team", members={"${ann}": {}, "${bob}": ${none}})\n`);
    const refused = await project().failure(...UP);
    expect(refused).to.match(/members\["bob@example\.com"\] must be an object of what is declared of the member/);
    expect(platform().written()).to.deep.equal([]);
  });

  it("finds what the requirements of the example name", async () => {
    const example = path.join(ROOT, "examples/python/requirements.txt");
    const said = await sdk().pip("install", "--dry-run", "--no-build-isolation", "--requirement", example);
    expect(said).to.match(/Would install pulumi[-_]wallaroo-\d/);
  });
});
