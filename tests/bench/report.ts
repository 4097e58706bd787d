import { PHASES, type Life, type Measurement, type Phase, type Subject } from "./subject";

/** All lives of one subject at one size and latency. */
export interface Series {
  subject: Subject;
  people: number;
  latencyMs: number;
  lives: Life[];
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
  const tables = [...new Set(all.map(({ people, latencyMs }) => `${people}/${latencyMs}`))].map((key) => {
    const series = all.filter(({ people, latencyMs }) => `${people}/${latencyMs}` === key);
    const [{ people, latencyMs, lives } = { people: 0, latencyMs: 0, lives: [] }] = series;
    const rows = series.map((one) => row(one, series));
    const head = ["", ...PHASES, "bytes a person", "peak MiB"];
    const rule = head.map(() => "---");
    const title = `## ${people.toLocaleString("en")} people, ${latencyMs} ms a request, ${lives.length} run${lives.length === 1 ? "" : "s"} each`;
    return [title, "", ...[head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`)].join("\n");
  });
  const legend =
    "Each cell: seconds (times the floor) / requests. Medians of the runs; the subjects took turns. The floor is a no-op " +
    "dynamic resource with the same inputs and outputs: the cost of the engine itself. The naive provider fetches a " +
    "token for each call and stands in the program.";
  return ["# Results of `npm run bench`", "", ...about, "", legend, "", tables.join("\n\n"), ""].join("\n");
}

function row({ subject, lives }: Series, others: readonly Series[]): string[] {
  const floor = others.find((other) => other.subject === FLOOR[subject]);
  const cells = PHASES.map((phase) => {
    const seconds = median(lives, phase, "seconds");
    const base = floor === undefined ? undefined : median(floor.lives, phase, "seconds");
    const ratio = base === undefined ? "" : ` (${(seconds / base).toFixed(2)})`;
    return `${seconds.toFixed(1)}${ratio} / ${Math.round(median(lives, phase, "requests"))}`;
  });
  const bytes = middle(lives.map(({ stateBytes }) => stateBytes));
  const peak = Math.max(...lives.flatMap((life) => PHASES.map((phase) => life.phases[phase].memory)));
  return [NAMES[subject], ...cells, bytes.toFixed(0), peak.toFixed(0)];
}

function median(lives: readonly Life[], phase: Phase, figure: keyof Measurement): number {
  return middle(lives.map((life) => life.phases[phase][figure]));
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const [low = NaN, high = NaN] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return (low + high) / 2;
}
