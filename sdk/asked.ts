import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "../provider/settings";
import { isWallarooError } from "../provider/api/errors";
import { connect, type Platform } from "../provider/connect";
import type { Question } from "../provider/lookups";
import { READ_AGE_MS } from "../provider/user/directory";
import { RunMemory } from "../provider/user/run";
import type { Declared } from "../provider/resource/resource";
import { DECLARED_KEY, PROVIDER_KEY, USER_PROVIDER_TEXT } from "../provider/dynamic/stored";
import { callMock, isMocked } from "./mocks";
import { partsOf } from "./parts";
import type { WallarooProvider } from "./provider";
import { warnOfUnknownSettings } from "./unknown-settings";
import { WallarooUser } from "./user";

/** Options of a lookup. */
export interface LookupOptions {
  /** The platform to ask. Default: that of `parent`, else that of the stack's configuration and environment. */
  provider?: WallarooProvider;
  /** A resource whose provider is asked, as its children would have it, if `provider` is not given. */
  parent?: pulumi.Resource;
}

/** Puts a question to its platform, or to the mocks of a unit test. Raises a RunError, which prints as one line. */
export async function ask<A, T>(
  question: Question<A, T>,
  args: A,
  opts: LookupOptions,
  maxAgeMs = READ_AGE_MS,
): Promise<T> {
  // A plain JavaScript program may pass null.
  const given = (args ?? {}) as A & object;
  let platform: Platform | undefined;
  try {
    question.check?.(given);
    if (isMocked()) return fromMock(question, await callMock(question.token, given, providerOf(opts ?? {})));
    platform = await platformOf(opts ?? {});
    return await question.find(platform, given, maxAgeMs);
  } catch (error) {
    if (!isWallarooError(error) && !pulumi.RunError.isInstance(error)) throw error;
    const message = platform?.settings.names.inWords(error.message) ?? error.message;
    if (!isMocked()) endInlineProgram(message);
    throw new pulumi.RunError(message);
  }
}

/** The answer to a lookup in what mocks answer, which is always an object. */
function fromMock<A, T>({ token, property }: Question<A, T>, answer: Record<string, unknown>): T {
  if (property === undefined) return answer as T;
  const value = answer[property];
  if (Array.isArray(value)) return value as T;
  throw new pulumi.RunError(`The mock of ${token} has to answer an object { ${property}: [...] }.`);
}

const ended = new WeakSet<object>();

/**
 * An inline program of the Automation API in which an input raises counts as complete (measured with @pulumi/pulumi
 * 3.248 and 3.270): the engine deletes what was not declared before it hears of the error, so that a failed query would
 * cut off accounts whose resources have its answer for an input. A resource that check refuses ends the run before
 * that.
 */
function endInlineProgram(failure: string): void {
  const monitor = pulumi.runtime.getMonitor();
  const isInline = !/[\\/]cmd[\\/]run([\\/]|$)/.test(process.argv[1] ?? "");
  if (monitor === undefined || !isInline || ended.has(monitor)) return;
  ended.add(monitor);
  const declaration: Declared = { key: "", name: "lookup", failure };
  const inputs = { [DECLARED_KEY]: declaration, [PROVIDER_KEY]: USER_PROVIDER_TEXT };
  new FailedLookup(WallarooUser.type, "failed-lookup", inputs);
}

class FailedLookup extends pulumi.CustomResource {}

/**
 * {@link ask}, for arguments that are outputs of resources. Answers "not known yet" if a resource that they come from
 * is not there before `up` or not targeted by it, or if the settings of the provider are not known: the account may be
 * on its way.
 */
export function askLater<A, T>(
  question: Question<A, T>,
  args: pulumi.Output<unknown>,
  opts: LookupOptions = {},
): pulumi.Output<T> {
  const parts = partsOf(args);
  return args.apply<T>(async (known) => {
    const resources = [...(await (parts.allResources?.() ?? parts.resources()))];
    if (!(await areKnown([settingsOf(opts ?? {}), ...resources.map(idOf)]))) return pulumi.unknown as T;
    // What hangs on a resource is looked up anew: another process of this run may have just written it.
    return ask(question, known as A, opts, resources.length === 0 ? READ_AGE_MS : 0);
  });
}

/** False if the engine does not know one of these in preview. */
async function areKnown(outputs: readonly unknown[]): Promise<boolean> {
  for (const output of outputs) if (output !== undefined && (await partsOf(output).isKnown) === false) return false;
  return true;
}

function idOf(resource: pulumi.Resource): unknown {
  return (resource as Partial<pulumi.CustomResource>).id;
}

function providerOf({ provider, parent }: LookupOptions): pulumi.ProviderResource | undefined {
  return provider ?? parent?.getProvider(WallarooUser.type);
}

function settingsOf(opts: LookupOptions): pulumi.Output<Record<string, unknown>> | undefined {
  const provider = providerOf(opts);
  if (provider === undefined) return undefined;
  const { settings } = provider as Partial<WallarooProvider>;
  if (pulumi.Output.isInstance<Record<string, unknown>>(settings)) return settings;
  throw new pulumi.RunError("The provider of a lookup has to be a WallarooProvider.");
}

/** By provider, or by the monitor of the run: the Automation API runs several programs in one process. */
const platforms = new WeakMap<object, Promise<Platform>>();

function platformOf(opts: LookupOptions): Promise<Platform> {
  const key = providerOf(opts) ?? pulumi.runtime.getMonitor() ?? platforms;
  let platform = platforms.get(key);
  if (platform === undefined) {
    platform = connectTo(settingsOf(opts));
    platforms.set(key, platform);
  }
  return platform;
}

async function connectTo(settings: pulumi.Output<Record<string, unknown>> | undefined): Promise<Platform> {
  const log = {
    info: (message: string) => void pulumi.log.info(message),
    warn: (message: string) => void pulumi.log.warn(message),
  };
  if (settings === undefined) {
    warnOfUnknownSettings();
    const config = new pulumi.Config("wallaroo");
    const read = (key: string) => config.get(key.replace(/^wallaroo:/, ""));
    return connect(readSettings({ config: read, env: process.env }), new RunMemory(), log);
  }
  // An output that preview does not know never runs its apply.
  if (!(await areKnown([settings]))) {
    throw new pulumi.RunError(
      "This lookup's provider has settings that only up will know. Make them known in preview, or use the lookup's " +
        "...Output form, which preview does not know either then.",
    );
  }
  const given = await new Promise<Record<string, unknown>>((resolve) => {
    pulumi.unsecret(settings).apply((known) => resolve(known));
  });
  const text = (value: unknown) => (value === undefined || typeof value === "string" ? value : JSON.stringify(value));
  return connect(
    readSettings({ config: (key) => text(given[key]), env: undefined, everywhere: process.env }),
    new RunMemory(),
    log,
  );
}
