import { expect } from "chai";
import { teamFailureOf } from "../failures";
import type { KnownUser } from "../../provider/user/model";
import { startPlatform, type Platform } from "../emulator/platform";
import { connectTo, declared, messageOf, onPlatform } from "./platform";

const emails = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.com`);

describe("a copy of the realm, in which the same ids are the accounts of others", function () {
  this.timeout(60_000);
  const { start } = onPlatform();
  let copy: Platform;
  beforeEach(async () => {
    copy = await startPlatform();
  });
  afterEach(() => copy.close());

  async function create(count: number): Promise<KnownUser[]> {
    const { lifecycle } = await start();
    return Promise.all(emails(count).map((email) => lifecycle.create(declared(email))));
  }
  /** Puts the accounts into the copy under other addresses. */
  async function clone(known: readonly KnownUser[], rename: (email: string, index: number) => string) {
    for (const [index, { id, state }] of known.entries()) {
      await copy.addUser({ id, email: rename(state.email, index) });
    }
  }
  const other = (email: string) => `x-${email}`;
  const read = (run: ReturnType<typeof connectTo>, { id, state }: KnownUser) => run.lifecycle.read(id, state);
  const REFUSED =
    /^Could not read (\d+) accounts: not one of these accounts has the address that the state knows on 127\.0\.0\.1:\d+ \(.*p0@example\.com is x-p0@example\.com.*wallaroo:url/;

  it("fails the refresh of each user by the name of the host, with the way out, and follows none", async () => {
    const known = await create(3);
    await clone(known, other);
    const run = connectTo(copy);
    for (const message of await Promise.all(known.map((one) => messageOf(() => read(run, one))))) {
      expect(message).to.match(REFUSED).and.include("Could not read 3 accounts");
      expect(message).to.match(/Nothing was changed\..*`pulumi refresh --target URN`.*`pulumi state delete`/);
    }
    expect(copy.requests("query"), "no query but the one about all accounts").to.have.length(1);
  });

  it("fails the refresh of a team, which says it once and names ten", async () => {
    const { team } = await start();
    const state = await team.apply(undefined, Object.fromEntries(emails(40).map((email) => [email, {}])), "team");
    for (const [email, id] of Object.entries(state.ids)) await copy.addUser({ id, email: other(email) });
    const failed: unknown = await connectTo(copy)
      .team.read(state, "team")
      .catch((error: unknown) => error);
    const { reasons } = teamFailureOf(failed);
    expect(reasons).to.have.length(1);
    expect(reasons.join()).to.match(/and 30 more\)/);
  });

  it("is told from a company that moves all accounts to one new domain, which are followed as before", async () => {
    const known = await create(4);
    await clone(known, (email) => email.replace("@example.com", "@new.example.org"));
    const run = connectTo(copy);
    const now = await Promise.all(known.map((one) => read(run, one)));
    expect(now.map((user) => user?.state.email)).to.deep.equal(
      emails(4).map((email) => email.replace("example.com", "new.example.org")),
    );
    expect(run.said.filter((line) => line.includes("was changed to"))).to.have.length(4);
  });

  for (const [what, rename] of [
    ["two new domains", (email: string, index: number) => email.replace("example.com", `new${index % 2}.example.org`)],
    ["one new domain with other names", (email: string, index: number) => `${index}.${email.replace(".com", ".org")}`],
    ["the addresses of one another", (_email: string, index: number) => `p${(index + 1) % 3}@example.com`],
  ] as const) {
    it(`is not told from ${what}`, async () => {
      const known = await create(3);
      for (const [index, { id, state }] of known.entries()) {
        await copy.addUser({ id, email: rename(state.email, index), username: `name${index}` });
      }
      const run = connectTo(copy);
      for (const message of await Promise.all(known.map((one) => messageOf(() => read(run, one)))))
        expect(message).to.match(/3 accounts: not one of these accounts has the address/);
    });
  }

  it("is excluded by one known account that has its address, and by fewer than three", async () => {
    const known = await create(4);
    await clone(known, (email, index) => (index === 3 ? email : other(email)));
    const run = connectTo(copy);
    const now = await Promise.all(known.map((one) => read(run, one)));
    expect(now.map((user) => user?.state.email)).to.deep.equal([...emails(3).map(other), "p3@example.com"]);
    const two = connectTo(copy);
    expect(await Promise.all(known.slice(0, 2).map((one) => read(two, one)))).to.deep.equal(now.slice(0, 2));
  });

  it("leaves the way out that the message names: one or two are refreshed alone, and the others then follow", async () => {
    const known = await create(4);
    await clone(known, other);
    const first = await read(connectTo(copy), known[0] as KnownUser);
    const run = connectTo(copy);
    const now = await Promise.all([first as KnownUser, ...known.slice(1)].map((one) => read(run, one)));
    expect(now.map((user) => user?.state.email)).to.deep.equal(emails(4).map(other));
  });

  it("is recognised at the third of users that are read one after the other, and the two before are named", async () => {
    const known = await create(4);
    await clone(known, other);
    const run = connectTo(copy);
    for (const one of known.slice(0, 2)) expect((await read(run, one))?.state.email).to.match(/^x-/);
    for (const [index, one] of known.slice(2).entries()) {
      const message = await messageOf(() => read(run, one));
      expect(message)
        .to.match(REFUSED)
        .and.include(`Could not read ${index + 3} accounts`);
      expect(message).to.include("this run has followed, one after the other: p0@example.com, p1@example.com.");
    }
  });
});

describe("known users that are looked for one after the other at another tenant", function () {
  this.timeout(60_000);
  const { start } = onPlatform();

  for (const step of ["read", "delete"] as const) {
    for (const hasAddresses of [false, true]) {
      it(`are refused from the third ${step} on, which names the two that were believed to be gone before${hasAddresses ? ", followed or not" : ""}`, async () => {
        const { lifecycle } = await start();
        const known: KnownUser[] = [];
        for (const email of emails(4)) known.push(await lifecycle.create(declared(email)));
        const other = await startPlatform();
        try {
          // The operator has an account in each tenant.
          if (hasAddresses) await other.addUser({ email: step === "read" ? "p0@example.com" : "p3@example.com" });
          const run = connectTo(other);
          const ends: string[] = [];
          for (const { id, state } of known) {
            const end = run.lifecycle[step](id, state).then(() => "believed");
            ends.push(await end.catch((error: Error) => error.message));
          }
          expect(ends.slice(0, 2)).to.deep.equal(["believed", "believed"]);
          expect(ends[2]).to.match(/3 accounts: not one of these accounts, which the state knows, is on/);
          expect(ends[2]).to.match(
            /took for gone, one after the other: p0@example\.com, p1@example\.com\. .*`adopt: true`/,
          );
          if (step === "read" || !hasAddresses)
            expect(ends[3]).to.include("gone, one after the other: p0@example.com, p1@");
          expect(other.written()).to.deep.equal([]);
        } finally {
          await other.close();
        }
      });
    }
  }
});
