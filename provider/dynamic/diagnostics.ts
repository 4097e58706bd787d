import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { Log } from "../user/context";

/** The engine's log; its address is passed on by {@link prepareProcess}. */
export const engineLog: Log = {
  info: (message) => say(pulumi.log.info, message),
  warn: (message) => say(pulumi.log.warn, message),
};

/** Longest wait for what was said to reach the engine, in milliseconds. */
const MAX_DELIVERY_MS = 5_000;
/** Ends when the last message has arrived. Undefined when none is on its way. */
let delivery: Promise<void> | undefined;

function say(log: typeof pulumi.log.info, message: string): void {
  // A message that can't be delivered must not become an unhandled rejection.
  const own = withoutTrace(() => log(message))
    .catch(() => undefined)
    .then(() => {
      if (delivery === own) delivery = undefined;
    });
  delivery = own;
}

/**
 * What `body` answers, whose errors have no stack trace: Pulumi writes one into the promise of each message, and its host
 * then reads the source maps of every file on the stack, 20 to 40 ms for the first message (measured).
 */
function withoutTrace<T>(body: () => T): T {
  const limit = Error.stackTraceLimit;
  // Set where it can be: a process with frozen intrinsics has its stack traces, and its messages.
  Reflect.set(Error, "stackTraceLimit", 0);
  try {
    return body();
  } finally {
    Reflect.set(Error, "stackTraceLimit", limit);
  }
}

/** Ends when all messages have arrived, or after 5 s: the engine may end the process after its answer (measured). */
export async function delivered(): Promise<void> {
  if (delivery !== undefined) await Promise.race([delivery, sleep(MAX_DELIVERY_MS, undefined, { ref: false })]);
}

const expected = new Set<string>();

/** Marks an error for the engine, whose process would print `${e}: ${e.stack}` once more (measured). */
export function withoutStack<E extends Error>(error: E): E {
  error.stack = `${error.name}: ${error.message}`;
  expected.add(`${String(error)}: ${error.stack}`);
  return error;
}

/**
 * Host and port of the engine in a process of its dynamic host; undefined in a program's own process. The address is the last
 * argument: flags for logs come before it (read in the engine's source).
 */
export function findEngineAddress(): string | undefined {
  const [, script = "", ...args] = process.argv;
  return /[\\/]dynamic-provider([\\/]|$)/.test(script) ? args.at(-1) : undefined;
}

/**
 * Prepares the process of a dynamic provider, which gets the engine's address as its argument and does not pass it on
 * to `pulumi.log`. Does nothing in a program's own process.
 */
export function prepareProcess(): void {
  const engineAddress = findEngineAddress();
  if (engineAddress === undefined) return;
  const print = console.error.bind(console);
  console.error = (...args: unknown[]) => {
    if (args.length === 1 && typeof args[0] === "string" && expected.has(args[0])) return;
    print(...args);
  };
  if (!pulumi.runtime.hasEngine()) {
    pulumi.runtime.resetOptions("", "", -1, engineAddress, "", false, "");
  }
}
