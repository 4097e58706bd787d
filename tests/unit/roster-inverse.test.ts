import { expect } from "chai";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { canonicalEmail, findEmailProblem } from "../../provider/user/email";
import { COLUMN_NAMES, type RosterMember } from "../../provider/roster/columns";
import { FORMATS } from "../../provider/roster/roster";
import { parseRoster } from "../../provider/roster/read";
import { formatRoster } from "../../provider/roster/write";

/** Text with what has a meaning in some format, and without half characters, zero ones and lost ones. */
const text = fc
  .oneof(
    fc.string({ unit: "binary", minLength: 1 }),
    fc.string({ unit: fc.constantFrom(..."\\;=,\"'\n\r\t #:-+@${}[]&*!|>%`~?", "no", "😀"), minLength: 1 }),
    fc.constantFrom("no", "null", "~", "2026-01-31", "1e3", "0x10", "=1+1", "__proto__", "constructor", "- a", "<<"),
  )
  .filter((value) => !/[\0\ufffd\p{Cs}]/u.test(value));
const email = fc
  .oneof(
    fc.emailAddress(),
    fc.constantFrom("+x@example.com", "'o@example.com", "用户@例子.公司", "-@example.com", "no@x", "1@2"),
  )
  .map(canonicalEmail)
  .filter((value) => findEmailProblem(value) === undefined);
const day = fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
const flag = fc.boolean();

const member = fc.record(
  {
    enabled: flag,
    expires: day.map((date) => date.toISOString().slice(0, 10)),
    adopt: flag,
    onDestroy: fc.constantFrom("deactivate", "retain"),
    firstName: text,
    lastName: text,
    admin: flag,
    roles: fc.array(text, { minLength: 1, maxLength: 3 }),
    requireReset: flag,
    handOver: email,
    onSoleOwner: fc.constantFrom("warn", "refuse"),
    workspaces: fc.dictionary(
      text.filter((name) => name.trim() !== ""),
      fc.constantFrom("OWNER", "COLLABORATOR"),
      { minKeys: 1, maxKeys: 3, noNullPrototype: true },
    ),
  },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<RosterMember>;
const members = fc.dictionary(email, member, { minKeys: 1, maxKeys: 5, noNullPrototype: true });

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
