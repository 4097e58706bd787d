import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";

/**
 * Waits until something has happened in `operation`. Raises when that ends without it, with its own error or with what it
 * came to: a test that waited on would only say that it ran out of time.
 */
export async function until(hasHappened: () => boolean, operation: Promise<unknown>): Promise<void> {
  let isOver = false;
  const end = () => void (isOver = true);
  operation.then(end, end);
  while (!hasHappened()) {
    if (isOver) throw new Error(`What was waited for has not happened in it: ${inspect(await operation)}`);
    await sleep(1);
  }
}
