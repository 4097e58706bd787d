import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { ensureEngine } from "../engine/ensure";
import { report, type Series } from "./report";
import { measureStarts } from "./start";
import { openStack, PHASES, REPEATABLE, SUBJECTS, type BenchStack, type Measurement, type Subject } from "./subject";

const WHOLE = [100, 500, 1_000, 10_000].flatMap((people) => [`${people}:0:3`, `${people}:20:3`]).join(",");
const QUICK = "100:0:1,500:0:1,10000:0:1";

const USAGE = `Measures the provider through the real engine, side by side with the native plugin, the
engine's own cost and a naive provider.

  --quick          for a first look, in minutes: ${QUICK}
  --plan LIST      PEOPLE:LATENCY:RUNS of each table, latency in milliseconds a request; with :teams behind it, and from
                   10000 people on, teams alone.
                   Default, in two hours: ${WHOLE}
  --subjects LIST  default ${SUBJECTS.join(",")}
  --out FILE       default tests/bench/RESULTS.md`;

/** Requests that the provider may have under way at once. */
const MAX_CONCURRENCY = 32;
/** Measurements a run of a phase that leaves everything as it is. */
const REPEATS = 3;
/** Starts of each provider whose time is measured. */
const STARTS = 11;
/** From so many accounts on, a resource per account is a matter of hours. */
const TEAMS_ONLY = 10_000;

async function main(): Promise<void> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: { quick: { type: "boolean" }, plan: text, subjects: text, out: text, help: { type: "boolean" } },
  });
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const wanted = values.subjects?.split(",") ?? SUBJECTS;
  const out = values.out ?? path.join(__dirname, "RESULTS.md");
  const { version } = await ensureEngine();
  const tables = readPlan(values.plan ?? (values.quick ? QUICK : WHOLE)).map(({ people, latencyMs, runs, isTeams }) => {
    const subjects = SUBJECTS.filter((subject) => wanted.includes(subject) && (!isTeams || subject.includes("team")));
    return {
      runs,
      name: `${people} people, ${latencyMs} ms`,
      series: subjects.map((subject) => emptySeries(subject, people, latencyMs)),
    };
  });
  const starts = await measureStarts(STARTS);
  // Round by round: who stops it early has every table, of fewer runs.
  const rounds = Math.max(...tables.map(({ runs }) => runs));
  for (let run = 1; run <= rounds; run += 1) {
    for (const { runs, name, series } of tables) {
      if (run > runs) continue;
      const startedMs = performance.now();
      await liveTogether(series);
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
      process.stderr.write(`${name}, run ${run}/${runs}: ${seconds} s\n`);
      const measured = tables.filter((table) => table.series.every(({ stateBytes }) => stateBytes.length > 0));
      fs.writeFileSync(
        out,
        report(
          measured.flatMap((table) => table.series),
          about(version),
          starts,
        ),
      );
    }
  }
  process.stdout.write(fs.readFileSync(out, "utf8"));
}

function emptySeries(subject: Subject, people: number, latencyMs: number): Series {
  const phases = Object.fromEntries(PHASES.map((phase) => [phase, [] as Measurement[]]));
  return { subject, people, latencyMs, phases: phases as Series["phases"], stateBytes: [] };
}

/**
 * Takes one fresh stack of each subject through its life. They take turns within each phase, so that what slows the
 * machine for a while slows them all, and every other turn backwards, so that none always comes after the same other.
 */
async function liveTogether(series: readonly Series[]): Promise<void> {
  const lives: { one: Series; stack: BenchStack }[] = [];
  try {
    for (const one of series) lives.push({ one, stack: await openStack({ ...one, maxConcurrency: MAX_CONCURRENCY }) });
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

function readPlan(plan: string): { people: number; latencyMs: number; runs: number; isTeams: boolean }[] {
  return plan.split(",").map((table) => {
    const [people = NaN, latencyMs = NaN, runs = NaN] = table.split(":").map(Number);
    if (!(people > 0 && latencyMs >= 0 && runs > 0)) throw new Error(`${table} is not PEOPLE:LATENCY:RUNS[:teams]`);
    return { people, latencyMs, runs, isTeams: table.endsWith(":teams") || people >= TEAMS_ONLY };
  });
}

main().catch((error: Error) => {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 1;
});
