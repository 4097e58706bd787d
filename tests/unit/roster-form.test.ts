import { expect } from "chai";
import { parseRoster } from "../../provider/roster/read";
import type { Roster } from "../../provider/roster/columns";
import { formatRoster } from "../../provider/roster/write";

const ANN = "ann@example.com";
const BOB = "bob@example.com";

describe("a roster as it is written", () => {
  it("has quotes in YAML round what another tool may take for a day or a flag, and no alias for a list that two share", () => {
    const roles = ["viewer", "off"];
    const long = "x ".repeat(100).trim();
    const members: Roster = {
      [ANN]: { expires: "2026-12-31", firstName: "no", lastName: long, roles },
      [BOB]: { enabled: false, firstName: "a\nb", roles },
      "cid@example.com": {},
    };
    const text = [
      `${ANN}:`,
      '  expires: "2026-12-31"',
      '  firstName: "no"',
      `  lastName: ${long}`,
      "  roles:",
      "    - viewer",
      '    - "off"',
      `${BOB}:`,
      "  enabled: false",
      '  firstName: "a\\nb"',
      "  roles:",
      "    - viewer",
      '    - "off"',
      "cid@example.com: {}",
      "",
    ].join("\n");
    expect(formatRoster(members, "yaml")).to.equal(text);
    expect(parseRoster(text, "yaml")).to.deep.equal(members);
  });

  it("has two spaces per level in JSON", () => {
    expect(formatRoster({ [ANN]: { roles: ["a"] }, [BOB]: {} }, "json")).to.equal(
      `{\n  "${ANN}": {\n    "roles": [\n      "a"\n    ]\n  },\n  "${BOB}": {}\n}\n`,
    );
  });

  it("has the columns in CSV that some member needs, in one order, and quotes where a cell needs them", () => {
    const members: Roster = {
      "+x@example.com": { workspaces: { "a,b": "OWNER", c: "COLLABORATOR" }, enabled: false },
      [BOB]: { firstName: "Bob Lee", enabled: true, roles: [] },
    };
    expect(formatRoster(members, "csv")).to.equal(
      [
        "email,enabled,firstName,workspaces",
        '\\+x@example.com,false,,"a,b=OWNER;c=COLLABORATOR"',
        `${BOB},true,Bob Lee,`,
        "",
      ].join("\n"),
    );
    expect(formatRoster({ [ANN]: {} }, "csv")).to.equal(`email\n${ANN}\n`);
  });
});
