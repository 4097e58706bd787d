import { expect } from "chai";
import type * as pulumi from "@pulumi/pulumi";
import { WallarooTeam, WallarooUser } from "pulumi-wallaroo";
import { NativeTeam, NativeUser, PLUGIN } from "./native";
import { configOf, scenario, type StackOptions } from "./stack";

const [ann, bob, cid] = ["ann@example.com", "bob@example.com", "cid@example.com"];

/** A class of resources, whichever adapter is behind it. */
type Resource<Args> = new (name: string, args: Args, opts?: pulumi.CustomResourceOptions) => pulumi.CustomResource;

interface Adapter {
  name: string;
  User: Resource<{ email: string; adopt?: boolean }>;
  Team: Resource<{ members: Record<string, { adopt?: boolean }> }>;
  options: (url: string) => StackOptions;
}

const ADAPTERS: readonly Adapter[] = [
  { name: "the dynamic provider", User: WallarooUser, Team: WallarooTeam, options: () => ({}) },
  {
    name: "the native plugin",
    User: NativeUser,
    Team: NativeTeam,
    options: (url) => ({ plugin: PLUGIN, config: configOf(url) }),
  },
];

/** What the engine's order decides; all else of a program is in tests/integration/scenarios.test.ts. */
for (const { name, User, Team, options } of ADAPTERS) {
  describe(`a program on the real engine, through ${name},`, function () {
    this.timeout(180_000);
    const { platform, stack, writes } = scenario({}, options);

    it("moves accounts between a user and a team under another name, and sends nothing", async () => {
      await stack().up(() => {
        new User("one", { email: ann });
        new Team("all", { members: { [bob]: {}, [cid]: {} } });
      });
      platform().clearLog();
      const moved = () => {
        const two = new User("two", { email: bob, adopt: true });
        const members = { [ann]: { adopt: true }, [cid]: {} };
        new Team("alle", { members }, { aliases: [{ name: "all" }], dependsOn: [two] });
      };
      expect((await stack().up(moved)).changes).to.deep.equal({ create: 1, update: 1, delete: 1, same: 1 });
      await stack().refresh({ expectNoChanges: true });
      await stack().preview(moved, { expectNoChanges: true });
      expect(writes()).to.deep.equal([]);
      for (const email of [ann, bob, cid]) expect((await platform().findByEmail(email))?.enabled, email).to.equal(true);
    });
  });
}
