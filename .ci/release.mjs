// Makes a release and stops before publishing: npm run release -- VERSION
// RELEASE_REPOSITORY, an https address, fills in repository, homepage and bugs of package.json.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import semver from "semver";

const ROOT = path.resolve(import.meta.dirname, "..");
const OUT = path.join(ROOT, "release");
/** What a release changes in git. */
const CHANGED = ["CHANGELOG.md", "package.json", "package-lock.json", "plugin/schema.json"];

function run(command, args, env = {}) {
  execFileSync(command, args, { cwd: ROOT, stdio: "inherit", env: { ...process.env, ...env } });
}

function answer(command, args) {
  return execFileSync(command, args, { cwd: ROOT, encoding: "utf8" }).trim();
}

function read(file) {
  return readFileSync(path.join(ROOT, file), "utf8");
}

/** Everything that keeps this version from being released, at once. */
function findProblems(version, repository) {
  const problems = [];
  const manifest = JSON.parse(read("package.json"));
  if (semver.valid(version) !== version) problems.push("VERSION is not a semantic version such as 1.2.3");
  else if (semver.lt(version, manifest.version)) problems.push(`${version} is lower than ${manifest.version}`);
  if (answer("git", ["status", "--porcelain"]) !== "") problems.push("the work tree is not clean: commit or stash");
  if (answer("git", ["tag", "--list", `v${version}`]) !== "") problems.push(`the tag v${version} is there already`);
  if (!read("CHANGELOG.md").includes(`\n## ${version} (unreleased)\n`)) {
    problems.push(`CHANGELOG.md has no section "## ${version} (unreleased)"`);
  }
  if (repository !== undefined && !/^https:\/\/[^\s@]+[^\s/]$/.test(repository)) {
    problems.push("RELEASE_REPOSITORY is not an https address without a slash at its end");
  }
  return problems;
}

function writeVersion(version, repository) {
  const day = new Date().toISOString().slice(0, 10);
  const changes = read("CHANGELOG.md").replace(`\n## ${version} (unreleased)\n`, `\n## ${version} (${day})\n`);
  writeFileSync(path.join(ROOT, "CHANGELOG.md"), changes);
  const places = [
    ["repository.type", "git"],
    ["repository.url", `git+${repository}.git`],
    ["homepage", `${repository}#readme`],
    ["bugs.url", `${repository}/issues`],
  ];
  if (repository !== undefined) run("npm", ["pkg", "set", ...places.map(([key, value]) => `${key}=${value}`)]);
  run("npm", ["version", "--no-git-tag-version", "--allow-same-version", version]);
  run("npm", ["run", "--silent", "schema"]);
}

/** The tarball, tried as it is by a user who has nothing else, and the plugin's archives. */
function makeFiles() {
  mkdirSync(OUT, { recursive: true });
  const [tarball] = answer("npm", ["pack", "--silent", "--pack-destination", OUT]).split("\n").slice(-1);
  const file = path.join(OUT, tarball);
  run("npm", ["run", "--silent", "plugin", "--", "--archives", OUT]);
  run("npm", ["run", "--silent", "engine"]);
  run("npx", ["mocha", "tests/package/tarball.test.ts", "tests/e2e/package.test.ts", "tests/e2e/environment.test.ts"], {
    PULUMI_WALLAROO_TARBALL: file,
  });
  return file;
}

const [version = ""] = process.argv.slice(2);
const repository = process.env.RELEASE_REPOSITORY;
const problems = findProblems(version, repository);
if (problems.length > 0) {
  process.stderr.write(`Could not release "${version}":\n${problems.map((problem) => `  ${problem}\n`).join("")}`);
  process.exit(1);
}
let tarball;
try {
  writeVersion(version, repository);
  tarball = makeFiles();
  run("git", ["commit", "--quiet", "--all", "--message", `Release ${version}`]);
} catch (error) {
  run("git", ["checkout", "--quiet", "HEAD", "--", ...CHANGED.filter((file) => existsSync(path.join(ROOT, file)))]);
  process.stderr.write(`Could not release ${version}: ${error.message}\nEverything in git is as it was.\n`);
  process.exit(1);
}
try {
  run("git", ["tag", `v${version}`]);
} catch (error) {
  const next = `The release is committed and packed. Tag it by hand as v${version}, and do not run this again.`;
  process.stderr.write(`Could not tag ${version}: ${error.message}\n${next}\n`);
  process.exit(1);
}
const missing = repository === undefined ? "Set RELEASE_REPOSITORY to name where the code and its issues are.\n" : "";
process.stdout.write(`Tagged v${version}. ${missing}Publish with: npm publish ${path.relative(ROOT, tarball)}\n`);
