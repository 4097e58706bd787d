import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { WallarooProvider, WallarooUser, type WallarooUserArgs } from "pulumi-wallaroo";
import { startPlatform } from "../emulator/platform";
import { ann, user } from "./programs";
import { CI, scenario } from "./stack";

describe("WallarooUser through the real engine", function () {
  this.timeout(180_000);
  const { platform, stack, writes } = scenario();

  it("invites, reads back, deactivates, activates and deactivates at destroy", async () => {
    const up = await stack().up(user({ password: "Pp-anns-password" }));
    const stored = await platform().findByEmail(ann);
    expect(up.outputs["id"]?.value).to.equal(stored?.id);
    expect(up.outputs["createdAt"]?.value).to.equal(new Date(stored?.createdTimestamp ?? 0).toISOString());
    expect(up.outputs["adopted"]?.value).to.equal(false);
    expect(up.outputs["initialPassword"]).to.deep.equal({ value: "Pp-anns-password", secret: true });
    expect(
      platform()
        .requests("invite")
        .map((entry) => entry.body),
    ).to.deep.equal([{ email: ann, password: "Pp-anns-password" }]);

    await stack().preview(user({ password: "Pp-anns-password" }), { expectNoChanges: true });
    await stack().up(user({ password: "Pp-anns-password", enabled: false }));
    await stack().up(user({ password: "Pp-anns-password", enabled: true }));
    await stack().destroy();
    expect(writes()).to.deep.equal([`invite ${ann}`, `deactivate ${ann}`, `activate ${ann}`, `deactivate ${ann}`]);
  });

  it("keeps the state free of secrets and the provider's text constant and small", async () => {
    await stack().up(user({ password: "Pp-anns-password" }));
    await platform().setEnabled(ann, false);
    await stack().refresh();
    await stack().up(user({ password: "Pp-anns-password" }));
    const disk = stack().onDisk();
    expect(disk).to.include(ann);
    for (const secret of ["Pp-anns-password", CI.password]) expect(disk).to.not.include(secret);
    const stored = await stack().stored("ann");
    const text =
      'exports.handler=()=>require("module").createRequire(process.cwd()+"/_")("pulumi-wallaroo/provider").user';
    expect([stored?.inputs["__provider"], stored?.outputs["__provider"]]).to.deep.equal([text, text]);
    expect(stored?.inputs).to.not.have.property("__declared");
  });

  it("fails on the right property before anything is sent", async () => {
    const bad = { enabled: "yes", roel: "x", password: 12345 } as unknown as Partial<WallarooUserArgs>;
    const { output } = await stack().upFails(user({ ...bad, email: "nonsense" }));
    expect(output).to.match(/property email value \{nonsense\} has a problem: must be of the form/);
    expect(output)
      .to.match(/property enabled value \{yes\}/)
      .and.match(/roel is not an input of a Wallaroo user/);
    expect(output)
      .to.match(/password must be a string/)
      .and.not.match(/12345/);
    expect(platform().log).to.deep.equal([]);
  });

  it("prints no value of an input that is a secret, nor of a misspelled one", async () => {
    const bad = {
      passwd: "Ss-misspelled",
      roles: [pulumi.secret(""), "Ss-role"],
    } as unknown as Partial<WallarooUserArgs>;
    const { output } = await stack().previewFails(user({ ...bad, email: pulumi.secret("Ss-no-address") }));
    expect(output)
      .to.match(/email must be of the form/)
      .and.match(/roles must be a list/)
      .and.match(/passwd is not an input/);
    expect(output).to.not.match(/Ss-/);
  });

  it("says one line and no stack about a wrong password, and tries it once", async () => {
    await stack().setConfig("wallaroo:password", "Ww-wrong");
    const { output } = await stack().upFails(user());
    const diagnostics = output.slice(output.indexOf("Diagnostics:"));
    expect(diagnostics.match(/Could not sign in as ci@example.com: Invalid user credentials/g)).to.have.length(1);
    expect(diagnostics)
      .to.not.match(/\n\s+at /)
      .and.not.include("Ww-wrong");
    expect(platform().requests("token")).to.have.length(1);
  });

  it("previews values that only up will know", async () => {
    const program = () => {
      const first = new WallarooUser("first", { email: ann });
      const email = pulumi.interpolate`${first.id.apply(() => "lead")}@example.com`;
      new WallarooUser("lead", { email, enabled: first.adopted.apply((adopted) => !adopted) });
    };
    await stack().preview(program);
    await stack().up(program);
    expect(writes()).to.have.members([`invite ${ann}`, "invite lead@example.com"]);
  });

  it("serves two platforms in one program, each with its own credentials", async () => {
    const other = await startPlatform();
    await other.addUser({ email: "root@other.example", password: "Oo-other-password", admin: true });
    try {
      const program = () => {
        new WallarooUser("here", { email: ann });
        const provider = new WallarooProvider("other", {
          url: other.url,
          username: pulumi.output("root@other.example"),
          password: "Oo-other-password",
          maxRetries: 1,
          protectedEmails: ["root@other.example"],
        });
        new WallarooUser("there", { email: ann, enabled: false }, { provider });
      };
      await stack().up(program);
      await stack().refresh({ expectNoChanges: true });
      expect((await platform().findByEmail(ann))?.enabled).to.equal(true);
      expect((await other.findByEmail(ann))?.enabled).to.equal(false);
      expect(stack().onDisk()).to.not.include("Oo-other-password");
      await stack().destroy();
      expect((await platform().findByEmail(ann))?.enabled).to.equal(false);
    } finally {
      await other.close();
    }
  });
});

describe("a stack without settings", function () {
  this.timeout(180_000);
  const { stack } = scenario({}, () => ({ config: {} }));

  it("is told everything that is missing, once", async () => {
    const { output } = await stack().upFails(user());
    const diagnostics = output.slice(output.indexOf("Diagnostics:"));
    expect(diagnostics.match(/wallaroo:url \(WALLAROO_URL\) is missing/g)).to.have.length(1);
    expect(diagnostics)
      .to.match(/Credentials are missing: .*WALLAROO_PASSWORD/)
      .and.not.match(/\n\s+at /);
  });
});
