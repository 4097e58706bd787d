import { ALL, ORDER, SUBJECTS, type Subject } from "./subjects";

/** Subjects that are measured together, in turns. */
export interface Group {
  accounts: number;
  latencyMs: number;
  /** Lives of a stack of each subject. */
  runs: number;
  subjects: Subject[];
}

/** In some 50 minutes on two idle cores: fewer runs of what takes long, as each series of runs is a matter of minutes. */
export const WHOLE = [
  ...["100:0:2:members", "100:20:1:members"],
  ...["100:0:1:teams", "100:20:1:teams", "500:0:1:teams", "500:20:1:teams"],
  ...["1000:0:2:teams", "1000:20:2:teams", "10000:0:1:teams", "10000:20:2:teams"],
  ...["100:0:1:users", "100:20:1:users", "500:0:1:users", "500:20:1:users"],
  // Without the naive provider, which takes twice as long as all others.
  ...["1000:0:1:user+native-user+floor", "1000:20:1:users"],
].join(",");
export const QUICK = "100:0:1,500:0:1:users+teams,10000:0:1";

/** From so many accounts on, a resource per account is a matter of hours. */
const TEAMS_ONLY = 10_000;

/**
 * The groups of a list of `ACCOUNTS:LATENCY:RUNS[:WHAT]`, as the usage of `npm run bench` explains it, with only those
 * subjects that are in `wanted`. Raises an Error for a text that is none.
 */
export function readPlan(plan: string, wanted: readonly string[] = ALL): Group[] {
  requireSubjects(wanted);
  return plan.split(",").flatMap((text) => {
    const [accounts = NaN, latencyMs = NaN, runs = NaN] = text.split(":").map(Number);
    const [, , , what, more] = text.split(":");
    if (!(accounts > 0 && latencyMs >= 0 && runs > 0) || more !== undefined) {
      throw new Error(`${text} is not ACCOUNTS:LATENCY:RUNS[:WHAT]`);
    }
    const subjects = subjectsOf(what ?? (accounts < TEAMS_ONLY ? "users+teams+members" : "teams"));
    const some = subjects.filter((subject) => wanted.includes(subject));
    return some.length === 0 ? [] : [{ accounts, latencyMs, runs, subjects: some }];
  });
}

/** The subjects that kinds and names, joined by `+`, mean. */
function subjectsOf(what: string): Subject[] {
  const names = what.split("+");
  requireSubjects(names.filter((name) => !ORDER.some((subject) => SUBJECTS[subject].kind === name)));
  return ORDER.filter((subject) => names.includes(subject) || names.includes(SUBJECTS[subject].kind));
}

function requireSubjects(names: readonly string[]): void {
  const unknown = names.filter((name) => !(ORDER as readonly string[]).includes(name));
  if (unknown.length > 0) throw new Error(`unknown subject ${unknown.join(", ")}; there are ${ORDER.join(", ")}`);
}
