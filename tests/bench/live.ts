import { emptySeries, PHASES, REPEATABLE, type Series } from "./series";
import type { BenchStack } from "./subject";

/** Measurements per run of a phase that leaves everything as it is. */
const REPEATS = 2;

/** What is measured of one subject, and how a fresh stack of it comes about. */
export interface Life extends Pick<Series, "subject" | "accounts" | "latencyMs"> {
  open: () => Promise<BenchStack>;
}

/**
 * Measures each group as often as it says, and calls `after` each time. Round by round: a run that is stopped early has
 * measured every group, but not so often. What was measured of one group is not lost if another can't be. `live` is told the
 * number of the run, from 1.
 */
export async function measureInRounds<Group extends { runs: number }>(
  groups: readonly Group[],
  {
    nameOf,
    live,
    after,
  }: { nameOf: (group: Group) => string; live: (group: Group, run: number) => Promise<void>; after: () => void },
): Promise<void> {
  const startedMs = performance.now();
  const rounds = Math.max(...groups.map(({ runs }) => runs));
  for (let run = 1; run <= rounds; run += 1) {
    for (const group of groups) {
      if (run > group.runs) continue;
      const groupMs = performance.now();
      const failure = await live(group, run).then(
        () => "",
        (error: Error) => `, FAILED and not counted: ${error.message}`,
      );
      if (failure !== "") process.exitCode = 1;
      const [seconds, minutes] = [(performance.now() - groupMs) / 1000, (performance.now() - startedMs) / 60_000];
      process.stderr.write(
        `${nameOf(group)}, run ${run}/${group.runs}: ${seconds.toFixed(0)} s, ${minutes.toFixed(1)} min in all${failure}\n`,
      );
      after();
    }
  }
}

/**
 * Takes one fresh stack of each subject through its life, and adds what was measured to their series. They take turns
 * within each phase, so that what slows the machine for a while slows them all, and every other turn backwards, so that
 * none always comes after the same other. If one of them fails, nothing is added for any, and the error is raised.
 */
export async function liveTogether(subjects: readonly Life[], all: Series[]): Promise<void> {
  const lives: { one: Series; stack: BenchStack }[] = [];
  try {
    for (const { subject, accounts, latencyMs, open } of subjects) {
      lives.push({ one: emptySeries(subject, accounts, latencyMs), stack: await open() });
    }
    for (const phase of PHASES) {
      for (let turn = 1; turn <= (REPEATABLE.includes(phase) ? REPEATS : 1); turn += 1) {
        for (const { one, stack } of lives) one.phases[phase].push(await stack.measure(phase));
        lives.reverse();
      }
      if (phase === "create") for (const { one, stack } of lives) one.stateBytes.push(stack.stateBytes());
    }
  } finally {
    for (const { stack } of lives) await stack.close();
  }
  for (const { one } of lives) addTo(all, one);
}

/** Puts measurements behind those of the same subject, size and latency. */
function addTo(all: Series[], { subject, accounts, latencyMs, phases, stateBytes }: Series): void {
  const isSame = (one: Series) => one.subject === subject && one.accounts === accounts && one.latencyMs === latencyMs;
  const known = all.find(isSame) ?? emptySeries(subject, accounts, latencyMs);
  if (!all.includes(known)) all.push(known);
  for (const phase of PHASES) known.phases[phase].push(...phases[phase]);
  known.stateBytes.push(...stateBytes);
}
