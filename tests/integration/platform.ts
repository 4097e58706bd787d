import { connect, type Platform as Connected } from "../../provider/platform";
import { readSettings } from "../../provider/settings";
import { RunMemory } from "../../provider/user/run";
import type { Platform } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";

/** A provider's view of an emulated platform, without the engine, and what it said to the user. */
export function connectTo(
  platform: Platform,
  config: Record<string, string> = {},
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
  return { ...connect(readSettings({ config: (key) => all[key], env: {} }), run, log), said, run };
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
