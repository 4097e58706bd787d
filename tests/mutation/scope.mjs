// Which files are mutated, and which tests look at them: rules, not lists, so that no file is left out for its score.
import fs from "node:fs";
import path from "node:path";

/** The adapters, and what stands between them and the core: the integration tests are theirs. */
const OUTSIDE = new Set(["dynamic", "native", "cli", "resource"]);

const LAYERS = fs.readdirSync("provider", { withFileTypes: true }).filter((entry) => entry.isDirectory());
const FOLDERS = ["provider", ...LAYERS.filter(({ name }) => !OUTSIDE.has(name)).map(({ name }) => `provider/${name}`)];

/** What waits for somebody else: its tests are the integration tests. */
const WAITS = /\b(async|await|Promise)\b|from "node:(fs|http|https|net|os|timers\/promises)"/;

/**
 * These wait too, but decide: a decision around a request that writes nothing, or machinery that is handed its clock. Each
 * has unit tests of its own.
 */
const DECIDES = new Set([
  "provider/user/absence.ts",
  "provider/user/expiry.ts",
  "provider/user/guards.ts",
  "provider/user/run.ts",
  "provider/user/seats.ts",
  "provider/user/sole-owner.ts",
  "provider/api/batcher.ts",
  "provider/api/breaker.ts",
  "provider/api/clock.ts",
  "provider/api/limiter.ts",
  "provider/api/no-proxy.ts",
  "provider/team/departures.ts",
  "provider/team/expiry.ts",
  "provider/workspace/resolve.ts",
]);

/** The pure files of provider/, by their path from the root. */
export function findSources() {
  const files = FOLDERS.flatMap((folder) => listed(folder, ".ts"));
  return files.filter((file) => DECIDES.has(file) || !WAITS.test(fs.readFileSync(file, "utf8")));
}

/** Tests that load Pulumi or a whole adapter (a second each), start a process, read pages, or run for half a minute. */
const HEAVY = /@pulumi\/pulumi"|\/sdk\/|child_process|provider\/(cli|native|dynamic)\b|docs\/|\/markdown"/;
const SLOW = new Set(["tests/unit/run-bound.test.ts"]);

/** The unit tests that are run against mutants. */
export function findTests() {
  const files = listed("tests/unit", ".test.ts");
  return files.filter((file) => !SLOW.has(file) && !HEAVY.test(fs.readFileSync(file, "utf8")));
}

function listed(folder, ending) {
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(ending));
  return names.sort().map((name) => path.posix.join(folder, name));
}
