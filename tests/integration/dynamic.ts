import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { createProviders } from "../../provider/dynamic/provider";
import type { Platform, PlatformOptions } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";
import { onPlatform } from "./platform";

/** The dynamic providers as a process of the engine's has them. */
export type Dynamic = ReturnType<typeof createProviders>;

/** What one type of resource answers to the engine, through whatever adapter. */
export type Verbs = Required<Omit<pulumi.dynamic.ResourceProvider, "configure">>;

/** A type of resource. */
export type Kind = "user" | "team" | "workspaceMember";

/** As a process of the engine's that was just started: one for an operation. */
export type Start = (platform: Platform, config?: Record<string, string>) => Promise<Record<Kind, Verbs>>;

/**
 * {@link Start} of the dynamic provider. Processes of one engine address
 * share what they do, and have to be closed.
 */
export async function startDynamic(
  platform: Platform,
  config: Record<string, string> = {},
  engineAddress?: string,
  end?: () => void,
): Promise<Dynamic> {
  const all: Record<string, string> = {
    "wallaroo:url": platform.url,
    "wallaroo:username": OPERATOR.email,
    "wallaroo:password": OPERATOR.password,
    ...config,
  };
  const providers = createProviders(engineAddress, end);
  const { user, team, workspaceMember } = providers;
  const request = { config: { get: (key: string) => all[key] } } as unknown as pulumi.dynamic.ConfigureRequest;
  await Promise.all([user, team, workspaceMember].map((provider) => provider.configure(request)));
  return providers;
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

type Props = Record<string, unknown>;

/** Check of a resource that the program declares, with the inputs of the last run. Raises the first failure. */
export async function checkWith(provider: Pick<Verbs, "check">, news: Props, olds: Props = {}): Promise<Props> {
  const given = { __declared: { key: "1", name: "it" }, ...news, __provider: TEXT };
  const { inputs, failures = [] } = (await provider.check(olds, given)) as {
    inputs: Props;
    failures?: { reason: string }[];
  };
  for (const { reason } of failures) throw new Error(reason);
  return inputs;
}

/** Check and create of a resource. */
export async function createWith(provider: Dynamic["user"], news: Props): Promise<{ id: string; outs: Props }> {
  return (await provider.create(await checkWith(provider, news))) as { id: string; outs: Props };
}

/** A resource as the engine stores it. */
export interface Kept {
  id: string;
  inputs: Props;
  outputs: Props;
}

/** What `up` did to a resource. */
export type Done = "created" | "updated" | "replaced" | "unchanged";

/** The provider's text, as every resource carries it; what stands in it does not matter here. */
const TEXT = "exports.handler=()=>0";

/**
 * The calls that the engine makes for one resource, in its order (measured), each operation with a provider process of its
 * own. What only the engine itself can show (encryption, order of several resources, output) is not here.
 */
export class EngineCalls {
  kept: Kept | undefined;

  constructor(
    private readonly platform: () => Platform,
    private readonly kind: Kind,
    private readonly config: Record<string, string> = {},
    private readonly start: (...args: Parameters<Start>) => Promise<Partial<Record<Kind, Verbs>>> = startDynamic,
  ) {}

  /** Check and diff, as `pulumi preview` has it. Raises what check refuses, a line per failure. */
  async preview(news: Props): Promise<Done> {
    return (await this.#compare(news)).done;
  }

  /** Check, diff, and what follows from it. Raises what the provider raises, after storing what it says is to be stored. */
  async up(news: Props): Promise<Done> {
    const { provider, inputs, done } = await this.#compare(news);
    const before = this.kept;
    if (done === "unchanged" && before !== undefined) this.kept = { ...before, inputs };
    if (done === "updated" && before !== undefined) {
      const update = provider.update(before.id, before.outputs, inputs);
      this.kept = { id: before.id, inputs, outputs: withText((await this.#storing(update, inputs)).outs) };
    }
    if (done === "created" || done === "replaced") {
      const { id, outs } = (await this.#storing(provider.create(inputs), inputs)) as { id: string; outs: Props };
      this.kept = { id, inputs, outputs: withText(outs) };
    }
    if (done === "replaced" && before !== undefined) await provider.delete(before.id, before.outputs);
    return done;
  }

  /** Read, and the diff by which the engine shows what it found, as `pulumi refresh` has it. */
  async refresh(): Promise<void> {
    if (this.kept === undefined) throw new Error("nothing is stored that could be refreshed");
    const provider = await this.#start();
    const read = (await provider.read(this.kept.id, this.kept.outputs)) as {
      id?: string;
      props?: Props;
      inputs?: Props;
    };
    const { id = "", props, inputs } = read;
    const stored = { id, inputs: inputs === undefined ? this.kept.inputs : withText(inputs), outputs: withText(props) };
    if (id !== "") await provider.diff(id, stored.outputs, this.kept.inputs);
    this.kept = id === "" ? undefined : stored;
  }

  async destroy(): Promise<void> {
    if (this.kept === undefined) throw new Error("nothing is stored that could be destroyed");
    await (await this.#start()).delete(this.kept.id, this.kept.outputs);
    this.kept = undefined;
  }

  async #start(): Promise<Verbs> {
    const { [this.kind]: verbs } = await this.start(this.platform(), this.config);
    if (verbs === undefined) throw new Error(`nothing serves a ${this.kind} here`);
    return verbs;
  }

  async #compare(news: Props): Promise<{ provider: Verbs; inputs: Props; done: Done }> {
    const provider = await this.#start();
    const given = { __declared: { key: "1", name: "it" }, ...news, __provider: TEXT };
    const check = async (olds: Props) => {
      const checked = await provider.check(olds, given);
      const { failures = [] } = checked;
      if (failures.length > 0)
        throw new Error(failures.map(({ property, reason }) => `${property} ${reason}`).join("\n"));
      return asJson(checked.inputs as Props);
    };
    const inputs = await check(this.kept?.inputs ?? {});
    if (this.kept === undefined) return { provider, inputs, done: "created" };
    const { changes, replaces = [] } = await provider.diff(this.kept.id, this.kept.outputs, inputs);
    // What replaces it is checked once more, without old inputs (read in the engine's step generator).
    if (replaces.length > 0) return { provider, inputs: await check({}), done: "replaced" };
    return { provider, inputs, done: changes === true ? "updated" : "unchanged" };
  }

  /** The engine stores what comes with a failure that says that the resource exists. */
  async #storing<T>(step: Promise<T>, inputs: Props): Promise<T> {
    try {
      return await step;
    } catch (error) {
      const { id, properties } = error as { id?: string; properties?: Props };
      if (id !== undefined && properties !== undefined) this.kept = { id, inputs, outputs: asJson(properties) };
      throw error;
    }
  }
}

function withText(props: unknown): Props {
  return { ...asJson((props ?? {}) as Props), __provider: TEXT };
}

/** The same value, if there is nothing in it that the engine would refuse. */
function asJson(props: Props): Props {
  const json = JSON.parse(JSON.stringify(props)) as Props;
  if (!isDeepStrictEqual(json, props)) throw new Error("a value is not JSON, so that the engine would store nothing");
  return json;
}

/** A new platform in each test of a suite, and the engine's calls for one resource on it. */
export function onCalls(kind: Kind, options: PlatformOptions = {}) {
  const { platform, start, writes } = onPlatform();
  const said = listen();
  let calls: EngineCalls | undefined;
  beforeEach(async () => {
    await start(options);
    calls = new EngineCalls(platform, kind);
  });
  return {
    platform,
    writes,
    said,
    calls: () => {
      if (calls === undefined) throw new Error("no test has begun");
      return calls;
    },
  };
}
