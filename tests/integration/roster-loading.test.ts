import { execFileSync } from "node:child_process";
import { expect } from "chai";

/** The packages for rosters that are loaded, before and after one is read, by a process that loads an entry of this package. */
function loadedBy(entry: string): string[][] {
  const program = `
    const entry = require(${JSON.stringify(entry)});
    const loaded = () => [...new Set(Object.keys(require.cache).flatMap((file) => file.match(/node_modules.(yaml|csv-parse)\\b/)?.[1] ?? []))].sort();
    const before = loaded();
    if (entry.parseRoster) {
      entry.parseRoster("ann@example.com: {}", "yaml");
      entry.parseRoster("email\\nann@example.com", "csv");
    }
    process.stdout.write(JSON.stringify([before, loaded()]));
  `;
  return JSON.parse(execFileSync(process.execPath, ["--eval", program]).toString()) as string[][];
}

describe("what reads rosters", function () {
  this.timeout(60_000);

  it("is loaded by a program that reads one, and by no other", () => {
    expect(loadedBy("pulumi-wallaroo")).to.deep.equal([[], ["csv-parse", "yaml"]]);
  });

  it("is not loaded by the provider's process", () => {
    expect(loadedBy("pulumi-wallaroo/provider")).to.deep.equal([[], []]);
  });
});
