// `npm run mutation [-- FILE ...]`: changes the pure files of provider/ one bit at a time, and says which changes no unit
// test notices. Without FILE all of them, after which tests/mutation/SCORE.md is written anew. What was run before, and
// has not changed since, is not run again. Ends with 1 if a survivor stands in no file of tests/mutation/survivors, or
// one that stands there survives no more.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import process from "node:process";
import { parse } from "yaml";
import { findSources } from "./scope.mjs";
import config from "./stryker.config.mjs";

const HERE = "tests/mutation";
const SURVIVED = new Set(["Survived", "NoCoverage"]);

const all = findSources();
const asked = process.argv.slice(2);
const foreign = asked.filter((file) => !all.includes(file));
if (foreign.length > 0) fail(`Not among the files that are mutated (${HERE}/scope.mjs): ${foreign.join(", ")}`);
const files = asked.length === 0 ? all : asked;

if (!fs.existsSync(`${HERE}/node_modules`)) run("npm", ["ci", "--prefix", HERE, "--no-audit", "--no-fund"]);
run(`${HERE}/node_modules/.bin/stryker`, ["run", `${HERE}/stryker.config.mjs`, "--mutate", files.join()]);

const results = JSON.parse(fs.readFileSync(config.incrementalFile, "utf8")).files;
if (asked.length === 0) fs.writeFileSync(`${HERE}/SCORE.md`, score());
const problems = files.flatMap(findProblems);
if (problems.length > 0) fail(problems.join("\n"));

/** The survivors of a file that are not listed, and the listed ones that survive no more. */
function findProblems(file) {
  const survivors = mutantsOf(file).filter(({ status }) => SURVIVED.has(status));
  const left = listed(file);
  const problems = [];
  for (const mutant of survivors) {
    const name = nameOf(file, mutant);
    const index = left.indexOf(name);
    if (index >= 0) left.splice(index, 1);
    else problems.push(`${file}:${mutant.location.start.line} survives: ${name}`);
  }
  return [...problems, ...left.map((name) => `${file}: is listed and survives no more: ${name}`)];
}

/** Names of the survivors of a file that are listed, each with its reason. */
function listed(file) {
  const list = `${HERE}/survivors/${file.split("/").slice(1, -1).join("-") || "provider"}.yaml`;
  const entries = fs.existsSync(list) ? (parse(fs.readFileSync(list, "utf8"))?.[file] ?? []) : [];
  return entries.flatMap(({ mutants }) => mutants);
}

function mutantsOf(file) {
  return results[file]?.mutants ?? [];
}

/** A mutant's name, which outlives a change of other lines: what kind of change, of which text, to which. */
function nameOf(file, { mutatorName, location: { start, end }, replacement }) {
  const lines = results[file].source.split("\n").slice(start.line - 1, end.line);
  lines.push(lines.pop().slice(0, end.column - 1));
  lines[0] = lines[0].slice(start.column - 1);
  return `${mutatorName}: ${short(lines.join(" "))} -> ${short(replacement)}`;
}

function short(text) {
  return text.replace(/\s+/g, " ").trim().slice(0, 80);
}

function score() {
  const rows = files.map((file) => [`[${file}](../../${file})`, mutantsOf(file)]);
  const total = ["**all**", files.flatMap(mutantsOf)];
  const lines = [total, ...rows].map(([name, mutants]) => {
    const count = (status) => mutants.filter((mutant) => mutant.status === status).length;
    const [killed, timeout, survived, uncovered] = ["Killed", "Timeout", "Survived", "NoCoverage"].map(count);
    const found = killed + timeout;
    const valid = found + survived + uncovered;
    const share = valid === 0 ? "" : `${((100 * found) / valid).toFixed(1)} %`;
    return `| ${[name, share, killed, timeout, survived, uncovered].join(" | ")} |`;
  });
  const head =
    "| File | Score | Killed | Timeout | Survived | Not run by a test |\n| --- | --- | --- | --- | --- | --- |";
  const words = "Written by `npm run mutation`. [survivors](survivors) names each survivor with its reason.";
  const ignored = files.flatMap(mutantsOf).filter(({ status }) => status === "Ignored").length;
  const left = `None of the ${ignored} mutants of what runs once while a file loads is counted; \`MUTATION_STATIC=1 npm run mutation\` counts them.`;
  return `# Mutation score\n\n${words}\n\n${ignored === 0 ? "" : `${left}\n\n`}${head}\n${lines.join("\n")}\n`;
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) fail(`${command} failed${error === undefined ? "" : `: ${error.message}`}`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
