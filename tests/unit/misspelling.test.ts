import { expect } from "chai";
import { AddressesByLength } from "../../provider/user/misspelling";

function find(email: string, ...active: string[]): string | undefined {
  const addresses = new AddressesByLength();
  for (const one of active) addresses.add(one);
  return addresses.find(email);
}

describe("an address that looks misspelled", () => {
  const ann = "ann.lee@example.com";

  it("differs by one letter that is added, left out, replaced, or swapped with the next, anywhere", () => {
    for (const slip of [
      "ann.leee@example.com",
      "aann.lee@example.com",
      "ann.le@example.com",
      "annlee@example.com",
      "anm.lee@example.com",
      "xnn.lee@example.com",
      "an.nlee@example.com",
      "ann.lee@exmaple.com",
      "ann.lee@example.co",
      "ann.lee@example.comm",
      "änn.lee@example.com",
    ]) {
      expect(find(slip, "bob@example.com", ann), slip).to.equal(ann);
      expect(find(ann, slip, "bob@example.com"), slip).to.equal(slip);
    }
  });

  it("is not the same one, nor one that differs by two letters", () => {
    for (const other of [
      ann,
      "anm.lea@example.com",
      "ann.leeee@example.com",
      "ann.lee@exmaple.con",
      "nan.lee@example.co",
    ]) {
      expect(find(other, ann), other).to.equal(undefined);
    }
  });

  it("does not differ by its digits, as addresses in a row do", () => {
    for (const [email, active] of [
      ["user2@example.com", "user1@example.com"],
      ["user11@example.com", "user1@example.com"],
      ["user@example.com", "user1@example.com"],
      ["ann@eu1.example.com", "ann@eu2.example.com"],
    ] as const) {
      expect(find(email, active), email).to.equal(undefined);
    }
    expect(find("usr1@example.com", "user1@example.com", "user2@example.com")).to.equal("user1@example.com");
  });

  it("is longer than initials", () => {
    expect(find("al@example.com", "am@example.com")).to.equal(undefined);
    expect(find("ale@example.com", "al@example.com")).to.equal("al@example.com");
  });
});
