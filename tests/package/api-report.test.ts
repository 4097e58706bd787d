import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";

const FOLDER = path.resolve(__dirname, "../api");

describe("the public types", function () {
  this.timeout(180_000);
  let reports: Record<string, string>;
  before(() => {
    const stdout = execFileSync(process.execPath, [path.join(FOLDER, "report.mjs"), "--print"]);
    reports = JSON.parse(stdout.toString()) as Record<string, string>;
  });

  const committed = fs.readdirSync(FOLDER).filter((file) => file.endsWith(".api.md"));
  for (const file of committed) {
    it(`are those of tests/api/${file} (\`npm run api\` writes it anew)`, () => {
      expect(reports[file]).to.equal(fs.readFileSync(path.join(FOLDER, file), "utf8"));
    });
  }

  it("are committed of every entry of the package", () => {
    expect(committed.sort()).to.deep.equal(Object.keys(reports).sort());
  });
});
