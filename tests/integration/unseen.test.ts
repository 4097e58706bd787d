import { expect } from "chai";
import type { TeamState } from "../../provider/team/model";
import type { KnownUser } from "../../provider/user/model";
import { halfDoneOf, teamFailureOf } from "../failures";
import { connectTo, declared, messageOf, onPlatform } from "./platform";

const [ann, bob, cleo] = ["ann@example.com", "bob@example.com", "cleo@example.com"];
const LATE = { seenAfterMs: 3_600_000 };
const QUICK = { lookingMs: 400 };

describe("an account that was invited and never seen", () => {
  const { platform, start, writes } = onPlatform();

  async function invited(options = {}, inputs = declared(ann), config = {}): Promise<KnownUser & { reason: string }> {
    const { lifecycle } = await start({ ...LATE, ...options }, config, QUICK);
    const error: unknown = await lifecycle.create(inputs).catch((e: unknown) => e);
    const { user, message } = halfDoneOf(error);
    return { ...user, reason: message };
  }
  const show = () => platform().change({ seenAfterMs: 0 });

  for (const inviteAnswersId of ["uuid", "email"] as const) {
    it(`stays in the state with its password, and a refresh that shows it makes it whole (the invite answers the ${inviteAnswersId})`, async () => {
      const { id, state, reason } = await invited({ inviteAnswersId });
      const realId = (await platform().findByEmail(ann))?.id;
      expect(id).to.equal(inviteAnswersId === "uuid" ? realId : `unseen:${ann}`);
      expect(state).to.include({ adopted: false, unseen: true });
      expect(state.initialPassword).to.be.a("string");
      expect(reason).to.match(
        /^Could not confirm ann@example.com: the invite was accepted, but no look shows the account\./,
      );
      expect(reason).to.match(/stays in the state.*Run `pulumi refresh` once.*then `pulumi up`\.$/);

      const hidden = connectTo(platform());
      expect(await hidden.lifecycle.read(id, state), "not dropped").to.deep.equal({ id, state });
      expect(hidden.said.join()).to.match(
        /ann@example.com was invited, and the account is not visible on the platform yet/,
      );

      await show();
      const now = await connectTo(platform()).lifecycle.read(id, state);
      expect(now?.id).to.equal(realId);
      expect(now?.state).to.include({ adopted: false, initialPassword: state.initialPassword });
      expect(now?.state).to.not.have.any.keys("unseen", "unfinished");
      if (now === undefined) return;
      await connectTo(platform()).lifecycle.update(now.id, now.state, declared(ann));
      await connectTo(platform()).lifecycle.delete(now.id, now.state);
      expect(writes()).to.deep.equal([`invite ${ann}`, `deactivate ${ann}`]);
    });
  }

  it("is not updated and not invited again while it is not visible, and what is declared is kept", async () => {
    const { id, state } = await invited();
    const wanted = declared(ann, { onDestroy: "retain", enabled: false });
    const error: unknown = await connectTo(platform())
      .lifecycle.update(id, state, wanted)
      .catch((e: unknown) => e);
    const { user, message } = halfDoneOf(error);
    expect(message).to.match(/Could not update ann@example.com: .* not visible on the platform yet.*Nothing was sent/);
    expect(user).to.deep.include({ id });
    expect(user.state).to.include({ unseen: true, onDestroy: "retain", initialPassword: state.initialPassword });
    const run = connectTo(platform());
    await run.lifecycle.checkUpdate({ id, state }, wanted);
    expect(run.said.join(), "in preview").to.match(/not visible on the platform yet/);
    await show();
    const after = await connectTo(platform()).lifecycle.update(id, user.state, wanted);
    expect(after).to.include({ enabled: false }).and.not.have.any.keys("unseen", "unfinished");
    expect(writes()).to.deep.equal([`invite ${ann}`, `deactivate ${ann}`]);
  });

  it("is updated only after a refresh where the state has a provisional id", async () => {
    const { id, state } = await invited({ inviteAnswersId: "email" });
    await show();
    const run = connectTo(platform());
    expect(await messageOf(() => run.lifecycle.update(id, state, declared(ann)))).to.match(
      /is there now, and the state does not have its id yet.*Run `pulumi refresh`, then `pulumi up`/,
    );
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it("is not let go while it is not visible, as it would stay active, and is deactivated once it is", async () => {
    for (const inviteAnswersId of ["uuid", "email"] as const) {
      const { id, state } = await invited({ inviteAnswersId });
      const run = connectTo(platform());
      const refused = /Could not delete ann@example.com: .*not visible.*can't be deactivated.*`pulumi state delete`/;
      expect(await messageOf(() => run.lifecycle.delete(id, state))).to.match(refused);
      expect(await messageOf(() => run.lifecycle.checkLeaving({ id, state }, [bob])), "in preview").to.match(refused);
      await show();
      await connectTo(platform()).lifecycle.delete(id, state);
      expect((await platform().findByEmail(ann))?.enabled).to.equal(false);
      expect(writes()).to.deep.equal([`invite ${ann}`, `deactivate ${ann}`]);
    }
  });

  it('is let go unseen with onDestroy: "retain", with a warning', async () => {
    const { id, state } = await invited();
    const run = connectTo(platform());
    await run.lifecycle.delete(id, { ...state, onDestroy: "retain" });
    expect(run.said.join()).to.match(
      /was invited and never seen, and is no longer managed: once it shows up it is active/,
    );
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it("counts as adopted when neither the invite nor a look was answered: another may have made it", async () => {
    const { lifecycle } = await start({}, { "wallaroo:maxRetries": "0" }, QUICK);
    platform().misbehave({ on: "invite", when: "after", what: { reset: true } });
    platform().misbehave({ on: "query", nth: 2, times: 99, when: "before", what: { status: 200, body: "<html>" } });
    const error: unknown = await lifecycle.create(declared(ann)).catch((e: unknown) => e);
    const { user, message } = halfDoneOf(error);
    const { id, state } = user;
    expect(id).to.equal(`unseen:${ann}`);
    expect(message).to.match(/the invite may have arrived, .* but the last look failed: Could not query all accounts/);
    platform().behave();
    const now = await connectTo(platform()).lifecycle.read(id, state);
    expect(now?.id).to.equal((await platform().findByEmail(ann))?.id);
    expect(now?.state).to.include({ adopted: true, foundEnabled: true }).and.not.have.property("unseen");
    if (now !== undefined) await connectTo(platform()).lifecycle.delete(now.id, now.state);
    expect((await platform().findByEmail(ann))?.enabled).to.equal(true);
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it("is known to be there by the platform's refusal of a second invite, though no look shows it", async () => {
    const { lifecycle } = await start(LATE, {}, QUICK);
    platform().misbehave({ on: "invite", when: "after", what: { reset: true } });
    const error: unknown = await lifecycle.create(declared(ann)).catch((e: unknown) => e);
    const { user, message } = halfDoneOf(error);
    expect(user).to.deep.include({ id: `unseen:${ann}` });
    expect(message).to.match(/its answer was "User exists with same email" \(HTTP 409\)/);
    expect((await platform().people()).filter(({ email }) => email === ann)).to.have.length(1);
  });

  it("is not this stack's own when another account has the address by the time that it is seen", async () => {
    const { id, state } = await invited();
    await platform().remove(ann);
    // Later than a Date of whole seconds leaves open.
    const other = await platform().addUser({ email: ann, createdTimestamp: Date.now() + 3_000 });
    const now = await connectTo(platform()).lifecycle.read(id, state);
    expect(now?.id).to.equal(other);
    expect(now?.state).to.include({ adopted: true }).and.not.have.any.keys("unseen", "initialPassword");
  });

  it('is let go by a team with onDestroy: "retain", which an up stores that fails', async () => {
    const { team } = await start(LATE, {}, QUICK);
    await platform().addUser({ email: bob });
    const others = { [bob]: { adopt: true } };
    const stateOf = async (members: object, before?: TeamState) => {
      const error: unknown = await connectTo(platform(), {}, QUICK)
        .team.apply(before, { ...others, ...members }, "team")
        .catch((e: unknown) => e);
      const { state } = teamFailureOf(error);
      if (state === undefined) throw new Error("nothing is stored");
      return state;
    };
    const retained = await stateOf({ [ann]: { onDestroy: "retain" } }, await stateOf({ [ann]: {} }));
    const after = await team.apply(retained, others, "team");
    expect(Object.keys(after.ids)).to.deep.equal([bob]);
    expect(writes()).to.deep.equal([`invite ${ann}`]);
  });

  it("stays in a team the same way, beside members that are done", async () => {
    const { team } = await start({ ...LATE, inviteAnswersId: "email" }, {}, QUICK);
    const cleosId = await platform().addUser({ email: cleo });
    const members = { [ann]: {}, [bob]: {}, [cleo]: { adopt: true } };
    const failure: unknown = await team.apply(undefined, members, "team").catch((e: unknown) => e);
    const { state } = teamFailureOf(failure);
    if (state === undefined) throw new Error("nothing is stored");
    expect(state.ids).to.deep.equal({ [ann]: `unseen:${ann}`, [bob]: `unseen:${bob}`, [cleo]: cleosId });
    expect(state.details[ann]).to.include({ unfinished: true, unseen: true }).and.have.property("invitedBefore");
    expect(Object.keys(state.initialPasswords)).to.deep.equal([ann, bob]);

    const hidden = connectTo(platform());
    expect((await hidden.team.read(state, "team")).state).to.deep.equal(state);
    const again: unknown = await hidden.team.apply(state, members, "team").catch((e: unknown) => e);
    const failed = teamFailureOf(again);
    expect(failed.reasons.join()).to.match(/Could not update ann@example.com: .*not visible.*Could not update bob@/);
    expect(failed.state).to.deep.equal(state);

    const kept = await hidden.team.apply(state, { [ann]: {}, [cleo]: {} }, "team").catch((e: unknown) => e);
    expect(teamFailureOf(kept).state?.ids, "no member is dropped").to.have.all.keys(ann, bob, cleo);

    await show();
    const now = await connectTo(platform()).team.read(state, "team");
    expect(now.state.ids[ann]).to.equal((await platform().findByEmail(ann))?.id);
    expect(now.state.details).to.deep.equal({ [cleo]: { adopt: true } });
    expect(now.state.initialPasswords).to.deep.equal(state.initialPasswords);
    expect(writes()).to.deep.equal([`invite ${ann}`, `invite ${bob}`]);
  });
});
