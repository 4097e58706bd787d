import { expect } from "chai";
import { findBadValueRefusal } from "../../provider/user/policy";
import { findNameProblem } from "../../provider/user/properties";

describe("a name", () => {
  it("is refused with any character that Keycloak refuses by default, and none other", () => {
    for (const bad of [...'!"#$%&()*/;<=>?[\\]^{|}~', "\0", "\n", "\u001f", "\u007f", "\u0085", "\u2028"]) {
      expect(findNameProblem(`Ann${bad}Lee`), JSON.stringify(bad)).to.be.a("string");
    }
    for (const good of ["O'Brien", "Lee, Jr.", "José", "Ann-Marie", "李", "Ann 😀", " Ann ", "a_b", "a@b", "a+b:c`d"]) {
      expect(findNameProblem(good), good).to.equal(undefined);
    }
  });

  it("is refused when it is too long or blank, and not when it is empty, which takes a name away", () => {
    expect(findNameProblem("x".repeat(255))).to.equal(undefined);
    expect(findNameProblem("x".repeat(256))).to.equal("is longer than 255 characters");
    expect(findNameProblem("😀".repeat(128)), "counted in UTF-16 units").to.equal("is longer than 255 characters");
    expect(findNameProblem("   ")).to.equal("holds nothing but spaces");
    expect(findNameProblem("")).to.equal(undefined);
  });

  it("is refused only where it differs from what the account has", () => {
    const inputs = { email: "ann@example.com", firstName: "R&D", lastName: "Lee" };
    const now = { id: "id-of-ann", username: inputs.email, enabled: true, firstName: "R&D" };
    expect(findBadValueRefusal(inputs, now)).to.equal(undefined);
    expect(findBadValueRefusal(inputs, undefined)?.message).to.equal(
      "Could not use the firstName of ann@example.com: it holds the character &, which Keycloak refuses by default. " +
        "Nothing was sent. Write the name without it, or leave it out of the program.",
    );
  });
});
