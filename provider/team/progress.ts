import type { Log } from "../user/account";

/** Time between two lines about long work, in milliseconds. */
const EVERY_MS = 5_000;

/**
 * Runs `tasks` all at once (they wait in line by themselves) and says every few seconds how far they are. Answers what
 * each raised, undefined where it raised nothing, in the order of the tasks.
 */
export async function runAll(
  what: string,
  tasks: readonly (() => Promise<void>)[],
  waiting: () => number,
  log: Pick<Log, "info">,
): Promise<unknown[]> {
  let done = 0;
  const timer = setInterval(() => {
    const active = waiting();
    log.info(
      `${what}: ${done} of ${tasks.length} people done, ${tasks.length - done} left, ` +
        `${active} of them waiting for the platform.`,
    );
  }, EVERY_MS);
  // The process must not be kept alive by what only talks.
  timer.unref();
  try {
    return await Promise.all(
      tasks.map(async (task) => {
        try {
          return await task();
        } catch (error) {
          return error ?? new Error("something that is no error was raised");
        } finally {
          done += 1;
        }
      }),
    );
  } finally {
    clearInterval(timer);
  }
}
