import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { EngineCalls, listen, startDynamic } from "./dynamic";
import { messageOf, onPlatform } from "./platform";

const [ann, bob, cleo] = ["ann@example.com", "bob@example.com", "cleo@example.com"];
const operator = "operator@example.com";
type Props = Record<string, unknown>;
const UNKNOWN = pulumi.runtime.unknownValue;

describe("an account that expires", () => {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  let today = "";
  beforeEach(async () => {
    today = "2031-05-01";
    await start({ now: () => Date.parse(`${today}T23:59:00Z`) });
  });
  const user = () => new EngineCalls(platform, "user");
  const team = () => new EngineCalls(platform, "team");

  it("is active on the last day, deactivated after it, and brought back when the day is moved or taken out", async () => {
    const calls = user();
    await calls.up({ email: ann, expires: "2031-05-01" });
    expect(await calls.up({ email: ann, expires: "2031-05-01" })).to.equal("unchanged");
    today = "2031-05-02";
    expect(await calls.preview({ email: ann, expires: "2031-05-01" })).to.equal("updated");
    expect(said().join("\n")).to.match(/ann@example.com gets deactivated, as its `expires` \(2031-05-01\) is over/);
    expect(writes()).to.deep.equal([`invite ${ann}`]);
    expect(await calls.up({ email: ann, expires: "2031-05-01" })).to.equal("updated");
    expect(calls.kept?.outputs).to.include({ enabled: false, expires: "2031-05-01" });
    expect(await calls.up({ email: ann, expires: "2031-05-01" })).to.equal("unchanged");
    await calls.refresh();
    expect(calls.kept?.inputs).to.include({ enabled: true });
    expect(await calls.up({ email: ann, expires: "2031-05-01" })).to.equal("unchanged");
    expect(await calls.up({ email: ann, expires: "2031-06-01" })).to.equal("updated");
    today = "2031-06-02";
    expect(await calls.up({ email: ann, expires: "2031-06-01" })).to.equal("updated");
    expect(await calls.up({ email: ann })).to.equal("updated");
    expect(writes()).to.deep.equal([
      `invite ${ann}`,
      ...[`deactivate ${ann}`, `activate ${ann}`, `deactivate ${ann}`, `activate ${ann}`],
    ]);
  });

  it("stays deactivated when `enabled: false` is declared and the day is moved", async () => {
    const calls = user();
    await calls.up({ email: ann, enabled: false, expires: "2031-05-01" });
    today = "2031-05-02";
    expect(await calls.up({ email: ann, enabled: false, expires: "2031-05-01" })).to.equal("unchanged");
    expect(await calls.up({ email: ann, enabled: false, expires: "2032-05-01" })).to.equal("updated");
    expect(writes()).to.deep.equal([`invite ${ann}`, `deactivate ${ann}`]);
  });

  it("shows as drift and is deactivated again when it was activated by hand after its day", async () => {
    const calls = user();
    await calls.up({ email: ann, expires: "2031-05-01" });
    today = "2031-05-02";
    await calls.up({ email: ann, expires: "2031-05-01" });
    await platform().setEnabled(ann, true);
    await calls.refresh();
    expect(await calls.up({ email: ann, expires: "2031-05-01" })).to.equal("updated");
    expect((await platform().findByEmail(ann))?.enabled).to.equal(false);
  });

  it("is announced by name from 14 days before, and asked about in one query", async () => {
    const calls = user();
    await calls.up({ email: ann, expires: "2031-05-16" });
    expect(said().join("\n")).to.not.include("expires in");
    today = "2031-05-02";
    platform().clearLog();
    expect(await calls.preview({ email: ann, expires: "2031-05-16" })).to.equal("unchanged");
    expect(said().join("\n")).to.include("ann@example.com expires in 14 days (2031-05-16, UTC)");
    expect(platform().requests("query")).to.have.length(1);
  });

  it("is not invited when its day is over, and that is refused in preview", async () => {
    for (const expires of ["2031-04-30", "1999-12-31"]) {
      const message = await messageOf(() => user().preview({ email: ann, expires }));
      expect(message).to.match(/Could not create ann@example.com: its `expires` \(.*\) is over: today is 2031-05-01/);
      expect(await messageOf(() => user().up({ email: ann, expires, enabled: false }))).to.match(/is over/);
    }
    expect(writes()).to.deep.equal([]);
  });

  it("is adopted and deactivated when it is there, active, and its day is over", async () => {
    await platform().addUser({ email: ann });
    expect(await messageOf(() => user().up({ email: ann, expires: "2031-04-30" }))).to.match(/adopt: true/);
    const calls = user();
    await calls.up({ email: ann, expires: "2031-04-30", adopt: true });
    expect(calls.kept?.outputs).to.include({ adopted: true, enabled: false, foundEnabled: true });
    expect(writes()).to.deep.equal([`deactivate ${ann}`]);
  });

  it("is refused for a guarded account when the day is declared, and not only after it", async () => {
    const message = await messageOf(() => user().up({ email: operator, adopt: true, expires: "2040-01-01" }));
    expect(message).to.match(
      /Could not set `expires` for operator@example.com: it is the account that this provider runs as/,
    );
    const calls = user();
    await calls.up({ email: operator, adopt: true });
    expect(await messageOf(() => calls.preview({ email: operator, adopt: true, expires: "2040-01-01" }))).to.match(
      /Could not set `expires` for operator/,
    );
    const protecting = new EngineCalls(platform, "user", { "wallaroo:protectedEmails": `["${ann}"]` });
    expect(await messageOf(() => protecting.preview({ email: ann, expires: "2040-01-01" }))).to.match(/protects it/);
    const members = { members: { [operator]: { adopt: true, expires: "2040-01-01" } } };
    expect(await messageOf(() => team().preview(members))).to.match(/Could not set `expires` for operator/);
    expect(writes()).to.deep.equal([]);
  });

  it("is told by this machine's clock, with a warning, when the platform's answers have no Date", async () => {
    platform().misbehave({ on: "query", times: 50, when: "after", what: { headers: { date: "yesterday" } } });
    expect(await messageOf(() => user().preview({ email: ann, expires: "2020-01-01" }))).to.match(/is over/);
    expect(said().filter((line) => line.includes("have no Date"))).to.have.length(1);
  });

  it("waits for a day that is not known yet, and refuses one that does not exist", async () => {
    const calls = user();
    await calls.up({ email: ann });
    expect(await calls.preview({ email: ann, expires: UNKNOWN })).to.equal("updated");
    expect(await messageOf(() => calls.preview({ email: ann, expires: "2031-02-30" }))).to.match(
      /expires must be a day/,
    );
  });

  it("costs no query where no day is declared", async () => {
    const calls = user();
    await calls.up({ email: ann });
    platform().clearLog();
    expect(await calls.up({ email: ann })).to.equal("unchanged");
    expect(platform().log).to.deep.equal([]);
  });

  it("is a member like any other: deactivated after its day, and back when the day is moved", async () => {
    const calls = team();
    const members = (day: string) => ({ members: { [ann]: { expires: day }, [bob]: {} } });
    await calls.up(members("2031-05-10"));
    expect(said().join("\n")).to.match(/comes within 14 days.*ann@example.com \(2031-05-10\)/);
    today = "2031-05-11";
    expect(await calls.up(members("2031-05-10"))).to.equal("updated");
    expect(await calls.up(members("2031-05-10"))).to.equal("unchanged");
    await calls.refresh();
    expect(await calls.up(members("2031-05-10"))).to.equal("unchanged");
    expect(await calls.up(members("2031-06-10"))).to.equal("updated");
    expect(writes().slice(2)).to.deep.equal([`deactivate ${ann}`, `activate ${ann}`]);
  });

  it("is left out of a team when its day is over and no account has the address, which is not a change then", async () => {
    const calls = team();
    const members = { members: { [ann]: { expires: "2031-04-30" }, [bob]: {}, [cleo]: { expires: "2031-04-30" } } };
    await platform().addUser({ email: cleo, enabled: false });
    await calls.up(members);
    expect(said().join("\n")).to.match(/not invited, as the day in `expires` is over: ann@example.com$/m);
    expect(calls.kept?.outputs["ids"]).to.have.all.keys(bob, cleo);
    expect(await calls.up(members)).to.equal("unchanged");
    expect(writes()).to.deep.equal([`invite ${bob}`]);
    expect(await calls.up({ members: { ...members.members, [ann]: {} } })).to.equal("updated");
    expect(writes()).to.deep.equal([`invite ${bob}`, `invite ${ann}`]);
  });

  it("is not ended by the Date of a proxy's answer", async () => {
    const [dated, other] = [new EngineCalls(platform, "user"), new EngineCalls(platform, "user")];
    const news = { email: ann, expires: "2031-12-31", __declared: { key: "1", name: "ann" } };
    await dated.up(news);
    await other.up({ email: cleo });
    const { user } = await startDynamic(platform());
    const inputs = (await user.check(dated.kept?.inputs ?? {}, news)).inputs as Props;
    const { id = "", outputs = {} } = dated.kept ?? {};
    for (const date of ["Fri, 01 Jan 2038 00:00:00 GMT", "Mon, 01 Jan 2029 00:00:00 GMT"]) {
      const what = { status: 403, body: "no", headers: { date } };
      const fault = platform().misbehave({ on: "deactivate", who: cleo, when: "before", what });
      const off = { email: cleo, enabled: false };
      await messageOf(() => Promise.resolve(user.update(other.kept?.id ?? "", other.kept?.outputs ?? {}, off)));
      expect(fault.hits).to.equal(1);
      expect(await user.diff(id, outputs, inputs)).to.include({ changes: false });
      expect(
        await user.diff(id, { ...outputs, expires: "2030-01-01" }, { ...inputs, expires: "2030-01-01" }),
      ).to.include({
        changes: true,
      });
    }
  });

  it("is not let go of, and left active, when its day is over and its address was changed on the platform", async () => {
    await platform().addUser({ email: ann });
    const calls = team();
    const members = (email: string) => ({ members: { [email]: { adopt: true, expires: "2031-05-01" }, [bob]: {} } });
    await calls.up(members(ann));
    const id = (await platform().findByEmail(ann))?.id ?? "";
    await platform().remove(ann);
    await platform().addUser({ id, email: cleo });
    await calls.refresh();
    today = "2031-05-02";
    for (const run of [() => calls.preview(members(ann)), () => calls.up(members(ann))]) {
      expect(await messageOf(run)).to.match(/its only change can't be made.*\n?.*Declare cleo@example\.com instead/);
    }
    await calls.up(members(cleo));
    expect(writes()).to.deep.equal([`invite ${bob}`, `deactivate ${cleo}`]);
  });
});
