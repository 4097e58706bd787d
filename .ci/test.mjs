// Runs layers of the tests, and before them what they need, and says at the end how long each step took:
// `node .ci/test.mjs unit integration`. Without a name: everything, and lint. Ends at the first step that fails.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import process from "node:process";

const TESTS = path.resolve(import.meta.dirname, "../tests");

/**
 * Files that take long by themselves. They come first, so that no process is left alone with one of them at the end; of
 * integration, those that wait for most of their time in turns with those that compute, so that both cores are always busy.
 */
const LONG = {
  unit: ["run-bound", "resolved", "roster-inverse"],
  integration: [
    ...["keycloak", "sessions", "faults/user", "run-end", "faults/team", "faults/native", "unconfirmed"],
    ...["faults/memberships", "uncertain-invites", "export-applies", "command-stack", "slow-query", "load"],
    ...["waiting", "command-export", "command-login", "client", "command-report", "cancel"],
    ...["faults/hand-over", "retries", "faults/team-workspaces", "cloned-realm", "emulator"],
    ...["wrong-ids", "command-check", "network", "lifecycle", "command-files", "unseen", "team", "late-activation"],
    ...["hand-edits", "other-tenant", "session-runs", "engine-death"],
  ],
  package: ["release"],
  e2e: ["versions", "faults", "examples", "package", "python", "crash", "yaml", "identity"],
};

/** The test files of a layer that runs several at once. */
function filesOf(layer) {
  const folder = path.join(TESTS, layer);
  const long = LONG[layer].map((name) => `${name}.test.ts`);
  const missing = long.filter((name) => !fs.existsSync(path.join(folder, name)));
  if (missing.length > 0) throw new Error(`${missing.join()} is not a test file of ${layer}`);
  const all = fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".test.ts"));
  const others = all.filter((name) => !long.includes(name)).sort();
  return [...long, ...others].map((name) => `tests/${layer}/${name}`).join(" ");
}

const npm = (script) => `npm run --silent ${script}`;
const STEPS = {
  build: npm("build"),
  plugin: npm("plugin"),
  lint: npm("lint"),
  engine: npm("engine"),
  hosts: npm("hosts"),
  unit: `mocha --parallel --jobs 2 ${filesOf("unit")}`,
  // A third of them wait at any time. With 8 processes they took a fifth more CPU than with 5, and no less time.
  integration: `mocha --parallel --jobs 7 ${filesOf("integration")}`,
  package: `mocha --parallel --jobs 2 ${filesOf("package")}`,
  // The engine and its hosts are processes of their own.
  e2e: `mocha --parallel --jobs 2 ${filesOf("e2e")}`,
};
const NEEDED = {
  unit: [],
  integration: ["build", "engine"],
  package: ["build"],
  e2e: ["build", "plugin", "engine", "hosts"],
};

const layers = process.argv.slice(2);
const unknown = layers.filter((layer) => !Object.hasOwn(NEEDED, layer));
if (unknown.length > 0) throw new Error(`${unknown.join()} is not a layer: ${Object.keys(NEEDED).join()}`);
const chosen = layers.flatMap((layer) => [...NEEDED[layer], layer]);

const took = [];
for (const [name, command] of Object.entries(STEPS)) {
  if (layers.length > 0 && !chosen.includes(name)) continue;
  const startedMs = performance.now();
  const { status } = spawnSync(command, { shell: true, stdio: "inherit" });
  took.push(`${name} ${Math.round((performance.now() - startedMs) / 1000)} s`);
  process.exitCode = status ?? 1;
  if (process.exitCode !== 0) break;
}
process.stdout.write(`${process.exitCode === 0 ? "passed" : "failed"}: ${took.join(", ")}\n`);
