import { expect } from "chai";
import { decodeUser, describeRepair, findDefects, kindOf, refuseDefects } from "../../provider/user/decode";

const email = "ann@example.com";
const stored = { email, username: email, enabled: true, adopted: false };
const decode = (more: Record<string, unknown>) => decodeUser({ ...stored, ...more });
const defectOf = (more: Record<string, unknown>) => decode(more).defects.map(({ key, what }) => `${key} ${what}`);

describe("a stored state that was edited by hand", () => {
  const found = "must be an object of names and the admin role";
  const list = "must be a list of addresses";
  const cases: [Record<string, unknown>, string][] = [
    [{ email: 7 }, "email must be text that is not blank, and is a number"],
    [{ email: " \t" }, "email must be text that is not blank, and is text"],
    [{ username: null }, "username must be text, and is null"],
    [{ enabled: "true" }, "enabled must be true or false, and is text"],
    [{ createdAt: 7 }, "createdAt must be text, and is a number"],
    [{ adopted: [] }, "adopted must be true or false, and is a list"],
    [{ initialPassword: {} }, "initialPassword must be text, and is an object"],
    [{ foundEnabled: 1 }, "foundEnabled must be true or false, and is a number"],
    [{ found: [] }, `found ${found}, and is a list`],
    [{ found: { firstName: "Ann", admin: "yes" } }, `found ${found}, and is an object`],
    [{ found: { firstName: 7, admin: true } }, `found ${found}, and is an object`],
    [{ formerEmails: email }, `formerEmails ${list}, and is text`],
    [{ formerEmails: { length: 0 } }, `formerEmails ${list}, and is an object`],
    [{ formerEmails: [email, 7] }, `formerEmails ${list}, and is a list`],
    [{ formerEmails: [""] }, `formerEmails ${list}, and is a list`],
    [{ unfinished: false }, "unfinished must be true, or not there, and is a boolean"],
    [{ unseen: "yes" }, "unseen must be true, or not there, and is text"],
    [{ invitedBefore: 7 }, "invitedBefore must be text, and is a number"],
    [{ onDestroy: "leave" }, 'onDestroy must be "deactivate" or "retain", and is text'],
    [{ handOver: 7 }, "handOver must be a string, and is a number"],
    [{ onSoleOwner: true }, 'onSoleOwner must be "warn" or "refuse", and is a boolean'],
  ];
  for (const [more, what] of cases) {
    it(`has a defect for ${JSON.stringify(more)}`, () => expect(defectOf(more)).to.deep.equal([what]));
  }

  it("has none for what this package stores, nor for keys of a later release", () => {
    const more = {
      createdAt: "x",
      initialPassword: "",
      foundEnabled: false,
      found: {},
      formerEmails: [],
      unfinished: true,
      unseen: true,
      invitedBefore: "x",
      later: 7,
    };
    expect(decode(more)).to.deep.equal({ state: { ...stored, ...more }, defects: [], isFoundLost: false });
    expect(decode({ found: { firstName: "Ann", later: 7 } }).defects).to.deep.equal([]);
  });

  it("counts on the safe side for what is lost", () => {
    const { email: _email, ...others } = stored;
    expect(decodeUser(others)).to.deep.equal({
      state: { ...others, email: "" },
      defects: [{ key: "email", what: "is missing" }],
      isFoundLost: false,
    });
    expect(decodeUser({ email, adopted: false }).state).to.deep.equal(stored);
    const { adopted: _adopted, ...unknown } = { ...stored, foundEnabled: false };
    expect(decodeUser(unknown)).to.deep.equal({
      state: { ...stored, adopted: true },
      defects: [{ key: "adopted", what: "is missing" }],
      isFoundLost: true,
    });
    expect(decode({ foundEnabled: 7 })).to.include({ isFoundLost: true });
    expect(decode({ foundEnabled: 7 }).state).to.deep.equal(stored);
    expect(decode({ onDestroy: 7 }).state.onDestroy).to.equal("retain");
    expect(decode({ handOver: 7 }).state).to.deep.equal({ ...stored, onSoleOwner: "refuse" });
    expect(decode({ onSoleOwner: 7 }).state).to.deep.equal({ ...stored, onSoleOwner: "refuse" });
    expect(decode({ onSoleOwner: "warn" }).state.onSoleOwner).to.equal("warn");
    expect(decode({ unseen: 7 }).state.unseen).to.equal(true);
  });

  it("is refused by name, and a long list is cut", () => {
    const defects = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ key: `k${at}`, what: "is missing" }));
    const named = (count: number) => defects(count).map(({ key, what }) => `${key} ${what}`);
    expect(() => refuseDefects("delete", email, [])).to.not.throw();
    const next =
      "Nothing was sent. Run `pulumi refresh`, which repairs the state from what the platform shows, and look at what it says; " +
      "or put back what was edited by hand (`pulumi stack export`, `pulumi stack import`).";
    const message = (words: string) => `Could not delete ${email}: the stored state can't be read: ${words}. ${next}`;
    const raised = (count: number) => {
      try {
        refuseDefects("delete", email, defects(count));
      } catch (error) {
        return (error as Error).message;
      }
      return undefined;
    };
    expect(raised(1)).to.equal(message("k0 is missing"));
    expect(raised(10)).to.equal(message(named(10).join("; ")));
    expect(raised(12)).to.equal(message(`${named(10).join("; ")}; and 2 more`));
    expect(describeRepair(email, defects(2))).to.equal(
      "ann@example.com: the stored state could not be read (k0 is missing; k1 is missing), and is repaired from what the " +
        "platform shows. If it can't be known any more who made the account, it counts as adopted, and destroy leaves it as " +
        'it is now; an unknown onDestroy counts as "retain" until the next `pulumi up` stores what is declared.',
    );
  });

  it("looks for no check among what every object has", () => {
    expect(findDefects({ toString: 7 }, {}, [])).to.deep.equal({ good: { toString: 7 }, defects: [] });
  });
});

describe("the kind of a value", () => {
  const kinds: [unknown, string][] = [
    [null, "null"],
    [[], "a list"],
    [{}, "an object"],
    ["", "text"],
    [7, "a number"],
    [false, "a boolean"],
  ];
  for (const [value, kind] of kinds) {
    it(`is ${kind} for ${JSON.stringify(value)}`, () => expect(kindOf(value)).to.equal(kind));
  }
});
