import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { ROOT } from "../markdown";

const COMMITTED = path.join(ROOT, "docs/api");

describe("the API reference", function () {
  this.timeout(180_000);
  let folder: string;
  before(() => {
    folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-reference-")), "api");
    execFileSync(process.execPath, [path.join(ROOT, "tests/api/reference.mjs"), folder]);
  });
  after(() => fs.rmSync(path.dirname(folder), { recursive: true }));

  for (const page of fs.readdirSync(COMMITTED)) {
    it(`has in docs/api/${page} what the docstrings say (\`npm run docs\` writes it anew)`, () => {
      const text = (place: string) => fs.readFileSync(path.join(place, page), "utf8");
      expect(fs.existsSync(path.join(folder, page)), "it is of no export any more").to.equal(true);
      expect(text(folder)).to.equal(text(COMMITTED));
    });
  }

  it("has a page or an entry for every export", () => {
    expect(fs.readdirSync(COMMITTED).sort()).to.deep.equal(fs.readdirSync(folder).sort());
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const names = Object.keys(require("../../sdk/index") as object);
    const index = fs.readFileSync(path.join(COMMITTED, "README.md"), "utf8");
    const missing = names.filter((name) => !index.includes(`\n### ${name}()`) && !index.includes(`](${name}.md)`));
    expect(missing).to.deep.equal([]);
  });

  it("names no version, no line of source and no type of the inside", () => {
    for (const page of fs.readdirSync(COMMITTED)) {
      const text = fs.readFileSync(path.join(COMMITTED, page), "utf8");
      expect(text, page).to.not.match(/Defined in|OutputInstance|\.ts:\d|\bv?\d+\.\d+\.\d+\b/);
    }
  });
});
