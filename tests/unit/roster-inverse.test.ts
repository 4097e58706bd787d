import { expect } from "chai";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { COLUMN_NAMES } from "../../provider/roster/columns";
import { FORMATS } from "../../provider/roster/roster";
import { parseRoster } from "../../provider/roster/read";
import { formatRoster } from "../../provider/roster/write";
import { member, members } from "./roster-arbitrary";

describe("the text of a roster", () => {
  for (const format of FORMATS) {
    it(`is read as the same members in ${format}, in the same order, and written as the same text again`, () => {
      fc.assert(
        fc.property(members, (roster) => {
          const written = formatRoster(roster, format);
          const read = parseRoster(written, format);
          expect(read).to.deep.equal(roster);
          expect(Object.keys(read)).to.deep.equal(Object.keys(roster));
          expect(formatRoster(read, format)).to.equal(written);
        }),
        { numRuns: 500 },
      );
    });
  }

  it("keeps a name of a space and a line end", () => {
    const roster = { "+x@example.com": { firstName: " \n" } };
    for (const format of FORMATS) {
      expect(parseRoster(formatRoster(roster, format), format), format).to.deep.equal(roster);
    }
  });

  it("has a member with every column in the property above", () => {
    const names = new Set(fc.sample(member, 200).flatMap((one) => Object.keys(one)));
    expect([...names].sort()).to.deep.equal([...COLUMN_NAMES].sort());
  });

  it("has no cell in CSV that a spreadsheet program takes for a formula", () => {
    fc.assert(
      fc.property(members, (roster) => {
        const cells: string[] = parse(formatRoster(roster, "csv")).flat();
        expect(cells.filter((cell) => /^[=+@\t\r-]/.test(cell))).to.deep.equal([]);
      }),
    );
  });
});
