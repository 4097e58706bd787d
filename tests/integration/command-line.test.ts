import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { runCommand } from "./command";

const ROOT = path.resolve(__dirname, "../..");

describe("the command line of pulumi-wallaroo", () => {
  it("prints the version of the package", async () => {
    const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };
    expect(await runCommand(["--version"])).to.deep.equal({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("loads the libraries of YAML and CSV only with a command that reads or writes them", () => {
    const bundle = path.join(ROOT, "dist/bundle/command.js");
    const print = "process.on('exit', () => console.log(Object.keys(require.cache).join()))";
    const program = `${print}; process.argv.push("--version"); require(${JSON.stringify(bundle)});`;
    const loaded = execFileSync(process.execPath, ["--eval", program, "command"]).toString();
    expect(loaded)
      .to.include(bundle)
      .and.match(/node_modules.commander./);
    expect(loaded).to.not.match(/node_modules.(yaml|csv-)/);
  });

  it("lists its commands with --help, and the options of one", async () => {
    expect((await runCommand(["--help"])).stdout).to.match(/^ {2}whoami /m);
    const { code, stdout } = await runCommand(["whoami", "--help"]);
    expect(code).to.equal(0);
    expect(stdout).to.match(/--stack <name>.*--config <folder>.*--json/s);
  });

  for (const [args, words] of [
    [[], "Usage: pulumi-wallaroo"],
    [["whoam"], "unknown command 'whoam'"],
    [["whoami", "--jsn"], "unknown option '--jsn'"],
    [["whoami", "--stack"], "argument missing"],
    [["whoami", "ann@example.com"], "too many arguments"],
  ] as const) {
    it(`ends with 1 and nothing on stdout for: ${["pulumi-wallaroo", ...args].join(" ")}`, async () => {
      const { code, stdout, stderr } = await runCommand([...args]);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
      expect(stderr)
        .to.include(words)
        .and.not.match(/^ +at /m);
    });
  }

  it("names every problem of the settings at once, and sends nothing", async () => {
    const env = { WALLAROO_URL: "example.com", WALLAROO_MAX_RETRIES: "many" };
    const { code, stdout, stderr } = await runCommand(["whoami"], env);
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
    expect(stderr).to.include("wallaroo:url (WALLAROO_URL) must be").and.include("wallaroo:maxRetries");
    expect(stderr).to.include("Credentials are missing").and.include("`pulumi config set`").and.include("--stack");
  });
});
