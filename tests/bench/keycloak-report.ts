import { ratio, tableOf } from "./report";
import { middle, PHASES, type Results, type Series } from "./series";
import { SUBJECTS } from "./subjects";

const LEGEND =
  "Seconds, and the requests that reached Keycloak, those for tokens included; medians of the runs. All of a table took turns within each " +
  "phase, and the ratios are medians of those within one turn. The floor is a no-op dynamic resource with the same inputs and " +
  "outputs: the cost of the engine itself.";

const ORDER: readonly Series["subject"][] = ["team", "native-team", "opentofu", "team-floor"];

/** What was measured over a real Keycloak as Markdown: one table per number of accounts. */
export function keycloakReport({ about, series }: Results): string {
  const sizes = [...new Set(series.map(({ accounts }) => accounts))].sort((a, b) => a - b);
  const sections = sizes.map((size) =>
    section(ORDER.flatMap((subject) => series.filter((one) => one.accounts === size && one.subject === subject))),
  );
  return ["# Results of `npm run bench -- --keycloak`", ...about, LEGEND, ...sections].join("\n\n") + "\n";
}

function section(series: readonly Series[]): string {
  const [{ accounts, stateBytes } = { accounts: 0, stateBytes: [] }] = series;
  const runs = `${stateBytes.length} run${stateBytes.length === 1 ? "" : "s"}`;
  const rows = series.map((one) => [
    nameOf(one),
    ...PHASES.map((phase) => {
      const [seconds, requests] = [
        middle(one.phases[phase].map((measured) => measured.seconds)),
        middle(one.phases[phase].map((measured) => measured.requests)),
      ];
      return `${seconds.toFixed(1)} / ${Math.round(requests)}`;
    }),
    middle(one.stateBytes).toFixed(0),
  ]);
  const tofu = series.find(({ subject }) => subject === "opentofu");
  const ours = series.filter(({ subject }) => subject === "team" || subject === "native-team");
  const ratios = ours.flatMap((one) =>
    tofu === undefined
      ? []
      : [
          [
            `${nameOf(one)} / OpenTofu: seconds`,
            ...PHASES.map((phase) => ratio(one, tofu, phase, ({ seconds }) => seconds)),
            (middle(one.stateBytes) / middle(tofu.stateBytes)).toFixed(2),
          ],
        ],
  );
  const head = ["seconds / requests", ...PHASES, "state bytes per account"];
  return [`## ${accounts.toLocaleString("en")} accounts, ${runs}`, tableOf(head, [...rows, ...ratios])].join("\n\n");
}

function nameOf({ subject }: Series): string {
  return subject === "opentofu" ? "OpenTofu" : SUBJECTS[subject].name;
}
