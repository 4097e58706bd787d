import { expect } from "chai";
import { EngineCalls, listen, startDynamic } from "./dynamic";
import { messageOf, onPlatform } from "./platform";

const [ann, bob, cleo, dave] = ["ann@example.com", "bob@example.com", "cleo@example.com", "dave@example.com"];

type Props = Record<string, unknown>;

describe("what is said of a single user", () => {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  beforeEach(() => start());
  const calls = () => new EngineCalls(platform, "user");
  /** What is said from now on. */
  const during = async (body: () => Promise<unknown>) => {
    const before = said().length;
    await body();
    return said().slice(before);
  };
  const requests = () => platform().log.map(({ call }) => call);

  it("is what create does to an account that is not simply invited, in preview and once at apply, for one query", async () => {
    await platform().addUser({ email: ann, firstName: "Anna" });
    await platform().addUser({ email: bob, enabled: false });
    for (const [declared, line] of [
      [{ email: ann, adopt: true, firstName: "Ann" }, `${ann} is active, and gets taken over (\`adopt: true\`), with firstName as declared.`],
      [{ email: bob }, `${bob} is deactivated, and gets activated again without an invite.`],
      [{ email: cleo, adopt: true }, `${cleo} gets invited: no account has this address, though \`adopt: true\` is declared. A misspelled address looks just like this.`],
    ] as [Props, string][]) {
      platform().clearLog();
      expect(await during(() => calls().preview(declared)), "in preview").to.deep.equal([line]);
      expect(requests()).to.deep.equal(["token", "query"]);
      expect(await during(() => calls().up(declared)), "at apply").to.deep.equal([line]);
    }
    expect(await during(() => calls().up({ email: dave })), "the engine's line says it").to.deep.equal([]);
  }); // prettier-ignore

  it("is of a replacement both what becomes of the old account and how the new one comes about", async () => {
    await platform().addUser({ email: ann });
    await platform().addUser({ email: bob, enabled: false });
    await platform().addUser({ email: cleo });
    const user = calls();
    await user.up({ email: ann, adopt: true, onDestroy: "deactivate" });
    platform().clearLog();
    const lines = await during(() => user.preview({ email: bob, onDestroy: "deactivate" }));
    expect(lines).to.deep.equal([
      `${ann} gets deactivated.`,
      `${bob} is deactivated, and gets activated again without an invite.`,
    ]);
    expect(await messageOf(() => user.preview({ email: cleo }))).to.match(/Could not create cleo.*`adopt: true`/);
    expect(writes()).to.deep.equal([]);
    expect(await during(() => user.up({ email: bob })), "and at apply no more").to.deep.equal(lines);
    expect(writes()).to.deep.equal([`activate ${bob}`, `deactivate ${ann}`]);
  });

  it("is, of a removal, whether the account was deactivated or stays active, and how to cut it off then", async () => {
    const cutOff = /To cut it off, deactivate it on the platform, or declare it with/;
    for (const [declared, words] of [
      [{ email: ann }, /^ann@example.com was deactivated\.$/],
      [{ email: bob, adopt: true }, /^bob@example.com stays active: it was active when this stack adopted it\./],
      [{ email: cleo, onDestroy: "retain" }, /^cleo@example.com is left as it is .*\(onDestroy: "retain"\)\. It stays active\./],
    ] as [Props, RegExp][]) {
      if (declared["adopt"] === true) await platform().addUser({ email: bob });
      const user = calls();
      await user.up(declared);
      platform().clearLog();
      const lines = await during(() => user.destroy());
      expect(lines).to.have.length(1);
      expect(lines[0]).to.match(words);
      expect(cutOff.test(lines[0] ?? ""), lines[0]).to.equal(declared["email"] !== ann);
      if (declared["onDestroy"] === "retain") expect(platform().log, "nothing is asked for it").to.deep.equal([]);
    }
  }); // prettier-ignore

  it("is not said of a removal that failed", async () => {
    const user = calls();
    await user.up({ email: ann });
    platform().misbehave({ on: "deactivate", times: 9, when: "before", what: { status: 400, body: { msg: "no", code: 400 } } }); // prettier-ignore
    expect(await during(() => messageOf(() => user.destroy()))).to.deep.equal([]);
  });

  it("is bounded when many leave at once: 20 lines, then every fiftieth", async () => {
    const people = Array.from({ length: 60 }, (_, index) => `p${index}@example.com`);
    const stored: { id: string; outs: Props }[] = [];
    for (const email of people) {
      const { user } = await startDynamic(platform());
      stored.push((await user.create({ email, enabled: true })) as { id: string; outs: Props });
    }
    const { user } = await startDynamic(platform());
    const lines = await during(async () => {
      await Promise.all(stored.map(({ id, outs }) => user.delete(id, outs)));
    });
    expect(lines).to.have.length(21);
    expect(lines[20]).to.match(/ was deactivated\. 50 accounts so far \(deactivated\)\.$/);
  });
});

describe("what is said of a team", () => {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  beforeEach(() => start());
  const during = async (body: () => Promise<unknown>) => {
    const before = said().length;
    await body();
    return said().slice(before);
  };
  const it_ = (lines: string[]) => lines.map((line) => `team "it": ${line}`);

  it("is at its first create what becomes of each member, in preview and once at apply", async () => {
    await platform().addUser({ email: ann });
    await platform().addUser({ email: bob, enabled: false });
    const members = { [dave]: {}, [ann]: { adopt: true }, [bob]: {}, [cleo]: { adopt: true } };
    const lines = it_([
      `${bob} is deactivated, and gets activated again without an invite.`,
      `${cleo} gets invited: no account has this address, though \`adopt: true\` is declared. A misspelled address looks just like this.`,
      `${dave} gets invited: no account has this address.`,
      `${ann} is active, and gets taken over (\`adopt: true\`).`,
      "in all, 1 activated again, 2 invited, 1 adopted.",
    ]);
    platform().clearLog();
    const team = new EngineCalls(platform, "team");
    expect(await during(() => team.preview({ members })), "in preview").to.deep.equal(lines);
    expect(platform().log.map(({ call }) => call)).to.deep.equal(["token", "query"]);
    expect(await during(() => team.up({ members })), "at apply").to.deep.equal(lines);
    expect(await during(() => team.up({ members })), "without a change").to.deep.equal([]);
  });

  it("is at an update what becomes of each member that changes, joins or leaves", async () => {
    await platform().addUser({ email: cleo });
    await platform().addUser({ email: dave });
    const before = { [ann]: {}, [bob]: { enabled: false }, [cleo]: { adopt: true }, [dave]: { adopt: true } };
    const team = new EngineCalls(platform, "team");
    await team.up({ members: { ...before, "eve@example.com": {} } });
    const members = { [ann]: { enabled: false, firstName: "Ann" }, [bob]: {}, [dave]: { onDestroy: "retain" } };
    platform().clearLog();
    const lines = await during(() => team.preview({ members }));
    expect(writes()).to.deep.equal([]);
    expect(lines.map((line) => line.replace(/ To cut it off.*/, ""))).to.deep.equal(
      it_([
        `${cleo} stays active: it was active when this stack adopted it.`,
        `${bob} is deactivated, and gets activated again.`,
        `${ann} gets deactivated.`,
        "eve@example.com gets deactivated.",
        "in all, 1 left active, 1 activated again, 2 deactivated.",
      ]).concat(`team "it" changes members["${ann}"].firstName, members["${dave}"].onDestroy`),
    );
    expect(await during(() => team.up({ members })), "and at apply no more").to.deep.equal(lines);
  });

  it("is up to 20 lines per kind, a count and a summary, also when all of it is removed", async () => {
    const people = Array.from({ length: 25 }, (_, index) => `p${100 + index}@example.com`);
    for (const email of people.slice(0, 23)) await platform().addUser({ email });
    const members = Object.fromEntries(people.map((email) => [email, { adopt: true }]));
    const team = new EngineCalls(platform, "team");
    const arriving = await during(() => team.up({ members }));
    expect(arriving).to.have.length(2 + 20 + 1 + 1);
    expect(arriving.slice(-2)).to.deep.equal(it_(["3 more adopted, not listed.", "in all, 2 invited, 23 adopted."]));
    const leaving = await during(() => team.destroy());
    expect(leaving).to.have.length(20 + 1 + 2 + 1);
    expect(leaving.at(-1)).to.match(/^the team of .*: in all, 23 left active, 2 deactivated\.$/);
  });

  it("is nothing when the preview is refused, as nothing happens then", async () => {
    await platform().addUser({ email: ann });
    const team = new EngineCalls(platform, "team");
    const refused = () => messageOf(() => team.preview({ members: { [ann]: {}, [bob]: {} } }));
    expect(await during(refused)).to.deep.equal([]);
  });

  it("is that a member moves, when another resource declares it", async () => {
    const team = new EngineCalls(platform, "team");
    await team.up({ members: { [ann]: {}, [bob]: {} } });
    const others = { [ann]: ["ann"] };
    const declared = { __declared: { key: "1", name: "it", others }, members: { [bob]: {} } };
    expect(await during(() => team.preview(declared))).to.deep.equal(
      it_([`${ann} is not deactivated, because "ann" declares it.`]),
    );
  });
});
