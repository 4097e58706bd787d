import { BATCH_SIZE } from "../api/batcher";
import type { Line } from "../api/line";
import type { Log } from "../user/account";

/** Tasks that may wait for their joined confirmation: a batch under way, and several that gather for the next. */
const MOST_WAITING = 6 * BATCH_SIZE;
/** Time between two lines about long work, in milliseconds. */
const EVERY_MS = 5_000;

/**
 * Runs `tasks` and says every few seconds how far they are. Answers what each raised, undefined where it raised nothing,
 * in the order of the tasks.
 *
 * Begun are as many as keep `line` full while others wait for their joined confirmation, and no more: ten thousand begun
 * at once cost a third more time and half as much memory again, all of it garbage collection (measured).
 */
export async function runAll(
  what: string,
  tasks: readonly (() => Promise<void>)[],
  line: Line,
  log: Pick<Log, "info">,
): Promise<unknown[]> {
  let done = 0;
  const timer = setInterval(() => {
    log.info(
      `${what}: ${done} of ${tasks.length} people done, ${tasks.length - done} left, ` +
        `${line.active} of them waiting for the platform.`,
    );
  }, EVERY_MS);
  // The process must not be kept alive by what only talks.
  timer.unref();
  try {
    const ends: unknown[] = [];
    const queue = tasks.entries();
    // An iterator that all of them share: each takes the next task when it has done one.
    const work = async () => {
      for (const [index, task] of queue) {
        try {
          ends[index] = await task();
        } catch (error) {
          ends[index] = error ?? new Error("something that is no error was raised");
        }
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: line.concurrency + MOST_WAITING }, work));
    return ends;
  } finally {
    clearInterval(timer);
  }
}
