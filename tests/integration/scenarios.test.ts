import { expect } from "chai";
import { listen } from "./dynamic";
import { messageOf, onPlatform } from "./platform";
import { ADAPTERS, StackCalls, type Program } from "./programs";

const [ann, bob, cid] = ["ann@example.com", "bob@example.com", "cid@example.com"];
const NOT_TODAY = { status: 400, body: { msg: "not today", code: 400 } };

const user = (email: string, more: object = {}): Program[string] => ({ kind: "user", inputs: { email, ...more } });
const team = (members: object, more: object = {}): Program[string] => ({ kind: "team", inputs: { members, ...more } });

for (const adapter of ADAPTERS) {
  describe(`a program, through ${adapter.name},`, () => {
    const { platform, start, writes } = onPlatform();
    listen();
    let stack: StackCalls;
    beforeEach(async () => {
      await start();
      stack = new StackCalls(platform, adapter);
    });
    const isEnabled = async (email: string) => (await platform().findByEmail(email))?.enabled;
    /** A run that changes nothing, and one that sends nothing. */
    const rests = async (program: Program) => {
      const before = writes().length;
      await stack.refresh();
      expect(new Set(Object.values(await stack.up(program)))).to.deep.equal(new Set(["unchanged"]));
      expect(writes()).to.have.length(before);
    };

    it("creates a user and a team, changes nothing when nothing changes, and destroys them", async () => {
      const program = { one: user(ann), all: team({ [bob]: {}, [cid]: { enabled: false } }) };
      expect(await stack.preview(program)).to.deep.equal({ one: "created", all: "created" });
      expect(writes()).to.deep.equal([]);
      await stack.up(program);
      await rests(program);
      await stack.destroy();
      expect(writes()).to.have.members([
        ...[ann, bob, cid].map((email) => `invite ${email}`),
        ...[cid, bob, ann].map((email) => `deactivate ${email}`),
      ]);
      for (const email of [ann, bob, cid]) expect(await isEnabled(email), email).to.equal(false);
    });

    it("adopts active accounts only if it says so, and leaves them as they were found", async () => {
      for (const email of [ann, bob]) await platform().addUser({ email });
      const refused = await messageOf(() => stack.up({ one: user(ann), all: team({ [bob]: {} }) }));
      expect(refused).to.match(/Could not create ann@example.com: an active account .*`adopt: true`/);
      expect(await messageOf(() => stack.up({ all: team({ [bob]: {} }) }))).to.match(
        /Could not create bob@.*adopt: true/,
      );
      const program = { one: user(ann, { adopt: true }), all: team({ [bob]: { adopt: true } }) };
      await stack.up(program);
      expect(stack.kept("one")?.outputs).to.include({ adopted: true });
      expect(stack.kept("all")?.outputs["adopted"]).to.deep.equal({ [bob]: true });
      await rests(program);
      await stack.up({ one: user(ann, { adopt: true, enabled: false }), all: team({ [bob]: { adopt: true } }) });
      await stack.destroy();
      expect(writes()).to.deep.equal([`deactivate ${ann}`, `activate ${ann}`]);
    });

    it("activates accounts again that were deactivated, and destroy deactivates them as they were found", async () => {
      for (const email of [ann, bob]) await platform().addUser({ email, enabled: false });
      const program = { one: user(ann), all: team({ [bob]: {} }) };
      await stack.up(program);
      await rests(program);
      await stack.destroy();
      expect(writes()).to.deep.equal([`activate ${ann}`, `activate ${bob}`, `deactivate ${bob}`, `deactivate ${ann}`]);
    });

    it("refuses to cut off a protected account, in preview and at destroy, and sends nothing", async () => {
      const guarded = new StackCalls(platform, adapter, { "wallaroo:protectedEmails": `${ann},${bob}` });
      await guarded.up({ one: user(ann), all: team({ [bob]: {}, [cid]: {} }) });
      platform().clearLog();
      const off = { one: user(ann, { enabled: false }), all: team({ [bob]: {}, [cid]: {} }) };
      expect(await messageOf(() => guarded.preview(off))).to.match(
        /ann@example.com: wallaroo:protectedEmails protects it/,
      );
      const left = { one: user(ann), all: team({ [cid]: {} }) };
      expect(await messageOf(() => guarded.preview(left))).to.match(
        /bob@example.com: wallaroo:protectedEmails protects/,
      );
      expect(await messageOf(() => guarded.destroy())).to.match(/wallaroo:protectedEmails protects/);
      expect(writes()).to.not.include(`deactivate ${ann}`).and.to.not.include(`deactivate ${bob}`);
    });

    it("follows what changed on the platform, and repairs it in one run", async () => {
      const program = { one: user(ann), two: user(cid), all: team({ [bob]: { firstName: "Bob" } }) };
      await stack.up(program);
      await platform().setEnabled(ann, false);
      await platform().rename(bob, { firstName: "Robert" });
      await platform().remove(cid);
      platform().clearLog();
      await stack.refresh();
      expect(stack.kept("one")?.inputs).to.include({ enabled: false });
      expect(stack.kept("two"), "gone from the platform").to.equal(undefined);
      expect(stack.kept("all")?.inputs["members"]).to.deep.equal({ [bob]: { firstName: "Robert" } });
      expect(await stack.up(program)).to.deep.equal({ one: "updated", two: "created", all: "updated" });
      expect(writes()).to.have.members([`activate ${ann}`, `invite ${cid}`, `edit ${bob}`]);
      await rests(program);
    });

    it("keeps what was done of steps that failed, does the others, and finishes in the next run", async () => {
      const program = { one: user(ann, { enabled: false }), two: user(cid), all: team({ [bob]: { enabled: false } }) };
      const failing = platform().misbehave({ on: "deactivate", times: 20, when: "before", what: NOT_TODAY });
      const message = await messageOf(() => stack.up(program));
      expect(message)
        .to.match(/deactivate ann@example.com/)
        .and.to.match(/deactivate bob@example.com/);
      failing.remove();
      expect(stack.kept("one")?.outputs).to.include({ unfinished: true });
      expect(await stack.up(program)).to.deep.equal({ one: "updated", two: "unchanged", all: "updated" });
      await rests(program);
      const acted = platform().log.filter(({ call, result }) => call === "invite" && result === 200);
      expect(acted).to.have.length(3);
      expect([await isEnabled(ann), await isEnabled(bob), await isEnabled(cid)]).to.deep.equal([false, false, true]);
    });

    it("takes another name of a resource for the same one under an alias, and for another one without it", async () => {
      await stack.up({ one: user(ann), all: team({ [bob]: {} }) });
      platform().clearLog();
      const renamed = { uno: { ...user(ann), was: "one" }, tutti: { ...team({ [bob]: {} }), was: "all" } };
      expect(await stack.up(renamed)).to.deep.equal({ uno: "unchanged", tutti: "unchanged" });
      const other = { eins: user(ann), alle: team({ [bob]: {} }) };
      expect(await messageOf(() => stack.preview(other))).to.match(/Could not create ann@.*adopt: true/);
      const adopting = { eins: user(ann, { adopt: true }), alle: team({ [bob]: { adopt: true } }) };
      expect(await stack.up(adopting)).to.include({
        eins: "created",
        alle: "created",
        uno: "deleted",
        tutti: "deleted",
      });
      expect(writes(), "an account that stays declared is not cut off").to.deep.equal([]);
    });

    it("moves an account from a user to a team and from a team to a user, and sends nothing", async () => {
      await stack.up({ one: user(ann), all: team({ [bob]: {}, [cid]: {} }) });
      platform().clearLog();
      // The user comes first, as if the team depended on it.
      const moved = { two: user(bob, { adopt: true }), all: team({ [ann]: { adopt: true }, [cid]: {} }) };
      expect(await stack.up(moved)).to.deep.equal({ two: "created", all: "updated", one: "deleted" });
      await rests(moved);
      expect(writes()).to.deep.equal([]);
      expect(Object.keys(stack.kept("all")?.outputs["ids"] as object)).to.have.members([ann, cid]);
    });

    it("moves a member to a user that comes after its team, without a cut if a resource is told of the others", async () => {
      await stack.up({ all: team({ [ann]: {}, [bob]: {} }) });
      platform().clearLog();
      await stack.up({ all: team({ [bob]: {} }), one: user(ann, { adopt: true }) });
      expect(writes()).to.deep.equal(adapter.isTold ? [] : [`deactivate ${ann}`, `activate ${ann}`]);
      expect(await isEnabled(ann), "in the end").to.equal(true);
    });
  });
}
