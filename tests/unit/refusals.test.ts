import { expect } from "chai";
import { refusal } from "../../provider/api/errors";
import { refusalsOf } from "../../provider/resource/declared";
import { describeRefusals } from "../../sdk/refusals";

describe("the refusals of one preview", () => {
  const refused = (email: string, next: string) =>
    refusalsOf(refusal("create", email, "it is there already", next), (one) => one);

  it("are one message with a line each in their order, and what to do next once for all that have it in common", () => {
    const all = [
      ...refused("ann@example.com", "Write `adopt: true`."),
      ...refused("bob@example.com", "Leave it."),
      ...refused("cleo@example.com", "Write `adopt: true`."),
    ];
    expect(describeRefusals(all).split("\n")).to.deep.equal([
      "Nothing was sent, because 3 resources or members can't be created as declared:",
      "  Could not create ann@example.com: it is there already.",
      "  Could not create cleo@example.com: it is there already.",
      "Write `adopt: true`.",
      "  Could not create bob@example.com: it is there already.",
      "Leave it.",
    ]);
  });

  it("are the usual line if there is one alone", () => {
    const message = "Could not create ann@example.com: it is there already. Leave it.";
    expect(describeRefusals(refused("ann@example.com", "Leave it."))).to.equal(message);
  });
});
