import { expect } from "chai";
import { connect } from "../../provider/connect";
import { readSettings } from "../../provider/settings";
import { createUser } from "../../provider/user/create";
import { RunMemory } from "../../provider/user/run";
import { OPERATOR } from "../emulator/seeds";
import { connectTo, declared, messageOf, onPlatform } from "./platform";

const [ann, bob] = ["ann@example.com", "bob@example.com"];
const ALLOWED = { "wallaroo:readOnly": "false" };
const FORBIDDEN = { "wallaroo:readOnly": "true" };

describe("wallaroo:readOnly", () => {
  const { platform, start, writes } = onPlatform();
  /** Bob is deactivated, and found so by a stack that may write. */
  const withBob = async (config: Record<string, string>) => {
    const provider = await start({}, config);
    await platform().addUser({ email: bob, enabled: false });
    return provider;
  };

  it("refuses an invite after one sign-in and one query, and shows it in preview all the same", async () => {
    const { lifecycle } = await start({}, FORBIDDEN);
    expect(await lifecycle.plan(declared(ann))).to.deep.equal({ kind: "invite" });
    expect(await messageOf(() => lifecycle.create(declared(ann)))).to.equal(
      "Could not invite ann@example.com: wallaroo:readOnly (WALLAROO_READ_ONLY) is true, so nothing is sent that would " +
        "change the platform. If it may be changed, set that to false and run pulumi up.",
    );
    expect(platform().log.map(({ call }) => call)).to.deep.equal(["token", "query"]);
  });

  it("refuses to activate, deactivate and edit, each with the address", async () => {
    const { lifecycle } = await withBob(FORBIDDEN);
    const carl = await platform().addUser({ email: "carl@example.com", firstName: "Carl" });
    const known = { email: "carl@example.com", username: "carl@example.com", enabled: true, adopted: false };
    const refused = [
      () => lifecycle.create(declared(bob)),
      () => lifecycle.update(carl, known, declared(known.email, { enabled: false })),
      () => lifecycle.update(carl, known, declared(known.email, { firstName: "Karl", admin: false })),
      // In a run of its own: this one has just declared the account.
      () => connectTo(platform(), FORBIDDEN).lifecycle.delete(carl, known),
    ];
    const messages = [];
    for (const body of refused) messages.push((await messageOf(body)).replace(/: wallaroo:readOnly .*/, ""));
    expect(messages).to.deep.equal([
      "Could not activate bob@example.com",
      "Could not deactivate carl@example.com",
      "Could not edit carl@example.com",
      "Could not deactivate carl@example.com",
    ]);
    expect(writes()).to.deep.equal([]);
  });

  it("lets everything through that sends nothing: a look, an adoption as declared, a destroy that retains", async () => {
    const { lifecycle } = await withBob(FORBIDDEN);
    const { id, state } = await lifecycle.create(declared(bob, { enabled: false }));
    await platform().setEnabled(bob, true);
    // What was done behind its back is seen by a look that is not older.
    const { lifecycle: later } = connectTo(platform(), FORBIDDEN);
    expect((await later.read(id, state))?.state).to.include({ email: bob, enabled: true });
    await later.delete(id, { ...state, onDestroy: "retain" });
    expect(writes()).to.deep.equal([]);
  });

  it("refuses each member of a team that would be changed, and stores the others", async () => {
    const { team } = await withBob(FORBIDDEN);
    const message = await messageOf(() =>
      team.apply(undefined, { [ann]: { enabled: true }, [bob]: { enabled: false } }, "a team"),
    );
    expect(message).to.match(/1 member failed of 2.*Could not invite ann@example.com: wallaroo:readOnly/s);
    expect(message).to.not.match(/bob@example.com/);
    const { team: writing } = connectTo(platform(), ALLOWED);
    const state = await writing.apply(undefined, { [ann]: { enabled: true } }, "a team");
    platform().clearLog();
    const { team: reading } = connectTo(platform(), FORBIDDEN);
    expect(await messageOf(() => reading.delete(state, "a team"))).to.match(
      /Could not deactivate ann@example.com: wallaroo:readOnly/,
    );
    expect(writes()).to.deep.equal([]);
  });

  it("holds for an explicit provider by its input, and by the environment where the input is silent", async () => {
    await start();
    const create = async (input?: string, variable?: string) => {
      const config: Record<string, string | undefined> = {
        "wallaroo:url": platform().url,
        "wallaroo:username": OPERATOR.email,
        "wallaroo:password": OPERATOR.password,
        "wallaroo:readOnly": input,
      };
      const everywhere = { WALLAROO_READ_ONLY: variable, WALLAROO_URL: "https://another.example" };
      const settings = readSettings({ config: (key) => config[key], env: undefined, everywhere });
      const log = { info: () => undefined, warn: () => undefined };
      return createUser(connect(settings, new RunMemory(), log).context, declared(ann));
    };
    for (const [input, variable] of [["true"], ["true", "false"], [undefined, "true"]]) {
      expect(await messageOf(() => create(input, variable))).to.match(
        /^Could not invite ann@example.com: `readOnly` of the WallarooProvider \(WALLAROO_READ_ONLY\) is true/,
      );
    }
    expect(writes()).to.deep.equal([]);
    await create("false", "true");
    expect(writes()).to.deep.equal(["invite ann@example.com"]);
  });

  it("has to be true or false", async () => {
    expect(await messageOf(() => start({}, { "wallaroo:readOnly": "yes" }))).to.match(
      /wallaroo:readOnly \(WALLAROO_READ_ONLY\) must be true or false/,
    );
  });
});
