import * as pulumi from "@pulumi/pulumi";
import type * as dynamic from "../../provider/dynamic";
import type { Platform } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";

/** The dynamic providers as a process of the engine's has them. */
export type Dynamic = Pick<typeof dynamic, "user" | "team">;

/**
 * As a process of the engine's that was just started: one for an operation. Its modules are loaded anew, because what a
 * process knows of its run lives in them.
 */
export async function startDynamic(platform: Platform, config: Record<string, string> = {}): Promise<Dynamic> {
  const all: Record<string, string> = {
    "wallaroo:url": platform.url,
    "wallaroo:username": OPERATOR.email,
    "wallaroo:password": OPERATOR.password,
    ...config,
  };
  for (const file of Object.keys(require.cache)) if (/[\\/]provider[\\/][^@]*$/.test(file)) delete require.cache[file];
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { user, team } = require("../../provider/dynamic") as typeof dynamic;
  const request = { config: { get: (key: string) => all[key] } } as unknown as pulumi.dynamic.ConfigureRequest;
  await Promise.all([user.configure(request), team.configure(request)]);
  return { user, team };
}

/** What the dynamic providers say to the user in each test of a suite. */
export function listen(): () => string[] {
  const log = pulumi.log as unknown as Record<"info" | "warn", (message: string) => Promise<void>>;
  const { info, warn } = log;
  let said: string[] = [];
  beforeEach(() => {
    said = [];
    log.info = log.warn = (message) => Promise.resolve(void said.push(message));
  });
  afterEach(() => Object.assign(log, { info, warn }));
  return () => said;
}
