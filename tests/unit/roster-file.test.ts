import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { ROOT } from "../../provider/native/build/declarations";
import { currentRosterSchema } from "../../provider/native/build/roster-schema";
import { COLUMN_NAMES } from "../../provider/roster/columns";
import { readRoster } from "../../provider/roster/read";
import * as sdk from "../../sdk";

describe("the file of a roster", () => {
  let folder: string;
  before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-roster-"))));
  after(() => fs.rmSync(folder, { recursive: true }));
  const write = (name: string, content: string | Buffer) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, content);
    return file;
  };
  const members = { "jürgen@example.com": { enabled: false } };

  it("is read by the end of its name, in any case", () => {
    const yaml = "jürgen@example.com:\n  enabled: false\n";
    for (const name of ["team.yaml", "team.yml", "TEAM.YAML"]) {
      expect(readRoster(write(name, yaml)), name).to.deep.equal(members);
    }
    expect(readRoster(write("team.json", JSON.stringify(members)))).to.deep.equal(members);
    const bytes = Buffer.from("\ufeffemail,enabled\njürgen@example.com,false\n");
    expect(readRoster(write("team.csv", bytes))).to.deep.equal(members);
  });

  for (const [what, name, content, words] of [
    [
      "UTF-16 with the low byte first",
      "le.csv",
      Buffer.from("\ufeffemail\na@b.c\n", "utf16le"),
      "it is UTF-16. Save it as",
    ],
    [
      "UTF-16 with the high byte first",
      "be.csv",
      Buffer.from("\ufeffemail\n", "utf16le").swap16(),
      "it is UTF-16. Save it as",
    ],
    [
      "UTF-16 without a mark",
      "raw.csv",
      Buffer.from("email\na@b.c\n", "utf16le"),
      "line 1, column 2: a zero character",
    ],
    [
      "Latin-1",
      "latin.csv",
      Buffer.from("email\n\ufffd@b.c\nj\u00fcrgen@b.c\n", "latin1"),
      "it is not UTF-8, on line 2 first",
    ],
    [
      "a byte of a cut letter",
      "cut.yaml",
      Buffer.concat([Buffer.from("a@b.c: {}\n"), Buffer.from([0xc3])]),
      "it is not UTF-8, on line 2 first",
    ],
    ["nothing", "empty.json", "", "line 1, column 1: the file is empty"],
    ["another format", "team.xlsx", "PK", "the end of its name does not tell the format. Name it .yaml"],
  ] as const) {
    it(`is refused with ${what}`, () => {
      const file = write(name, content);
      expect(() => readRoster(file))
        .to.throw(`Could not read ${file}: `)
        .and.to.have.property("message")
        .include(words);
    });
  }

  it("is refused in plain words when it is not there, with the folder that was looked in, or is a folder", () => {
    expect(() => readRoster("no-such.yaml")).to.throw(
      `Could not read no-such.yaml: there is no such file in ${process.cwd()}.`,
    );
    fs.mkdirSync(path.join(folder, "folder.yaml"));
    const isFolder = path.join(folder, "folder.yaml");
    expect(() => readRoster(isFolder)).to.throw(`Could not read ${isFolder}: it is a folder. Correct the path`);
    const none = path.join(folder, "none.yaml");
    expect(() => readRoster(none)).to.throw(`Could not read ${none}: there is no such file. Correct the path`);
  });

  it("fails a program as a RunError, which prints as its message", () => {
    const file = write("bad.yaml", "ann: {}\n");
    expect(() => sdk.readRoster(file))
      .to.throw(`Could not read ${file}: it has 1 problem.`)
      .and.to.have.property("__pulumiRunError", true);
    expect(() => sdk.parseRoster("ann: {}", "yaml"))
      .to.throw("line 1, column 1")
      .and.to.have.property("__pulumiRunError", true);
    expect(sdk.parseRoster("email\na@b.c", "csv")).to.deep.equal({ "a@b.c": {} });
  });

  it("has a schema for editors that is the committed one, with every column and no password", () => {
    const committed = fs.readFileSync(path.join(ROOT, "roster.schema.json"), "utf8");
    expect(committed === currentRosterSchema(), "roster.schema.json is old: run `npm run schema`").to.equal(true);
    const { oneOf } = JSON.parse(committed) as {
      oneOf: [{ patternProperties: { "@": { properties: object } } }, { items: { properties: object } }];
    };
    expect(Object.keys(oneOf[0].patternProperties["@"].properties)).to.deep.equal(COLUMN_NAMES);
    expect(Object.keys(oneOf[1].items.properties)).to.deep.equal(["email", ...COLUMN_NAMES]);
  });
});
