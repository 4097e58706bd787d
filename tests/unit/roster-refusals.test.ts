import { expect } from "chai";
import type { ColumnName } from "../../provider/roster/columns";
import { parseRoster } from "../../provider/roster/read";
import type { RosterFormat } from "../../provider/roster/roster";
import { problemsOf } from "./roster-problems";

const ROLES = 'must be roles by the name of the workspace, such as { forecasts: "COLLABORATOR" }';
const NO_LITERAL = "what begins here is neither text in double quotes nor a literal";

describe("a roster that is refused", () => {
  for (const [what, text, format, lines] of [
    [
      "an address twice in a list, by the places of the addresses",
      "- enabled: true\n  email: a@b.c\n- enabled: true\n  email: A@b.c\n",
      "yaml",
      [
        "line 4, column 10: a@b.c is there twice: line 2 has it too, as case, spaces and the encoding of accents do not count",
      ],
    ],
    [
      "two addresses in one member of a list",
      "- email: a@b.c\n  email: d@e.f\n",
      "yaml",
      ["line 2, column 3: email is there twice in one member"],
    ],
    [
      "members of a list without an address, each with one problem",
      "- {}\n- x\n-\n- emial: a@b.c\n",
      "yaml",
      [
        "line 1, column 3: email is missing",
        "line 2, column 3: a member of the list must be an object with email",
        "line 3, column 2: a member of the list must be an object with email",
        "line 4, column 3: email is missing",
        'line 4, column 3: "emial" is not a column of a roster; the nearest is email',
      ],
    ],
    [
      "addresses that are not text",
      "- email: 1\n- email: true\n- email: [x]\n- {email: {a: b}}\n- {email}\n- email:\n",
      "yaml",
      [
        "line 1, column 10: the address 1 must be text",
        "line 2, column 10: the address true must be text",
        'line 3, column 10: the address ["x"] must be text',
        'line 4, column 11: the address {"a":"b"} must be text',
        "line 5, column 4: the address null must be text",
        "line 6, column 9: the address null must be text",
      ],
    ],
    [
      "flags and names without a value",
      "a@b.c: {enabled}\nd@e.f:\n  enabled:\n  firstName: null\n",
      "yaml",
      [
        "line 1, column 9: enabled of a@b.c must be true or false, not null",
        "line 3, column 11: enabled of d@e.f must be true or false, not null",
        "line 4, column 14: firstName of d@e.f must be a string, not null",
      ],
    ],
    [
      "workspaces that are not a map",
      "a@b.c: {workspaces: [x]}\nd@e.f: {workspaces: forecasts}\ng@h.i: {workspaces: 7}\nj@k.l: {workspaces: null}\n",
      "yaml",
      [
        `line 1, column 21: workspaces of a@b.c ${ROLES}, not ["x"]`,
        `line 2, column 21: workspaces of d@e.f ${ROLES}, not "forecasts"`,
        `line 3, column 21: workspaces of g@h.i ${ROLES}, not 7`,
        `line 4, column 21: workspaces of j@k.l ${ROLES}, not null`,
      ],
    ],
    [
      "workspaces without a name",
      'a@b.c: {workspaces: {"": OWNER}}\nd@e.f: {workspaces: {" ": OWNER}}\n',
      "yaml",
      [
        'line 1, column 21: workspaces of a@b.c must not have a workspace without a name, not {"":"OWNER"}',
        'line 2, column 21: workspaces of d@e.f must not have a workspace without a name, not {" ":"OWNER"}',
      ],
    ],
    [
      "half a character anywhere in a value",
      '{"a@b.c": {"roles": ["ok", "\\ud83d"]},\n "d@e.f": {"workspaces": {"ok": "OWNER", "\\ud83d": "OWNER"}},\n' +
        ' "g@h.i": {"roles": ["\\ud83d\\ude00"], "admin": true}}',
      "json",
      [
        'line 1, column 21: roles of a@b.c must not hold half a character, not ["ok","\\ud83d"]',
        'line 2, column 26: workspaces of d@e.f must not hold half a character, not {"ok":"OWNER","\\ud83d":"OWNER"}',
      ],
    ],
    [
      "a zero character at its start",
      "\0a@b.c",
      "csv",
      ["line 1, column 1: a zero character: the file is not text, or UTF-16; save it as UTF-8"],
    ],
    [
      "a bracket too many, without the words of the parser that quote it",
      "a@b.c: {}\n}",
      "yaml",
      ["line 2, column 1: the file is not YAML, or is cut: Unexpected flow-map-end token in YAML stream"],
    ],
    [
      "two documents, without what the parser advises a programmer to do",
      "a@b.c: {}\n---\nd@e.f: {}\n",
      "yaml",
      ["line 2, column 1: the file is not YAML, or is cut: Source contains multiple documents"],
    ],
    [
      "two colons, in the words of the parser that quote no piece of it",
      '{"a@b.c":: {}}',
      "json",
      ["line 1, column 10: the file is not JSON, or is cut: Unexpected : in flow map"],
    ],
    ...["}", " }", "\n}", "\n  }"].flatMap((end) => [
      [
        `a comma before ${JSON.stringify(end)}`,
        `{\n"a@b.c": {},${end}`,
        "json",
        ["line 2, column 12: the file is not JSON: nothing follows this comma"],
      ],
      [
        `a colon before ${JSON.stringify(end)}`,
        `{\n"a@b.c":${end}`,
        "json",
        ["line 2, column 8: the file is not JSON: nothing follows this colon"],
      ],
    ]),
    [
      "a comma before a bracket",
      '[{"email": "a@b.c"},]',
      "json",
      ["line 1, column 20: the file is not JSON: nothing follows this comma"],
    ],
    [
      "two commas",
      '{"a@b.c": {},,"d@e.f": {}}',
      "json",
      ["line 1, column 13: the file is not JSON: nothing follows this comma"],
    ],
    [
      "a colon before a comma",
      '{\n"a@b.c" :, "d@e.f": {}}',
      "json",
      [`line 2, column 10: the file is not JSON, or is cut: ${NO_LITERAL}`],
    ],
    [
      "an end that is cut off",
      '{"a@b.c": {"enabled": true',
      "json",
      [
        "line 1, column 27: the file is not JSON, or is cut: Flow map in block collection must be sufficiently indented and end with a }",
      ],
    ],
    [
      "an anchor after a bracket that is not closed",
      "a@b.c: {enabled: true\nd@e.f: &x {}",
      "yaml",
      ["line 2, column 8: an anchor (&name) is not read in a roster: write the value where it is needed"],
    ],
    ["a value without a colon", '{\n"a@b.c"\n}', "json", ["line 3, column 1: the file is not JSON"]],
    ["a colon alone", "\n:", "json", ["line 1, column 1: the file is not JSON"]],
    ["keys without brackets", '"a@b.c": {}', "json", ["line 1, column 8: the file is not JSON"]],
    [
      "deep keys in a line",
      "? ".repeat(100),
      "yaml",
      ["line 1, column 65: the file is nested or indented too deeply for a roster"],
    ],
    [
      "257 spaces in a row",
      `a@b.c:${" ".repeat(257)}{}`,
      "yaml",
      ["line 1, column 7: the file is nested or indented too deeply for a roster"],
    ],
  ] as [string, string, RosterFormat, string[]][]) {
    it(`has ${what}`, () => {
      expect(problemsOf(text, format)).to.deep.equal(lines);
    });
  }

  it("is JSON with any literal of JSON for a value, and with no other", () => {
    const json = (value: string) => `{"a@b.c": {"enabled": ${value}}}`;
    for (const value of ["0", "-7", "12", "1.5", "-12.75", "1e5", "1E-12", "1.25e+10", "null"]) {
      expect(problemsOf(json(value), "json"), value).to.deep.equal([
        `line 1, column 23: enabled of a@b.c must be true or false, not ${String(JSON.parse(value))}`,
      ]);
    }
    for (const value of [
      "xtrue",
      "truex",
      "True",
      "+1",
      ".5",
      "1.",
      "1.x",
      "1e",
      "1ex",
      "1e*5",
      "1f5",
      "0x10",
      "-x",
      "~",
    ]) {
      expect(problemsOf(json(value), "json"), value).to.deep.equal([
        `line 1, column 23: the file is not JSON, or is cut: ${NO_LITERAL}`,
      ]);
    }
  });

  it("has a wrong value in any column, each told by its own check", () => {
    const wrong = {
      enabled: ["no", 'must be true or false, not "no"'],
      expires: ["", 'must be a day that exists, such as "2026-12-31", not ""'],
      adopt: [1, "must be true or false, not 1"],
      onDestroy: ["delete", 'must be "deactivate" or "retain", not "delete"'],
      firstName: [true, "must be a string, not true"],
      lastName: [7, "must be a string, not 7"],
      admin: ["yes", 'must be true or false, not "yes"'],
      roles: ["viewer", 'must be a list of role names, not "viewer"'],
      requireReset: [0, "must be true or false, not 0"],
      handOver: ["bob", 'must be of the form name@example.com, not "bob"'],
      onSoleOwner: ["ignore", 'must be "warn" or "refuse", not "ignore"'],
      workspaces: [{ x: "ADMIN" }, 'must have "OWNER" or "COLLABORATOR" for the workspace "x", not {"x":"ADMIN"}'],
    } satisfies Record<ColumnName, [unknown, string]>;
    const columns = Object.entries(wrong);
    const member = Object.fromEntries(columns.map(([name, [value]]) => [name, value]));
    const problems = problemsOf(JSON.stringify({ "a@b.c": member }), "json");
    expect(problems.map((line) => line.replace(/^.*column \d+: | \(YYYY-MM-DD.*$/g, ""))).to.deep.equal(
      columns.map(([name, [, words]]) => `${name} of a@b.c ${String(words)}`),
    );
  });

  it("lists 50 problems without a word of more, and counts one as one", () => {
    const lines = Array.from({ length: 50 }, (_, index) => `p${index}: {}`);
    expect(problemsOf(lines.join("\n"), "yaml")).to.have.length(50);
    expect(() => parseRoster("p: {}\nq: {}", "yaml")).to.throw("Could not read the roster: it has 2 problems. Correct");
    expect(() => parseRoster("p: {}", "yaml")).to.throw("Could not read the roster: it has 1 problem. Correct");
  });

  it("quotes no piece of a password in the words of the parser", () => {
    const texts: [string, RosterFormat][] = [
      ...[
        "|hunter2",
        ">hunter2",
        "|-hunter2",
        "|5hunter2",
        "|\n   hunter2\n  hunter2",
        '"\\Uhunter2x"',
        '"a\\xhu"',
      ].map((password) => [`a@b.c:\n  password: ${password}\n`, "yaml"] as [string, RosterFormat]),
      ['{"a@b.c": {"password": "\\Uhunter2x"}}', "json"],
    ];
    for (const [text, format] of texts) {
      expect(problemsOf(text, format).join("\n"), text).to.not.match(/hu|unter/);
    }
    expect(problemsOf("a@b.c:\n  password: |hunter2\n", "yaml")).to.deep.equal([
      "line 2, column 14: the file is not YAML, or is cut: Block scalar header includes extra characters",
    ]);
    expect(problemsOf('a@b.c:\n  password: "a\\xhu"\n', "yaml")).to.deep.equal([
      "line 2, column 15: the file is not YAML, or is cut: Invalid escape sequence",
    ]);
  });
});

describe("a roster that is not refused", () => {
  it("has a list of more members than a line may have levels, or keys that are written out", () => {
    const emails = Array.from({ length: 40 }, (_, index) => `p${index}@example.com`);
    const members = Object.fromEntries(emails.map((email) => [email, {}]));
    expect(parseRoster(emails.map((email) => `- email: ${email}\n`).join(""), "yaml")).to.deep.equal(members);
    expect(parseRoster(emails.map((email) => `? ${email}\n: {}\n`).join(""), "yaml")).to.deep.equal(members);
  });

  it("has a long text, or 256 spaces in a row", () => {
    const firstName = "x".repeat(300);
    expect(parseRoster(`a@b.c:${" ".repeat(256)}{firstName: ${firstName}}`, "yaml")).to.deep.equal({
      "a@b.c": { firstName },
    });
  });

  it("has workspaces by their names as they are written", () => {
    const names = ["7", "007", "1e3", "0x10", "1.0", "true", "null", "~"];
    const text = `a@b.c: {workspaces: {${names.map((name) => `${name}: OWNER`).join(", ")}}}`;
    expect(Object.keys(parseRoster(text, "yaml")["a@b.c"]?.workspaces ?? {})).to.have.members(names);
  });

  it("keeps the character of a byte order mark inside a text", () => {
    expect(parseRoster('{"a@b.c": {"firstName": "A\ufeffn"}}', "json")).to.deep.equal({
      "a@b.c": { firstName: "A\ufeffn" },
    });
  });
});
