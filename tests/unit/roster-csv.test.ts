import { expect } from "chai";
import { parseRoster } from "../../provider/roster/read";
import { problemsOf } from "./roster-problems";

const ANN = "ann@example.com";

/** A file of these lines, as spreadsheet programs end them. */
const csv = (...lines: string[]) => lines.map((line) => `${line}\r\n`).join("");

describe("a roster in CSV", () => {
  it("has the columns of its header in any order, and declares nothing with an empty cell", () => {
    const text = csv(
      "enabled,email,expires,firstName,roles,workspaces",
      'TRUE,Ann@Example.com,2026-12-31,"O""Neill, Ann",viewer; editor,forecasts=OWNER; a=b =COLLABORATOR',
      "False, bob@example.com ,,,,",
    );
    expect(parseRoster(text, "csv")).to.deep.equal({
      [ANN]: {
        enabled: true,
        expires: "2026-12-31",
        firstName: 'O"Neill, Ann',
        roles: ["viewer", "editor"],
        workspaces: { forecasts: "OWNER", "a=b": "COLLABORATOR" },
      },
      "bob@example.com": { enabled: false },
    });
  });

  it("is separated by what its header has: commas, semicolons or tabs", () => {
    const members = { [ANN]: { enabled: true, roles: ["a", "b,c"] } };
    expect(parseRoster(csv("email,enabled,roles", `${ANN},true,"a;b,c"`), "csv")).to.deep.equal(members);
    expect(parseRoster(csv("email;enabled;roles", `${ANN};true;"a;b,c"`), "csv")).to.deep.equal(members);
    expect(parseRoster(csv("email\tenabled\troles", `${ANN}\ttrue\ta;b,c`), "csv")).to.deep.equal(members);
  });

  it("may have a byte order mark, empty lines and records, line breaks in quotes, and no last line end", () => {
    const text = `\ufeffemail,firstName\n\n${ANN},"A\nnn"\n,\n   \nbob@example.com,Bob`;
    expect(parseRoster(text, "csv")).to.deep.equal({
      [ANN]: { firstName: "A\nnn" },
      "bob@example.com": { firstName: "Bob" },
    });
    expect(parseRoster("email\rann@example.com\r", "csv")).to.deep.equal({ [ANN]: {} });
  });

  it("takes a character after a backslash as it is", () => {
    const text = csv("email,firstName,roles,workspaces", String.raw`\+x@example.com,\=1+1,a\;b;\ c\\,w\;1=OWNER`);
    expect(parseRoster(text, "csv")).to.deep.equal({
      "+x@example.com": { firstName: "=1+1", roles: ["a;b", " c\\"], workspaces: { "w;1": "OWNER" } },
    });
  });

  it("is refused with every problem at once, each with its line and the number of its cell", () => {
    const text = csv(
      "email,enabled,expires,Enabled,workspaces,firstName",
      `"ann@example.com",yes,31.01.2026,x,forecasts,`,
      "",
      'bob@example.com,1,46053,x,x=OWNER;x=OWNER,"A',
      'B"',
      "ANN@example.com,WAHR,,x,x=owner,back\\",
      "cid,,1/31/2026,x,,",
      "dan@example.com,true",
      "eve@example.com,,,,,,one,too many",
      ",true,,,,",
    );
    const day = (value: string) =>
      `must be a day that exists, such as "2026-12-31", not "${value}" (YYYY-MM-DD; a spreadsheet program changes days unless the column is text)`;
    expect(problemsOf(text, "csv")).to.deep.equal([
      'line 1, column 4: "Enabled" is not a column of a roster; the nearest is enabled',
      'line 2, column 2: enabled of ann@example.com must be true or false, not "yes"',
      `line 2, column 3: expires of ann@example.com ${day("31.01.2026")}`,
      "line 2, column 5: workspaces must be of the form name=OWNER;name=COLLABORATOR",
      'line 4, column 2: enabled of bob@example.com must be true or false, not "1"',
      `line 4, column 3: expires of bob@example.com ${day("46053")}`,
      'line 4, column 5: workspaces must not name the workspace "x" twice',
      "line 6, column 1: ann@example.com is there twice: line 2 has it too, as case, spaces and the encoding of accents do not count",
      'line 6, column 2: enabled of ann@example.com must be true or false, not "WAHR"',
      'line 6, column 5: workspaces of ann@example.com must have "OWNER" or "COLLABORATOR" for the workspace "x", not {"x":"owner"}',
      "line 6, column 6: firstName must not end with a single backslash",
      'line 7, column 1: the address "cid" must be of the form name@example.com',
      `line 7, column 3: expires of this member ${day("1/31/2026")}`,
      "line 8, column 2: the record has 2 of 6 cells: the file may be cut",
      "line 9, column 7: the record has 8 cells, and the header 6: text with a separator in it needs quotes",
      "line 10, column 1: email is missing",
    ]);
  });

  for (const [what, text, line] of [
    ["a header alone", "email,enabled\n", "line 1, column 1: the roster has no member"],
    ["no header", "ann@example.com\nbob@example.com\n", "line 1, column 1: the header has no column email"],
    ["no column email", "mail,enabled\nann@example.com,true\n", "line 1, column 1: the header has no column email"],
    [
      "a column twice",
      "email,enabled,enabled\na@b.c,true,false\n",
      "line 1, column 3: the column enabled is there twice",
    ],
    ["a column without a name", "email,\na@b.c,x\n", "line 1, column 2: the column has no name"],
    [
      "a last record that is cut",
      "email,enabled,admin\na@b.c,true,false\nd@e",
      "line 3, column 1: the record has 1 of 3",
    ],
    [
      "a last cell that is cut",
      "email,enabled\na@b.c,tr",
      'line 2, column 2: enabled of a@b.c must be true or false, not "tr"',
    ],
    ["an end in quotes", 'email,firstName\na@b.c,"An', "line 2, column 2: the quote that begins here is not closed"],
    [
      "a quote in a cell",
      'email,firstName\na@b.c,A"nn\n',
      "line 2, column 2: a quote is in a cell that does not begin",
    ],
    ["text after a quote", 'email,firstName\na@b.c,"A"nn\n', "line 2, column 2: text follows a closing quote"],
  ] as const) {
    it(`is refused with ${what}`, () => {
      expect(problemsOf(text, "csv")[0]?.slice(0, line.length)).to.equal(line);
    });
  }

  it("lists the problems of the records before the one that can't be read, too", () => {
    const problems = problemsOf('email,enabled\na@b.c,no\nd@e.f,"tr', "csv");
    expect(problems).to.deep.equal([
      'line 2, column 2: enabled of a@b.c must be true or false, not "no"',
      "line 3, column 2: the quote that begins here is not closed: the file may be cut",
    ]);
  });

  it("tells the line on which a cell begins, however many line breaks are in quotes before it", () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      const lines = [
        "email,firstName",
        `"a@b.c","A`,
        "",
        `B"`,
        "",
        `"d@e.f","D`,
        `E"`,
        "",
        "x,y",
        `g@h.i,"open`,
        "",
        "z",
      ];
      expect(problemsOf(lines.join(end), "csv"), JSON.stringify(end)).to.deep.equal([
        'line 9, column 1: the address "x" must be of the form name@example.com',
        "line 10, column 2: the quote that begins here is not closed: the file may be cut",
      ]);
      const first = ["email,firstName", "", `"open`, "z"];
      expect(problemsOf(first.join(end), "csv")[0]).to.match(/^line 3, column 1: the quote that begins here/);
    }
  });

  it("takes no time for cells of spaces and backslashes", () => {
    const startedMs = performance.now();
    const cell = `a${" ".repeat(200_000)}b${"\\\\".repeat(200_000)}`;
    parseRoster(`email,firstName,roles\n${ANN},${cell},${cell};${cell}\n`, "csv");
    expect(performance.now() - startedMs).to.be.lessThan(5_000);
  });
});
