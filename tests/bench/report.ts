import { middle, PHASES, REPEATABLE, type Measurement, type Results, type Series } from "./series";
import type { StartTimes } from "./start";
import { ORDER, SUBJECTS, type Kind } from "./subjects";

const TITLES: Record<Kind, { what: string; accounts: string; each: string }> = {
  users: { what: "Users", accounts: "accounts", each: "user" },
  teams: { what: "Teams", accounts: "accounts", each: "member" },
  members: { what: "Workspace members", accounts: "memberships", each: "membership" },
};

const LEGEND =
  'Medians of the runs. The subjects of a table took turns within each phase; "times the floor" is the median of the ratios ' +
  `within one turn. ${REPEATABLE.join(" and ")}, which leave everything as it is, were measured several times per run. The ` +
  "floor is a no-op dynamic resource with the same inputs and outputs: the cost of the engine itself. The naive provider " +
  "fetches a token for each call and stands in the program. CPU is that of engine, language host, program and provider " +
  "together; memory is the highest of the provider's process in any phase; the platform is not counted.";

/** A series of the benchmark itself. */
type Own = Series & { subject: keyof typeof SUBJECTS };

/** The results as Markdown: for each kind, size and latency a table of time and requests, and one of CPU, memory and state. */
export function report({ about, starts, series }: Results): string {
  const own = series.filter((one): one is Own => one.subject !== "opentofu" && one.stateBytes.length > 0);
  const kinds = Object.keys(TITLES) as Kind[];
  const keyOf = ({ subject, accounts, latencyMs }: Own) => [kinds.indexOf(SUBJECTS[subject].kind), accounts, latencyMs];
  const sorted = [...own].sort((a, b) => {
    const [ours, theirs] = [keyOf(a), keyOf(b)];
    return ours.map((one, at) => one - (theirs[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
  });
  const sections = [...new Set(sorted.map((one) => keyOf(one).join()))].map((key) =>
    section(sorted.filter((one) => keyOf(one).join() === key)),
  );
  const paragraphs = [...about, LEGEND, ...(starts === undefined ? [] : [startsOf(starts)])];
  return ["# Results of `npm run bench`", ...paragraphs, ...sections].join("\n\n") + "\n";
}

function section(unsorted: readonly Own[]): string {
  const series = [...unsorted].sort((a, b) => ORDER.indexOf(a.subject) - ORDER.indexOf(b.subject));
  const [{ subject, accounts, latencyMs, stateBytes } = series[0] as Own] = series;
  const { what, accounts: noun, each } = TITLES[SUBJECTS[subject].kind];
  const runs = `${stateBytes.length} run${stateBytes.length === 1 ? "" : "s"}`;
  return [
    `## ${what}: ${accounts.toLocaleString("en")} ${noun}, ${latencyMs} ms per request, ${runs}`,
    tableOf(
      ["seconds (times the floor) / requests", ...PHASES],
      series.map((one) => [
        SUBJECTS[one.subject].name,
        ...PHASES.map((phase) => {
          const requests = Math.round(middle(one.phases[phase].map((measured) => measured.requests)));
          return `${timesFloor(one, series, phase, ({ seconds }) => seconds)} / ${requests}`;
        }),
      ]),
    ),
    tableOf(
      ["CPU seconds (times the floor)", ...PHASES, "peak MiB", `state bytes per ${each}`],
      series.map((one) => {
        const floor = floorOf(one, series);
        const used = PHASES.map((phase) => timesFloor(one, series, phase, ({ cpuSeconds }) => cpuSeconds));
        const [peak, bytes] = [peakOf, bytesOf].map((of) => beside(of(one), floor === undefined ? NaN : of(floor)));
        return [SUBJECTS[one.subject].name, ...used, peak ?? "", bytes ?? ""];
      }),
    ),
    ...comparison(series, "plugin / dynamic provider", "dynamic"),
    ...comparison(series, "this checkout / the other", "before"),
  ].join("\n\n");
}

function floorOf({ subject }: Own, others: readonly Own[]): Own | undefined {
  return others.find((other) => other.subject === SUBJECTS[subject].floor);
}

function peakOf({ phases }: Series): number {
  return Math.max(...PHASES.flatMap((phase) => phases[phase].map(({ memory }) => memory)));
}

function bytesOf({ stateBytes }: Series): number {
  return middle(stateBytes);
}

function beside(value: number, base: number): string {
  return Number.isNaN(base) ? value.toFixed(0) : `${value.toFixed(0)} (${(value / base).toFixed(2)})`;
}

type Value = (measured: Measurement) => number;

function timesFloor(one: Own, others: readonly Own[], phase: (typeof PHASES)[number], value: Value): string {
  const floor = floorOf(one, others);
  const seconds = middle(one.phases[phase].map(value)).toFixed(1);
  return floor === undefined ? seconds : `${seconds} (${ratio(one, floor, phase, value)})`;
}

/** The median of the ratios of measurements that were taken in one turn. */
export function ratio(one: Series, base: Series, phase: (typeof PHASES)[number], value: Value): string {
  const ratios = one.phases[phase].map((measured, turn) => {
    const other = base.phases[phase][turn];
    return other === undefined ? NaN : value(measured) / value(other);
  });
  return middle(ratios).toFixed(2);
}

/** Subjects beside what another key names for them: one more table, if both were measured. */
function comparison(series: readonly Own[], title: string, key: "dynamic" | "before"): string[] {
  const rows = series.flatMap((one) => {
    const base = series.find(({ subject }) => subject === SUBJECTS[one.subject][key]);
    if (base === undefined) return [];
    const shares = PHASES.map((phase) =>
      [({ cpuSeconds }: Measurement) => cpuSeconds, ({ seconds }: Measurement) => seconds]
        .map((value) => ratio(one, base, phase, value))
        .join(" / "),
    );
    const rest = [peakOf, bytesOf].map((of) => (of(one) / of(base)).toFixed(2));
    return [[SUBJECTS[base.subject].name.replace(", other checkout", ""), ...shares, ...rest]];
  });
  const head = [`${title}: CPU / seconds`, ...PHASES, "peak", "state"];
  return rows.length === 0 ? [] : [tableOf(head, rows)];
}

/** A table in Markdown. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function startsOf({ native, dynamic }: StartTimes): string {
  const [plugin, host] = [native, dynamic].map((times) => `${middle(times).toFixed(0)} ms`);
  return (
    `Start of a provider until it can be called, medians of ${native.length} in turns: the plugin ${plugin ?? ""}, the host of ` +
    `dynamic providers ${host ?? ""}, which does not have the package loaded then.`
  );
}
