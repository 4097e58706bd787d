import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { CLIENT_SECRET } from "../emulator/sessions";
import { until } from "../emulator/until";
import { checkWith, createWith, listen, startDynamic, type Dynamic } from "./dynamic";
import { NativeCalls } from "./native";
import { messageOf, onPlatform } from "./platform";
import { onRunFolder } from "./run-folder";

const [ann, bob, carl] = ["ann@example.com", "bob@example.com", "carl@example.com"];
const ENGINE = "127.0.0.1:40001";
const EXPLICIT = { "wallaroo:explicit": "true" };
/** Above every process id of Linux. */
const DEAD = 2 ** 22 + 1;

type Props = Record<string, unknown>;
type Kind = "user" | "team";

describe("processes of one run, each of another provider", () => {
  const { platform, start, writes } = onPlatform();
  const { folder, files } = onRunFolder();
  const said = listen();
  const open: Dynamic[] = [];
  beforeEach(() => start());
  afterEach(() => open.splice(0).forEach(({ close }) => close()));
  const isEnabled = async (email = ann) => (await platform().findByEmail(email))?.enabled;

  async function run(config: Record<string, string> = {}, engineAddress = ENGINE): Promise<Dynamic> {
    const started = await startDynamic(platform(), config, engineAddress);
    open.push(started);
    return started;
  }

  /** The inputs of a resource that declares somebody alone. */
  const inputsOf = (kind: Kind, email = ann, more: Props = {}) =>
    kind === "user" ? { email, ...more } : { members: { [email]: more } };

  /** What an earlier run stored. */
  async function stored(kind: Kind, email = ann, more: Props = {}) {
    const { [kind]: provider } = await startDynamic(platform());
    const made = await createWith(provider, inputsOf(kind, email, more));
    platform().clearLog();
    return made;
  }

  const PROVIDERS: Record<string, [leaves: Record<string, string>, arrives: Record<string, string>]> = {
    "the default provider to an explicit one": [{}, EXPLICIT],
    "an explicit provider to the default one": [EXPLICIT, {}],
    "one explicit provider to another": [EXPLICIT, EXPLICIT],
  };

  for (const [which, [from, to]] of Object.entries(PROVIDERS)) {
    for (const [leaves, arrives] of [
      ["user", "user"],
      ["user", "team"],
      ["team", "user"],
      ["team", "team"],
    ] as const) {
      it(`do not cut off an account that moves from a ${leaves} of ${which}, as a ${arrives}`, async () => {
        const { id, outs } = await stored(leaves);
        const [old, next] = [await run(from), await run(to)];
        await createWith(next[arrives], inputsOf(arrives, ann, { adopt: true }));
        await old[leaves].delete(id, outs);
        expect(writes()).to.deep.equal([]);
        expect(said().join("\n")).to.match(/ann@example\.com is not deactivated, because "it" declares it\./);
        expect(await isEnabled()).to.equal(true);
      });
    }
  }

  it("do not cut off an account that moves between a resource of the dynamic provider and one of the native plugin", async () => {
    const { id, outs } = await stored("user");
    const [old, native] = [await run(), await NativeCalls.start(platform(), {}, "explicit", ENGINE)];
    const verbs = native.verbs("User");
    const checked = await verbs.check({}, { email: ann, adopt: true });
    const moved = await verbs.create(checked.inputs as Props);
    await old.user.delete(id, outs);
    open.splice(0).forEach(({ close }) => close());
    const back = await run();
    await createWith(back.team, inputsOf("team", ann, { adopt: true }));
    await verbs.delete(moved.id, moved.outs as Props);
    native.close();
    expect(writes()).to.deep.equal([]);
    expect(files()).to.have.length(1);
  });

  it("leave an account to a resource that declares it already and does not change", async () => {
    const { id, outs } = await stored("user");
    const [old, next] = [await run(), await run(EXPLICIT)];
    const inputs = { email: ann, enabled: true, adopt: true };
    await checkWith(next.user, inputs, inputs);
    await old.user.delete(id, outs);
    expect(writes()).to.deep.equal([]);
  });

  it("leave an account to a resource that an update made declare it, also without the resource's check", async () => {
    const { id, outs } = await stored("user");
    const [old, next] = [await run(), await run(EXPLICIT)];
    await next.user.update(id, outs, { email: ann, enabled: true, firstName: "Ann" });
    await old.user.delete(id, outs);
    expect(writes()).to.deep.equal([`edit ${ann}`]);
    expect(said().join("\n")).to.match(/not deactivated, because this run has just taken it over/);
  });

  it("leave an account to another that is replaced in one and declared in the other", async () => {
    const { id, outs } = await stored("user");
    const [old, next] = [await run(), await run(EXPLICIT)];
    await createWith(old.user, { email: carl });
    await createWith(next.user, { email: ann, adopt: true });
    await old.user.delete(id, outs);
    expect(writes()).to.deep.equal([`invite ${carl}`]);
  });

  it("take an account that gets another provider under the same name for the resource's own, without adopt", async () => {
    const { id, outs } = await stored("user");
    const [old, next] = [await run(), await run(EXPLICIT)];
    const inputs = await checkWith(next.user, { email: ann }, { email: ann, enabled: true });
    const after = (await next.user.create(inputs)).outs as Props;
    await old.user.delete(id, outs);
    expect(after).to.include({ enabled: true, adopted: false });
    expect(writes()).to.deep.equal([]);
  });

  it("end with an active account when it is taken over while another process lets go of it", async () => {
    for (const [leaves, arrives] of [
      ["user", "team"],
      ["team", "user"],
    ] as const) {
      await start();
      const { id, outs } = await stored(leaves);
      const [old, next] = [await run(), await run(EXPLICIT)];
      const slow = platform().misbehave({ on: "deactivate", when: "before", what: { delayMs: 300 } });
      const leaving =
        leaves === "user" ? old.user.delete(id, outs) : old.team.update(id, outs, { members: { [bob]: {} } });
      await until(() => slow.hits > 0, leaving);
      const arrived = await createWith(next[arrives], inputsOf(arrives, ann, { adopt: true }));
      await leaving;
      expect(await isEnabled(), leaves).to.equal(true);
      // Found active: destroy is to leave it so.
      await (await startDynamic(platform()))[arrives].delete(arrived.id, arrived.outs);
      expect(await isEnabled(), leaves).to.equal(true);
      open.splice(0).forEach(({ close }) => close());
    }
  });

  it("do not cut off the last two administrators, one each", async () => {
    await start({ operator: false });
    const service = {
      "wallaroo:clientId": "api-client",
      "wallaroo:clientSecret": CLIENT_SECRET,
      "wallaroo:username": "",
      "wallaroo:password": "",
    };
    for (const email of [ann, bob]) await platform().addUser({ email, admin: true });
    await platform().makeAdmin("admin", false);
    const [first, second] = [await run(service), await run({ ...EXPLICIT, ...service })];
    const one = await createWith(first.user, { email: ann, adopt: true, onDestroy: "deactivate" });
    const two = await createWith(second.user, { email: bob, adopt: true, onDestroy: "deactivate" });
    open.splice(0).forEach(({ close }) => close());
    const [third, fourth] = [await run(service), await run({ ...EXPLICIT, ...service })];
    const slow = platform().misbehave({ on: "deactivate", when: "before", what: { delayMs: 300 } });
    const leaving = third.user.delete(one.id, one.outs);
    await until(() => slow.hits > 0, leaving);
    const last = /bob@.*last enabled administrator/;
    expect(await messageOf(() => fourth.user.delete(two.id, two.outs))).to.match(last);
    const disabled = { email: bob, adopt: true, enabled: false };
    expect(await messageOf(() => fourth.user.update(two.id, two.outs, disabled))).to.match(last);
    await leaving;
    expect(writes()).to.deep.equal([`deactivate ${ann}`]);
  });

  it("cut off what leaves, when nothing of the run has it", async () => {
    for (const [what, start] of Object.entries({
      "another account is taken over": () => run(EXPLICIT),
      "another engine's run takes it over": () => run(EXPLICIT, "127.0.0.1:40002"),
      "a run on another realm takes it over": () => run({ ...EXPLICIT, "wallaroo:realm": "Master" }),
    })) {
      const { id, outs } = await stored("user", ann, what.startsWith("another account") ? {} : { adopt: true });
      const [old, next] = [await run(), await start()];
      if (what.startsWith("another account")) await createWith(next.user, { email: carl });
      else await checkWith(next.user, { email: ann, adopt: true }, { email: ann });
      await old.user.delete(id, { ...outs, onDestroy: "deactivate" });
      expect(await isEnabled(), what).to.equal(false);
      await platform().setEnabled(ann, true);
      open.splice(0).forEach(({ close }) => close());
    }
  });

  it("cut off at destroy what was moved, once the program has said so", async () => {
    const { id, outs } = await stored("user");
    const [old, next] = [await run(), await run(EXPLICIT)];
    const moved = await createWith(next.user, { email: ann, adopt: true, onDestroy: "deactivate" });
    await old.user.delete(id, outs);
    open.splice(0).forEach(({ close }) => close());
    await (await run(EXPLICIT, "127.0.0.1:40003")).user.delete(moved.id, moved.outs);
    expect(writes()).to.deep.equal([`deactivate ${ann}`]);
    expect(await isEnabled()).to.equal(false);
  });

  it("refuse to cut off what a process has that died, and nothing else", async () => {
    const [one, two] = [await stored("user"), await stored("user", bob)];
    const [old, next] = [await run(), await run(EXPLICIT)];
    await createWith(next.user, { email: ann, adopt: true });
    for (const name of files()) {
      fs.renameSync(path.join(folder(), name), path.join(folder(), name.replace(/-\d+-/, `-${DEAD}-`)));
    }
    expect(await messageOf(() => old.user.delete(one.id, one.outs))).to.match(
      /^Could not delete ann@example\.com: whether another provider of this run has the account can't be known: its process has ended\. Run the same/,
    );
    await old.user.delete(two.id, two.outs);
    expect(writes()).to.deep.equal([`deactivate ${bob}`]);
  });

  it("leave no file behind, and hold no secret in one", async () => {
    const next = await run(EXPLICIT);
    await createWith(next.team, { members: { [ann]: { password: "Pp-of-ann" } } });
    const [file = ""] = files();
    const text = fs.readFileSync(path.join(folder(), file), "utf8");
    expect(text)
      .to.include(ann)
      .and.not.match(/Pp-of-ann|Operate-1|127\.0\.0\.1/);
    expect(fs.statSync(folder()).mode & 0o777).to.equal(0o700);
    expect(fs.statSync(path.join(folder(), file)).mode & 0o777).to.equal(0o600);
    next.close();
    expect(files()).to.deep.equal([]);
  });
});
