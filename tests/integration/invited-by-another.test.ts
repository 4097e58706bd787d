import { expect } from "chai";
import type { KnownUser } from "../../provider/user/model";
import type { Fault } from "../emulator/misbehaviour";
import { connectTo, declared, messageOf, onPlatform } from "./platform";

const ann = "ann@example.com";
const PAGE = "<html>bad gateway</html>";
/** An invite that never reaches the platform, and whose answer leaves that open. */
const NEVER_ARRIVED: Record<string, Fault> = {
  "a gateway's 502": { status: 502, body: PAGE },
  "a reset": { reset: true },
  "a captive page": { status: 200, body: PAGE },
  "408": { status: 408, body: "" },
};

describe("an account that another stack makes between our look and an invite of ours that never arrives", function () {
  this.timeout(30_000);
  const { platform, start, writes } = onPlatform();
  /** Puts the other's account in after our look, made `agoMs` before our invite. */
  async function overtake(what: Fault, more: object = {}, agoMs = 2_500) {
    const run = await start();
    await run.directory.view(0);
    await platform().addUser({ email: ann, createdTimestamp: Date.now() - agoMs, ...more });
    platform().clearLog();
    platform().misbehave({ on: "invite", when: "before", what });
    return run;
  }

  for (const [name, what] of Object.entries(NEVER_ARRIVED)) {
    it(`is refused by name after ${name}, and its state is left to the other`, async () => {
      const { lifecycle } = await overtake(what);
      const message = await messageOf(() => lifecycle.create(declared(ann)));
      expect(message).to.match(
        /an active account of this address is there already.*not taken for that of this invite: it was created before the invite was sent \(.*Z; .*write `adopt: true`/,
      );
      expect(platform().requests("query"), "one look").to.have.length(1);
      expect(writes()).to.deep.equal([`invite ${ann}`]);
    });
  }

  it("is adopted where the program says so, and stays active when this stack is destroyed", async () => {
    const { lifecycle, said } = await overtake({ reset: true });
    const { id, state } = await lifecycle.create(declared(ann, { adopt: true, password: "Pp-declared" }));
    expect(state).to.include({ adopted: true }).and.not.have.property("initialPassword");
    expect(said.join()).to.match(/created before the invite was sent.*which is taken over/);
    await connectTo(platform()).lifecycle.delete(id, state);
    expect((await platform().findByEmail(ann))?.enabled).to.equal(true);
  });

  it("is recognised by a name that the other stack gave it, however young it is", async () => {
    const { lifecycle } = await overtake({ status: 502, body: PAGE }, { firstName: "Ann" }, 0);
    expect(await messageOf(() => lifecycle.create(declared(ann)))).to.match(/it has a name, which no invite gives/);
  });
});

describe("the clock of the platform after a lost invite", function () {
  this.timeout(30_000);
  const { platform, start } = onPlatform();
  const HOUR_MS = 3_600_000;
  const dateOf = (ms: number) => new Date(ms).toUTCString();
  /** Creates an account whose invite arrives and is not answered; the looks before it carry `date`. */
  async function create(date: string | undefined, options = {}) {
    const run = await start(options);
    if (date !== undefined) platform().misbehave({ on: "query", when: "after", what: { headers: { date } } });
    platform().misbehave({ on: "invite", when: "after", what: { status: 502, body: PAGE } });
    const end = await run.lifecycle.create(declared(ann)).catch((error: Error) => error);
    return { end, said: run.said.join() };
  }

  it("makes an account this stack's own, also where this machine's clock is an hour off", async () => {
    for (const off of [0, HOUR_MS, -HOUR_MS]) {
      const now = () => Date.now() + off;
      const { end } = await create(dateOf(now()), { now });
      expect((end as KnownUser).state).to.include({ adopted: false });
    }
  });

  it("makes it none when it was set back in between: the account is refused, or adopted where the program says so", async () => {
    const { end } = await create(dateOf(Date.now() + HOUR_MS));
    expect((end as Error).message).to.match(/created before the invite was sent.*write `adopt: true`/);
  });

  for (const date of ["", "yesterday", "2026-01-01T00:00:00Z", "1767225600", "Thu, 32 Jan 2026 00:00:00 GMT"]) {
    it(`tells nothing by ${JSON.stringify(date)}: the account counts as adopted, with a warning, and destroy leaves it active`, async () => {
      const { end, said } = await create(date);
      const { id, state } = end as KnownUser;
      expect(state).to.include({ adopted: true });
      expect(said).to.match(/No answer of the platform told the time \(Date\).*counts as adopted/);
      await connectTo(platform()).lifecycle.delete(id, state);
      expect((await platform().findByEmail(ann))?.enabled).to.equal(true);
    });
  }

  it("is not read off what a proxy answers in the platform's place", async () => {
    const run = await start();
    const date = dateOf(Date.now() + HOUR_MS);
    for (const [index, status] of [502, 429].entries()) {
      const what = { status, body: "", headers: { date } };
      platform().misbehave({ on: "query", nth: index + 1, when: "before", what });
    }
    platform().misbehave({ on: "invite", when: "after", what: { status: 502, body: PAGE } });
    const { state } = await run.lifecycle.create(declared(ann));
    expect(state).to.include({ adopted: false });
    expect(platform().requests("query")).to.have.length(4);
  });
});
