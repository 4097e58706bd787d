import { expect } from "chai";
import { FAULTS, NOT_RETRIED, oneOfEachKind, type Case } from "../integration/faults/faults";

/** More requests of one kind than there are faults of any sort, and fewer of another. */
const REQUESTS = ["invite", ...Array<string>(15).fill("query"), "invite"];
const POINTS = REQUESTS.map((request, index) => ({ program: 0, nth: index + 1, request }));
const ALL: Case[] = Object.entries(FAULTS).flatMap(([name, fault], row) =>
  POINTS.map((point, column) => ({ name, fault, point, row, column })),
);
const LOST = ["reset after", "hang after", "half a body", "500 after", "204 after", "captive after"];

describe("the share of a fault matrix that is run", () => {
  const share = oneOfEachKind(ALL);

  it("has each fault at each kind of request", () => {
    const pairs = (cases: readonly Case[]) => new Set(cases.map(({ name, point }) => `${name} at ${point.request}`));
    expect(pairs(share)).to.deep.equal(pairs(ALL));
    expect(share.length).to.be.below(ALL.length / 3);
  });

  it("has each request with a lost answer, a fault that is not retried, and another one", () => {
    for (const { nth } of POINTS) {
      const faults = share.filter(({ point }) => point.nth === nth).map(({ name }) => name);
      expect(faults, "lost").to.satisfy((names: string[]) => names.some((name) => LOST.includes(name)));
      expect(faults, "not retried").to.satisfy((names: string[]) => names.some((name) => NOT_RETRIED.includes(name)));
      expect(faults, "another").to.satisfy((names: string[]) =>
        names.some((name) => ![...LOST, ...NOT_RETRIED].includes(name)),
      );
    }
  });
});
