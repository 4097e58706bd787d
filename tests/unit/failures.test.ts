import { expect } from "chai";
import { InitFailedError } from "../../provider/dynamic/failures";
import { PartialFailure } from "../../provider/user/partial-failure";

describe("what the engine stores of a step that failed", () => {
  it("names every member that failed, in no more words than the engine takes", () => {
    const reasons = Array.from(
      { length: 10_000 },
      (_, index) => `Could not invite p${index}@example.com: ${"x".repeat(4_000)}`,
    );
    const error = new InitFailedError(new PartialFailure("id", { ids: {} }, reasons.join("\n")), "provider");
    expect(error.reasons).to.have.length(10_000);
    expect(error.reasons.at(-1)).to.match(/^Could not invite p9999@example.com/);
    expect(error.reasons.join("").length).to.be.below(3 * 1024 * 1024);
    expect(new InitFailedError(new PartialFailure("id", {}, "short"), "provider").reasons).to.deep.equal(["short"]);
  });
});
