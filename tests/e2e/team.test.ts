import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { WallarooTeam, WallarooUser, type WallarooTeamArgs } from "pulumi-wallaroo";
import { scenario } from "./stack";

const [ann, bob, cleo] = ["ann@example.com", "bob@example.com", "cleo@example.com"];
const team =
  (members: WallarooTeamArgs["members"], name = "science") =>
  () => {
    const { ids, adopted, initialPasswords } = new WallarooTeam(name, { members });
    return { ids, adopted, initialPasswords };
  };

describe("WallarooTeam through the real engine", function () {
  this.timeout(240_000);
  const { platform, stack, writes } = scenario();
  const isEnabled = async (email: string) => (await platform().findByEmail(email))?.enabled;

  it("invites all in one step, updates, shows drift by member and lets all go", async () => {
    await platform().addUser({ email: cleo });
    const same = { [ann]: { password: "Tt-anns-password" }, [bob]: { enabled: false }, [cleo]: { adopt: true } };
    const { [ann]: first, ...others } = same;
    const up = await stack().up(team({ " Ann@Example.com": first ?? {}, ...others }));
    expect(up.changes).to.deep.equal({ create: 2 });
    const ids = up.outputs["ids"]?.value as Record<string, string>;
    for (const email of [ann, bob, cleo]) expect(ids[email]).to.equal((await platform().findByEmail(email))?.id);
    expect(up.outputs["adopted"]?.value).to.deep.equal({ [cleo]: true });
    expect(up.outputs["initialPasswords"]?.secret).to.equal(true);
    expect(up.outputs["initialPasswords"]?.value).to.have.keys(ann, bob);
    expect(up.outputs["initialPasswords"]?.value).to.include({ [ann]: "Tt-anns-password" });
    expect(writes()).to.have.members([`deactivate ${bob}`, `invite ${ann}`, `invite ${bob}`]);

    platform().clearLog();
    await stack().up(team(same), { expectNoChanges: true });
    expect(platform().log, "no change, no request").to.deep.equal([]);
    await stack().refresh({ expectNoChanges: true });
    expect(platform().log.map((entry) => entry.call)).to.deep.equal(["token", "query"]);

    await platform().setEnabled(bob, true);
    const refresh = await stack().refresh();
    expect(refresh.output).to.match(/science updated .*\[diff: ~members\]/);
    expect(refresh.output)
      .to.match(/the team of [^ ]+ and 2 more differs on the platform in members\["bob@example.com"\]\.enabled/)
      .and.not.match(/gets deactivated/);
    const preview = await stack().preview(team(same), { diff: true });
    expect(preview.output).to.match(/bob@example.com\s*: {\s*\+ enabled: false/);
    expect(preview.output).to.match(/team "science": bob@example.com gets deactivated\./);
    platform().clearLog();
    await stack().up(team(same));
    expect(writes()).to.deep.equal([`deactivate ${bob}`]);
    const leaving = await stack().up(team({ [ann]: first ?? {}, [cleo]: {} }));
    expect(leaving.output).to.match(/team "science": bob@example.com stays deactivated and is no longer managed/);
    await stack().destroy();
    expect(writes()).to.have.members([`deactivate ${ann}`, `deactivate ${bob}`]);
    expect(await isEnabled(cleo), "an adopted member is left as it was found").to.equal(true);
    expect(stack().onDisk()).to.not.include("Tt-anns-password");
  });

  it("stores exactly what happened when 3 of 5,000 fail, lists each, keeps passwords secret, and goes on from there", async () => {
    const people = Array.from({ length: 5_000 }, (_, index) => `p${index}@example.com`);
    const program = team(Object.fromEntries(people.map((email) => [email, { password: `Tt-pw-of-${email}` }])));
    const misbehave = () =>
      platform().misbehave({
        on: "invite",
        times: 3,
        when: "before",
        what: { status: 400, body: { msg: "no", code: 400 } },
      });
    misbehave();
    const failed = await stack().upFails(program);
    expect(failed.output).to.match(/Could not change all members of team "science": 3 members failed of 5000/);
    expect(failed.output.match(/Could not invite p\d+@example.com: no \(HTTP 400\)/g)).to.have.length(3);
    const stored = await stack().stored("science");
    expect(Object.keys(stored?.outputs["ids"] as object)).to.have.length(4_997);
    expect(stack().onDisk()).to.not.include("Tt-pw-of");
    expect(failed.output).to.not.include("Tt-pw-of");
    platform().clearLog();
    misbehave();
    // The first that failed was a create, this one is an update.
    await stack().upFails(program);
    platform().clearLog();
    await stack().up(program);
    expect(platform().writes()).to.have.length(3);
    expect((await stack().stored("science"))?.initErrors).to.equal(undefined);
    await stack().up(program, { expectNoChanges: true });
  }).timeout(900_000);

  it("is not emptied by members that come to nothing on their way to the engine", async () => {
    await stack().up(team({ [ann]: {} }));
    const map = new Map([[ann, {}]]);
    const fail = () => {
      throw new Error("lost");
    };
    for (const [members, problem] of [
      // The SDK has made {} of it before the provider can look.
      [() => pulumi.output(map), /Could not empty the team of ann@example.com: its only member is taken out/],
      [() => pulumi.output(0).apply(fail), /members is an Output that failed: lost/],
    ] as [() => WallarooTeamArgs["members"], RegExp][]) {
      const refused = await stack().upFails(() => void new WallarooTeam("science", { members: members() }));
      expect(refused.output)
        .to.match(problem)
        .and.not.match(/\n\s+at /);
    }
    expect((await stack().previewFails(team(pulumi.output({})))).output).to.match(/Could not empty/);
    expect(writes()).to.deep.equal([`invite ${ann}`]);
    await stack().destroy({ target: [(await stack().stored("science"))?.urn ?? ""] });
    expect(writes()).to.deep.equal([`invite ${ann}`, `deactivate ${ann}`]);
  });

  it("refuses an account in two teams, or in a team and a WallarooUser, before anything is sent", async () => {
    const science = { name: "science", members: { [ann]: {} } };
    const inTeams = () => {
      for (const { name, members } of [science, { name: "sales", members: { "ANN@example.com": {}, [bob]: {} } }]) {
        new WallarooTeam(name, { members });
      }
    };
    const inBoth = () => {
      new WallarooTeam("science", { members: science.members });
      new WallarooUser("ann", { email: ann });
    };
    for (const [program, names] of [
      [inTeams, '"sales" and by "science"'],
      [inBoth, '"ann" and by "science"'],
    ] as const) {
      const { output } = await stack().upFails(program);
      expect(output.includes(`ann@example.com is declared twice, by ${names}`), output).to.equal(true);
    }
    const inOne = await stack().upFails(team({ [ann]: {}, "Ann@example.com": {} }));
    expect(inOne.output).to.match(/members\["ann@example.com"\] is there twice: addresses that differ in case/i);
    expect(writes()).to.deep.equal([]);
  });

  it("deactivates no account that moves between a WallarooUser, a team and another team in one up", async () => {
    const users = () => {
      new WallarooUser("ann", { email: ann });
      new WallarooUser("bob", { email: bob });
    };
    await stack().up(users);
    const adopt = { adopt: true };
    for (const program of [
      team({ [ann]: adopt, [bob]: adopt }),
      () => {
        new WallarooTeam("sales", { members: { [bob]: adopt } });
        new WallarooTeam("science", { members: { [ann]: {} } });
      },
      () => {
        new WallarooTeam("science", { members: { [cleo]: {} } });
        new WallarooUser("ann", { email: ann, adopt: true });
        new WallarooTeam("sales", { members: { [bob]: {} } });
      },
      () => {
        new WallarooUser("bob", { email: bob, adopt: true });
        new WallarooUser("ann", { email: ann });
      },
    ]) {
      await stack().up(program);
      expect(await isEnabled(ann)).to.equal(true);
      expect(await isEnabled(bob)).to.equal(true);
    }
    expect(writes()).to.have.members([`deactivate ${cleo}`, `invite ${ann}`, `invite ${bob}`, `invite ${cleo}`]);
  });

  it("takes members that are only known late, and keeps their passwords secret", async () => {
    const late = () => {
      const first = new WallarooUser("ann", { email: ann });
      const members = first.email.apply(() => ({ " Bob@Example.com": { password: "Tt-late-password" }, [cleo]: {} }));
      return { ids: new WallarooTeam("science", { members }).ids };
    };
    await stack().preview(late);
    await stack().up(late);
    expect(stack().onDisk()).to.not.include("Tt-late-password");
    const one = () => {
      const first = new WallarooUser("ann", { email: ann });
      new WallarooTeam("science", {
        members: { [bob]: first.enabled.apply((enabled) => ({ enabled: !enabled })), [cleo]: pulumi.output({}) },
      });
    };
    await stack().up(one);
    expect(await isEnabled(bob)).to.equal(false);
  });

  it("refuses a member without a value, as of a lookup that found none, and lets no member go", async () => {
    await stack().up(team({ [ann]: {}, [bob]: {} }));
    platform().clearLog();
    const nothing = undefined as unknown as object;
    for (const members of [
      { [ann]: {}, [bob]: nothing },
      { [ann]: {}, [bob]: pulumi.output(nothing) },
      pulumi.output({ [ann]: {}, [bob]: nothing }),
    ]) {
      const { output } = await stack().upFails(team(members));
      expect(output).to.match(/members\["bob@example\.com"\] must be an object/);
    }
    expect(writes()).to.deep.equal([]);
  });

  it("keeps secret what is declared of a member as a secret", async () => {
    await stack().up(team({ [ann]: { firstName: pulumi.secret("Tt-secret-name") }, [bob]: { enabled: false } }));
    expect((await platform().findByEmail(ann))?.firstName).to.equal("Tt-secret-name");
    await platform().setEnabled(bob, true);
    await stack().refresh();
    expect(stack().onDisk()).to.not.include("Tt-secret-name");
  });
});
