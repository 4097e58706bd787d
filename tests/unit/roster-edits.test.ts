import { expect } from "chai";
import { mergeRoster } from "../../provider/roster/merge";
import { parseRoster } from "../../provider/roster/read";
import type { Roster } from "../../provider/roster/columns";
import type { RosterFormat } from "../../provider/roster/roster";

const ANN = "ann@example.com";
const BOB = "bob@example.com";
const merge = (text: string, format: RosterFormat, accounts: Roster) =>
  mergeRoster(text, format, "team", accounts, "2026-06-01");

/** The roster with the accounts put into it, which must be read as the members that the merge answers. */
function merged(text: string, format: RosterFormat, accounts: Roster): string {
  const { text: written, members } = merge(text, format, accounts);
  expect(members).to.deep.equal(parseRoster(written, format));
  expect(merge(written, format, accounts).changes).to.deep.equal([]);
  return written;
}

describe("what is put into a roster", () => {
  for (const name of ["7", "007", "1e3", "0x10", "1.0", "true", "null", "~", "no", "2026-01-31"]) {
    it(`finds the workspace ${name}, which YAML may take for something else, by its name as it is written`, () => {
      const accounts: Roster = { [ANN]: { workspaces: { [name]: "OWNER" } } };
      for (const text of [
        `${ANN}:\n  workspaces: { ${name}: COLLABORATOR }\n`,
        `- email: ${ANN}\n  workspaces:\n    ${name}: COLLABORATOR\n`,
      ]) {
        expect(parseRoster(merged(text, "yaml", accounts), "yaml"), text).to.deep.equal(accounts);
      }
    });

    it(`keeps the workspace ${name} of a member that nothing changes of`, () => {
      const text = `${ANN}:\n  workspaces: { ${name}: OWNER } # theirs\n${BOB}: {}\n`;
      const written = merged(text, "yaml", { [BOB]: { enabled: false } });
      expect(parseRoster(written, "yaml")[ANN]).to.deep.equal({ workspaces: { [name]: "OWNER" } });
      expect(written).to.include("OWNER } # theirs\n");
    });
  }

  it("replaces a block of text with a name that has line ends", () => {
    for (const block of ["|-\n    Ann", "|\n    Ann", ">-\n    Ann\n    Lee", "Ann", "'Ann'"]) {
      for (const firstName of [" \n", "\n x\n", "Bob", "A\n\n\nB "]) {
        const written = merged(`${ANN}:\n  firstName: ${block} # her own\n`, "yaml", { [ANN]: { firstName } });
        expect(parseRoster(written, "yaml")).to.deep.equal({ [ANN]: { firstName } });
      }
    }
  });

  it("adds workspaces to a member that has none, in each format", () => {
    const accounts: Roster = { [ANN]: { workspaces: { "a=b;c": "OWNER", forecasts: "COLLABORATOR" } } };
    expect(merged(`${ANN}:\n  adopt: true # taken over\n`, "yaml", accounts)).to.equal(
      `${ANN}:\n  adopt: true # taken over\n  workspaces:\n    a=b;c: OWNER\n    forecasts: COLLABORATOR\n`,
    );
    expect(merged(`{"${ANN}":{"adopt":true}}`, "json", accounts)).to.equal(
      `{"${ANN}":{"adopt":true,"workspaces":{"a=b;c":"OWNER","forecasts":"COLLABORATOR"}}}`,
    );
    expect(merged(`email,adopt\n${ANN},true\n`, "csv", accounts)).to.equal(
      `email,adopt,workspaces\n${ANN},true,"a=b\\;c=OWNER;forecasts=COLLABORATOR"\n`,
    );
  });

  it("adds a member whose name has line ends in quotes, and every other text without", () => {
    const accounts: Roster = {
      [BOB]: { firstName: " \n", lastName: "Lee", workspaces: { "a\n": "OWNER", b: "OWNER" } },
    };
    expect(merged(`${ANN}: {}\n`, "yaml", accounts)).to.equal(
      `${ANN}: {}\n${BOB}:\n  firstName: "\\ \\n"\n  lastName: Lee\n  workspaces:\n    "a\\n": OWNER\n    b: OWNER\n`,
    );
    expect(merged(`- email: ${ANN}\n`, "yaml", { [BOB]: { firstName: " \n" } })).to.equal(
      `- email: ${ANN}\n- email: ${BOB}\n  firstName: "\\ \\n"\n`,
    );
  });

  it("activates a member that the roster has as deactivated, even after its last day", () => {
    const text = `${ANN}:\n  enabled: false\n  expires: 2026-05-31\n`;
    expect(merge(text, "yaml", { [ANN]: {} }).changes).to.deep.equal([`~ ${ANN}: enabled false -> true`]);
    expect(merge(text, "yaml", { [ANN]: { enabled: true } }).changes).to.deep.equal([
      `~ ${ANN}: enabled false -> true`,
    ]);
  });

  for (const [what, format, before, after] of [
    [
      "YAML with a byte order mark and Windows line ends",
      "yaml",
      `\ufeff# Team\r\n${ANN}:\r\n  adopt: true\r\n`,
      `\ufeff# Team\r\n${ANN}:\r\n  adopt: true\r\n  enabled: false\r\n`,
    ],
    [
      "JSON with a byte order mark and Windows line ends",
      "json",
      `\ufeff{\r\n  "${ANN}": {\r\n    "adopt": true\r\n  }\r\n}\r\n`,
      `\ufeff{\r\n  "${ANN}": {\r\n    "adopt": true,\r\n    "enabled": false\r\n  }\r\n}\r\n`,
    ],
    ["JSON with two line ends after it", "json", `{"${ANN}":{}}\n\n`, `{"${ANN}":{"enabled":false}}\n\n`],
    ["JSON of tabs", "json", `{\n\t"${ANN}": {}\n}`, `{\n\t"${ANN}": {\n\t\t"enabled": false\n\t}\n}`],
    [
      "YAML that ends in a byte order mark's character in a name",
      "yaml",
      `${ANN}:\n  firstName: "A\ufeff"\n`,
      `${ANN}:\n  firstName: "A\ufeff"\n  enabled: false\n`,
    ],
    [
      "CSV with spaces round its names and cells",
      "csv",
      ` email , adopt \n ${ANN} , TRUE \n`,
      ` email , adopt ,enabled\n ${ANN} , TRUE ,false\n`,
    ],
    [
      "CSV with empty records before the address and after it",
      "csv",
      `adopt,email\n   \n\n,\ntrue,${ANN}\n,\n`,
      `adopt,email,enabled\n   ,,\n,,\ntrue,${ANN},false\n,,\n`,
    ],
    [
      "CSV with an address after a backslash",
      "csv",
      `email,enabled\n\\ann@example.com,TRUE\n`,
      `email,enabled\n\\ann@example.com,false\n`,
    ],
  ] as [string, RosterFormat, string, string][]) {
    it(`keeps the form of ${what}`, () => {
      expect(merged(before, format, { [ANN]: { enabled: false } })).to.equal(after);
    });
  }

  it("keeps every cell of the other members and columns of CSV, and quotes those that need it", () => {
    const text = `email,firstName,roles,enabled\n"${BOB}","Lee, ""B""",x;y,\n${ANN},\\=A,,TRUE\n`;
    expect(merged(text, "csv", { [ANN]: { enabled: false, lastName: "-A" } })).to.equal(
      `email,firstName,roles,enabled,lastName\n${BOB},"Lee, ""B""","x;y",,\n${ANN},\\=A,,false,\\-A\n`,
    );
  });

  it("does not answer a text that would be read as other members than it says", () => {
    for (const [text, format] of [
      [`${ANN}: {}\n`, "yaml"],
      [`{"${ANN}":{}}`, "json"],
      [`email\n${ANN}\n`, "csv"],
    ] as const) {
      // Callers give canonical addresses: this one breaks the contract.
      expect(() => merge(text, format, { "Bob@example.com": {} })).to.throw(
        /^team would not be read as what was put into it$/,
      );
    }
  });
});
