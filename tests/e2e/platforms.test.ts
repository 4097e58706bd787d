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

  it("may have the same person", async () => {
    const { ok, output } = await stack().up(
      onBoth((parent, isFirst) => new WallarooUser(isFirst ? "ann-1" : "ann-2", { email: ann }, { parent })),
    );
    expect(ok, output).to.equal(true);
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
    const preview = await stack().preview(program);
    expect(preview.ok, preview.output).to.equal(true);
    const up = await stack().up(program);
    expect(up.ok, up.output).to.equal(true);
    expect((await other.findByEmail("late@example.com"))?.enabled).to.equal(true);
  });

  it("share nobody: whoever leaves a team of one is deactivated there, though the other gets them", async () => {
    const teams = (first: object, second: object) =>
      onBoth((parent, isFirst) =>
        isFirst
          ? new WallarooTeam("first", { members: { ...first } }, { parent })
          : new WallarooTeam("second", { members: { ...second } }, { parent }),
      );
    expect((await stack().up(teams({ [ann]: {}, [bob]: {} }, {}))).ok).to.equal(true);
    const moved = await stack().up(teams({ [bob]: {} }, { [ann]: {} }));
    expect(moved.ok, moved.output).to.equal(true);
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

  it("cuts off nobody there whom it did not invite, once a refresh has found them", async () => {
    const both = () => {
      new WallarooUser("ann", { email: ann });
      new WallarooTeam("science", { members: { [bob]: {} } });
    };
    expect((await stack().up(both)).ok).to.equal(true);
    await other.addUser({ email: ann });
    await other.addUser({ email: bob });
    await stack().setConfig("wallaroo:url", other.url);
    // Refresh and destroy use the configuration of the last up.
    expect((await stack().up(both)).ok).to.equal(true);
    const refresh = await stack().refresh();
    expect(refresh.ok, refresh.output).to.equal(true);
    for (const email of [ann, bob]) expect(refresh.output).to.match(new RegExp(`${email} has another account id now`));
    const unchanged = await stack().up(both, { expectNoChanges: true });
    expect(unchanged.ok, unchanged.output).to.equal(true);
    const destroy = await stack().destroy();
    expect(destroy.ok, destroy.output).to.equal(true);
    expect(other.writes()).to.deep.equal([]);
    for (const email of [ann, bob]) expect((await other.findByEmail(email))?.enabled).to.equal(true);
  });
});
