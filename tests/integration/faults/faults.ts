import { expect } from "chai";
import type { WireFault } from "./proxy";

const JSON_BODY = '{"msg":"not today","code":0}';
/** Everything that goes wrong on the wire in turn. */
export const FAULTS: Record<string, WireFault> = {
  refused: { kind: "refused" },
  "reset before": { kind: "reset", when: "before" },
  "reset after": { kind: "reset", when: "after" },
  "hang before": { kind: "hang", when: "before" },
  "hang after": { kind: "hang", when: "after" },
  "half a body": { kind: "half" },
  "401": { kind: "answer", status: 401, body: JSON_BODY },
  "403": { kind: "answer", status: 403, body: JSON_BODY },
  "429": { kind: "answer", status: 429, body: "" },
  "429 in seconds": { kind: "answer", status: 429, body: "", headers: { "retry-after": "1" } },
  "429 by date": {
    kind: "answer",
    status: 429,
    body: "",
    headers: { "retry-after": new Date(Date.now() - 1000).toUTCString() },
  },
  "500": { kind: "answer", status: 500, body: JSON_BODY },
  // Not in the platform's own shape: what the platform itself says has failed is no lost answer.
  "500 after": { kind: "replaced", status: 500, body: '{"error":"not today"}' },
  "502 HTML": { kind: "answer", status: 502, body: "<html><h1>Bad Gateway</h1></html>" },
  "503 burst": { kind: "answer", status: 503, body: "", times: 3 },
  "408": { kind: "answer", status: 408, body: "" },
  "425": { kind: "answer", status: 425, body: "" },
  "204": { kind: "answer", status: 204, body: "" },
  "204 after": { kind: "replaced", status: 204, body: "" },
  "captive page": { kind: "answer", status: 200, body: "<html>please sign in</html>" },
  "captive after": { kind: "replaced", status: 200, body: "<html>please sign in</html>" },
  "captive burst": { kind: "answer", status: 200, body: "<html>please sign in</html>", times: 3 },
  redirect: { kind: "answer", status: 307, body: "", headers: { location: "http://127.0.0.1:9/" } },
  "wrong shape": { kind: "answer", status: 200, body: '{"people":[]}' },
};

/** What ends a step at a read that the platform can be asked again. All other faults are retried, or over by then. */
export const NOT_RETRIED = ["403", "204", "captive page", "redirect", "wrong shape"];

/** WHOLE_MATRIX=1 runs every case if a suite takes a share of them; over 20 minutes with a real engine. */
export const IS_WHOLE = process.env["WHOLE_MATRIX"] === "1";

/** A request of a scenario: the n-th of one of its programs, counted from 1. */
export interface Point {
  program: number;
  nth: number;
  request: string;
}

/** What a scenario came to with one fault in it. */
export interface Outcome {
  /** What the run that met the fault failed with. */
  failures: readonly string[];
  /** What must not be so, afterwards. */
  wrong: readonly string[];
}

/** Makes something once per program, when it is asked for first. */
export function onePerProgram<Made>(make: (program: number) => Promise<Made>): (program: number) => Promise<Made> {
  const made = new Map<number, Promise<Made>>();
  return (program) => {
    const one = made.get(program) ?? make(program);
    made.set(program, one);
    return one;
  };
}

/** Steps of a run of which a failed one does not stop the next. */
export class Steps {
  /** Why steps failed, a message each. */
  readonly failures: string[] = [];

  async attempt(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof Error)) throw new Error("something other than an Error was thrown", { cause: error });
      this.failures.push(error.message);
    }
  }
}

/** A fault at a request. `row` and `column` are their places in the matrix. */
export interface Case {
  name: string;
  fault: WireFault;
  point: Point;
  row: number;
  column: number;
}

/**
 * A share of the cases, always the same ones: each fault at each kind of request, by its name. Of three sorts of faults
 * (the platform acted and its answer was lost, not retried, all others) each single request meets one at least.
 */
export function oneOfEachKind(cases: readonly Case[]): Case[] {
  const kinds = new Set(cases.map(kindOf));
  return [...kinds].flatMap((kind) => {
    const alike = cases.filter((one) => kindOf(one) === kind);
    const faults = [...new Set(alike.map(({ name }) => name))];
    const points = [...new Set(alike.map(({ point }) => point))];
    // The shorter of both is gone through again and again beside the longer one.
    const turns = Math.min(faults.length, points.length);
    return alike.filter(({ name, point }) => faults.indexOf(name) % turns === points.indexOf(point) % turns);
  });
}

function kindOf({ name, fault, point }: Case): string {
  const isLost = fault.kind === "half" || fault.kind === "replaced" || ("when" in fault && fault.when === "after");
  return `${point.request} ${isLost ? "lost" : NOT_RETRIED.includes(name) ? "final" : "again"}`;
}

/**
 * Plays a scenario with every fault at every point, prints the matrix, and fails if anything went wrong. Unless
 * {@link IS_WHOLE}, `choose` takes the cases that are played; each fault and each point is in one of them at least.
 */
export async function sweep(
  subject: string,
  points: readonly Point[],
  play: (point: Point, fault: WireFault) => Promise<Outcome>,
  choose: (cases: readonly Case[]) => readonly Case[],
): Promise<void> {
  const all: Case[] = Object.entries(FAULTS).flatMap(([name, fault], row) =>
    points.map((point, column) => ({ name, fault, point, row, column })),
  );
  const cases = IS_WHOLE ? all : choose(all);
  const cells = new Map<string, string>();
  const wrong: string[] = [];
  let next = 0;
  const worker = async () => {
    for (let one = cases[next++]; one !== undefined; one = cases[next++]) {
      const { name, fault, point } = one;
      const result = await play(point, fault);
      const key = `${name}|${point.program}.${point.nth}`;
      cells.set(key, result.wrong.length > 0 ? "X" : result.failures.length > 0 ? "e" : ".");
      for (const problem of result.wrong)
        wrong.push(`${name} at ${point.request} (${point.program}.${point.nth}): ${problem}`);
    }
  };
  await Promise.all(Array.from({ length: 12 }, worker));
  printMatrix(
    `${subject}: faults x requests (. right at once, e clear error and right one run later, X not, - not run)`,
    points.map((point) => ({ name: point.request, key: `${point.program}.${point.nth}` })),
    cells,
  );
  const survived = cases.length - new Set(wrong.map((line) => line.split(":")[0])).size;
  process.stdout.write(`  ${cases.length} of ${all.length} cases, ${survived} survived\n`);
  expect(wrong.join("\n")).to.equal("");
  expect(new Set(cases.map(({ name }) => name)).size).to.equal(Object.keys(FAULTS).length);
  expect(new Set(cases.map(({ point }) => point)).size).to.equal(points.length);
}

/** Prints one line a fault and one column a request. Cells by `fault|key`; "-" where the case was not run. */
export function printMatrix(
  title: string,
  points: readonly { name: string; key: string }[],
  cells: ReadonlyMap<string, string>,
): void {
  const width = Math.max(...Object.keys(FAULTS).map((name) => name.length));
  const head = points.map(({ name }) => name.slice(0, 10).padEnd(10)).join(" ");
  const rows = Object.keys(FAULTS).map((fault) => {
    const row = points.map(({ key }) => (cells.get(`${fault}|${key}`) ?? "-").padEnd(10));
    return `  ${fault.padEnd(width)}  ${row.join(" ")}`;
  });
  process.stdout.write(`\n  ${title}\n  ${" ".repeat(width)}  ${head}\n${rows.join("\n")}\n`);
}
