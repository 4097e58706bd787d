import type { StartTimes } from "./start";
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
  "native-user": "plugin, `User`",
  floor: "floor of `WallarooUser`",
  naive: "naive provider",
  team: "`WallarooTeam`",
  "native-team": "plugin, `Team`",
  "team-floor": "floor of `WallarooTeam`",
};
const FLOOR: Partial<Record<Subject, Subject>> = {
  user: "floor",
  "native-user": "floor",
  naive: "floor",
  team: "team-floor",
  "native-team": "team-floor",
};
/** The same through the dynamic provider. */
const DYNAMIC: Partial<Record<Subject, Subject>> = { "native-user": "user", "native-team": "team" };

/** The results as Markdown: one table a size and latency, the median of all lives in each cell. */
export function report(all: readonly Series[], about: readonly string[], starts: StartTimes): string {
  const sorted = [...all].sort((a, b) => a.people - b.people || a.latencyMs - b.latencyMs);
  const tables = [...new Set(sorted.map(({ people, latencyMs }) => `${people}/${latencyMs}`))].map((key) => {
    const series = all.filter(({ people, latencyMs }) => `${people}/${latencyMs}` === key);
    const [people, latencyMs] = key.split("/").map(Number);
    const runs = Math.max(...series.map(({ stateBytes }) => stateBytes.length));
    const rows = series.map((one) => row(one, series));
    const head = ["", ...PHASES, "bytes a person", "peak MiB"];
    const rule = head.map(() => "---");
    const title = `## ${people?.toLocaleString("en")} people, ${latencyMs} ms a request, ${runs} run${runs === 1 ? "" : "s"} each`;
    return [title, "", ...tableOf([head, rule, ...rows]), ...comparison(series)].join("\n");
  });
  const legend =
    "Each cell: seconds (times the floor) / requests, medians of the runs. The subjects took turns within each phase, " +
    `and ${REPEATABLE.join(" and ")}, which leave everything as it is, were measured several times a run; "times the floor" is ` +
    "the median of the ratios within one turn. The floor is a no-op dynamic resource with the same inputs and outputs: " +
    "the cost of the engine itself. The naive provider fetches a token for each call and stands in the program.";
  return [
    "# Results of `npm run bench`",
    "",
    ...about,
    "",
    legend,
    "",
    startsOf(starts),
    "",
    tables.join("\n\n"),
    "",
  ].join("\n");
}

function tableOf(rows: readonly (readonly string[])[]): string[] {
  return rows.map((cells) => `| ${cells.join(" | ")} |`);
}

function startsOf({ native, dynamic }: StartTimes): string {
  const [plugin, host] = [native, dynamic].map((times) => `${middle(times).toFixed(0)} ms`);
  return (
    `Start of a provider until it can be called, medians of ${native.length} in turns: the plugin ${plugin ?? ""}, the host of ` +
    `dynamic providers ${host ?? ""}, which does not have the package loaded then.`
  );
}

/** The plugin beside the dynamic provider: a second table, if both were measured. */
function comparison(series: readonly Series[]): string[] {
  const rows = series.flatMap((native) => {
    const dynamic = series.find(({ subject }) => subject === DYNAMIC[native.subject]);
    return dynamic === undefined ? [] : rowsBeside(native, dynamic);
  });
  if (rows.length === 0) return [];
  const head = ["plugin / dynamic provider", ...PHASES, "bytes a person"];
  return ["", ...tableOf([head, head.map(() => "---"), ...rows])];
}

/** CPU of all processes of an operation, seconds, and requests. Ratios are medians of those within one turn. */
function rowsBeside(native: Series, dynamic: Series): string[][] {
  const name = NAMES[dynamic.subject];
  const ratios = (value: (one: Measurement) => number) =>
    PHASES.map((phase) => {
      const pairs = native.phases[phase].map((one, turn) => {
        const other = dynamic.phases[phase][turn];
        return other === undefined ? NaN : value(one) / value(other);
      });
      return middle(pairs).toFixed(2);
    });
  const requests = PHASES.map((phase) => {
    const [ours, theirs] = [native, dynamic].map(({ phases }) =>
      Math.round(middle(phases[phase].map((one) => one.requests))),
    );
    return `${ours} / ${theirs}`;
  });
  const bytes = (middle(native.stateBytes) / middle(dynamic.stateBytes)).toFixed(2);
  return [
    [`${name}: CPU`, ...ratios(({ cpuSeconds }) => cpuSeconds), bytes],
    [`${name}: seconds`, ...ratios(({ seconds }) => seconds), ""],
    [`${name}: requests`, ...requests, ""],
  ];
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
