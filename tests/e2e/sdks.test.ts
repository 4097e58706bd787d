import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { findBlocks, findPages } from "../markdown";
import { ROOT, run } from "./consumer";

const HOST = path.join(ROOT, "tests/engine/language-yaml");
const TYPESCRIPT = `
import * as wallaroo from "./index";
const provider = new wallaroo.Provider("other", { url: "https://wallaroo.example.com", maxRetries: 2 });
const ann = new wallaroo.User("ann", { email: "ann@example.com", onDestroy: "retain" }, { provider });
const team = new wallaroo.Team("team", { members: { "bob@example.com": { enabled: ann.enabled, expires: "2027-01-31" } } });
export const bob = team.ids.apply((ids) => ids["bob@example.com"]?.length);
export const since = wallaroo.getUserOutput({ id: ann.id }).createdAt;
// @ts-expect-error: there is no such input.
new wallaroo.User("cid", { email: "cid@example.com", enable: false });
// @ts-expect-error: the address is required.
new wallaroo.User("dan", {});
`;

/** What a user does who writes Go or TypeScript for the plugin. A Python SDK runs in python.test.ts. */
describe("the SDKs that are made from the schema", function () {
  // The first time on a machine, the generators are compiled.
  this.timeout(900_000);
  let folder: string;
  const sdks = (out: string) => run("npm", ["run", "--silent", "sdks", "--", out], { cwd: ROOT });
  const read = (...names: string[]) => fs.readFileSync(path.join(folder, ...names), "utf8");
  before(async () => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-sdks-")));
    await sdks(folder);
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  it("are of this version, and ask the engine for the plugin of it", () => {
    const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };
    const plugin = { resource: true, name: "wallaroo", version };
    for (const file of ["python/pulumi_wallaroo/pulumi-plugin.json", "go/wallaroo/pulumi-plugin.json"]) {
      expect(JSON.parse(read(file)), file).to.deep.equal(plugin);
    }
    const manifest = JSON.parse(read("nodejs/package.json")) as object;
    expect(manifest).to.deep.include({ name: "pulumi-wallaroo-sdk", version, pulumi: plugin });
    expect(read("python/pyproject.toml")).to.include(`version = "${version}"`);
  });

  it("check a TypeScript program by their types, and load once they are compiled", async () => {
    const sdk = path.join(folder, "nodejs");
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(sdk, "node_modules"));
    fs.writeFileSync(path.join(sdk, "program.ts"), TYPESCRIPT);
    const project = {
      extends: "./tsconfig.json",
      compilerOptions: { outDir: "bin" },
      files: ["index.ts", "program.ts"],
    };
    fs.writeFileSync(path.join(sdk, "tsconfig.program.json"), JSON.stringify(project));
    const errors = await run("npx", ["tsc", "-p", "tsconfig.program.json"], { cwd: sdk }).then(
      () => "",
      ({ stdout }: { stdout: string }) => stdout,
    );
    expect(errors).to.equal("");
    fs.copyFileSync(path.join(sdk, "package.json"), path.join(sdk, "bin/package.json"));
    const load = 'const { User } = require("./bin"); process.stdout.write(User.__pulumiType)';
    expect((await run("node", ["-e", load], { cwd: sdk })).stdout).to.equal("wallaroo:index:User");
  });

  describe("in Go", () => {
    /** What Go says of a program that uses the whole SDK; nothing if it compiles. */
    async function compile(program: string): Promise<string> {
      const cwd = fs.mkdtempSync(path.join(folder, "program-"));
      fs.writeFileSync(path.join(cwd, "main.go"), program);
      // With the modules and flags of the YAML host: what its build has compiled of Pulumi is not compiled again.
      for (const file of ["go.mod", "go.sum"]) fs.copyFileSync(path.join(HOST, file), path.join(cwd, file));
      const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOWORK: "off", GO111MODULE: "on" };
      const sdk = "pulumi-wallaroo/sdk/go";
      await run("go", ["mod", "edit", "-module=program", `-require=${sdk}@v0.0.0`, `-replace=${sdk}=../go`], {
        cwd,
        env,
      });
      return run("go", ["build", "-trimpath", ".", `${sdk}/...`], { cwd, env }).then(
        () => "",
        ({ stderr }: { stderr: string }) => stderr,
      );
    }

    const programs = findPages()
      .flatMap(findBlocks)
      .filter(({ language }) => language === "go");
    it("are used by a program of the documentation", () => expect(programs).to.not.have.length(0));
    for (const { page, line, code } of programs) {
      it(`compile with the program of the documentation, and not with an input that is not there: ${page}:${line}`, async () => {
        expect(await compile(code)).to.equal("");
        expect(await compile(code.replace(/\bEmail:/, "Mail:"))).to.match(/main\.go:\d+:\d+: unknown field Mail/);
      });
    }
  });

  it("are whole Go files in a module of their own", async () => {
    const { stdout } = await run("gofmt", ["-l", "."], { cwd: path.join(folder, "go") });
    expect(stdout).to.equal("");
    expect(read("go/go.mod")).to.match(/^module pulumi-wallaroo\/sdk\/go\n/);
    for (const type of ["User", "Team", "Provider"]) {
      expect(read("go/wallaroo", `${type.toLowerCase()}.go`)).to.include(`func New${type}(ctx *pulumi.Context`);
    }
  });

  it("are written to no folder that holds anything", async () => {
    const again = await sdks(folder).catch((error: { stderr: string }) => error);
    expect(again.stderr).to.match(
      /Could not write the SDKs to .*: the folder is not empty\. Name a new one, or empty it/,
    );
  });
});
