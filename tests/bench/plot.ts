import { escaped } from "../docs/svg";
import { middle, PHASES, type Phase, type Results, type Series } from "./series";

/** What is drawn: the measurements at {@link LATENCY_MS} of these subjects. */
const LINES: readonly {
  subject: Series["subject"];
  isKeycloak?: true;
  name: string;
  colour: string;
  dashes?: string;
}[] = [
  { subject: "user", name: "WallarooUser", colour: "#0969da" },
  { subject: "floor", name: "floor of users", colour: "#0969da", dashes: "5 3" },
  { subject: "team", name: "WallarooTeam", colour: "#1a7f37" },
  { subject: "team-floor", name: "floor of team", colour: "#1a7f37", dashes: "5 3" },
  { subject: "team", isKeycloak: true, name: "team, Keycloak", colour: "#1a7f37", dashes: "1 3" },
  { subject: "opentofu", isKeycloak: true, name: "OpenTofu, Keycloak", colour: "#bc4c00" },
];
const LATENCY_MS = 0;

/** Pixels: a panel with its axes and labels, what lies in it around the lines, and the least between two labels. */
const PANEL = { width: 340, height: 250, columns: 3 };
const AROUND = { left: 38, right: 130, top: 34, bottom: 32 };
const LABEL_HEIGHT = 13;
const [INK, FAINT, PAPER] = ["#1f2328", "#d1d9e0", "#ffffff"];

/** A line of one panel: medians by number of accounts. */
interface Line {
  name: string;
  colour: string;
  dashes: string | undefined;
  points: { accounts: number; seconds: number }[];
}

/** Places a number on a logarithmic axis, in pixels. */
type Axis = (value: number) => number;

/**
 * Seconds of each phase over the number of accounts as an SVG picture, one panel per phase, logarithmic, all panels with the
 * same axes, on a ground of its own. OpenTofu, and the team beside it, are drawn as far as `keycloak` has them.
 */
export function growthPlot(results: Results, keycloak: Results | undefined): string {
  const panels = PHASES.map((phase) => ({ phase, lines: linesOf(phase, results.series, keycloak?.series ?? []) }));
  const points = panels.flatMap(({ lines }) => lines.flatMap((line) => line.points));
  const x = axisOf(
    points.map(({ accounts }) => accounts),
    [1],
    AROUND.left,
    PANEL.width - AROUND.right,
  );
  const y = axisOf(
    points.map(({ seconds }) => seconds),
    [1, 3],
    PANEL.height - AROUND.bottom,
    AROUND.top,
  );
  const [width, height] = [PANEL.width * PANEL.columns, PANEL.height * Math.ceil((panels.length + 1) / PANEL.columns)];
  const cells = [...panels.map(({ phase, lines }) => panel(phase, lines, x, y)), legend(keycloak !== undefined)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    "<title>Seconds of each phase over the number of accounts</title>",
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${PAPER}" stroke="${FAINT}"/>`,
    `<g font-family="system-ui, -apple-system, 'Segoe UI', sans-serif" font-size="11" fill="${INK}">`,
    ...cells.map((cell, at) => {
      const [left, top] = [(at % PANEL.columns) * PANEL.width, Math.floor(at / PANEL.columns) * PANEL.height];
      return `<g transform="translate(${left} ${top})">\n${cell.join("\n")}\n</g>`;
    }),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function linesOf(phase: Phase, own: readonly Series[], keycloak: readonly Series[]): Line[] {
  return LINES.flatMap(({ subject, isKeycloak, name, colour, dashes }) => {
    const points = (isKeycloak ? keycloak : own)
      .filter((one) => one.subject === subject && one.latencyMs === LATENCY_MS && one.phases[phase].length > 0)
      .map(({ accounts, phases }) => ({ accounts, seconds: middle(phases[phase].map(({ seconds }) => seconds)) }))
      .sort((a, b) => a.accounts - b.accounts);
    return points.length === 0 ? [] : [{ name, colour, dashes, points }];
  });
}

interface LogAxis {
  at: Axis;
  marks: number[];
}

/** From the last mark below all values to the first one above them; marks are these steps of each decade. Without a value: any. */
function axisOf(values: readonly number[], steps: readonly number[], from: number, to: number): LogAxis {
  const all = Array.from({ length: 12 }, (_, index) => steps.map((step) => step * 10 ** (index - 4))).flat();
  const [least, most] = [Math.min(...values, 1e5), Math.max(...values, 1e-1)];
  const first = all.filter((mark) => mark <= least).length - 1;
  const last = Math.max(
    first + 1,
    all.findIndex((mark) => mark >= most),
  );
  const [low, high] = [all[first] ?? 1, all[last] ?? 10].map(Math.log10) as [number, number];
  return {
    at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
    marks: all.slice(first, last + 1),
  };
}

function panel(phase: Phase, lines: readonly Line[], x: LogAxis, y: LogAxis): string[] {
  const [right, bottom] = [PANEL.width - AROUND.right, PANEL.height - AROUND.bottom];
  const labels = apart(lines.map(({ points }) => y.at(points.at(-1)?.seconds ?? 1)));
  return [
    `<text x="${AROUND.left}" y="20" font-size="13" font-weight="bold">${escaped(phase)}</text>`,
    ...y.marks.flatMap((seconds) => [
      `<path d="M${AROUND.left} ${px(y.at(seconds))}H${right}" stroke="${FAINT}"/>`,
      `<text x="${AROUND.left - 5}" y="${px(y.at(seconds) + 4)}" text-anchor="end">${Number(seconds.toPrecision(1))} s</text>`,
    ]),
    ...x.marks.flatMap((accounts) => [
      `<path d="M${px(x.at(accounts))} ${AROUND.top}V${bottom}" stroke="${FAINT}"/>`,
      `<text x="${px(x.at(accounts))}" y="${bottom + 15}" text-anchor="middle">${accounts.toLocaleString("en")}</text>`,
    ]),
    ...lines.flatMap(({ name, colour, dashes, points }, index) => {
      const all = points.map(({ accounts, seconds }) => [px(x.at(accounts)), px(y.at(seconds))] as const);
      const [endX, endY] = all.at(-1) ?? ["0", "0"];
      const labelY = labels[index] ?? 0;
      const dashed = dashes === undefined ? "" : ` stroke-dasharray="${dashes}"`;
      return [
        `<path d="M${endX} ${endY}L${right + 8} ${px(labelY)}" stroke="${colour}" stroke-width="0.5" opacity="0.5"/>`,
        `<path d="M${all.map((point) => point.join(" ")).join("L")}" fill="none" stroke="${colour}" stroke-width="1.75"${dashed}/>`,
        ...all.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="2.2" fill="${colour}"/>`),
        `<text x="${right + 11}" y="${px(labelY + 4)}" fill="${colour}">${escaped(name)}</text>`,
      ];
    }),
  ];
}

/** The heights of labels at these heights, in the same order, moved so that none lies on another nor below the panel. */
function apart(heights: readonly number[]): number[] {
  const order = heights.map((_, index) => index).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  const moved = [...heights];
  order.forEach((index, rank) => {
    const above = moved[order[rank - 1] ?? -1] ?? -Infinity;
    moved[index] = Math.max(moved[index] ?? 0, above + LABEL_HEIGHT);
  });
  let below = PANEL.height - AROUND.bottom + LABEL_HEIGHT;
  for (const index of order.reverse()) {
    below = Math.min(moved[index] ?? 0, below - LABEL_HEIGHT);
    moved[index] = below;
  }
  return moved;
}

function legend(hasKeycloak: boolean): string[] {
  const rows = [
    "Seconds over accounts, both logarithmic.",
    `Medians, at ${LATENCY_MS} ms per request.`,
    "A resource per account (WallarooUser), or",
    "one for all of them (WallarooTeam).",
    "Floor: a no-op dynamic resource with the",
    "same inputs and outputs.",
    ...(hasKeycloak
      ? ["Keycloak: on a real one; `no change` there", "looks at every account, as a refresh does."]
      : []),
  ];
  return rows.map(
    (row, index) => `<text x="${AROUND.left}" y="${AROUND.top + 14 + index * 18}">${escaped(row)}</text>`,
  );
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
