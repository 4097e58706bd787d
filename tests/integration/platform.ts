import { connect, type Platform as Connected } from "../../provider/platform";
import { readSettings } from "../../provider/settings";
import { RunMemory } from "../../provider/user/run";
import type { UserInputs } from "../../provider/user/model";
import { startPlatform, type Platform, type PlatformOptions } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";

/** Shorter times than a run has. */
type Times = Parameters<typeof connect>[3];

/** A provider's view of an emulated platform, without the engine, and what it said to the user. */
export function connectTo(
  platform: Platform,
  config: Record<string, string> = {},
  times: Times = {},
): Connected & { said: string[]; run: RunMemory } {
  const said: string[] = [];
  const all: Record<string, string> = {
    "wallaroo:url": platform.url,
    "wallaroo:username": OPERATOR.email,
    "wallaroo:password": OPERATOR.password,
    ...config,
  };
  const run = new RunMemory();
  const log = { info: (message: string) => said.push(message), warn: (message: string) => said.push(message) };
  return { ...connect(readSettings({ config: (key) => all[key], env: {} }), run, log, times), said, run };
}

/** The message of what `body` raises; fails when it raises nothing. */
export async function messageOf(body: () => Promise<unknown>): Promise<string> {
  try {
    await body();
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw new Error(`something that is no Error was thrown: ${String(error)}`, { cause: error });
  }
  throw new Error("nothing was raised");
}

/** What is declared of somebody, active unless told otherwise. */
export function declared(email: string, more: Partial<UserInputs> = {}): UserInputs {
  return { email, enabled: true, ...more };
}

/** An emulated platform at a time for the tests of a suite, closed after each; starting another closes the one before. */
export function onPlatform(): {
  platform: () => Platform;
  start: (
    options?: PlatformOptions,
    config?: Record<string, string>,
    times?: Times,
  ) => Promise<ReturnType<typeof connectTo>>;
  /** The requests that change something, such as `deactivate ann@example.com`. */
  writes: () => string[];
} {
  let current: Platform | undefined;
  const platform = () => {
    if (current === undefined) throw new Error("no platform was started");
    return current;
  };
  const close = async () => {
    await current?.close();
    current = undefined;
  };
  afterEach(close);
  return {
    platform,
    start: async (options = {}, config, times) => {
      await close();
      current = await startPlatform(options);
      return connectTo(current, config, times);
    },
    writes: () => platform().written(),
  };
}
