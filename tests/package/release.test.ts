import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";

const ROOT = path.resolve(__dirname, "../..");

describe("npm run release", function () {
  // What it runs takes 10 s of CPU, on a machine that may be busy.
  this.timeout(300_000);
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-release-"));
    fs.mkdirSync(path.join(folder, ".ci"));
    fs.copyFileSync(path.join(ROOT, ".ci/release.mjs"), path.join(folder, ".ci/release.mjs"));
    fs.writeFileSync(path.join(folder, "package.json"), '{ "name": "released", "version": "0.1.0" }\n');
    fs.writeFileSync(path.join(folder, "CHANGELOG.md"), "# Changelog\n\n## 0.1.0 (unreleased)\n");
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
    fs.writeFileSync(path.join(folder, ".gitignore"), "node_modules\n");
    git("init", "--quiet");
    git("add", "--all");
    git("commit", "--quiet", "--message", "All");
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  function git(...args: string[]): string {
    const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
    const { stdout, stderr, status } = spawnSync("git", [...identity, ...args], { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  }

  function release(version: string, repository?: string) {
    const { RELEASE_REPOSITORY: _, ...env } = process.env;
    const more = repository === undefined ? {} : { RELEASE_REPOSITORY: repository };
    return spawnSync("node", [".ci/release.mjs", version], { cwd: folder, encoding: "utf8", env: { ...env, ...more } });
  }

  it("refuses with every problem at once, and changes nothing", () => {
    fs.writeFileSync(path.join(folder, "left.txt"), "");
    git("tag", "v0.0.1");
    const { status, stderr } = release("0.0.1", "http://example.com/");
    expect(status).to.equal(1);
    expect(stderr.split("\n").slice(1, -1)).to.deep.equal([
      "  0.0.1 is lower than 0.1.0",
      "  the work tree is not clean: commit or stash",
      "  the tag v0.0.1 is there already",
      '  CHANGELOG.md has no section "## 0.0.1 (unreleased)"',
      "  RELEASE_REPOSITORY is not an https address without a slash at its end",
    ]);
    expect(git("status", "--porcelain")).to.equal("?? left.txt\n");
  });

  it("refuses what is not a version", () => {
    for (const version of ["", "v1.0.0", "1.0", "latest"]) {
      expect(release(version).stderr, version).to.contain("VERSION is not a semantic version");
    }
  });

  it("leaves everything in git as it was when a step fails", () => {
    // The schema can't be made without the sources.
    const { status, stderr } = release("0.1.0");
    expect(status).to.equal(1);
    expect(stderr).to.contain("Everything in git is as it was.");
    expect(git("status", "--porcelain")).to.equal("");
    expect(git("tag")).to.equal("");
  });

  /** A package of which everything can be made, with its tests. */
  function makeWhole(): void {
    const scripts = { schema: "true", plugin: "true", engine: "true" };
    fs.writeFileSync(
      path.join(folder, "package.json"),
      JSON.stringify({ name: "released", version: "0.1.0", files: ["CHANGELOG.md"], scripts }),
    );
    for (const name of ["package/tarball", "e2e/package", "e2e/environment"]) {
      const file = path.join(folder, `tests/${name}.test.ts`);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      // Each gets the packed tarball.
      const body = `require("node:fs").accessSync(process.env.PULUMI_WALLAROO_TARBALL)`;
      fs.writeFileSync(file, `it("works", () => ${body});\n`);
    }
    fs.writeFileSync(path.join(folder, ".gitignore"), "node_modules\nrelease/\n");
    // The command's own git has no identity but this.
    for (const [key, value] of [
      ["user.name", "Test"],
      ["user.email", "test@example.com"],
    ] as const) {
      git("config", key, value);
    }
    git("add", "--all");
    git("commit", "--quiet", "--message", "Whole");
  }

  it("commits and tags what it has tried, and stops before publishing", () => {
    makeWhole();
    const { status, stdout, stderr } = release("0.1.0", "https://example.com/released");
    expect(status, stderr).to.equal(0);
    expect(stdout).to.contain("Publish with: npm publish release/released-0.1.0.tgz");
    expect(git("log", "-1", "--format=%s")).to.equal("Release 0.1.0\n");
    expect(git("tag")).to.equal("v0.1.0\n");
    expect(git("show", "HEAD:CHANGELOG.md")).to.match(/^## 0\.1\.0 \(\d{4}-\d\d-\d\d\)$/m);
    expect(JSON.parse(git("show", "HEAD:package.json"))).to.have.property(
      "homepage",
      "https://example.com/released#readme",
    );
  });

  it("says that the release is committed when the tag alone fails", () => {
    makeWhole();
    git("config", "tag.gpgSign", "true");
    git("config", "gpg.program", "false");
    git("config", "core.editor", "false");
    const { status, stderr } = release("0.1.0");
    expect(status).to.equal(1);
    expect(stderr).to.contain("The release is committed and packed. Tag it by hand as v0.1.0");
    expect(stderr).to.not.contain("as it was");
    expect(git("log", "-1", "--format=%s")).to.equal("Release 0.1.0\n");
  });
});
