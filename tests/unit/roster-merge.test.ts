import { expect } from "chai";
import fc from "fast-check";
import { mergeRoster } from "../../provider/roster/merge";
import { parseRoster } from "../../provider/roster/read";
import type { Roster } from "../../provider/roster/columns";
import { FORMATS, type RosterFormat } from "../../provider/roster/roster";
import { formatRoster } from "../../provider/roster/write";
import { members } from "./roster-arbitrary";

const TODAY = "2026-06-01";
const merge = (text: string, format: RosterFormat, accounts: Roster) =>
  mergeRoster(text, format, "team", accounts, TODAY);

const ACCOUNTS: Roster = {
  "ann@example.com": { enabled: false },
  "bob@example.com": {},
  "cid@example.com": { firstName: "Cid", workspaces: { forecasts: "OWNER" } },
  "new@example.com": { enabled: false },
  "no@example.com": {},
};

describe("a roster into which accounts are put", () => {
  it("keeps the comments and the order of YAML, and what it says besides", () => {
    const text = [
      "# The team.",
      "",
      "Cid@example.com: # the boss",
      "    firstName: Sid",
      "    # Never on Fridays.",
      "    workspaces: { sales: COLLABORATOR }",
      "ann@example.com: {}",
      "",
      "# Leaves in summer.",
      "bob@example.com:",
      "    enabled: false # for now",
      "    expires: 2026-12-31",
      "other@example.com: {}",
      "# The end.",
      "",
    ].join("\n");
    const merged = merge(text, "yaml", ACCOUNTS);
    expect(merged.text.split("\n")).to.deep.equal([
      "# The team.",
      "",
      "Cid@example.com:",
      "    # the boss",
      "    firstName: Cid",
      "    # Never on Fridays.",
      "    workspaces: { sales: COLLABORATOR, forecasts: OWNER }",
      "ann@example.com: { enabled: false }",
      "",
      "# Leaves in summer.",
      "bob@example.com:",
      "    enabled: true # for now",
      "    expires: 2026-12-31",
      "other@example.com: {}",
      "new@example.com:",
      "    enabled: false",
      "no@example.com: {}",
      "",
      "# The end.",
      "",
    ]);
    expect(merged.changes).to.deep.equal([
      "~ ann@example.com: enabled nothing -> false",
      "~ bob@example.com: enabled false -> true",
      '~ cid@example.com: firstName "Sid" -> "Cid", workspaces {"sales":"COLLABORATOR"} -> {"sales":"COLLABORATOR","forecasts":"OWNER"}',
      '+ new@example.com: {"enabled":false}',
      "+ no@example.com: {}",
    ]);
    expect(merged.others).to.deep.equal(["other@example.com"]);
    const again = merge(merged.text, "yaml", ACCOUNTS);
    expect([again.text, again.changes]).to.deep.equal([merged.text, []]);
  });

  for (const [what, format, before, after] of [
    [
      "a YAML list",
      "yaml",
      "# Team\n- email: ann@example.com\n- email: Bob@example.com\n",
      "# Team\n- email: ann@example.com\n  enabled: false\n- email: Bob@example.com\n- email: new@example.com\n  enabled: false\n",
    ],
    [
      "JSON of four spaces",
      "json",
      '{\n    "$schema": "s.json",\n    "bob@example.com": {},\n    "ANN@example.com": {}\n}\n',
      '{\n    "$schema": "s.json",\n    "bob@example.com": {},\n    "ANN@example.com": {\n        "enabled": false\n    },\n' +
        '    "new@example.com": {\n        "enabled": false\n    }\n}\n',
    ],
    [
      "a JSON list on one line",
      "json",
      '[{"email":"bob@example.com"},{"email":"ann@example.com"}]',
      '[{"email":"bob@example.com"},{"email":"ann@example.com","enabled":false},{"email":"new@example.com","enabled":false}]',
    ],
    [
      "CSV of a spreadsheet program, with a byte order mark, semicolons and Windows line ends",
      "csv",
      '\ufefffirstName;email\r\n"A;nn";Ann@example.com\r\n;bob@example.com\r\n',
      '\ufefffirstName;email;enabled\r\n"A;nn";Ann@example.com;false\r\n;bob@example.com;\r\n;new@example.com;false\r\n',
    ],
    [
      "CSV whose columns are all there",
      "csv",
      "enabled,email,roles\nTRUE,ann@example.com,a;b\n,bob@example.com,\n",
      'enabled,email,roles\nfalse,ann@example.com,"a;b"\n,bob@example.com,\nfalse,new@example.com,\n',
    ],
  ] as [string, RosterFormat, string, string][]) {
    it(`keeps the form of ${what}`, () => {
      const accounts = {
        "ann@example.com": { enabled: false },
        "bob@example.com": {},
        "new@example.com": { enabled: false },
      };
      const merged = merge(before, format, accounts);
      expect(merged.text).to.equal(after);
      expect(merged.members).to.deep.equal(parseRoster(after, format));
      expect(merge(after, format, accounts).text).to.equal(after);
    });
  }

  it("is the same text, byte for byte, when nothing changes", () => {
    const text = "\ufeffann@example.com:   {enabled:   false}\r\n";
    const merged = merge(text, "yaml", { "ann@example.com": { enabled: false } });
    expect(merged).to.deep.include({ text, changes: [], others: [] });
  });

  it("leaves a member alone whose last day is over, so that a later day activates it again", () => {
    const text = "ann@example.com:\n  expires: 2026-05-31\nbob@example.com:\n  expires: 2026-06-01\n";
    const { changes } = merge(text, "yaml", {
      "ann@example.com": { enabled: false },
      "bob@example.com": { enabled: false },
    });
    expect(changes).to.deep.equal(["~ bob@example.com: enabled nothing -> false"]);
  });

  it("has what was put into it, whatever stands in it, and nothing changes the second time", () => {
    for (const format of FORMATS) {
      fc.assert(
        fc.property(members, members, (before, accounts) => {
          const merged = merge(formatRoster(before, format), format, accounts);
          expect(merged.members).to.deep.equal(parseRoster(merged.text, format));
          expect(merged.members).to.include.all.keys(...Object.keys(before), ...Object.keys(accounts));
          expect(merge(merged.text, format, accounts).changes).to.deep.equal([]);
        }),
      );
    }
  });

  it("keeps the comments in the workspaces of a member", () => {
    const text = "cid@example.com:\n  workspaces:\n    # Old.\n    forecasts: COLLABORATOR # since May\n";
    expect(merge(text, "yaml", { "cid@example.com": { workspaces: { forecasts: "OWNER" } } }).text).to.equal(
      "cid@example.com:\n  workspaces:\n    # Old.\n    forecasts: OWNER # since May\n",
    );
  });

  it("is refused with all its problems when it can't be read", () => {
    expect(() => merge("ann: {}\nbob: {}\n", "yaml", ACCOUNTS)).to.throw("Could not read team: it has 2 problems.");
  });
});
