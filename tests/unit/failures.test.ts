import { expect } from "chai";
import { asEngineError } from "../../provider/dynamic/failures";
import { PartialFailure } from "../../provider/user/partial-failure";

describe("what the engine stores of a step that failed", () => {
  it("names every member that failed, in no more words than the engine takes", () => {
    const reasons = Array.from(
      { length: 10_000 },
      (_, index) => `Could not invite p${index}@example.com: ${"x".repeat(4_000)}`,
    );
    const told = (message: string) => {
      const failure = asEngineError(new PartialFailure("id", { ids: {} }, message), "create", "team", "provider");
      return failure as Error & { reasons: string[] };
    };
    const error = told(reasons.join("\n"));
    expect(error.reasons).to.have.length(10_000);
    expect(error.reasons.at(-1)).to.match(/^Could not invite p9999@example.com/);
    expect(error.reasons.join("").length).to.be.below(3 * 1024 * 1024);
    expect(told("short").reasons).to.deep.equal(["short"]);
  });
});
