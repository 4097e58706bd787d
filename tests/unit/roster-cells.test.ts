import { expect } from "chai";
import { readCell, writeCell } from "../../provider/roster/cells";
import { quoted, separatorOf } from "../../provider/roster/csv";
import { parseRoster } from "../../provider/roster/read";
import { problemsOf } from "./roster-problems";

const ANN = "ann@example.com";

describe("a cell of a roster in CSV", () => {
  it("is a flag whatever its case and the spaces round it, and stays text if it is neither true nor false", () => {
    for (const text of ["true", "TRUE", " True "]) expect(readCell(text, "flag"), text).to.deep.equal({ value: true });
    for (const text of ["false", "FALSE", "\tfalse"]) {
      expect(readCell(text, "flag"), text).to.deep.equal({ value: false });
    }
    for (const text of ["yes", "1", "tr ue", ""]) expect(readCell(text, "flag"), text).to.deep.equal({ value: text });
  });

  it("has no entry for nothing between separators", () => {
    expect(readCell("a;; b ; ;", "list")).to.deep.equal({ value: ["a", "b"] });
    expect(readCell(" ; ;", "list")).to.deep.equal({ value: [] });
    for (const text of [";", ";;"]) expect(readCell(text, "list"), text).to.deep.equal({ value: [] });
    expect(readCell("; a=OWNER;; b = COLLABORATOR ; ;", "roles")).to.deep.equal({
      value: { a: "OWNER", b: "COLLABORATOR" },
    });
  });

  it("drops the space at its ends, but not the one after an odd number of backslashes", () => {
    for (const [text, value] of [
      ["  Ann  ", "Ann"],
      ["Ann\\  ", "Ann "],
      ["Ann\\\\  ", "Ann\\"],
      ["Ann\\\\\\  ", "Ann\\ "],
      ["\\  Ann", "  Ann"],
      [" Ann  Lee ", "Ann  Lee"],
    ]) {
      expect(readCell(text ?? "", "text"), text).to.deep.equal({ value });
    }
  });

  it("is written with a backslash before what would be read otherwise, and before nothing else", () => {
    for (const [value, cell] of [
      ["Ann Mary Lee", "Ann Mary Lee"],
      [" Ann Lee ", "\\ Ann Lee\\ "],
      ["a;b\\c", "a\\;b\\\\c"],
      ["=1+1", "\\=1+1"],
      ["a=1", "a=1"],
      [true, "true"],
      [["a b", " c", "d;"], "a b;\\ c;d\\;"],
      [{ "a b": "OWNER", "c;": "COLLABORATOR" }, "a b=OWNER;c\\;=COLLABORATOR"],
      [[], ""],
      [{}, ""],
    ] as const) {
      expect(writeCell(value), JSON.stringify(value)).to.equal(cell);
    }
  });

  it("is in quotes when it holds a quote, a line end or any separator, and only then", () => {
    for (const cell of ["a,b", "a;b", "a\tb", "a\nb", "a\rb"]) {
      expect(quoted(cell), JSON.stringify(cell)).to.equal(`"${cell}"`);
    }
    expect(quoted('"a"')).to.equal('"""a"""');
    for (const cell of ["", " a ", "a=b", "'a'", "\\a"]) expect(quoted(cell)).to.equal(cell);
  });

  it("is separated by a comma if the header has no separator", () => {
    for (const text of ["email", "", "\r\n", "\nemail\na;b"]) expect(separatorOf(text), text).to.equal(",");
    expect(separatorOf("\r\nemail;a\r\na,b")).to.equal(";");
  });

  it("declares nothing if it holds spaces alone", () => {
    expect(parseRoster(`email,firstName,enabled\n${ANN},  ,\t\n`, "csv")).to.deep.equal({ [ANN]: {} });
  });

  it("is found by its column in a header with spaces, after empty lines, whatever ends each line", () => {
    const text = `\n\r\n email , enabled \r\n${ANN}, FALSE \n\nbob@example.com,true\rcid@example.com,`;
    expect(parseRoster(text, "csv")).to.deep.equal({
      [ANN]: { enabled: false },
      "bob@example.com": { enabled: true },
      "cid@example.com": {},
    });
  });
});

describe("a roster in CSV that can't be read", () => {
  for (const [what, text, lines] of [
    [
      "an open quote in its first cell",
      '"email\nann@example.com',
      ["line 1, column 1: the quote that begins here is not closed: the file may be cut"],
    ],
    [
      "an open quote after empty lines",
      `email\n\n${ANN}\n\n\n"open`,
      ["line 6, column 1: the quote that begins here is not closed: the file may be cut"],
    ],
    [
      "no header: the records are not looked at",
      `${ANN},true\nbob@example.com,maybe\n`,
      ["line 1, column 1: the header has no column email"],
    ],
    [
      "a header with another name for the address: the records are looked at",
      `\nmail,enabled\n${ANN},maybe\n`,
      [
        "line 2, column 1: the header has no column email",
        'line 2, column 1: "mail" is not a column of a roster; the nearest is email',
        "line 3, column 1: email is missing",
        'line 3, column 2: enabled of this member must be true or false, not "maybe"',
      ],
    ],
    ["a column without a name", `email,\n${ANN},x\n`, ["line 1, column 2: the column has no name"]],
    [
      "a column twice",
      `email,enabled,admin,enabled\n${ANN},true,,\n`,
      ["line 1, column 4: the column enabled is there twice: it is column 2 too"],
    ],
    [
      "a value with line ends in it: its line is the one on which it begins",
      `email,enabled\r\n${ANN},"x\r\ny"\r\nbob@example.com,"z\nz"\r\ncid@example.com,no`,
      [
        `line 2, column 2: enabled of ${ANN} must be true or false, not "x\\r\\ny"`,
        'line 4, column 2: enabled of bob@example.com must be true or false, not "z\\nz"',
        'line 6, column 2: enabled of cid@example.com must be true or false, not "no"',
      ],
    ],
    [
      "a role without a workspace",
      `email,workspaces\n${ANN},=OWNER\n`,
      [`line 2, column 2: workspaces of ${ANN} must not have a workspace without a name, not {"":"OWNER"}`],
    ],
  ] as [string, string, string[]][]) {
    it(`has ${what}`, () => {
      expect(problemsOf(text, "csv")).to.deep.equal(lines);
    });
  }
});
