import { expect } from "chai";
import { addressOf, findEmailProblem } from "../../provider/user/email";

const host = "must have a host name after the @";
const form = "must be of the form name@example.com";
const dots = "must not have a dot at either end of the part before the @, or two in a row";
const quotes = "must not hold quotes, brackets, commas, colons or backslashes";
const controls = "must not hold spaces or control characters";
/** An address of so many characters, of labels that are short enough. */
const ofLength = (length: number) => `a@${"b".repeat(60)}.`.padEnd(length, `${"c".repeat(60)}.`).replace(/\.$/, "d");

describe("the problem with an address", () => {
  const addresses: [string, string | undefined][] = [
    ["", "must not be empty"],
    [ofLength(254), undefined],
    [ofLength(255), "must not be longer than 254 characters"],
    [`${"x".repeat(64)}@example.com`, undefined],
    [`${"x".repeat(65)}@example.com`, "must not have more than 64 characters before the @"],
    ["ann b@example.com", controls],
    ["ann@exa\u200bmple.com", controls],
    ["ann", form],
    ["@example.com", form],
    ["ann@", form],
    ["a@b@c", form],
    [".ann@example.com", dots],
    ["ann.@example.com", dots],
    ["a..b@example.com", dots],
    ["a.b.c@example.com", undefined],
    ...[...'"(),:;<>[]\\'].map((odd): [string, string] => [`a${odd}b@example.com`, quotes]),
    ["ann@example..com", host],
    ["ann@-example.com", host],
    ["ann@example-.com", host],
    ["ann@ex_ample.com", host],
    ["ann@exam!ple.com", host],
    ["ann@exampl!.com", host],
    ["ann@example!", host],
    ["ann@!example.com", host],
    [`ann@${"x".repeat(63)}.com`, undefined],
    [`ann@${"x".repeat(64)}.com`, host],
    ["ann@x", undefined],
    ["ann@1.2", undefined],
    ["ann@ex-ample.c0m", undefined],
    ["ann@\u0915\u093f\u0924\u093e\u092c.\u092d\u093e\u0930\u0924", undefined],
  ];
  for (const [email, problem] of addresses) {
    const title = JSON.stringify(email.slice(0, 30));
    it(`${problem ?? "is none"}: ${title}, ${email.length} characters`, () => {
      expect(findEmailProblem(email)).to.equal(problem);
    });
  }
});

describe("the address of an account", () => {
  it("is its email in canonical form, else its username", () => {
    expect(addressOf({ email: " Ann@Example.com", username: "x" })).to.equal("ann@example.com");
    expect(addressOf({ username: "Admin" })).to.equal("admin");
  });
});
