import type { Command } from "commander";
import { isWallarooError } from "../api/errors";
import { connect, type Platform } from "../connect";
import { worded } from "../resource/failures";
import { readSettings, type Settings } from "../settings";
import type { SettingsSource } from "../settings-source";
import { NAMESPACE } from "../settings-table";
import type { Log } from "../user/context";
import { RunMemory } from "../user/run";
import { readStackConfiguration } from "./stack-configuration";

/** Where a command takes its settings from, as its options say. */
export interface SettingsOptions {
  /** Name of a stack, as the Pulumi CLI takes it. */
  stack?: string;
  /** Folder of its Pulumi project. */
  config?: string;
}

/** Adds the options of {@link SettingsOptions} to a command. */
export function withStack(command: Command): Command {
  return command
    .option("-s, --stack <name>", "take the settings from the configuration of this stack (default: the environment)")
    .option("--config <folder>", "the folder of its Pulumi project (default: this one)");
}

/** {@link withStack} and `--json`. */
export function withSettings(command: Command): Command {
  return withStack(command).option("--json", "print JSON");
}

/** The sources of settings, and which keys of `wallaroo:` the configuration has, without that prefix. */
export interface CommandSource extends SettingsSource {
  keys: readonly string[];
}

/** The sources that a provider of this stack would have; without a stack, the environment alone. */
export async function findSource(options: SettingsOptions): Promise<CommandSource> {
  const isAsked = options.stack !== undefined || options.config !== undefined;
  const configuration = isAsked ? await readStackConfiguration(options) : new Map<string, string>();
  const keys = [...configuration.keys()].map((key) => key.slice(NAMESPACE.length + 1));
  return { config: (key) => configuration.get(key), env: process.env, keys };
}

/** Reads all settings. Raises `badSettings` with all problems at once. */
export function settingsOf(source: SettingsSource): Settings {
  try {
    return readSettings(source);
  } catch (error) {
    if (!isWallarooError(error, "badSettings")) throw error;
    throw error.with({
      next: "Set them by `pulumi config set` and name that stack with --stack, or set them in the environment.",
    });
  }
}

/** A platform to look at: nothing is sent that would change it. */
export function connectReadOnly(settings: Settings): Platform {
  return connect({ ...settings, readOnlyBy: "the rule that this command only reads" }, new RunMemory(), log);
}

/** What `body` finds by {@link connectReadOnly} with the settings that the options name. */
export async function withPlatform<T>(options: SettingsOptions, body: (platform: Platform) => Promise<T>): Promise<T> {
  const settings = settingsOf(await findSource(options));
  try {
    return await body(connectReadOnly(settings));
  } catch (error) {
    throw worded(error, settings.names.inWords);
  }
}

/** What is said on the way: on stderr, as stdout has the answer alone. */
export const log: Log = {
  info: (message) => void process.stderr.write(`${message}\n`),
  warn: (message) => void process.stderr.write(`warning: ${message}\n`),
};
