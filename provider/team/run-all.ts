import { BATCH_SIZE } from "../api/batcher";
import { WallarooError, isWallarooError, messageOf } from "../api/errors";
import type { Context } from "../user/context";

/** True for a member that was not begun, because others failed before. */
export function isNotTried(error: unknown): error is WallarooError {
  return isWallarooError(error, "notTried");
}

/** A line per failure, and one for all that were not tried. Equal lines are said once. */
export function reasonsOf(failures: readonly unknown[]): string[] {
  const notTried = failures.filter(isNotTried);
  const reasons = new Set(failures.filter((error) => !isNotTried(error)).map(messageOf));
  const who = notTried.length === 1 ? "1 member" : `${notTried.length} members`;
  if (notTried[0] !== undefined) reasons.add(notTried[0].with({ operation: "begin", who }).message);
  return [...reasons];
}

/** What is raised when members of a team failed or were not tried: kind `membersFailed`, with a line per reason. */
export function membersFailed(
  operation: string,
  team: string,
  failures: readonly unknown[],
  total: number,
  next = "",
): WallarooError {
  const notTried = failures.filter(isNotTried).length;
  const failed = failures.length - notTried;
  const members = failed === 1 ? "1 member failed" : `${failed} members failed`;
  const words = `${members} of ${total}${notTried === 0 ? "" : `, not tried: ${notTried}`}`;
  const who = `all members of ${team}`;
  return new WallarooError({ kind: "membersFailed", operation, who, words, next, reasons: reasonsOf(failures) });
}

/** What is done for one member. */
export type Step = () => Promise<void>;

/** Steps that may wait for their joined confirmation: a batch under way, and several that gather for the next. */
const MOST_WAITING = 6 * BATCH_SIZE;
/** Time between two lines about long work, in milliseconds. */
const EVERY_MS = 5_000;

/**
 * Runs `steps`, says every few seconds how far they are, and answers what was raised, in their order. Begins as many as
 * keep the limiter full while others wait for confirmations: all at once cost a third more time (measured with 10,000).
 */
export async function findFailures(
  { limiter, log }: Context,
  what: string,
  steps: readonly Step[],
): Promise<unknown[]> {
  if (steps.length === 0) return [];
  let done = 0;
  const timer = setInterval(() => {
    log.info(
      `${what}: ${done} of ${steps.length} members done, ${steps.length - done} left, ` +
        `${limiter.active} of them waiting for the platform.`,
    );
  }, EVERY_MS);
  timer.unref();
  try {
    const ends: unknown[] = [];
    const queue = steps.entries();
    // An iterator that all of them share: each takes the next step when it has done one.
    const work = async () => {
      for (const [index, step] of queue) {
        try {
          ends[index] = await step();
        } catch (error) {
          ends[index] = error ?? new Error("a value that is not an error was raised");
        }
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: limiter.concurrency + MOST_WAITING }, work));
    return ends.filter((error) => error !== undefined);
  } finally {
    clearInterval(timer);
  }
}
