import { isRecord } from "../api/json";
import { connect, type Platform, type Substitutes } from "../connect";
import { readSettings } from "../settings";
import { NAMESPACE, SETTINGS } from "../settings-table";
import { SharedMemory } from "../shared-memory";
import type { Log } from "../user/context";
import type { Unknown } from "../user/model";
import { RunMemory } from "../user/run";
import { worded } from "./failures";
import type { Props } from "./resource";

/** What an adapter gives a session. */
export interface Host {
  log: Log;
  /** True for the adapter's mark of a value that only `up` will know. */
  isUnknownMark(value: unknown): boolean;
  /** The engine that started this process: host and port, undefined without one, and whether it is still there. */
  engine?: { readonly engineAddress: string | undefined; readonly isGone: boolean };
  /** For tests. */
  substitutes?: Substitutes | undefined;
}

/** Configuration as an adapter has it: values by key such as `wallaroo:url`, secrets in plain text. */
export interface Configuration {
  get(key: string): unknown;
  /** True for a provider that is declared in the program: its settings come from there alone. */
  isExplicit: boolean;
}

/**
 * What all resources of one configured provider share. An engine may call `read`, `diff` and `delete` before its call to
 * configure has ended, and keep a provider whose configure threw (both measured for the dynamic host): so `configure` only
 * stores what it is given, and settings are read at the first use.
 */
export class Session {
  readonly run = new RunMemory();
  #configuration: Configuration | undefined;
  #platform: Platform | undefined;
  #failure: Error | undefined;
  #shared: SharedMemory | undefined;

  constructor(private readonly host: Host) {
    if (host.engine !== undefined) this.run.engine = host.engine;
  }

  get log(): Log {
    return this.host.log;
  }

  /** Takes back what was shared with other processes. */
  close(): void {
    this.#shared?.close();
  }

  /** The user cancels the run: see {@link RunMemory.cancellation}. */
  cancel(): void {
    this.run.cancellation.abort();
  }

  /** The first configuration counts. */
  configure(configuration: Configuration): void {
    this.#configuration ??= configuration;
  }

  /** The platform, whose messages hide the passwords of `resources`. Raises `badSettings`, at each call. */
  platform(...resources: Props[]): Platform {
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

  /** A failure that calls the settings as their user does. */
  readonly worded = (error: unknown): unknown =>
    this.#platform === undefined ? error : worded(error, this.#platform.settings.names.inWords);

  /** False while a setting of an explicit provider is an output that preview does not know yet. */
  isKnown(): boolean {
    const configuration = this.#configuration;
    return !Object.keys(SETTINGS).some((key) => this.isUnknown(configuration?.get(`${NAMESPACE}:${key}`)));
  }

  /** True for a value that only `up` will know, whole or at any depth. */
  readonly isUnknown = (value: unknown): value is Unknown => {
    if (Array.isArray(value)) return value.some(this.isUnknown);
    if (isRecord(value)) return Object.values(value).some(this.isUnknown);
    return this.host.isUnknownMark(value);
  };

  #connect(): Platform {
    const configuration = this.#configuration;
    const settings = readSettings({
      config: (key) => text(configuration?.get(key)),
      env: configuration?.isExplicit === true ? undefined : process.env,
      everywhere: process.env,
    });
    const engineAddress = this.host.engine?.engineAddress;
    const { url, realm } = settings;
    this.#shared = new SharedMemory({ engineAddress, url, realm, isExplicit: configuration?.isExplicit === true });
    this.run.join(this.#shared);
    return connect(settings, this.run, this.log, this.host.substitutes);
  }
}

/** Of one user, or of many by address. */
function hidePasswords(resource: Props, platform: Platform): void {
  const { password, initialPassword, initialPasswords, members } = resource;
  const many = isRecord(initialPasswords) ? Object.values(initialPasswords) : [];
  for (const secret of [password, initialPassword, ...many]) {
    if (typeof secret === "string") platform.secrets.hide(secret);
  }
  if (!isRecord(members)) return;
  for (const member of Object.values(members)) if (isRecord(member)) hidePasswords(member, platform);
}

/** Inputs of an explicit provider come with the type they were given; configuration is always text. */
function text(value: unknown): string | undefined {
  if (value === undefined || value === null || typeof value === "string") return value ?? undefined;
  return JSON.stringify(value);
}
