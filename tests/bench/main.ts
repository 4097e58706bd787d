import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { ensureEngine } from "../engine/ensure";
import { KEYCLOAK_PLAN, measureOverKeycloak } from "./keycloak";
import { keycloakReport } from "./keycloak-report";
import { liveTogether, measureInRounds, type Life } from "./live";
import { QUICK, readPlan, WHOLE, type Group } from "./plan";
import { growthPlot } from "./plot";
import { report } from "./report";
import { readResults, stringify, type Results } from "./series";
import { measureStarts } from "./start";
import { openStack } from "./subject";
import { ALL, BEFORE, ORDER, SUBJECTS } from "./subjects";

const USAGE = `Measures the provider through the real engine, side by side with the native plugin, the
engine's own cost and a naive provider.

  --quick          for a first look, in minutes: ${QUICK}
  --plan LIST      ACCOUNTS:LATENCY:RUNS[:WHAT] of what is measured together, latency in milliseconds per request. WHAT is
                   users, teams, members (of workspaces) or subjects, joined by +. Without it all of them are meant, and
                   from 10000 accounts on teams alone. Default, in 50 minutes on two idle cores:
                   ${WHOLE.replaceAll(",", ",\n                   ")}
  --subjects LIST  only these of the plan: ${ALL.join(",")}
  --out FILE       tables as Markdown, and the raw measurements as JSON beside it. Default tests/bench/RESULTS.md
  --beside FOLDER  measures \`WallarooUser\` and \`WallarooTeam\` of another checkout too, which is installed and built there,
                   in turns with this one: what a change costs
  --keycloak       a team over a real Keycloak instead, beside the same accounts through OpenTofu if tofu (or terraform) and
                   terraform-provider-keycloak are on PATH; then the plan is ACCOUNTS:RUNS, default ${KEYCLOAK_PLAN},
                   the subject team or native-team, and the file tests/bench/KEYCLOAK.md
  --plot           measures nothing: writes the tables and docs/growth.svg again from RESULTS.json and KEYCLOAK.json`;

const RAW = path.join(__dirname, "RESULTS.json");
const KEYCLOAK = path.join(__dirname, "KEYCLOAK.json");
const KEYCLOAK_TABLES = path.join(__dirname, "KEYCLOAK.md");
const TABLES = path.join(__dirname, "RESULTS.md");
const PLOT = path.resolve(__dirname, "../../docs/growth.svg");

/** Requests that the provider may have under way at once. */
const MAX_CONCURRENCY = 32;
const IN_MEMORY = `\`wallaroo:maxConcurrency\` ${MAX_CONCURRENCY}; the platform is the emulator, in memory.`;
/** Starts of each provider whose time is measured. */
const STARTS = 11;

async function main(): Promise<void> {
  const [text, flag] = [{ type: "string" }, { type: "boolean" }] as const;
  const { values } = parseArgs({
    options: {
      quick: flag,
      plan: text,
      subjects: text,
      out: text,
      beside: text,
      plot: flag,
      keycloak: flag,
      help: flag,
    },
  });
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  if (values.plot) return drawAgain();
  if (values.keycloak) return overKeycloak(values);
  const out = values.out ?? TABLES;
  const beside = values.beside === undefined ? undefined : path.resolve(values.beside);
  if (beside !== undefined && !fs.existsSync(path.join(beside, "dist"))) throw new Error(`${beside} is not built`);
  const subjects = values.subjects?.split(",") ?? (beside === undefined ? ALL : ORDER);
  const other = beside === undefined ? BEFORE.find((subject) => subjects.includes(subject)) : undefined;
  if (other !== undefined) throw new Error(`${other} needs --beside`);
  const groups = readPlan(values.plan ?? (values.quick ? QUICK : WHOLE), subjects);
  const { version } = await ensureEngine();
  const results: Results = {
    about: [`${about(version)}, ${IN_MEMORY}`],
    starts: await measureStarts(STARTS),
    series: [],
  };
  await measureInRounds(groups, {
    nameOf,
    live: (group) => liveTogether(livesOf(group, beside), results.series),
    after: () => write(out, results, report),
  });
  if (out === TABLES) fs.writeFileSync(PLOT, growthPlot(results, readResults(KEYCLOAK)));
  process.stdout.write(fs.readFileSync(out, "utf8"));
}

async function overKeycloak({
  plan = KEYCLOAK_PLAN,
  subjects = "team",
  out = KEYCLOAK_TABLES,
}: {
  plan?: string | undefined;
  subjects?: string | undefined;
  out?: string | undefined;
}): Promise<void> {
  const subject = (["team", "native-team"] as const).find((one) => one === subjects);
  if (subject === undefined) throw new Error(`${subjects} is not team or native-team`);
  const { version } = await ensureEngine();
  await measureOverKeycloak({ plan, subject, about: [`${about(version)}.`] }, (results) =>
    write(out, results, keycloakReport),
  );
  process.stdout.write(fs.readFileSync(out, "utf8"));
}

function drawAgain(): void {
  const results = readResults(RAW);
  if (results === undefined) throw new Error("there is no RESULTS.json. Run without --plot first.");
  fs.writeFileSync(TABLES, report(results));
  const real = readResults(KEYCLOAK);
  if (real !== undefined) fs.writeFileSync(KEYCLOAK_TABLES, keycloakReport(real));
  fs.writeFileSync(PLOT, growthPlot(results, real));
}

function nameOf({ accounts, latencyMs, subjects }: Group): string {
  const kinds = [...new Set(subjects.map((subject) => SUBJECTS[subject].kind))];
  return `${kinds.join(", ")}: ${accounts} at ${latencyMs} ms (${subjects.length} subjects)`;
}

function livesOf({ subjects, accounts, latencyMs }: Group, beside?: string): Life[] {
  return subjects.map((subject) => {
    const checkout = BEFORE.includes(subject) ? { checkout: beside } : {};
    const options = { subject, accounts, latencyMs, maxConcurrency: MAX_CONCURRENCY, ...checkout };
    return { subject, accounts, latencyMs, open: () => openStack(options) };
  });
}

/** Tables as Markdown, and what they are made of as JSON beside them. */
function write(out: string, results: Results, tables: (results: Results) => string): void {
  fs.writeFileSync(out, tables(results));
  fs.writeFileSync(out.replace(/(\.md)?$/, ".json"), stringify(results));
}

/** Day, machine and versions, as a sentence without its end. */
function about(engine: string): string {
  const memory = (os.totalmem() / 2 ** 30).toFixed(0);
  const packageFile = path.resolve(__dirname, "../../node_modules/@pulumi/pulumi/package.json");
  const sdk = (JSON.parse(fs.readFileSync(packageFile, "utf8")) as { version: string }).version;
  return (
    `${new Date().toISOString().slice(0, 10)}; ${os.cpus().length} cores (${os.cpus()[0]?.model.trim() ?? "unknown"}), ${memory} GiB, ` +
    `${os.platform()}; engine ${engine}, @pulumi/pulumi ${sdk}, Node ${process.versions.node}; file backend, default \`--parallel\``
  );
}

main().catch((error: Error) => {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 1;
});
