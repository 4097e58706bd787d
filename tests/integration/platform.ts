import { connect, type Platform as Connected } from "../../provider/connect";
import { readSettings } from "../../provider/settings";
import { applyTeam } from "../../provider/team/apply";
import { deleteTeam } from "../../provider/team/delete";
import type { TeamChanges } from "../../provider/team/diff";
import type { Members, TeamState } from "../../provider/team/model";
import { previewTeam } from "../../provider/team/preview";
import { readTeam } from "../../provider/team/read";
import type { Context } from "../../provider/user/context";
import { createUser } from "../../provider/user/create";
import { deleteUser } from "../../provider/user/delete";
import type { KnownUser, UserInputs, UserState } from "../../provider/user/model";
import { previewCreate, previewLeaving, previewUpdate } from "../../provider/user/preview";
import { getUser, readUser } from "../../provider/user/read";
import { RunMemory } from "../../provider/user/run";
import { updateUser } from "../../provider/user/update";
import type { WorkspaceContext } from "../../provider/workspace/context";
import { startPlatform, type Platform, type PlatformOptions } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";

/** Shorter times than a run has. */
type Times = Parameters<typeof connect>[3];

/** A provider's view of an emulated platform, without the engine, and what it said to the user. */
export function connectTo(
  platform: Platform,
  config: Record<string, string> = {},
  times: Times = {},
): Connected & Pick<Context, "directory"> & Verbs & { said: string[]; run: RunMemory } {
  const said: string[] = [];
  const all: Record<string, string> = {
    "wallaroo:url": platform.url,
    "wallaroo:username": OPERATOR.email,
    "wallaroo:password": OPERATOR.password,
    ...config,
  };
  const run = new RunMemory();
  const log = { info: (message: string) => said.push(message), warn: (message: string) => said.push(message) };
  const connected = connect(readSettings({ config: (key) => all[key], env: {} }), run, log, times);
  return { ...connected, directory: connected.context.directory, ...verbsOf(connected.context), said, run };
}

type Verbs = ReturnType<typeof verbsOf>;

/** The verbs of users, as an adapter calls them. */
export function lifecycleOf(context: Context) {
  return {
    plan: (inputs: UserInputs, leaving?: ReadonlySet<string>) => previewCreate(context, inputs, leaving),
    checkUpdate: (known: KnownUser, inputs: Partial<UserInputs>) => previewUpdate(context, known, inputs),
    checkLeaving: (known: KnownUser, arriving: string[]) => previewLeaving(context, known, arriving),
    create: (inputs: UserInputs) => createUser(context, inputs),
    get: (id: string) => getUser(context, id),
    read: (id: string, state: UserState) => readUser(context, { id, state }),
    update: (id: string, state: UserState, inputs: UserInputs) => updateUser(context, { id, state }, inputs),
    delete: (id: string, state: UserState) => deleteUser(context, { id, state }),
  };
}

/** The verbs of users and teams, as an adapter calls them. */
export function verbsOf(context: WorkspaceContext) {
  return {
    lifecycle: lifecycleOf(context),
    team: {
      check: (state: TeamState | undefined, declared: Record<string, unknown>, changes: TeamChanges, team: string) =>
        previewTeam(context, state, declared, changes, team),
      apply: (before: TeamState | undefined, declared: Members, team: string) =>
        applyTeam(context, "team", before, declared, team),
      read: (state: TeamState, team: string) => readTeam(context, state, team),
      delete: (state: TeamState, team: string) => deleteTeam(context, state, team),
    },
  };
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

/** What is declared of an account, active unless told otherwise. */
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
