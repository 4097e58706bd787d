import fs from "node:fs";
import type { StartTimes } from "./start";
import type { Subject } from "./subjects";
import type { Usage } from "./usage";

/** The operations of one life of a stack, in their order. */
export const PHASES = ["create", "no change", "refresh", "update of 10 %", "destroy"] as const;
export type Phase = (typeof PHASES)[number];
/** Those that leave everything as it is, so that they can be measured again on the same stack. */
export const REPEATABLE: readonly Phase[] = ["no change", "refresh"];

/** How one phase of one subject went. */
export interface Measurement extends Usage {
  seconds: number;
  /** Requests that the platform got, or the Keycloak behind it in KEYCLOAK.json; token included. */
  requests: number;
}

/** All measurements of one subject at one size and latency; those of one place in two series were taken in one turn. */
export interface Series {
  /** `opentofu`: the same accounts as resources of OpenTofu's provider for Keycloak; in KEYCLOAK.json alone. */
  subject: Subject | "opentofu";
  /** Accounts, or memberships of so many accounts. */
  accounts: number;
  latencyMs: number;
  /** Empty for a phase that was not measured. */
  phases: Record<Phase, Measurement[]>;
  /** Bytes in the state per account or membership, one for each life. */
  stateBytes: number[];
}

/**
 * Raw measurements as RESULTS.json (against the emulated platform in memory) and KEYCLOAK.json (against a real Keycloak)
 * hold them: tables and plot are made of these alone.
 */
export interface Results {
  /** Paragraphs in Markdown: day, machine, versions, settings. */
  about: string[];
  starts?: StartTimes;
  series: Series[];
}

export function emptySeries(subject: Series["subject"], accounts: number, latencyMs: number): Series {
  const phases = Object.fromEntries(PHASES.map((phase) => [phase, [] as Measurement[]])) as Series["phases"];
  return { subject, accounts, latencyMs, phases, stateBytes: [] };
}

/** JSON with one line per series, and numbers to the thousandth. */
export function stringify({ series, ...others }: Results): string {
  const json = (value: unknown) =>
    JSON.stringify(value, (_key, one: unknown) => (typeof one === "number" ? Math.round(one * 1000) / 1000 : one));
  const head = Object.entries(others).map(([key, value]) => `  ${JSON.stringify(key)}: ${json(value)},`);
  const lines = series.map((one) => `    ${json(one)}`).join(",\n");
  return ["{", ...head, '  "series": [', lines, "  ]", "}", ""].join("\n");
}

/** What {@link stringify} wrote to `file`; undefined if there is no such file. */
export function readResults(file: string): Results | undefined {
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Results) : undefined;
}

/** The median; NaN of nothing. */
export function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const [low = NaN, high = NaN] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return (low + high) / 2;
}
