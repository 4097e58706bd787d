import * as pulumi from "@pulumi/pulumi";
import { connect, type Platform } from "../platform";
import { readSettings } from "../settings";
import { NAMESPACE, SETTINGS } from "../settings-table";
import { RunMemory } from "../user/run";
import { engineLog } from "./diagnostics";
import { EXPLICIT_KEY } from "./stored";

/**
 * What all resources of a provider process share. The engine may call `read`, `diff` and `delete` before an awaited
 * `configure` has ended, and caches a provider whose `configure` threw (both measured): so `configure` only stores what
 * it is given, and everybody awaits the one promise made from it.
 */
class Session {
  readonly run = new RunMemory();
  #config: pulumi.dynamic.Config | undefined;
  #platform: Platform | undefined;
  #failure: Error | undefined;

  configure(config: pulumi.dynamic.Config): void {
    this.#config ??= config;
  }

  /** The platform of this process, which keeps the passwords of these resources out of its messages; each may be one person, or many by address. Raises `SettingsError`, at each call, when the settings are not complete. */
  platform(...resources: Record<string, unknown>[]): Platform {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      const platform = (this.#platform ??= this.#connect());
      for (const resource of resources) hidePasswords(resource, platform);
      return platform;
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
  }

  /** False while a setting of an explicit provider is an output that preview does not know yet. */
  isKnown(): boolean {
    const config = this.#config;
    return !Object.keys(SETTINGS).some((key) => isUnknown(config?.get(`${NAMESPACE}:${key}`)));
  }

  #connect(): Platform {
    const config = this.#config;
    const isExplicit = config?.get(EXPLICIT_KEY) !== undefined;
    const settings = readSettings({
      config: (key) => text(config?.get(key)),
      env: isExplicit ? undefined : process.env,
      everywhere: process.env,
    });
    return connect(settings, this.run, engineLog);
  }
}

function hidePasswords(resource: Record<string, unknown>, platform: Platform): void {
  const { password, initialPassword, initialPasswords, members } = resource;
  for (const secret of [password, initialPassword]) if (typeof secret === "string") platform.secrets.hide(secret);
  if (isObject(initialPasswords)) {
    for (const secret of Object.values(initialPasswords)) if (typeof secret === "string") platform.secrets.hide(secret);
  }
  if (isObject(members))
    for (const member of Object.values(members)) if (isObject(member)) hidePasswords(member, platform);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Inputs of an explicit provider come with the type they were given; configuration is always text. */
function text(value: unknown): string | undefined {
  if (value === undefined || value === null || typeof value === "string") return value ?? undefined;
  return JSON.stringify(value);
}

export const session = new Session();

/** The engine's mark for a value that only `up` will know, at any depth. */
export function isUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isUnknown);
  if (typeof value === "object" && value !== null) return Object.values(value).some(isUnknown);
  return value === pulumi.runtime.unknownValue;
}
