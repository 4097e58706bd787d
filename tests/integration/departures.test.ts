import { expect } from "chai";
import { OPERATOR } from "../emulator/seeds";
import { EngineCalls, listen, startDynamic } from "./dynamic";
import { messageOf, onPlatform } from "./platform";

const people = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.com`);
const team = (emails: string[], more: object = {}) => Object.fromEntries(emails.map((email) => [email, { ...more }]));
type Props = Record<string, unknown>;

describe("maxDepartures", () => {
  const { platform, start, writes } = onPlatform();
  listen();
  let science: EngineCalls;
  beforeEach(async () => {
    await start();
    science = new EngineCalls(platform, "team");
  });
  const departed = () => writes().filter((write) => write.startsWith("deactivate"));

  it("stops by default at more than a quarter of ten members or more, with the names and the value to write", async () => {
    await science.up({ members: team(people(12)) });
    const refused = await messageOf(() => science.preview({ members: team(people(8)) }));
    expect(refused).to.match(
      /Could not change team "it": it would deactivate 4 of 12 active accounts \(not declared any more: p8@example\.com, p9@example\.com, p10@example\.com, p11@example\.com\), and maxDepartures is 25%, the default\. Nothing was sent\..*`maxDepartures: 4`/,
    );
    expect(await messageOf(() => science.up({ members: team(people(8)) }))).to.equal(refused);
    expect(departed()).to.deep.equal([]);
    await science.up({ members: team(people(8)), maxDepartures: 4 });
    expect(departed()).to.have.length(4);
    // Of fewer than ten nothing is bounded, unless it is declared.
    await science.up({ members: team(people(2)) });
    expect(departed()).to.have.length(10);
    expect(await messageOf(() => science.preview({ members: team(people(1)), maxDepartures: "25%" }))).to.match(
      /1 of 2 active accounts .* maxDepartures is 25%\..*`maxDepartures: 1`/,
    );
  });

  it("bounds nothing by default while fewer than ten of the members are active", async () => {
    await science.up({ members: { ...team(people(8)), ...team(people(12).slice(8), { enabled: false }) } });
    platform().clearLog();
    await science.up({ members: team(people(3)) });
    expect(departed()).to.have.length(5);
  });

  it("allows a whole quarter, and does not ask the platform again for it", async () => {
    await science.up({ members: team(people(12)) });
    platform().clearLog();
    await science.preview({ members: team(people(9)) });
    expect(platform().requests("query")).to.have.length(1);
    expect(await science.up({ members: team(people(9)) })).to.equal("updated");
    expect(departed()).to.have.length(3);
  });

  it("counts no account that is deactivated by enabled, was inactive, stays active or is declared elsewhere", async () => {
    const [retained, adopted, moved, off, ...others] = people(24);
    await platform().addUser({ email: adopted ?? "" });
    const all = {
      ...team(others),
      [retained ?? ""]: { onDestroy: "retain" },
      [adopted ?? ""]: { adopt: true },
      [moved ?? ""]: {},
      [off ?? ""]: { enabled: false },
    };
    await science.up({ members: all });
    await platform().setEnabled(others[0] ?? "", false);
    const kept = science.kept as NonNullable<typeof science.kept>;
    const { team: provider, user } = await startDynamic(platform());
    await user.check({}, { email: moved, adopt: true, __declared: { key: "2", name: "moved" } });
    const members = { ...team(others.slice(1, 10), { enabled: false }), ...team(others.slice(10)) };
    const news = { members, maxDepartures: 0, __declared: { key: "1", name: "it" } };
    const inputs = (await provider.check(kept.inputs, news)).inputs as Props;
    expect(await provider.diff(kept.id, kept.outputs, inputs)).to.include({ changes: true });
    await provider.update(kept.id, kept.outputs, inputs);
    expect(departed().slice(1), "by enabled").to.have.length(9);
  });

  it("counts unmanaged accounts, and the share is of active members and of the unmanaged list", async () => {
    for (let index = 0; index < 6; index += 1) await platform().addUser({ email: `s${index}@example.com` });
    const members = { ...team(people(5)), [OPERATOR.email]: { adopt: true, onDestroy: "retain" } };
    await science.up({ ifUnmanaged: "report", members });
    const { p0: _p0, ...fewer } = Object.fromEntries(
      Object.entries(members).map(([k, v]) => [k.split("@")[0] === "p0" ? "p0" : k, v]),
    );
    const news = { ifUnmanaged: "deactivate", members: fewer };
    expect(await messageOf(() => science.preview(news))).to.match(
      /deactivate 7 of 12 active accounts \(not declared any more: p0@example\.com; unmanaged: s0@example\.com, .*s5@example\.com\), .*`maxDepartures: 7`/,
    );
    await science.up({ ...news, maxDepartures: "60%" });
    expect(departed()).to.have.length(7);
  });

  it("does not bound the destroy of a team", async () => {
    await science.up({ members: team(people(12)), maxDepartures: 1 });
    await science.destroy();
    expect(departed()).to.have.length(12);
  });

  it("lets a team be emptied where it says so, and only there", async () => {
    await science.up({ members: team(people(3)) });
    for (const more of [{}, { maxDepartures: 2 }, { maxDepartures: "99%" }]) {
      expect(await messageOf(() => science.preview({ members: {}, ...more }))).to.match(
        /Could not empty .*all of its 3 members are taken out at once.*pulumi destroy --target URN.*`maxDepartures: 3`/,
      );
    }
    expect(departed()).to.deep.equal([]);
    await science.up({ members: {}, maxDepartures: "100%" });
    expect(departed()).to.have.length(3);
  });

  it("is looked at again at up, on the platform as it is then", async () => {
    await science.up({ members: team(people(12)) });
    for (const email of people(12).slice(9)) await platform().setEnabled(email, false);
    const news = { members: team(people(8)), maxDepartures: 1 };
    await science.preview(news);
    for (const email of people(12).slice(9)) await platform().setEnabled(email, true);
    const kept = science.kept as NonNullable<typeof science.kept>;
    const { team: provider } = await startDynamic(platform());
    const inputs = (await provider.check(kept.inputs, news)).inputs as Props;
    expect(await messageOf(() => provider.update(kept.id, kept.outputs, inputs))).to.match(/deactivate 4 of 12/);
    expect(departed()).to.deep.equal([]);
  });
});
