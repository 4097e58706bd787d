import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { halfDoneOf, teamFailureOf } from "../failures";
import { connectTo, declared, messageOf, onPlatform } from "./platform";

const ann = "ann@example.com";
const LATE = { seenAfterMs: 3_600_000 };
const QUICK = { lookingMs: 300 };

/** Ids that no account has: what an invite may answer beside the UUID and the address. */
const WRONG: Record<string, string> = {
  "another UUID": randomUUID(),
  "the UUID of a service of its own in upper case": randomUUID().toUpperCase(),
  "a number": "4711",
  nothing: "",
  "a federated id": `f:${randomUUID()}:ann`,
  "the address in upper case": ann.toUpperCase(),
  "the word null": "null",
};

describe("an invite that answers an id which no account has", function () {
  this.timeout(30_000);
  const { platform, start, writes } = onPlatform();
  const answer = (id: string) =>
    platform().misbehave({ on: "invite", when: "after", what: { status: 200, body: { id, password: "Made-1" } } });

  for (const [name, id] of Object.entries(WRONG)) {
    it(`makes the account this stack's own with its password: ${name}`, async () => {
      const { lifecycle } = await start();
      answer(id);
      const made = await lifecycle.create(declared(ann));
      expect(made.id).to.equal((await platform().findByEmail(ann))?.id);
      expect(made.state).to.include({ adopted: false, initialPassword: "Made-1" });
      expect(writes()).to.deep.equal([`invite ${ann}`]);
    });

    it(`does so too when the account shows up only at a refresh: ${name}`, async () => {
      const { lifecycle } = await start(LATE, {}, QUICK);
      answer(id);
      const end: unknown = await lifecycle.create(declared(ann)).catch((error: unknown) => error);
      const { user } = halfDoneOf(end);
      const hidden = await connectTo(platform()).lifecycle.read(user.id, user.state);
      expect(hidden).to.deep.equal(user);
      await platform().change({ seenAfterMs: 0 });
      const now = await connectTo(platform()).lifecycle.read(user.id, user.state);
      expect(now?.id).to.equal((await platform().findByEmail(ann))?.id);
      expect(now?.state).to.include({ adopted: false, initialPassword: "Made-1" });
      expect(now?.state).to.not.have.any.keys("unseen", "unfinished", "invitedBefore");
    });

    it(`leaves an account alone that another makes later, once the invited one is gone: ${name}`, async () => {
      const { lifecycle } = await start(LATE, {}, QUICK);
      answer(id);
      const end: unknown = await lifecycle.create(declared(ann)).catch((error: unknown) => error);
      const { user } = halfDoneOf(end);
      await platform().remove(ann);
      await platform().addUser({ email: ann, createdTimestamp: Date.now() + 10_000 });
      const run = connectTo(platform());
      expect(await messageOf(() => run.lifecycle.delete(user.id, user.state))).to.match(/has id .*pulumi refresh/);
      const now = await run.lifecycle.read(user.id, user.state);
      expect(now?.state).to.include({ adopted: true }).and.not.have.any.keys("initialPassword", "invitedBefore");
      if (now !== undefined) await connectTo(platform()).lifecycle.delete(now.id, now.state);
      expect(writes()).to.deep.equal([`invite ${ann}`]);
    });
  }

  it("keeps a member of a team with its password in the same way, over an up in between", async () => {
    const { team } = await start(LATE, {}, QUICK);
    answer(WRONG["another UUID"] ?? "");
    const failed: unknown = await team.apply(undefined, { [ann]: {} }, "team").catch((error: unknown) => error);
    const again: unknown = await connectTo(platform())
      .team.apply(teamFailureOf(failed).state, { [ann]: { onDestroy: "deactivate" } }, "team")
      .catch((error: unknown) => error);
    await platform().change({ seenAfterMs: 0 });
    const stored = teamFailureOf(again).state;
    if (stored === undefined) throw new Error("nothing is stored");
    const { state } = await connectTo(platform()).team.read(stored, "team");
    expect(state.adopted).to.deep.equal({});
    expect(state.initialPasswords).to.deep.equal({ [ann]: "Made-1" });
    expect(state.details).to.deep.equal({ [ann]: { onDestroy: "deactivate" } });
  });
});
