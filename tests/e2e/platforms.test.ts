import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { WallarooProvider, WallarooTeam, WallarooUser } from "pulumi-wallaroo";
import { startPlatform, type Platform } from "../emulator/platform";
import { CI, scenario } from "./stack";

const [ann, bob] = ["ann@example.com", "bob@example.com"];

describe("two platforms in one program, each the provider of a component", function () {
  this.timeout(180_000);
  const { platform, stack } = scenario();
  let other: Platform;
  beforeEach(async () => {
    other = await startPlatform();
    await other.addUser({ ...CI, admin: true });
  });
  afterEach(() => other.close());
  const onBoth = (declare: (parent: pulumi.Resource, isFirst: boolean) => void) => () => {
    for (const { url } of [platform(), other]) {
      const isFirst = url === platform().url;
      const name = isFirst ? "one" : "two";
      const provider = new WallarooProvider(`${name}-provider`, { url, username: CI.email, password: CI.password });
      declare(new pulumi.ComponentResource("tests:index:Site", name, {}, { providers: [provider] }), isFirst);
    }
  };
  const isEnabled = async (on: Platform, email: string) => (await on.findByEmail(email))?.enabled;

  it("may have the same account", async () => {
    await stack().up(
      onBoth((parent, isFirst) => new WallarooUser(isFirst ? "ann-1" : "ann-2", { email: ann }, { parent })),
    );
    for (const on of [platform(), other]) expect(on.requests("invite")).to.have.length(1);
  });

  it("may have any setting that only up will know", async () => {
    const program = () => {
      const first = new WallarooUser("first", { email: "first@example.com" });
      const late = <T>(value: T) => first.id.apply(() => value);
      const provider = new WallarooProvider("late", {
        url: other.url,
        username: CI.email,
        password: CI.password,
        realm: late("master"),
        seatLimit: late(50),
        requestTimeout: late(30),
        protectedEmails: late(["boss@example.com"]),
      });
      new WallarooUser("late", { email: "late@example.com" }, { provider });
    };
    await stack().preview(program);
    await stack().up(program);
    expect((await other.findByEmail("late@example.com"))?.enabled).to.equal(true);
  });

  it("share no account: a member that leaves a team on one is deactivated there, though the other gets it", async () => {
    const teams = (first: object, second: object) =>
      onBoth((parent, isFirst) =>
        isFirst
          ? new WallarooTeam("first", { members: { ...first } }, { parent })
          : new WallarooTeam("second", { members: { ...second } }, { parent }),
      );
    await stack().up(teams({ [ann]: {}, [bob]: {} }, {}));
    await stack().up(teams({ [bob]: {} }, { [ann]: {} }));
    expect([await isEnabled(platform(), ann), await isEnabled(other, ann)]).to.deep.equal([false, true]);
  });
});

describe("a stack that is pointed at another platform", function () {
  this.timeout(180_000);
  const { stack } = scenario();
  let other: Platform;
  beforeEach(async () => {
    other = await startPlatform();
    await other.addUser({ ...CI, admin: true });
  });
  afterEach(() => other.close());

  it("cuts off no account there that it did not invite, once a refresh has found them", async () => {
    const both = () => {
      new WallarooUser("ann", { email: ann });
      new WallarooTeam("science", { members: { [bob]: {} } });
    };
    await stack().up(both);
    await other.addUser({ email: ann });
    await other.addUser({ email: bob });
    await stack().setConfig("wallaroo:url", other.url);
    // Refresh and destroy use the configuration of the last up.
    await stack().up(both);
    const refresh = await stack().refresh();
    for (const email of [ann, bob]) expect(refresh.output).to.match(new RegExp(`${email} has another account id now`));
    await stack().up(both, { expectNoChanges: true });
    await stack().destroy();
    expect(other.writes()).to.deep.equal([]);
    for (const email of [ann, bob]) expect((await other.findByEmail(email))?.enabled).to.equal(true);
  });
});
