import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { ensureEngine } from "../engine/ensure";
import { QUICK, readPlan, WHOLE, type Group } from "./plan";
import { growthPlot } from "./plot";
import { report } from "./report";
import { emptySeries, PHASES, readResults, REPEATABLE, stringify, type Results, type Series } from "./series";
import { measureStarts } from "./start";
import { openStack, type BenchStack } from "./subject";
import { ALL, SUBJECTS } from "./subjects";

const USAGE = `Measures the provider through the real engine, side by side with the native plugin, the
engine's own cost and a naive provider.

  --quick          for a first look, in minutes: ${QUICK}
  --plan LIST      ACCOUNTS:LATENCY:RUNS[:WHAT] of what is measured together, latency in milliseconds per request. WHAT is
                   users, teams, members (of workspaces) or subjects, joined by +. Without it all of them are meant, and
                   from 10000 accounts on teams alone. Default, in 50 minutes on two idle cores:
                   ${WHOLE.replaceAll(",", ",\n                   ")}
  --subjects LIST  only these of the plan: ${ALL.join(",")}
  --out FILE       tables as Markdown, and the raw measurements as JSON beside it. Default tests/bench/RESULTS.md
  --plot           measures nothing: writes the tables and docs/growth.svg again from RESULTS.json and KEYCLOAK.json`;

const RAW = path.join(__dirname, "RESULTS.json");
const KEYCLOAK = path.join(__dirname, "KEYCLOAK.json");
const TABLES = path.join(__dirname, "RESULTS.md");
const PLOT = path.resolve(__dirname, "../../docs/growth.svg");

/** Requests that the provider may have under way at once. */
const MAX_CONCURRENCY = 32;
/** Measurements per run of a phase that leaves everything as it is. */
const REPEATS = 2;
/** Starts of each provider whose time is measured. */
const STARTS = 11;

async function main(): Promise<void> {
  const [text, flag] = [{ type: "string" }, { type: "boolean" }] as const;
  const { values } = parseArgs({
    options: { quick: flag, plan: text, subjects: text, out: text, plot: flag, help: flag },
  });
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const out = values.out ?? TABLES;
  if (values.plot) return drawAgain();
  const groups = readPlan(values.plan ?? (values.quick ? QUICK : WHOLE), values.subjects?.split(","));
  const { version } = await ensureEngine();
  const results: Results = { about: about(version), starts: await measureStarts(STARTS), series: [] };
  const startedMs = performance.now();
  // Round by round: a run that is stopped early has measured every group, but not so often.
  const rounds = Math.max(...groups.map(({ runs }) => runs));
  for (let run = 1; run <= rounds; run += 1) {
    for (const group of groups) {
      if (run > group.runs) continue;
      const groupMs = performance.now();
      // What was measured of one group is not lost if another can't be.
      const failure = await liveTogether(group, results.series).then(
        () => "",
        (error: Error) => `, FAILED and not counted: ${error.message}`,
      );
      if (failure !== "") process.exitCode = 1;
      const [seconds, minutes] = [(performance.now() - groupMs) / 1000, (performance.now() - startedMs) / 60_000];
      process.stderr.write(
        `${nameOf(group)}, run ${run}/${group.runs}: ${seconds.toFixed(0)} s, ${minutes.toFixed(1)} min in all${failure}\n`,
      );
      fs.writeFileSync(out, report(results));
      fs.writeFileSync(out.replace(/(\.md)?$/, ".json"), stringify(results));
    }
  }
  if (out === TABLES) fs.writeFileSync(PLOT, growthPlot(results, readResults(KEYCLOAK)));
  process.stdout.write(fs.readFileSync(out, "utf8"));
}

function drawAgain(): void {
  const results = readResults(RAW);
  if (results === undefined) throw new Error("there is no RESULTS.json. Run without --plot first.");
  fs.writeFileSync(TABLES, report(results));
  fs.writeFileSync(PLOT, growthPlot(results, readResults(KEYCLOAK)));
}

function nameOf({ accounts, latencyMs, subjects }: Group): string {
  const kinds = [...new Set(subjects.map((subject) => SUBJECTS[subject].kind))];
  return `${kinds.join(", ")}: ${accounts} at ${latencyMs} ms (${subjects.length} subjects)`;
}

/**
 * Takes one fresh stack of each subject through its life, and adds what was measured to their series. They take turns
 * within each phase, so that what slows the machine for a while slows them all, and every other turn backwards, so that
 * none always comes after the same other. If one of them fails, nothing is added for any, and the error is raised.
 */
async function liveTogether({ subjects, accounts, latencyMs }: Group, all: Series[]): Promise<void> {
  const lives: { one: Series; stack: BenchStack }[] = [];
  try {
    for (const subject of subjects) {
      const stack = await openStack({ subject, accounts, latencyMs, maxConcurrency: MAX_CONCURRENCY });
      lives.push({ one: emptySeries(subject, accounts, latencyMs), stack });
    }
    for (const phase of PHASES) {
      for (let turn = 1; turn <= (REPEATABLE.includes(phase) ? REPEATS : 1); turn += 1) {
        for (const { one, stack } of lives) one.phases[phase].push(await stack.measure(phase));
        lives.reverse();
      }
      if (phase === "create") for (const { one, stack } of lives) one.stateBytes.push(stack.stateBytes());
    }
  } finally {
    for (const { stack } of lives) await stack.close();
  }
  for (const { one } of lives) addTo(all, one);
}

/** Puts measurements behind those of the same subject, size and latency. */
function addTo(all: Series[], { subject, accounts, latencyMs, phases, stateBytes }: Series): void {
  const isSame = (one: Series) => one.subject === subject && one.accounts === accounts && one.latencyMs === latencyMs;
  const known = all.find(isSame) ?? emptySeries(subject, accounts, latencyMs);
  if (!all.includes(known)) all.push(known);
  for (const phase of PHASES) known.phases[phase].push(...phases[phase]);
  known.stateBytes.push(...stateBytes);
}

function about(engine: string): string[] {
  const memory = (os.totalmem() / 2 ** 30).toFixed(0);
  const packageFile = path.resolve(__dirname, "../../node_modules/@pulumi/pulumi/package.json");
  const sdk = (JSON.parse(fs.readFileSync(packageFile, "utf8")) as { version: string }).version;
  return [
    `${new Date().toISOString().slice(0, 10)}; ${os.cpus().length} cores (${os.cpus()[0]?.model.trim() ?? "unknown"}), ${memory} GiB, ` +
      `${os.platform()}; engine ${engine}, @pulumi/pulumi ${sdk}, Node ${process.versions.node}; file backend, default ` +
      `\`--parallel\`, \`wallaroo:maxConcurrency\` ${MAX_CONCURRENCY}; the platform is the emulator, in memory.`,
  ];
}

main().catch((error: Error) => {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 1;
});
