import { expect } from "chai";
import type * as pulumi from "@pulumi/pulumi";
import { WallarooProvider, WallarooUser, getUser, getUserOutput, getUsers, getUsersOutput } from "pulumi-wallaroo";
import { CI, scenario } from "./stack";

const [ann, bob] = ["ann@example.com", "bob@example.com"];

describe("a lookup in a program", function () {
  this.timeout(180_000);
  const { platform, stack } = scenario();

  it("finds the accounts that the same up writes as they are after that, though all were looked up before", async () => {
    await platform().addUser({ email: bob, enabled: false });
    const { outputs } = await stack().up(async () => {
      await getUsers();
      const created = new WallarooUser("ann", { email: ann });
      const reactivated = new WallarooUser("bob", { email: bob });
      return {
        created: getUserOutput({ id: created.id }).email,
        reactivated: getUserOutput({ email: reactivated.email }).enabled,
      };
    });
    expect([outputs["created"]?.value, outputs["reactivated"]?.value]).to.deep.equal([ann, true]);
  });

  it("is not known in preview before the account or the platform is, and known afterwards", async () => {
    const program = () => {
      const created = new WallarooUser("ann", { email: ann });
      const url = created.id.apply(() => platform().url);
      const provider = new WallarooProvider("late", { url, username: CI.email, password: CI.password });
      return {
        name: getUserOutput({ email: created.email }).username,
        inactive: getUsersOutput({ enabled: false }, { provider }).length,
      };
    };
    await stack().preview(program);
    const { outputs } = await stack().up(program);
    expect([outputs["name"]?.value, outputs["inactive"]?.value]).to.deep.equal([ann, 0]);
    platform().clearLog();
    await stack().preview(program, { expectNoChanges: true });
    expect(platform().requests("query"), "asks again for what is known now").not.to.deep.equal([]);
  });

  it("fails on one line, without a stack", async () => {
    const fails = async (program: () => Record<string, unknown> | Promise<Record<string, unknown>>) => {
      const { output } = await stack().previewFails(program);
      expect(output).not.to.match(/^\s+at |\[cause\]|beforeSending|unhandled/m);
      return output;
    };
    const nobody = { email: "nobody@example.com" };
    const words =
      "Could not look up nobody@example.com: no account on the platform has this address. Check it, or use getUsers";
    expect(await fails(async () => ({ ...(await getUser(nobody)) }))).to.contain(words);
    expect(await fails(() => ({ nobody: getUserOutput(nobody) }))).to.contain(words);
    await stack().setConfig("wallaroo:url", "no address");
    expect(await fails(async () => ({ users: await getUsers() }))).to.match(/wallaroo:url/);
  });

  it("cuts no account off when it fails in an inline program, in whichever form", async () => {
    const boss = { email: "boss@example.com" };
    await platform().addUser(boss);
    await stack().setConfig("wallaroo:maxRetries", "0");
    const forms: Record<string, () => pulumi.Input<boolean>> = {
      output: () => getUserOutput(boss).enabled,
      "output of users": () => getUsersOutput({ enabled: false }).apply((users) => users.length === 0),
      promise: () => getUser(boss).then((user) => user.enabled),
    };
    const program = (enabled: pulumi.Input<boolean>) => {
      new WallarooUser("ann", { email: ann });
      new WallarooUser("bob", { email: bob, enabled });
    };
    await stack().up(() => program(true));
    platform().clearLog();
    for (const [form, enabled] of Object.entries(forms)) {
      const fault = platform().misbehave({ on: "query", when: "before", times: 9, what: { status: 503 } });
      const failed = await stack().upFails(() => program(enabled()));
      fault.remove();
      expect(failed.output, form).to.match(/Could not query all accounts: .*HTTP 503/);
      expect(platform().writes(), form).to.deep.equal([]);
      expect(await stack().stored("bob"), form).to.not.equal(undefined);
    }
    await stack().up(() => program(getUserOutput(boss).enabled), { expectNoChanges: true });
  });

  it("is not known in an up that does not target the user", async () => {
    const program = () => {
      const created = new WallarooUser("ann", { email: ann });
      new WallarooUser("bob", { email: bob });
      return { name: getUserOutput({ email: created.email }).username };
    };
    await stack().up(program, {
      target: ["urn:pulumi:test::people::pulumi-nodejs:dynamic/wallaroo:User::bob"],
    });
    expect(platform().requests("invite")).to.have.length(1);
  });

  it("leaves no input of a targeted user to its default while it is not known: the engine refuses", async () => {
    const program = (isLookedUp: boolean) => () => {
      const created = isLookedUp ? new WallarooUser("ann", { email: ann }) : undefined;
      const enabled = created === undefined ? false : getUserOutput({ email: created.email }).enabled;
      new WallarooUser("bob", { email: bob, enabled });
    };
    await stack().up(program(false));
    platform().clearLog();
    const target = ["urn:pulumi:test::people::pulumi-nodejs:dynamic/wallaroo:User::bob"];
    const up = await stack().upFails(program(true), { target });
    expect(up.output).to.match(/depends on .*::ann' which was/);
    expect(platform().writes()).to.deep.equal([]);
  });
});
