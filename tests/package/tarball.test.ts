import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { ROOT, linksIn } from "../markdown";

/** What a user gets, by its files alone: the packed checkout, or the tarball that PULUMI_WALLAROO_TARBALL names. Reads `dist/`. */
describe("the tarball", function () {
  this.timeout(180_000);
  let folder: string;
  let tarball: string;
  let files: string[];
  const read = (file: string) => fs.readFileSync(path.join(folder, "package", file), "utf8");

  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-tarball-"));
    tarball = process.env["PULUMI_WALLAROO_TARBALL"] ?? pack(folder);
    execFileSync("tar", ["-xzf", tarball, "-C", folder]);
    const all = fs.readdirSync(path.join(folder, "package"), { recursive: true, withFileTypes: true });
    files = all
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(path.join(folder, "package"), path.join(entry.parentPath, entry.name)));
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  it("has no page with a link to what is not in it", () => {
    const pages = files.filter((file) => file.endsWith(".md"));
    expect(pages).to.include.members(["README.md", "CHANGELOG.md", "docs/users.md"]);
    const dead = pages.flatMap((page) => {
      const local = linksIn(read(page)).filter((link) => !/^(https?|mailto):|^#/.test(link));
      return local
        .filter((link) => {
          const target = path.join(path.dirname(page), decodeURIComponent(link.split("#")[0] ?? ""));
          return !fs.existsSync(path.join(folder, "package", target));
        })
        .map((link) => `${page}: ${link}`);
    });
    expect(dead).to.deep.equal([]);
  });

  it("has types that resolve as its code does, for require and import", () => {
    const output = execFileSync(process.execPath, [path.join(ROOT, "tests/api/types.mjs"), tarball]);
    const { entrypoints, problems } = JSON.parse(output.toString()) as {
      entrypoints: Record<string, object>;
      problems: { kind: string; entrypoint?: string; resolutionKind?: string }[];
    };
    expect(entrypoints).to.include.keys(".", "./provider");
    // As the profile "node16" of its command has it: no resolution without \`exports\`.
    expect(problems.filter(({ resolutionKind }) => resolutionKind !== "node10")).to.deep.equal([]);
  });

  it("has a source map with its sources for every file of code", () => {
    const code = files.filter((file) => /^dist\/.*\.js$/.test(file));
    expect(code).to.have.length(3);
    for (const file of code) {
      const { sources = [], sourcesContent } = JSON.parse(read(`${file}.map`)) as Record<string, string[]>;
      expect(sources, file).to.have.length.of.at.least(30);
      const paths = sources.map((source) => path.join(ROOT, path.dirname(file), source));
      expect(sourcesContent, file).to.deep.equal(paths.map((source) => fs.readFileSync(source, "utf8")));
    }
  });

  it("makes the stack of a defect name the line in TypeScript", () => {
    const program = `
      try { require(".").parseRoster(undefined); } catch (error) { console.log(error.stack); }
    `;
    const env = { ...process.env, NODE_PATH: path.join(ROOT, "node_modules") };
    const options = { cwd: path.join(folder, "package"), encoding: "utf8", env } as const;
    const stack = execFileSync(process.execPath, ["--enable-source-maps", "--eval", program], options);
    const [, line = "0"] = /sdk\/roster\.ts:(\d+)/.exec(stack) ?? [];
    const source = fs.readFileSync(path.join(ROOT, "sdk/roster.ts"), "utf8");
    expect(source.split("\n")[Number(line) - 1], stack).to.include("RunError(");
  });

  it("exports classes and functions under their own names, which Pulumi and messages use", () => {
    const program = `
      const functions = Object.entries(require("pulumi-wallaroo")).filter(([, value]) => typeof value === "function");
      console.log(JSON.stringify(functions.map(([name, value]) => [name, value.name])));
    `;
    const output = execFileSync(process.execPath, ["--eval", program], { cwd: ROOT, encoding: "utf8" });
    const names = JSON.parse(output) as [string, string][];
    expect(names.map(([name]) => name)).to.include.members(["WallarooUser", "WallarooTeam", "getUser"]);
    expect(names.filter(([exported, own]) => own !== exported)).to.deep.equal([]);
  });
});

function pack(folder: string): string {
  const args = ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder];
  return path.join(folder, execFileSync("npm", args, { cwd: ROOT, encoding: "utf8" }).trim());
}
