import { expect } from "chai";
import type { KnownUser } from "../../provider/user/model";
import { teamFailureOf } from "../failures";
import { startPlatform, type Platform } from "../emulator/platform";
import { connectTo, declared, messageOf, onPlatform } from "./platform";

const emails = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.com`);

describe("known accounts that are all missing at once", function () {
  this.timeout(60_000);
  const { platform, start, writes } = onPlatform();
  let other: Platform;
  beforeEach(async () => {
    other = await startPlatform();
  });
  afterEach(() => other.close());

  const create = async (count: number): Promise<KnownUser[]> => {
    const { lifecycle } = await start();
    return Promise.all(emails(count).map((email) => lifecycle.create(declared(email))));
  };
  const createTeam = async (count: number) => {
    const { team } = await start();
    return team.apply(undefined, Object.fromEntries(emails(count).map((email) => [email, {}])), "team");
  };
  const host = () => other.url.replace("http://", "");
  const expectRefused = (message: string, count: number) => {
    expect(message).to.contain(`${count} accounts: not one of these accounts, which the state knows, is on ${host()}`);
    expect(message).to.match(/wallaroo:url.*Nothing was changed.*`pulumi state delete`.*`pulumi stack rm --force`/);
  };
  /** Removes all of them but those with one of these numbers. */
  const removeBut = async (kept: number[], count: number) => {
    for (const [index, email] of emails(count).entries()) if (!kept.includes(index)) await platform().remove(email);
  };

  for (const step of ["read", "delete"] as const) {
    it(`fail the ${step} of each, by the name of the host and with the way out`, async () => {
      const known = await create(3);
      const { lifecycle } = connectTo(other);
      const ends = await Promise.all(known.map(({ id, state }) => messageOf(async () => lifecycle[step](id, state))));
      for (const message of ends) expectRefused(message, 3);
      expect(other.requests("query"), "looked for together").to.have.length(2);
      expect(other.writes()).to.deep.equal([]);
    });

    it(`fail the ${step} of a team, which says it once`, async () => {
      const state = await createTeam(50);
      const failed: unknown = await connectTo(other)
        .team[step](state, 'team "x"')
        .catch((error: unknown) => error);
      const { message, reasons } = teamFailureOf(failed);
      expect(message).to.include("50 members failed of 50");
      expect(reasons).to.have.length(1);
      expectRefused(reasons.join(), 50);
    });

    it(`fail the ${step} of single users and of a team together, however they are mixed`, async () => {
      const [one] = await create(1);
      const state = await connectTo(platform()).team.apply(
        undefined,
        { "a@example.com": {}, "b@example.com": {} },
        "t",
      );
      if (one === undefined) throw new Error("nobody was made");
      const { lifecycle, team } = connectTo(other);
      const [single, members] = await Promise.all([
        messageOf(async () => lifecycle[step](one.id, one.state)),
        messageOf(async () => team[step](state, "team")),
      ]);
      expectRefused(single, 3);
      expectRefused(members, 3);
    });
  }

  it("are not believed to be gone, and none is followed, because one has the address of one that the state knows: an operator has one in each tenant", async () => {
    const known = await create(5);
    await other.addUser({ email: "p0@example.com" });
    const { lifecycle } = connectTo(other);
    const reads = known.map(({ id, state }) => messageOf(() => lifecycle.read(id, state)));
    for (const message of await Promise.all(reads)) expectRefused(message, 5);
  });

  it("are asked about for so long that those who come later are among them", async () => {
    const known = await create(4);
    const { lifecycle } = connectTo(other);
    const [first, ...others] = known;
    if (first === undefined) throw new Error("nobody was made");
    const early = messageOf(() => lifecycle.read(first.id, first.state));
    await new Promise((resolve) => setTimeout(resolve, 60));
    const late = others.map(({ id, state }) => messageOf(() => lifecycle.read(id, state)));
    for (const message of await Promise.all([early, ...late])) expectRefused(message, 4);
  });

  it("keep being refused, one after the other, until one is seen", async () => {
    const known = await create(5);
    await removeBut([4], 5);
    const { lifecycle } = connectTo(platform());
    const read = (index: number) => {
      const { id, state } = known[index] as KnownUser;
      return lifecycle.read(id, state);
    };
    const ends = await Promise.allSettled([read(0), read(1), read(2)]);
    expect(ends.map(({ status }) => status)).to.deep.equal(["rejected", "rejected", "rejected"]);
    expect(await messageOf(() => read(3))).to.match(/4 accounts: not one of these/);
    expect((await read(4))?.id).to.equal(known[4]?.id);
    expect(await read(3)).to.equal(undefined);
  });

  it("are believed to be gone, one by one, where one or two are all that the run knows", async () => {
    const known = await create(2);
    const { lifecycle, said } = connectTo(other);
    expect(await Promise.all(known.map(({ id, state }) => lifecycle.read(id, state)))).to.deep.equal([
      undefined,
      undefined,
    ]);
    expect(said).to.have.length(2);
    await Promise.all(known.map(({ id, state }) => connectTo(other).lifecycle.delete(id, state)));
  });

  it("are believed to be gone where any other known one is there, in single users and in a team, at refresh and at destroy", async () => {
    const known = await create(50);
    await removeBut(
      emails(47).map((_, index) => index + 3),
      50,
    );
    const { lifecycle } = connectTo(platform());
    const read = await Promise.all(known.map(({ id, state }) => lifecycle.read(id, state)));
    expect(read.filter((user) => user === undefined)).to.have.length(3);
    await removeBut([9], 50).catch(() => undefined);
    const run = connectTo(platform(), { "wallaroo:maxConcurrency": "2" });
    await Promise.all(known.slice(0, 10).map(({ id, state }) => run.lifecycle.delete(id, state)));
    expect((await platform().findByEmail("p9@example.com"))?.enabled).to.equal(false);

    const state = await createTeam(300);
    await removeBut([299], 300);
    expect(Object.keys((await connectTo(platform()).team.read(state, "team")).state.ids)).to.deep.equal([
      "p299@example.com",
    ]);
    await connectTo(platform()).team.delete(state, "team");
    expect((await platform().findByEmail("p299@example.com"))?.enabled).to.equal(false);
    expect(writes().filter((write) => write.startsWith("deactivate"))).to.have.length(1);
  });
});

describe("an account that has an address which the state never knew", () => {
  const { platform, start, writes } = onPlatform();
  const [ann, other] = ["ann@example.com", "somebody.else@example.com"];
  const prepared = async () => {
    const { lifecycle } = await start();
    const known = await lifecycle.create(declared(ann));
    await platform().remove(ann);
    await platform().addUser({ email: other, id: known.id });
    platform().clearLog();
    return known;
  };
  const NAMED =
    /Could not delete ann@example.com: its account \(id .*\) has the address somebody\.else@example\.com .*Run `pulumi refresh`/;

  it("is not deactivated by destroy, nor by leaving a team, which is said in preview too", async () => {
    const known = await prepared();
    const { id, state } = known;
    expect(await messageOf(() => connectTo(platform()).lifecycle.delete(id, state))).to.match(NAMED);
    expect(await messageOf(() => connectTo(platform()).lifecycle.checkLeaving(known, []))).to.match(NAMED);
    expect(writes()).to.deep.equal([]);
    const seen = await connectTo(platform()).lifecycle.read(id, state);
    if (seen === undefined) throw new Error("gone");
    await connectTo(platform()).lifecycle.delete(id, seen.state);
    expect((await platform().findByEmail(other))?.enabled, "after a refresh").to.equal(false);
  });

  it("is let go where nothing has to be sent, and by an address that the state knew once", async () => {
    const { id, state } = await prepared();
    await platform().setEnabled(other, false);
    await connectTo(platform()).lifecycle.delete(id, state);
    await connectTo(platform()).lifecycle.delete(id, { ...state, onDestroy: "retain" });
    expect(writes()).to.deep.equal([]);
    await platform().setEnabled(other, true);
    await connectTo(platform()).lifecycle.delete(id, { ...state, formerEmails: [other] });
    expect(writes()).to.deep.equal([`deactivate ${other}`]);
  });

  it("is named when an update deactivates it", async () => {
    const { id, state } = await prepared();
    const run = connectTo(platform());
    await run.lifecycle.update(id, state, declared(ann, { enabled: false }));
    expect(run.said.join()).to.match(
      /ann@example.com \(id .*\) has the address somebody\.else@example\.com .*deactivated/,
    );
  });
});
