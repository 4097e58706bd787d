import { expect } from "chai";
import fc from "fast-check";
import type { Client } from "../../provider/api/client";
import { Secrets } from "../../provider/api/redact";
import { createUsersApi } from "../../provider/api/users";
import type { ApiUser } from "../../provider/api/wire";
import { AddressIndex } from "../../provider/user/view";
import { Directory } from "../../provider/user/directory";

const ann = "ann@example.com";
const of = (id: string, more: Partial<ApiUser> = {}): ApiUser => ({ id, username: id, enabled: true, ...more });
const viewOf = (users: ApiUser[]) =>
  new Directory({ queryAll: () => Promise.resolve(users), queryByIds: () => Promise.resolve([]) }).view(0);

describe("the accounts of an address", () => {
  it("are kept apart whatever is added and taken out, in whatever order", () => {
    const ids = fc.constantFrom("1", "2", "3");
    const step = fc.tuple(fc.boolean(), fc.constantFrom("a@b.c", "d@e.f"), ids);
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const index = new AddressIndex();
        const expected = new Set<string>();
        for (const [isAdded, address, id] of steps) {
          index[isAdded ? "add" : "remove"](address, id);
          expected[isAdded ? "add" : "delete"](`${address} ${id}`);
        }
        const kept = ["a@b.c", "d@e.f"].flatMap((address) => index.idsOf(address).map((id) => `${address} ${id}`));
        expect(kept.sort()).to.deep.equal([...expected].sort());
      }),
    );
  });

  it("are refused by both ids, whatever the order of the answer", async () => {
    const two = [of("id-2", { email: ann }), of("id-1", { email: "ANN@example.com" })];
    for (const users of [two, [...two].reverse()]) {
      const view = await viewOf(users);
      expect(() => view.findByEmail(ann)).to.throw(/ann@example.com: 2 accounts have it \(ids id-1 and id-2\)/);
      expect(view.findById("id-1")?.email).to.equal("ANN@example.com");
    }
  });

  it("are two where one has no address of its own and goes by its username", async () => {
    const view = await viewOf([of("id-1", { email: ann }), of("id-2", { username: ann })]);
    expect(() => view.findByEmail(ann)).to.throw(/ids id-1 and id-2/);
  });

  it("are one where the other has it for a username alone, or had it before this process changed it", async () => {
    const users = {
      queryAll: () =>
        Promise.resolve([of("id-1", { email: ann }), of("id-2", { username: ann, email: "b@example.com" })]),
      queryByIds: () => Promise.resolve([]),
    };
    const directory = new Directory(users);
    const view = await directory.view(0);
    expect(view.findByEmail(ann)?.id).to.equal("id-1");
    directory.record(of("id-1", { email: "anna@example.com" }));
    expect(view.findByEmail(ann)?.id, "by its username").to.equal("id-2");
    directory.record(of("id-3", { email: ann }));
    expect(view.findByEmail(ann)?.id).to.equal("id-3");
  });

  it("are one however their accents are encoded", async () => {
    const view = await viewOf([of("id-1", { email: "ju\u0308rgen@example.com" })]);
    expect(view.findByEmail("j\u00fcrgen@example.com")?.id).to.equal("id-1");
  });

  it("do not keep the others of one joined confirmation from being confirmed", async () => {
    const people = [of("id-1", { email: ann }), of("id-2", { email: ann }), of("id-3", { email: "bob@example.com" })];
    const directory = new Directory({ queryAll: () => Promise.resolve(people), queryByIds: () => Promise.resolve([]) });
    const both = await Promise.allSettled([ann, "bob@example.com"].map((email) => directory.confirmByEmail(email)));
    expect(both.map(({ status }) => status)).to.deep.equal(["rejected", "fulfilled"]);
  });
});

describe("an address that is blank", () => {
  for (const email of ["", " ", "\t\n", "\u00a0"]) {
    it(`is absent: ${JSON.stringify(email)}`, async () => {
      const call: Client["call"] = () =>
        Promise.resolve({ users: Object.fromEntries(["1", "2"].map((id) => [id, of(id, { email })])) });
      const users = createUsersApi({ secrets: new Secrets(), call, pause: () => Promise.resolve(false) });
      expect(await users.queryAll()).to.deep.equal([of("1"), of("2")]);
      const view = await new Directory(users).view(0);
      expect(view.findByEmail("")).to.equal(undefined);
      expect(view.findByEmail("1")?.id).to.equal("1");
      expect(view.seatsTaken()).to.equal(0);
    });
  }
});
