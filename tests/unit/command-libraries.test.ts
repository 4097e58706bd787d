import { execFileSync } from "node:child_process";
import path from "node:path";
import { expect } from "chai";

const ROOT = path.resolve(__dirname, "../..");
/** What only the command needs, and what is loaded when a roster is read. */
const OF_THE_COMMAND = ["commander", "csv-stringify", "csv-parse", "yaml"];

/** Packages of node_modules that a process has loaded after it required these files of the checkout. */
function loadedBy(...files: string[]): string[] {
  const program = `
    for (const file of ${JSON.stringify(files.map((file) => path.join(ROOT, file)))}) require(file);
    const names = Object.keys(require.cache).map((file) => /node_modules[\\\\/](@[^\\\\/]+[\\\\/])?[^\\\\/]+/.exec(file)?.[0]);
    console.log(JSON.stringify([...new Set(names.filter(Boolean))].map((name) => name.slice("node_modules/".length))));
  `;
  const output = execFileSync(process.execPath, ["--import", "tsx", "--eval", program], { cwd: ROOT });
  return JSON.parse(output.toString()) as string[];
}

describe("the libraries of the command", () => {
  it("are not loaded by a program, nor by the provider's process", function () {
    this.timeout(60_000);
    const loaded = loadedBy("sdk/index.ts", "provider/dynamic/index.ts", "provider/native/server.ts");
    expect(loaded).to.include.members(["@pulumi/pulumi", "dataloader"]);
    for (const name of OF_THE_COMMAND) expect(loaded).to.not.include(name);
  });

  it("are seen by this test once they are loaded", function () {
    this.timeout(60_000);
    const files = ["index.js", "dist/cjs/sync.cjs", "dist/cjs/sync.cjs", "dist/index.js"];
    const paths = OF_THE_COMMAND.map((name, index) => `node_modules/${name}/${files[index]}`);
    expect(loadedBy(...paths)).to.include.members(OF_THE_COMMAND);
  });
});
