import { expect } from "chai";
import fc from "fast-check";
import type { ApiUser } from "../../provider/api/wire";
import { AddressesByLength, Misspellings } from "../../provider/user/misspelling";
import { findNearest } from "../../provider/user/nearest";
import { View } from "../../provider/user/view";

const account = (email: string, more: Partial<ApiUser> = {}): ApiUser => ({
  id: `id of ${email}`,
  username: email,
  email,
  enabled: true,
  ...more,
});
const LETTERS = [..."abc"];

/** All texts that one slip makes of another: a letter added, left out, replaced, or swapped with the next. */
function slipsOf(text: string): Set<string> {
  const slips = new Set<string>();
  for (let at = 0; at <= text.length; at += 1) {
    const [before, after] = [text.slice(0, at), text.slice(at)];
    slips.add(before + after.slice(1));
    for (const letter of LETTERS) slips.add(before + letter + after).add(before + letter + after.slice(1));
    if (after.length > 1) slips.add(`${before}${after[1]}${after[0]}${after.slice(2)}`);
  }
  slips.delete(text);
  return slips;
}

describe("one slip between two addresses", () => {
  it("is a letter added, left out, replaced, or swapped with the next, and nothing else", () => {
    const name = fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 3, maxLength: 6 });
    fc.assert(
      fc.property(name, name, (meant, written) => {
        const addresses = new AddressesByLength();
        addresses.add(`${meant}@x.y`);
        const found = addresses.find(`${written}@x.y`);
        expect(found).to.equal(slipsOf(meant).has(written) ? `${meant}@x.y` : undefined);
      }),
      { numRuns: 1_000 },
    );
    const apart: [string, string][] = [
      ["abcd", "badc"],
      ["abcd", "aefd"],
      ["abcd", "acbe"],
      ["abcd", "axcy"],
      ["abcd", "axyzd"],
      ["abcde", "axye"],
      ["abca", "abc"],
      ["aabb", "bbaa"],
      ["abcd", "accd"],
      ["abcd", "abbd"],
    ];
    for (const [meant, written] of apart) {
      const addresses = new AddressesByLength();
      addresses.add(`${meant}@x.y`);
      const isOne = written === "abc" || written === "accd" || written === "abbd";
      expect(addresses.find(`${written}@x.y`) !== undefined, `${meant} ${written}`).to.equal(isOne);
    }
  });

  it("is looked for among all addresses of a length, and only what is meant counts", () => {
    const addresses = new AddressesByLength();
    for (const one of ["anna@x.y", "annb@x.y"]) addresses.add(one);
    expect(addresses.find("annc@x.y")).to.equal("anna@x.y");
    expect(addresses.find("annc@x.y", (near) => near !== "anna@x.y")).to.equal("annb@x.y");
    expect(addresses.find("annc@x.y", () => false)).to.equal(undefined);
  });

  it("counts from three characters before the @ on, in either address", () => {
    const find = (meant: string, written: string) => {
      const addresses = new AddressesByLength();
      addresses.add(meant);
      return addresses.find(written);
    };
    expect(find("ab@long.example.com", "ac@long.example.com")).to.equal(undefined);
    expect(find("ab@x.y", "abc@x.y")).to.equal("ab@x.y");
    expect(find("abc@x.y", "ab@x.y")).to.equal("abc@x.y");
  });
});

describe("the account that an address to be invited may be meant for", () => {
  const [ann, slip] = ["anna@example.com", "anma@example.com"];
  const none = new Set<string>();
  const find = (users: ApiUser[], { invited = none, leaving = none, email = slip } = {}) =>
    new Misspellings({ invited }).find(email, new View(users), leaving);

  it("is active, was not invited by this run, and is not the one that the address replaces", () => {
    expect(find([account(ann)])).to.equal(ann);
    expect(find([account("ANNA@example.com")])).to.equal(ann);
    expect(find([account(ann, { enabled: false })])).to.equal(undefined);
    expect(find([account(ann)], { invited: new Set([`id of ${ann}`]) })).to.equal(undefined);
    expect(find([account(ann)], { leaving: new Set([ann]) })).to.equal(undefined);
    expect(find([account(ann, { id: "twin", enabled: false }), account(ann)]), "one of two").to.equal(ann);
    const { email: _none, ...nameless } = account(ann);
    expect(find([nameless]), "an account without an address").to.equal(undefined);
    expect(find([account("anmb@example.com", { enabled: false }), account(ann)])).to.equal(ann);
  });

  it("is none if an account has the address itself", () => {
    expect(find([account(ann), account(slip)])).to.equal(undefined);
    expect(find([account(ann), account(slip, { enabled: false })])).to.equal(undefined);
  });

  it("is answered once and for all, as the engine checks a replacement twice", () => {
    const misspellings = new Misspellings({ invited: none });
    expect(misspellings.find(slip, new View([account(ann)]), new Set([ann]))).to.equal(undefined);
    expect(misspellings.find(slip, new View([account(ann)]), none)).to.equal(undefined);
    expect(misspellings.find("annna@example.com", new View([account(ann)]), none)).to.equal(ann);
  });

  it("is found in one view for many, and in a later view anew", () => {
    const misspellings = new Misspellings({ invited: none });
    const view = new View([account(ann)]);
    expect(misspellings.find(slip, view, none)).to.equal(ann);
    view.put(account("bobby@example.com"));
    expect(misspellings.find("boby@example.com", view, none), "added to that view later").to.equal(undefined);
    expect(misspellings.find("bobbi@example.com", new View([account("bobby@example.com")]), none)).to.equal(
      "bobby@example.com",
    );
  });
});

describe("the nearest of several names", () => {
  const nearest: [string, string[], string | undefined][] = [
    ["kitten", ["mitten", "sitting"], "mitten"],
    ["ab", ["xyab", "b"], "b"],
    ["", ["abc", "a", "ab"], "a"],
    ["abc", ["xyz", ""], "xyz"],
    ["ab", ["cdefgh", ""], ""],
    ["abcdef", ["abcxef", "abef"], "abcxef"],
    ["abc", ["cab", "abcd"], "abcd"],
    ["aaaa", ["baaa", "aa"], "baaa"],
    ["abcdefgh", ["h", "abcdefg"], "abcdefg"],
    ["abcdefgh", ["a", "bcdefgh"], "bcdefgh"],
    ["a", [], undefined],
  ];
  for (const [text, names, found] of nearest) {
    it(`is ${found ?? "none"} for "${text}" of ${names.join(", ")}`, () => {
      expect(findNearest(text, names)).to.equal(found);
    });
  }

  it("is told from the others by the fewest edits, whatever they are", () => {
    const word = fc.string({ unit: fc.constantFrom(...LETTERS), maxLength: 5 });
    fc.assert(
      fc.property(word, word, word, (text, one, other) => {
        const found = findNearest(text, [one, other]);
        expect(found).to.equal(editsBetween(text, other) < editsBetween(text, one) ? other : one);
      }),
    );
  });
});

/** Levenshtein distance, by its definition. */
function editsBetween(from: string, to: string): number {
  if (from === "" || to === "") return from.length + to.length;
  const [rest, wanted] = [from.slice(1), to.slice(1)];
  if (from[0] === to[0]) return editsBetween(rest, wanted);
  return 1 + Math.min(editsBetween(rest, to), editsBetween(from, wanted), editsBetween(rest, wanted));
}
