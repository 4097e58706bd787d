import { expect } from "chai";
import fc from "fast-check";
import { canonicalEmail, findEmailProblem } from "../../provider/user/email";

describe("an email address", () => {
  it("has one canonical form, whatever its case and the space around it", () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.constantFrom("", " ", "\t", "  "), (email, space) => {
        const canonical = canonicalEmail(`${space}${email.toUpperCase()}${space}`);
        expect(canonical).to.equal(canonicalEmail(email));
        expect(canonicalEmail(canonical)).to.equal(canonical);
      }),
    );
  });

  it("has one canonical form, whatever its encoding, and that form is its own canonical form", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.constantFrom("NFC", "NFD"), (text, form) => {
        const canonical = canonicalEmail(text);
        expect(canonicalEmail(text.normalize(form))).to.equal(canonical);
        expect(canonicalEmail(canonical)).to.equal(canonical);
      }),
      { numRuns: 2_000 },
    );
    // Letters that have a composed form in one case alone, or that are another letter when composed.
    for (const odd of ["J\u030c", "\u212b", "\u212a", "\u2126", "\u0130", "H\u0331", "\u1fb3\u0301", "\u1e9e"]) {
      const canonical = canonicalEmail(odd);
      expect(canonicalEmail(canonical), odd).to.equal(canonical);
      expect(canonicalEmail(odd.normalize("NFD")), odd).to.equal(canonical);
    }
    expect(canonicalEmail("J\u030c@example.com")).to.equal("\u01f0@example.com");
    expect(canonicalEmail("JU\u0308RGEN@example.com")).to.equal("j\u00fcrgen@example.com");
  });

  for (const email of [
    "a+b@example.com",
    "o'brien@example.com",
    "first.last@sub.example.co",
    "jürgen@example.com",
    "用户@例子.公司",
    "admin@localhost",
    `${"x".repeat(64)}@example.com`,
  ]) {
    it(`may be ${email.slice(0, 40)}`, () => expect(findEmailProblem(email)).to.equal(undefined));
  }

  for (const email of [
    "",
    "ann",
    "@example.com",
    "ann@",
    "a@b@c",
    "ann b@example.com",
    "ann@exa mple.com",
    "a..b@example.com",
    ".a@example.com",
    "ann@-x.com",
    "ann\u200b@example.com",
    "ann\u001b[31m@example.com",
    '"x"@example.com',
    `${"x".repeat(65)}@example.com`,
    `a@${"b".repeat(260)}.com`,
  ]) {
    it(`must not be ${JSON.stringify(email).slice(0, 40)}`, () => expect(findEmailProblem(email)).to.be.a("string"));
  }
});
