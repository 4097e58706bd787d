import { expect } from "chai";
import { parseRoster } from "../../provider/roster/read";
import type { RosterFormat } from "../../provider/roster/roster";
import { problemsOf } from "./roster-problems";

const ANN = "ann@example.com";

describe("a roster in YAML or JSON", () => {
  it("is the members of a team, by canonical address and in the order of the file", () => {
    const text = [
      "# The team",
      "Zoe@Example.com: {}",
      "ann@example.com:",
      "  enabled: false",
      "  expires: 2026-12-31",
      "  adopt: true",
      "  onDestroy: retain",
      "  firstName: Ann",
      "  lastName: O'Neill",
      "  admin: false",
      "  roles: [viewer, no]",
      "  requireReset: true",
      "  handOver: zoe@example.com",
      "  onSoleOwner: refuse",
      "  workspaces: { forecasts: OWNER, 7: COLLABORATOR }",
    ].join("\n");
    const members = parseRoster(text, "yaml");
    expect(Object.keys(members)).to.deep.equal(["zoe@example.com", ANN]);
    expect(members).to.deep.equal({
      "zoe@example.com": {},
      [ANN]: {
        enabled: false,
        expires: "2026-12-31",
        adopt: true,
        onDestroy: "retain",
        firstName: "Ann",
        lastName: "O'Neill",
        admin: false,
        roles: ["viewer", "no"],
        requireReset: true,
        handOver: "zoe@example.com",
        onSoleOwner: "refuse",
        workspaces: { "7": "COLLABORATOR", forecasts: "OWNER" },
      },
    });
    expect(parseRoster(JSON.stringify(members), "json")).to.deep.equal(members);
    const list = Object.entries(members).map(([email, member]) => ({ email, ...member }));
    expect(parseRoster(JSON.stringify(list), "json")).to.deep.equal(members);
    expect(parseRoster("- email: ann@example.com\n  enabled: false\n", "yaml")).to.deep.equal({
      [ANN]: { enabled: false },
    });
  });

  it("may begin with a byte order mark, have Windows line ends and name its schema", () => {
    const members = { [ANN]: { enabled: true } };
    expect(parseRoster("\ufeffann@example.com:\r\n  enabled: true\r\n", "yaml")).to.deep.equal(members);
    const json = '\ufeff{\r\n\t"$schema": "roster.schema.json",\r\n\t"ann@example.com": { "enabled": true }\r\n}';
    expect(parseRoster(json, "json")).to.deep.equal(members);
  });

  it("is refused with every problem at once, each with its line and column, in the order of the file", () => {
    const text = [
      "ann@example.com:",
      "  enabled: no",
      "  expires: 2026-02-30",
      "ANN@example.com : {}",
      "bob@example.com:",
      "  enabld: true",
      "  enabled: true",
      "  enabled: false",
      "  firstName: 1",
      "  email: bob@example.com",
      "no: {}",
      "__proto__: {}",
      "cid@example.com:",
    ].join("\n");
    expect(problemsOf(text, "yaml")).to.deep.equal([
      'line 2, column 12: enabled of ann@example.com must be true or false, not "no"',
      'line 3, column 12: expires of ann@example.com must be a day that exists, such as "2026-12-31", not "2026-02-30"' +
        " (YYYY-MM-DD; a spreadsheet program changes days unless the column is text)",
      "line 4, column 1: ann@example.com is there twice: line 1 has it too, as case, spaces and the encoding of accents do not count",
      'line 6, column 3: "enabld" is not a column of a roster; the nearest is enabled',
      "line 8, column 3: enabled of bob@example.com is there twice",
      "line 9, column 14: firstName of bob@example.com must be a string, not 1",
      "line 10, column 3: email must not be given: the key is the address",
      'line 11, column 1: the address "no" must be of the form name@example.com',
      'line 12, column 1: the address "__proto__" must be of the form name@example.com',
      'line 13, column 17: the member "cid@example.com" must be an object of what is declared of it, {} at least',
    ]);
  });

  it("names both lines of an address that is there twice in another encoding", () => {
    const problems = problemsOf('{\n  "j\\u00fcrgen@x.de": {},\n  "ju\\u0308rgen@x.de": {}\n}', "json");
    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(/^line 3, column 3: jürgen@x\.de is there twice: line 2 has it too/);
  });

  it("lists no more than 50 problems, and says how many more there are", () => {
    const text = Array.from({ length: 60 }, (_, index) => `p${index}: {}`).join("\n");
    const problems = problemsOf(text, "yaml");
    expect(problems).to.have.length(51);
    expect(problems.at(-1)).to.equal("and 10 more");
  });

  it("is refused for a password, whose value no message holds", () => {
    const secret = "hunter2-of-ann";
    const texts: [string, RosterFormat][] = [
      [`ann@example.com:\n  password: ${secret}\n`, "yaml"],
      [`ann@example.com:\n  pasword: ${secret}\n`, "yaml"],
      [`ann@example.com:\n  password: "${secret}\n`, "yaml"],
      [`ann@example.com: {password: ${secret}}\n${secret}`, "yaml"],
      [`{"ann@example.com": {"password": "${secret}"}}`, "json"],
      [`{"ann@example.com": {"password": ${secret}}}`, "json"],
      [`{"ann@example.com": {"password": "${secret}\n"}}`, "json"],
      [`email,password\nann@example.com,${secret}\n`, "csv"],
      [`email,password\nann@example.com,"${secret}"x\n`, "csv"],
      [`email,password\nann@example.com,${secret}"\n`, "csv"],
    ];
    for (const [text, format] of texts) expect(problemsOf(text, format).join("\n"), text).to.not.include(secret);
    expect(problemsOf(...(texts[0] ?? ["", "yaml"]))[0]).to.match(/^line 2, column 3: a roster has no passwords, as /);
    expect(problemsOf(...(texts[7] ?? ["", "csv"]))[0]).to.match(/^line 1, column 2: a roster has no passwords, as /);
  });

  for (const [what, text, format, line] of [
    ["nothing in it", "", "yaml", "line 1, column 1: the file is empty"],
    ["nothing but space in it", " \r\n\n", "json", "line 1, column 1: the file is empty"],
    ["nothing but comments in it", "# later\n", "yaml", "line 1, column 1: the roster has no member"],
    ["no member", "{}", "json", "line 1, column 1: the roster has no member"],
    ["an empty list", "[]", "json", "line 1, column 1: the roster has no member"],
    ["a text for a file", "ann@example.com", "yaml", "line 1, column 1: the file must be members by address"],
    ["a list of addresses", "- ann@example.com", "yaml", "line 1, column 3: a member of the list must be an object"],
    ["a cut key", "ann@example.com: {}\nbob@exam", "yaml", "line 2, column 1: the file is not YAML, or is cut"],
    [
      "a cut member",
      "ann@example.com:\n  ena",
      "yaml",
      'line 2, column 3: the member "ann@example.com" must be an object',
    ],
    [
      "a cut value",
      "ann@example.com:\n  enabled: tr",
      "yaml",
      "line 2, column 12: enabled of ann@example.com must be true or",
    ],
    ["a cut text", 'ann@example.com:\n  firstName: "An', "yaml", "line 2, column 17: the file is not YAML, or is cut"],
    [
      "a cut object",
      '{"ann@example.com": {"enabled": true',
      "json",
      "line 1, column 37: the file is not JSON, or is cut",
    ],
    [
      "a comma too many",
      '{"ann@example.com": {},}',
      "json",
      "line 1, column 23: the file is not JSON: nothing follows this comma",
    ],
    ["single quotes", "{'ann@example.com': {}}", "json", "line 1, column 2: the file is not JSON, or is cut"],
    [
      "a comment in JSON",
      '{"ann@example.com": {}} // no',
      "json",
      "line 1, column 25: the file is not JSON, or is cut",
    ],
    [
      "a line break in a text",
      '{"ann@example.com": {"firstName": "A\nB"}}',
      "json",
      "line 1, column 37: the file is not JSON",
    ],
    ["two documents", "a@b.c: {}\n---\nd@e.f: {}", "yaml", "line 2, column 1: the file is not YAML, or is cut"],
    ["an anchor", "a@b.c: &all {}", "yaml", "line 1, column 8: an anchor (&name) is not read"],
    ["an alias", "a@b.c: *all", "yaml", "line 1, column 8: an alias (*name) is not read"],
    ["a merge key", "a@b.c:\n  <<: {}", "yaml", 'line 2, column 3: "<<" is not a column of a roster'],
    ["a tag", "a@b.c:\n  enabled: !!str true", "yaml", "line 2, column 12: a tag (!name) is not read"],
    [
      "a directive",
      "%YAML 1.1\n---\na@b.c: {enabled: yes}",
      "yaml",
      "line 1, column 1: a directive (%NAME) is not read",
    ],
    ["a key that is an object", "? {a: 1}\n: {}", "yaml", "line 1, column 3: a key must be text"],
    ["no email in a list", "- enabled: true", "yaml", "line 1, column 3: email is missing"],
    [
      "a workspace twice",
      "a@b.c:\n  workspaces: {x: OWNER, x: OWNER}",
      "yaml",
      'line 2, column 26: "x" is there twice',
    ],
    ["another role", "a@b.c:\n  workspaces: {x: owner}", "yaml", "line 2, column 15: workspaces of a@b.c must have"],
    [
      "half a character",
      '{"a@b.c": {"firstName": "\\ud83d"}}',
      "json",
      "line 1, column 25: firstName of a@b.c must not hold half a",
    ],
    ["zero characters", "a\0@\0b\0", "yaml", "line 1, column 2: a zero character: the file is not text, or UTF-16"],
    [
      "lost characters",
      "ann@example.com: {}\nj\ufffdrg@x.de: {}",
      "yaml",
      "line 2, column 2: a character that was lost in reading",
    ],
    ["deep brackets", "[".repeat(100_000), "yaml", "line 1, column 33: the file is nested or indented too deeply"],
    ["deep objects", '{"a":'.repeat(100_000), "json", "line 1, column 161: the file is nested or indented too deeply"],
    [
      "deep lists in a line",
      "- ".repeat(100_000),
      "yaml",
      "line 1, column 65: the file is nested or indented too deeply",
    ],
  ] as [string, string, RosterFormat, string][]) {
    it(`is refused with ${what}`, () => {
      const problems = problemsOf(text, format);
      expect(problems[0]?.slice(0, line.length)).to.equal(line);
    });
  }

  it("makes no members of a bomb of aliases", () => {
    const bomb = [
      "a: &a [x, x]",
      ...[..."bcdefghij"].map((name, index) => {
        const before = "abcdefghij"[index];
        return `${name}: &${name} [${Array(9).fill(`*${before}`).join(", ")}]`;
      }),
    ].join("\n");
    expect(problemsOf(bomb, "yaml")[0]).to.match(/^line 1, column 4: an anchor/);
  });

  it("refuses a text that is not one, and a format that there is not", () => {
    expect(() => parseRoster(Buffer.from("x") as unknown as string, "yaml")).to.throw(
      "Could not read the roster: it is object, and must be text.",
    );
    expect(() => parseRoster("x", "xlsx" as RosterFormat)).to.throw(
      '"xlsx" is not a format. There are yaml, csv, json.',
    );
  });
});
