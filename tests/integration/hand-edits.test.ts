import { expect } from "chai";
import { listen, startDynamic } from "./dynamic";
import { messageOf, onPlatform } from "./platform";

type Props = Record<string, unknown>;
const [ann, bob] = ["ann@example.com", "bob@example.com"];
/** Stands for a key that is taken out. */
const GONE = Symbol("taken out");

/** The same JSON with one value another one, or taken out. */
function edited(state: Props, path: readonly string[], value: unknown): Props {
  const copy = structuredClone(state);
  let at = copy;
  for (const key of path.slice(0, -1)) at = (at[key] ??= {}) as Props;
  const last = path.at(-1) ?? "";
  if (value === GONE) delete at[last];
  else at[last] = value;
  return copy;
}

const shown = (value: unknown) => (value === GONE ? "taken out" : `made ${JSON.stringify(value)}`);

/** Of a user who was adopted while active, what may be edited to what. */
const USER_EDITS: Record<string, unknown[]> = {
  adopted: [GONE, null, "true", "false", 1, 0, [], {}],
  onDestroy: ["retian", "", null, true, {}],
  foundEnabled: [null, "false", 0],
  enabled: [GONE, null, "true", "false", 1],
  email: [GONE, null, "", "  ", 7, [ann]],
  username: [7, null],
  createdAt: [5],
  found: ["x", null, { firstName: 7 }, { admin: "no" }],
  firstName: [1, null],
  admin: ["yes"],
  adopt: ["true", null],
  formerEmails: ["x", [7], {}],
  unfinished: [false, "yes"],
  unseen: [false, "yes", null],
  initialPassword: [7],
};

describe("the state of a user that was edited by hand", () => {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  let id: string;
  let stored: Props;
  const inputs = { email: ann, enabled: true, adopt: true, firstName: "Ann" };
  beforeEach(async () => {
    await start();
    await platform().addUser({ email: ann, firstName: "Ann" });
    const { user } = await startDynamic(platform());
    const made = await user.create(inputs);
    [id, stored] = [made.id, made.outs as Props];
    expect(stored).to.include({ adopted: true, foundEnabled: true });
  });

  for (const [key, values] of Object.entries(USER_EDITS)) {
    for (const value of values) {
      it(`cuts no account off with ${key} ${shown(value)}, and is repaired by refresh`, async () => {
        const state = edited(stored, [key], value);
        const { user } = await startDynamic(platform());
        await user.check({}, { ...inputs, __declared: { key: "1", name: "ann" } });
        for (const refused of [
          await messageOf(() => user.delete(id, state)),
          await messageOf(() => user.update(id, state, { ...inputs, enabled: false })),
          await messageOf(() => user.diff(id, state, { ...inputs, enabled: false, onDestroy: "deactivate" })),
          await messageOf(() => user.diff(id, state, { ...inputs, email: bob })),
        ]) {
          expect(refused)
            .to.match(/^Could not (delete|change) .*: the stored state can't be read: .*Run `pulumi refresh`/)
            .and.include(key)
            .and.include(key === "email" ? id : ann);
        }
        expect(writes()).to.deep.equal([]);

        const next = (await startDynamic(platform())).user;
        const repaired = await next.read(id, state);
        expect(said().join("\n")).to.match(new RegExp(`the stored state could not be read \\(.*${key} `));
        expect(repaired.id).to.equal(id);
        const props = repaired.props as Props;
        expect(props).to.include({
          email: ann,
          username: ann,
          enabled: true,
          adopted: true,
          foundEnabled: true,
        });
        expect((await next.read(id, props)).props, "once").to.deep.equal(props);
        await next.delete(id, props);
        expect(writes()).to.deep.equal([]);
        expect(await platform().findByEmail(ann)).to.include({ enabled: true, firstName: "Ann" });
      });
    }
  }

  for (const value of ["retian", null, 7]) {
    it(`does not forget that destroy was to leave an invited account alone: onDestroy ${shown(value)}`, async () => {
      const { user } = await startDynamic(platform());
      const made = await user.create({ email: bob, enabled: true, onDestroy: "retain" });
      platform().clearLog();
      const state = edited(made.outs as Props, ["onDestroy"], value);
      expect(await messageOf(() => user.delete(made.id, state))).to.match(/onDestroy must be "deactivate" or "retain"/);
      const props = (await (await startDynamic(platform())).user.read(made.id, state)).props as Props;
      await (await startDynamic(platform())).user.delete(made.id, props);
      expect(writes()).to.deep.equal([]);
      expect(props).to.include({ onDestroy: "retain", adopted: false });
    });
  }

  it("puts an account that is deactivated by now back as it is now", async () => {
    await platform().setEnabled(ann, false);
    const state = edited(stored, ["adopted"], null);
    const props = (await (await startDynamic(platform())).user.read(id, state)).props as Props;
    expect(props).to.include({ adopted: true, foundEnabled: false, enabled: false });
  });

  it("goes on as it is where nothing would be done", async () => {
    const { user } = await startDynamic(platform());
    await user.check({}, { ...inputs, __declared: { key: "1", name: "ann" } });
    const state = { ...edited(stored, ["adopted"], null), __provider: "text" };
    expect(await user.diff(id, state, inputs)).to.include({ changes: false });
  });

  it("is not taken for gone when neither its address can be read nor its id is there", async () => {
    const state = edited(stored, ["email"], GONE);
    await platform().remove(ann);
    const { user } = await startDynamic(platform());
    const message = await messageOf(() => user.read(id, state));
    expect(message).to.match(/^Could not read the user with id .*: no account has this id.* `pulumi state delete`/);
  });
});

/** Of a team with one adopted member and one invited with `onDestroy: "retain"`, what may be edited to what. */
const TEAM_EDITS: [path: string[], values: unknown[]][] = [
  [["adopted"], [GONE, null, [], "x", 7]],
  // Entries under another spelling, or of no member at all.
  [["adopted"], ["ANN@example.com", ` ${ann}`, "other@example.com"].map((key) => ({ [key]: true }))],
  [["details"], ["BOB@example.com", "other@example.com"].map((key) => ({ [key]: { onDestroy: "retain" } }))],
  [
    ["adopted", ann],
    [null, "true", 1, 0, {}, []],
  ],
  [["details"], [GONE, null, [], "x"]],
  [
    ["details", bob],
    [null, "x", [], 7],
  ],
  [
    ["details", bob, "onDestroy"],
    ["retian", "", null, true],
  ],
  [
    ["details", ann, "foundEnabled"],
    ["false", null, 0],
  ],
  [
    ["details", ann, "enabled"],
    ["false", null, 0],
  ],
  [
    ["details", ann, "found"],
    [7, { firstName: 7 }],
  ],
  [
    ["details", bob, "formerEmails"],
    ["x", [7]],
  ],
  [["details", bob, "unfinished"], ["yes"]],
  [
    ["ids", ann],
    [null, 7, "", " ", [], {}],
  ],
  [["initialPasswords"], ["x", null]],
  [
    ["initialPasswords", bob],
    [7, null],
  ],
];

describe("the state of a team that was edited by hand", () => {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  let stored: Props;
  const inputs = { members: { [ann]: { adopt: true }, [bob]: { onDestroy: "retain" } } };
  beforeEach(async () => {
    await start();
    await platform().addUser({ email: ann });
    stored = (await (await startDynamic(platform())).team.create(inputs)).outs as Props;
    platform().clearLog();
  });
  const enabled = async () => [
    (await platform().findByEmail(ann))?.enabled,
    (await platform().findByEmail(bob))?.enabled,
  ];

  for (const [path, values] of TEAM_EDITS) {
    for (const value of values) {
      it(`cuts no account off with ${path.join(".")} ${shown(value)}, and is repaired by refresh`, async () => {
        const state = edited(stored, path, value);
        const { team } = await startDynamic(platform());
        await team.check({}, { ...inputs, __declared: { key: "1", name: "science" } });
        const fewer = { members: { [bob]: { enabled: false } } };
        for (const refused of [
          await messageOf(() => team.delete("id", state)),
          await messageOf(() => team.update("id", state, fewer)),
          await messageOf(() => team.diff("id", state, fewer)),
        ]) {
          expect(refused).to.match(/^Could not (delete|change) .*: the stored state can't be read: .*`pulumi refresh`/);
          expect(refused).to.include(path[0]);
          if (path[1] !== undefined) expect(refused).to.include(path[1]);
          if (path[2] !== undefined) expect(refused).to.include(path[2]);
        }
        expect(writes()).to.deep.equal([]);

        const next = (await startDynamic(platform())).team;
        const props = (await next.read("id", state)).props as Props;
        expect(said().join("\n")).to.match(/the stored state could not be read/);
        expect(props["ids"]).to.deep.equal(stored["ids"]);
        expect(props["adopted"]).to.have.property(ann, true);
        await next.delete("id", props);
        expect(writes()).to.deep.equal([]);
        expect(await enabled()).to.deep.equal([true, true]);
      });
    }
  }

  it("leaves a member that is deactivated by now as it is", async () => {
    await platform().setEnabled(ann, false);
    const { team } = await startDynamic(platform());
    const props = (await team.read("id", edited(stored, ["adopted"], GONE))).props as Props;
    expect(props["details"]).to.have.property(ann).that.includes({ enabled: false, foundEnabled: false });
    await team.delete("id", props);
    expect(writes()).to.deep.equal([]);
  });

  for (const value of [GONE, null, [], "x"]) {
    it(`is refused whole, by refresh too, with ids ${shown(value)}: nothing tells who is in it`, async () => {
      const state = edited(stored, ["ids"], value);
      const { team } = await startDynamic(platform());
      for (const body of [() => team.delete("id", state), () => team.read("id", state)]) {
        expect(await messageOf(async () => body())).to.match(
          /Could not (delete|read) a team: .*(ids|nothing is stored)/,
        );
      }
      expect(writes()).to.deep.equal([]);
    });
  }
});
