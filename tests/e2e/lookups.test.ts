import { expect } from "chai";
import { WallarooProvider, WallarooUser, getUser, getUserOutput, getUsers, getUsersOutput } from "pulumi-wallaroo";
import { CI, scenario } from "./stack";

const [ann, bob] = ["ann@example.com", "bob@example.com"];

describe("a lookup in a program", function () {
  this.timeout(180_000);
  const { platform, stack } = scenario();

  it("finds whom the same up writes as they are after that, though everybody was looked up before", async () => {
    await platform().addUser({ email: bob, enabled: false });
    const { ok, output, outputs } = await stack().up(async () => {
      await getUsers();
      const created = new WallarooUser("ann", { email: ann });
      const reactivated = new WallarooUser("bob", { email: bob });
      return {
        created: getUserOutput({ id: created.id }).email,
        reactivated: getUserOutput({ email: reactivated.email }).enabled,
      };
    });
    expect(ok, output).to.equal(true);
    expect([outputs["created"]?.value, outputs["reactivated"]?.value]).to.deep.equal([ann, true]);
  });

  it("is not known in preview before the person or the platform is, and known afterwards", async () => {
    const program = () => {
      const created = new WallarooUser("ann", { email: ann });
      const url = created.id.apply(() => platform().url);
      const provider = new WallarooProvider("late", { url, username: CI.email, password: CI.password });
      return {
        name: getUserOutput({ email: created.email }).username,
        inactive: getUsersOutput({ enabled: false }, { provider }).length,
      };
    };
    const before = await stack().preview(program);
    expect(before.ok, before.output).to.equal(true);
    const { ok, output, outputs } = await stack().up(program);
    expect(ok, output).to.equal(true);
    expect([outputs["name"]?.value, outputs["inactive"]?.value]).to.deep.equal([ann, 0]);
    platform().clearLog();
    const after = await stack().preview(program, { expectNoChanges: true });
    expect(after.ok, after.output).to.equal(true);
    expect(platform().requests("query"), "asks again for what is known now").not.to.deep.equal([]);
  });

  it("fails on one line, without a stack", async () => {
    const fails = async (program: () => Record<string, unknown> | Promise<Record<string, unknown>>) => {
      const { ok, output } = await stack().preview(program);
      expect(ok).to.equal(false);
      expect(output).not.to.match(/^\s+at |\[cause\]|beforeSending|unhandled/m);
      return output;
    };
    const nobody = { email: "nobody@example.com" };
    const words =
      "Could not look up nobody@example.com: nobody on the platform has this id or address. Check it, or use getUsers";
    expect(await fails(async () => ({ ...(await getUser(nobody)) }))).to.contain(words);
    expect(await fails(() => ({ nobody: getUserOutput(nobody) }))).to.contain(words);
    await stack().setConfig("wallaroo:url", "no address");
    expect(await fails(async () => ({ users: await getUsers() }))).to.match(/wallaroo:url/);
  });
});
