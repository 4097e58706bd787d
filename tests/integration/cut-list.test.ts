import { expect } from "chai";
import type { UserInputs } from "../../provider/user/model";
import { teamFailureOf } from "../failures";
import { connectTo, declared, messageOf, onPlatform } from "./platform";

const ann = "ann@example.com";

describe("a list that was cut short", () => {
  const { platform, start, writes } = onPlatform();

  /** Lets the next list of accounts end before Ann. */
  async function cut(): Promise<void> {
    const others = (await platform().people()).filter(({ username }) => username !== ann);
    const users = Object.fromEntries(others.map((user) => [user.id, user]));
    platform().misbehave({ on: "query", when: "before", what: { body: { users } } });
  }

  it("does not let an update say that the account is gone", async () => {
    const { id, state } = await (await start()).lifecycle.create(declared(ann));
    for (const change of [{ enabled: false }, { onDestroy: "retain" }, { firstName: "Ann" }] as Partial<UserInputs>[]) {
      await cut();
      platform().clearLog();
      expect(await messageOf(() => connectTo(platform()).lifecycle.update(id, state, declared(ann, change)))).to.match(
        /^Could not update ann@example.com: the platform lists all accounts without this one, and yet has it.*run the same/,
      );
      expect(writes()).to.deep.equal([]);
      expect(platform().requests("query"), "one more, by its id").to.have.length(2);
    }
    const after = await connectTo(platform()).lifecycle.update(id, state, declared(ann, { enabled: false }));
    expect(after.enabled).to.equal(false);
  });

  it("does not let an update of a team say so of a member", async () => {
    const before = await (await start()).team.apply(undefined, { [ann]: {}, "bob@example.com": {} }, "the team");
    await cut();
    const members = { [ann]: { enabled: false }, "bob@example.com": { enabled: false } };
    const failed = await connectTo(platform())
      .team.apply(before, members, "the team")
      .catch((error: unknown) => error);
    const { reasons, state } = teamFailureOf(failed);
    expect(reasons.join()).to.match(/^Could not update ann@example.com: .*and yet has it/);
    expect(state?.ids).to.have.keys(ann, "bob@example.com");
  });

  it("does not let WallarooUser.get say that there is no such account", async () => {
    const { id } = await (await start()).lifecycle.create(declared(ann));
    await cut();
    expect(await messageOf(() => connectTo(platform()).lifecycle.get(id))).to.match(
      new RegExp(`^Could not get the user ${id}: .* and yet has it`),
    );
    expect(await messageOf(() => connectTo(platform()).lifecycle.get("nobody"))).to.match(/no account has this id/);
  });

  it("does not keep an update from saying what both forms of the query say", async () => {
    const { id, state } = await (await start()).lifecycle.create(declared(ann));
    await platform().remove(ann);
    expect(
      await messageOf(() => connectTo(platform()).lifecycle.update(id, state, declared(ann, { enabled: false }))),
    ).to.match(/^Could not update ann@example.com: the platform has no account with id .* Run `pulumi refresh`/);
  });
});
