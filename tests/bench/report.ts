import { PHASES, REPEATABLE, type Measurement, type Phase, type Subject } from "./subject";

/** All measurements of one subject at one size and latency; those of one place in two series were taken in one turn. */
export interface Series {
  subject: Subject;
  people: number;
  latencyMs: number;
  phases: Record<Phase, Measurement[]>;
  stateBytes: number[];
}

const NAMES: Record<Subject, string> = {
  user: "`WallarooUser`",
  floor: "floor of `WallarooUser`",
  naive: "naive provider",
  team: "`WallarooTeam`",
  "team-floor": "floor of `WallarooTeam`",
};
const FLOOR: Partial<Record<Subject, Subject>> = { user: "floor", naive: "floor", team: "team-floor" };

/** The results as Markdown: one table a size and latency, the median of all lives in each cell. */
export function report(all: readonly Series[], about: readonly string[]): string {
  const sorted = [...all].sort((a, b) => a.people - b.people || a.latencyMs - b.latencyMs);
  const tables = [...new Set(sorted.map(({ people, latencyMs }) => `${people}/${latencyMs}`))].map((key) => {
    const series = all.filter(({ people, latencyMs }) => `${people}/${latencyMs}` === key);
    const [people, latencyMs] = key.split("/").map(Number);
    const runs = Math.max(...series.map(({ stateBytes }) => stateBytes.length));
    const rows = series.map((one) => row(one, series));
    const head = ["", ...PHASES, "bytes a person", "peak MiB"];
    const rule = head.map(() => "---");
    const title = `## ${people?.toLocaleString("en")} people, ${latencyMs} ms a request, ${runs} run${runs === 1 ? "" : "s"} each`;
    return [title, "", ...[head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`)].join("\n");
  });
  const legend =
    "Each cell: seconds (times the floor) / requests, medians of the runs. The subjects took turns within each phase, " +
    `and ${REPEATABLE.join(" and ")}, which leave everything as it is, were measured several times a run; "times the floor" is ` +
    "the median of the ratios within one turn. The floor is a no-op dynamic resource with the same inputs and outputs: " +
    "the cost of the engine itself. The naive provider fetches a token for each call and stands in the program.";
  return ["# Results of `npm run bench`", "", ...about, "", legend, "", tables.join("\n\n"), ""].join("\n");
}

function row({ subject, phases, stateBytes }: Series, others: readonly Series[]): string[] {
  const floor = others.find((other) => other.subject === FLOOR[subject]);
  const cells = PHASES.map((phase) => {
    const seconds = phases[phase].map((one) => one.seconds);
    const ratios = floor?.phases[phase].map((base, turn) => (seconds[turn] ?? NaN) / base.seconds);
    const ratio = ratios === undefined ? "" : ` (${middle(ratios).toFixed(2)})`;
    return `${middle(seconds).toFixed(1)}${ratio} / ${Math.round(middle(phases[phase].map((one) => one.requests)))}`;
  });
  const peak = Math.max(...PHASES.flatMap((phase) => phases[phase].map(({ memory }) => memory)));
  return [NAMES[subject], ...cells, middle(stateBytes).toFixed(0), peak.toFixed(0)];
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const [low = NaN, high = NaN] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return (low + high) / 2;
}
