import { expect } from "chai";
import type { KnownUser } from "../../provider/user/model";
import { findHalfDone } from "../../provider/user/partial-failure";
import { halfDoneOf } from "../failures";
import { listen, startDynamic } from "./dynamic";
import { connectTo, declared, messageOf, onPlatform } from "./platform";

type Props = Record<string, unknown>;
const [ann, bob] = ["ann@example.com", "bob@example.com"];

describe("an invite that answers the id of another account", function () {
  this.timeout(60_000);
  const { platform, start } = onPlatform();

  for (const isMade of [true, false]) {
    it(`does not make that account one of this stack's, and destroy leaves it alone: ${isMade ? "the invited one is there" : "no account was made"}`, async () => {
      await start();
      const foreign = await platform().addUser({ email: bob });
      const run = connectTo(platform(), {}, { lookingMs: 800 });
      const what = { status: 200, body: { id: foreign, password: "Generated-1" } };
      platform().misbehave({ on: "invite", when: isMade ? "after" : "before", what });
      const end: unknown = await run.lifecycle.create(declared(ann)).catch((error: unknown) => error);
      const known = findHalfDone(end) ?? (end as KnownUser);
      if (isMade) expect(known.id).to.equal((await platform().findByEmail(ann))?.id);
      const seen = await connectTo(platform()).lifecycle.read(known.id, known.state);
      if (seen !== undefined) {
        const destroy = connectTo(platform()).lifecycle.delete(seen.id, seen.state);
        await destroy.catch((error: Error) => expect(error.message).to.match(/^Could not/));
      }
      expect((await platform().findByEmail(bob))?.enabled).to.equal(true);
      expect((await platform().findByEmail(ann))?.enabled, "the invited account").to.equal(isMade ? false : undefined);
    });
  }
});

describe("an account that is renamed before it is seen", function () {
  this.timeout(60_000);
  const { platform, start, writes } = onPlatform();
  listen();

  /** Gives the account that was invited, and that no query has shown so far, another address. */
  async function renameUnseen(): Promise<string> {
    await platform().change({ seenAfterMs: 0 });
    const user = await platform().findByEmail(ann);
    if (user === undefined) throw new Error("the invited account is not there");
    await platform().remove(ann);
    await platform().addUser({ id: user.id, email: bob, username: "another-name" });
    platform().clearLog();
    return user.id;
  }

  it("is followed by its id with a refusal of the old address, and not invited again", async () => {
    const run = await start({ seenAfterMs: 600_000 }, {}, { lookingMs: 300 });
    const end: unknown = await run.lifecycle.create(declared(ann)).catch((error: unknown) => error);
    const half = halfDoneOf(end).user;
    const id = await renameUnseen();
    expect(half.id).to.equal(id);
    const { props } = (await (await startDynamic(platform())).user.read(id, { ...half.state })) as { props: Props };
    const { user } = await startDynamic(platform());
    const inputs = { email: ann, enabled: true };
    await user.check(inputs, { ...inputs, __declared: { key: "1", name: "ann" } });
    const refused = await messageOf(() => user.diff(id, props, inputs));
    expect(refused).to.match(/was changed to bob@example.com on the platform/);
    expect(writes()).to.deep.equal([]);
  });
});
