import type { Platform } from "../emulator/platform";
import { EngineCalls, startDynamic, type Done, type Kept, type Verbs } from "./dynamic";
import { NativeCalls } from "./native";

type Props = Record<string, unknown>;
type Kind = "user" | "team";

/** A provider's process for one operation of the engine: what it answers for a resource of this name. */
type Process = (name: string) => Record<Kind, Verbs>;

/** One of the two ways in which the engine reaches the same core. */
export interface Adapter {
  name: string;
  start: (platform: Platform, config?: Record<string, string>) => Promise<Process>;
  /** True if a resource is told which other ones declare its addresses; the SDK of the dynamic provider does. */
  isTold: boolean;
}

export const ADAPTERS: readonly Adapter[] = [
  {
    name: "the dynamic provider",
    isTold: true,
    start: async (platform, config) => {
      const { user, team } = await startDynamic(platform, config);
      return () => ({ user, team });
    },
  },
  {
    name: "the native plugin",
    isTold: false,
    start: async (platform, config) => {
      const calls = await NativeCalls.start(platform, config);
      return (name) => ({ user: calls.verbs("User", name), team: calls.verbs("Team", name) });
    },
  },
];

/** A resource of a program. */
interface Declaration {
  kind: Kind;
  inputs: Props;
  /** Its name before, as an alias has it. */
  was?: string;
}

export type Program = Record<string, Declaration>;

/**
 * The calls that the engine makes for the resources of a program, one resource after the other: creates and updates in the
 * order of the program, then deletes of what it no longer declares, if nothing failed. Each operation has a provider
 * process of its own.
 */
export class StackCalls {
  readonly #resources: Map<string, { kind: Kind; calls: EngineCalls }>;

  /** @param before keeps what this one begins with */
  constructor(
    private readonly platform: () => Platform,
    private readonly adapter: Adapter,
    public config: Record<string, string> = {},
    before?: StackCalls,
  ) {
    this.#resources = new Map(before === undefined ? [] : before.#resources);
  }

  kept(name: string): Kept | undefined {
    return this.#resources.get(name)?.calls.kept;
  }

  /** Check and diff alone. Raises what they refuse. */
  async preview(program: Program): Promise<Record<string, Done>> {
    const process = await this.#start();
    const done: Record<string, Done> = {};
    for (const [name, { kind, inputs, was }] of Object.entries(program)) {
      const calls = this.#callsOf(name, kind, process, this.kept(was ?? name));
      done[name] = await calls.preview(this.#told(name, inputs, program));
    }
    return done;
  }

  /** Raises what failed, a line each, after all other steps. */
  async up(program: Program): Promise<Record<string, Done | "deleted">> {
    const process = await this.#start();
    const done: Record<string, Done | "deleted"> = {};
    const failures: string[] = [];
    for (const [name, { kind, inputs, was }] of Object.entries(program)) {
      const calls = this.#callsOf(name, kind, process, this.kept(was ?? name));
      if (was !== undefined) this.#resources.delete(was);
      try {
        done[name] = await calls.up(this.#told(name, inputs, program));
      } catch (error) {
        // The dynamic host has the lines of a part that failed beside the message.
        const { message, reasons = [message] } = error as Error & { reasons?: string[] };
        failures.push(...reasons);
      }
      if (calls.kept !== undefined) this.#resources.set(name, { kind, calls });
    }
    if (failures.length > 0) throw new Error(failures.join("\n"));
    for (const name of [...this.#resources.keys()].reverse()) {
      if (Object.hasOwn(program, name)) continue;
      await this.#delete(name, process);
      done[name] = "deleted";
    }
    return done;
  }

  async refresh(): Promise<void> {
    const process = await this.#start();
    for (const [name, { kind, calls }] of this.#resources) {
      const read = this.#callsOf(name, kind, process, calls.kept);
      await read.refresh();
      if (read.kept === undefined) this.#resources.delete(name);
      else this.#resources.set(name, { kind, calls: read });
    }
  }

  async destroy(): Promise<void> {
    const process = await this.#start();
    for (const name of [...this.#resources.keys()].reverse()) await this.#delete(name, process);
  }

  async #delete(name: string, process: Process): Promise<void> {
    const { kind, calls } = this.#resources.get(name) ?? {};
    if (kind === undefined) throw new Error(`nothing is stored of ${name}`);
    await this.#callsOf(name, kind, process, calls?.kept).destroy();
    this.#resources.delete(name);
  }

  #start(): Promise<Process> {
    return this.adapter.start(this.platform(), this.config);
  }

  #callsOf(name: string, kind: Kind, process: Process, kept: Kept | undefined): EngineCalls {
    const calls = new EngineCalls(this.platform, kind, {}, () => Promise.resolve(process(name)));
    calls.kept = kept;
    return calls;
  }

  #told(name: string, inputs: Props, program: Program): Props {
    const others: Record<string, string[]> = {};
    for (const [other, declaration] of Object.entries(this.adapter.isTold ? program : {})) {
      if (other !== name) for (const email of emailsOf(declaration)) others[email] = [...(others[email] ?? []), other];
    }
    return { ...inputs, __declared: { key: name, name, others } };
  }
}

function emailsOf({ kind, inputs }: Declaration): string[] {
  return kind === "user" ? [String(inputs["email"])] : Object.keys(inputs["members"] as object);
}
