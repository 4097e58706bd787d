import { expect } from "chai";
import { onCalls } from "./dynamic";
import { messageOf } from "./platform";

const [ann, bob, cleo, anna] = ["ann@example.com", "bob@example.com", "cleo@example.com", "anna@example.com"];

describe("the members of a team, run by run", () => {
  const { platform, writes, said, calls } = onCalls("team");
  const refuseInvite = (who: string, msg: string) =>
    platform().misbehave({ on: "invite", who, when: "before", what: { status: 400, body: { msg, code: 400 } } });

  it("are refreshed also when one that failed is active by now, and up says what to write", async () => {
    refuseInvite(bob, "no");
    const members = { [ann]: {}, [bob]: {} };
    await messageOf(() => calls().up({ members }));
    await platform().addUser({ email: bob });
    await platform().setEnabled(ann, false);
    await calls().refresh();
    expect(said().join("\n")).to.match(/differs on the platform in members\["ann@example.com"\]\.enabled/);
    expect(await messageOf(() => calls().preview({ members }))).to.match(
      /Could not create bob@example.com.*`adopt: true`/,
    );
    await calls().up({ members: { ...members, [bob]: { adopt: true } } });
    expect(writes()).to.have.members([`activate ${ann}`, `invite ${ann}`, `invite ${bob}`]);
  });

  it("are not said to be done when all that was tried failed", async () => {
    refuseInvite(bob, "no");
    const failed = await messageOf(() => calls().up({ members: { [bob]: {} } }));
    expect(failed).to.match(/1 member failed of 1\. What was done is stored/);
    expect(failed).to.not.include("All others are done");
  });

  it("are warned of a new password where it changes nothing, and not where the invite is yet to come", async () => {
    refuseInvite(bob, "too weak");
    const program = (password: string) => ({ members: { [ann]: { password }, [bob]: { password } } });
    await messageOf(() => calls().up(program("Tt-first-pw")));
    await calls().up(program("Tt-other-pw"));
    expect(said().join("\n")).to.match(/changes nothing for the accounts that are there: ann@example.com\./);
    expect(calls().kept?.outputs["initialPasswords"]).to.deep.equal({ [ann]: "Tt-first-pw", [bob]: "Tt-other-pw" });
    expect(platform().requests("invite").at(-1)?.body).to.include({ email: bob, password: "Tt-other-pw" });
  });

  it("are refused in preview as they would be at up, each by name, and nothing is sent", async () => {
    await platform().addUser({ email: ann });
    await platform().addUser({ email: bob });
    const refused = await messageOf(() => calls().preview({ members: { [ann]: {}, [bob]: {}, [cleo]: {} } }));
    for (const email of [ann, bob]) expect(refused).to.include(`Could not create ${email}: an active account`);
    expect(refused).to.not.include(cleo);
    await calls().up({ members: { [cleo]: {} } });
    expect(await messageOf(() => calls().preview({ members: { [ann]: {}, [cleo]: {} } }))).to.match(
      /Could not create ann@example.com: an active account/,
    );
    expect(writes()).to.deep.equal([`invite ${cleo}`]);
  });

  it("are followed at refresh to an address that was changed on the platform, and none is cut off", async () => {
    await calls().up({ members: { [ann]: {}, [bob]: {} } });
    const id = (calls().kept?.outputs["ids"] as Record<string, string>)[ann] ?? "";
    await platform().remove(ann);
    await platform().addUser({ email: anna, id });
    await calls().refresh();
    expect(said().join("\n")).to.match(
      /The address of ann@example.com was changed to anna@example.com on the platform/,
    );
    platform().clearLog();
    expect(await messageOf(() => calls().up({ members: { [ann]: {}, [bob]: {} } }))).to.match(
      /Could not replace ann@example.com: .*Declare anna@example.com instead/,
    );
    expect(writes()).to.deep.equal([]);
    platform().clearLog();
    expect(await calls().up({ members: { [anna]: {}, [bob]: {} } })).to.equal("unchanged");
    expect(platform().log).to.deep.equal([]);
  });

  for (const [what, members, problem] of [
    ["there twice", { [ann]: {}, " Ann@example.com": {}, [bob]: {} }, /Ann@example\.com"\] is there twice/],
    ["missing", undefined, /members.*required/],
    ["a string", "ann@example.com", /members must be an object by address/],
    ["without a value", { [ann]: {}, [bob]: null }, /members\["bob@example\.com"\] must be an object/],
  ] as const) {
    it(`stay as they are when what is declared is ${what}`, async () => {
      await calls().up({ members: { [ann]: {}, [bob]: {} } });
      platform().clearLog();
      const before = calls().kept;
      expect(await messageOf(() => calls().up(members === undefined ? {} : { members }))).to.match(problem);
      expect(calls().kept).to.equal(before);
      expect(platform().log).to.deep.equal([]);
    });
  }
});
