import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as automation from "@pulumi/pulumi/automation";
import { startPlatform, type Platform, type PlatformOptions } from "../emulator/platform";
import { BACKEND, engineEnvironment, linkCheckout } from "../engine/environment";
import { ensureEngine } from "../engine/ensure";
import { engineCommand, operationBegins, operationEnds } from "./automation";
import { processesOf } from "./processes";

/** A Pulumi program, run in this process while the real engine does the rest. */
type Program = () => Promise<Record<string, unknown> | void> | Record<string, unknown> | void;

/** How an operation ended. One that failed has neither changes nor outputs. */
export interface Outcome {
  /** What was printed, in the order of the engine. */
  output: string;
  changes: Record<string, number>;
  outputs: automation.OutputMap;
}

/** The outcome of an operation that may succeed or fail. */
export interface Attempt extends Outcome {
  ok: boolean;
}

/** Each operation of the engine, and what it is given. */
interface Operations {
  up: [program: Program, options?: Partial<automation.UpOptions>];
  preview: [program: Program, options?: Partial<automation.PreviewOptions>];
  refresh: [options?: Partial<automation.RefreshOptions>];
  destroy: [options?: Partial<automation.DestroyOptions>];
}

export interface StackOptions {
  platform?: Platform;
  /** Stack configuration; a `secret:` prefix of the key marks a secret. Default: {@link configOf} the platform. */
  config?: Record<string, string>;
  env?: Record<string, string>;
  /** Folder of the native plugin; none by default. */
  plugin?: string;
  /** How long the provider looks for an account after its invite, in milliseconds; three minutes by default. */
  lookingMs?: number;
}

/** The administrator that the stacks of the tests run as. No other account has its password, so that it can be looked for. */
export const CI = { email: "ci@example.com", password: "Cc-the-password-of-ci" };

/** The configuration of a stack that runs as {@link CI} on the platform at this URL, and further keys. */
export function configOf(url: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    "wallaroo:url": url,
    "wallaroo:username": CI.email,
    "secret:wallaroo:password": CI.password,
    ...more,
  };
}

/** A platform with the accounts of the 2024 guide and {@link CI}, and a stack on it; both gone after the test. */
export function scenario(
  options: PlatformOptions = {},
  stackOptions: (url: string) => StackOptions = () => ({}),
): { platform: () => Platform; stack: () => TestStack; writes: () => string[] } {
  let platform!: Platform;
  let stack!: TestStack;
  beforeEach(async () => {
    platform = await startPlatform({ seed: "guide-2024", ...options });
    await platform.addUser({ ...CI, admin: true });
    stack = await TestStack.create({ platform, ...stackOptions(platform.url) });
  });
  afterEach(async () => {
    // Either may be missing when the set-up failed; an open server would keep mocha from ending.
    (stack as TestStack | undefined)?.remove();
    await (platform as Platform | undefined)?.close();
  });
  return { platform: () => platform, stack: () => stack, writes: () => platform.written() };
}

/** One throw-away stack on a file backend of its own. */
export class TestStack {
  private constructor(
    readonly folder: string,
    private readonly stack: automation.Stack,
  ) {}

  static async create(options: StackOptions): Promise<TestStack> {
    const engine = await ensureEngine();
    // As /proc names the working folder of its processes.
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-")));
    linkCheckout(folder);
    const stack = await automation.LocalWorkspace.createStack(
      { projectName: "people", stackName: "test", program: () => Promise.resolve({}) },
      {
        workDir: folder,
        ...(options.plugin === undefined ? {} : { projectSettings: projectWith(options.plugin) }),
        pulumiCommand: await engineCommand(engine.directory),
        envVars: {
          ...engineEnvironment(engine, folder),
          ...(options.lookingMs === undefined ? {} : { NODE_OPTIONS: preload(folder, options.lookingMs) }),
          ...options.env,
        },
      },
    );
    const config = options.config ?? configOf(options.platform?.url ?? "");
    await stack.setAllConfig(
      Object.fromEntries(
        Object.entries(config).map(([key, value]) => [
          key.replace(/^secret:/, ""),
          { value, secret: key.startsWith("secret:") },
        ]),
      ),
    );
    return new TestStack(folder, stack);
  }

  // The four operations raise an error with the output when they fail; their twins, when they succeed.

  async up(...args: Operations["up"]): Promise<Outcome> {
    return succeeded("up", await this.attempt("up", ...args));
  }

  async preview(...args: Operations["preview"]): Promise<Outcome> {
    return succeeded("preview", await this.attempt("preview", ...args));
  }

  async refresh(...args: Operations["refresh"]): Promise<Outcome> {
    return succeeded("refresh", await this.attempt("refresh", ...args));
  }

  async destroy(...args: Operations["destroy"]): Promise<Outcome> {
    return succeeded("destroy", await this.attempt("destroy", ...args));
  }

  async upFails(...args: Operations["up"]): Promise<Outcome> {
    return failed("up", await this.attempt("up", ...args));
  }

  async previewFails(...args: Operations["preview"]): Promise<Outcome> {
    return failed("preview", await this.attempt("preview", ...args));
  }

  async refreshFails(...args: Operations["refresh"]): Promise<Outcome> {
    return failed("refresh", await this.attempt("refresh", ...args));
  }

  async destroyFails(...args: Operations["destroy"]): Promise<Outcome> {
    return failed("destroy", await this.attempt("destroy", ...args));
  }

  /**
   * Runs an operation that may succeed or fail, as one of two at once and one that is killed: the test has to look at
   * `ok`, or say why it does not.
   */
  async attempt<Name extends keyof Operations>(name: Name, ...args: Operations[Name]): Promise<Attempt> {
    operationBegins();
    let output = "";
    const io = { onOutput: (text: string) => void (output += text), color: "never" } as const;
    try {
      const { stderr, ...result } = await this.#operations[name](io, ...args);
      return { ok: true, output: `${output}${stderr}`, ...result };
    } catch (error) {
      // The message of a CommandError repeats all of it; only what never got to the output is added.
      const message = (error as Error).message;
      return { ok: false, output: output === "" ? message : output, changes: {}, outputs: {} };
    } finally {
      operationEnds();
    }
  }

  /** The checkpoint as `pulumi stack export` gives it. */
  async export(): Promise<{ resources: StateResource[]; text: string }> {
    const { deployment } = (await this.stack.exportStack()) as { deployment: { resources?: StateResource[] } };
    return { resources: deployment.resources ?? [], text: JSON.stringify(deployment) };
  }

  /** The resources of the checkpoint as they lie on disk, secrets encrypted. */
  checkpoint(): StateResource[] {
    const file = path.join(this.folder, BACKEND, "stacks/people/test.json");
    const { checkpoint } = JSON.parse(fs.readFileSync(file, "utf8")) as {
      checkpoint: { latest: { resources: StateResource[] } };
    };
    return checkpoint.latest.resources;
  }

  async import(edit: (text: string) => string): Promise<void> {
    const exported = await this.stack.exportStack();
    await this.stack.importStack(JSON.parse(edit(JSON.stringify(exported))) as automation.Deployment);
  }

  /** The stored WallarooUser of that resource name. */
  async stored(name: string): Promise<StateResource | undefined> {
    const { resources } = await this.export();
    return resources.find((resource) => resource.urn.endsWith(`::${name}`) && resource.type.includes("wallaroo"));
  }

  /** `pulumi cancel`: takes back the lock of an engine that is gone. */
  cancel(): Promise<void> {
    return this.stack.cancel();
  }

  /** Process ids of this stack's engine, or of the dynamic-provider processes below it. Linux only. */
  processes(kind: "engine" | "provider"): number[] {
    return processesOf(this.folder, kind);
  }

  /** Everything that the backend keeps on disk: state, history and backups, as they lie there. */
  onDisk(): string {
    const files = fs.readdirSync(path.join(this.folder, BACKEND), { recursive: true, withFileTypes: true });
    return files
      .filter((file) => file.isFile())
      .map((file) => fs.readFileSync(path.join(file.parentPath, file.name), "utf8"))
      .join("\n");
  }

  setConfig(key: string, value: string): Promise<void> {
    return this.stack.setConfig(key, { value });
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  readonly #operations: {
    [Name in keyof Operations]: (io: Io, ...args: Operations[Name]) => Promise<Omit<Outcome, "output"> & Printed>;
  } = {
    up: async (io, program, options) => {
      const { stderr, summary, outputs } = await this.stack.up({ ...options, program: wrap(program), ...io });
      return { stderr, changes: summary.resourceChanges ?? {}, outputs };
    },
    preview: async (io, program, options) => {
      const { stderr, changeSummary } = await this.stack.preview({ ...options, program: wrap(program), ...io });
      return { stderr, changes: changeSummary, outputs: {} };
    },
    refresh: async (io, options) => {
      const { stderr, summary } = await this.stack.refresh({ ...options, ...io });
      return { stderr, changes: summary.resourceChanges ?? {}, outputs: {} };
    },
    destroy: async (io, options) => {
      const { stderr, summary } = await this.stack.destroy({ ...options, ...io });
      return { stderr, changes: summary.resourceChanges ?? {}, outputs: {} };
    },
  };
}

/** Where the output goes, line by line. */
interface Io {
  onOutput: (text: string) => void;
  color: "never";
}

interface Printed {
  stderr: string;
}

/** A resource of the checkpoint. */
export interface StateResource {
  urn: string;
  type: string;
  id: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  initErrors?: string[];
}

function succeeded(name: string, { ok, ...outcome }: Attempt): Outcome {
  if (!ok) throw new Error(`${name} failed:\n${outcome.output}`);
  return outcome;
}

function failed(name: string, { ok, ...outcome }: Attempt): Outcome {
  if (ok) throw new Error(`${name} succeeded, where it should fail:\n${outcome.output}`);
  return outcome;
}

/** A project that takes the provider `wallaroo` from a folder. */
function projectWith(plugin: string): automation.ProjectSettings {
  const providers = [{ name: "wallaroo", path: plugin }];
  return {
    name: "people",
    runtime: "nodejs",
    main: process.cwd(),
    plugins: { providers },
  } as automation.ProjectSettings;
}

/**
 * Has the provider's process look for accounts for another time than users have to wait; answers NODE_OPTIONS. It then loads
 * the provider file by file, as the time can't be set in the bundle.
 */
function preload(folder: string, lookingMs: number): string {
  const file = path.join(folder, "looking.cjs");
  const provider = path.resolve(__dirname, "../../dist/provider");
  const program = `
    const Module = require("node:module");
    const resolve = Module._resolveFilename;
    Module._resolveFilename = (name, ...others) =>
      name === "pulumi-wallaroo/provider" ? ${JSON.stringify(`${provider}/dynamic/index.js`)} : resolve(name, ...others);
    require(${JSON.stringify(`${provider}/user/lookout.js`)}).LOOKING_MS = ${lookingMs};
  `;
  fs.writeFileSync(file, program);
  return `--require ${JSON.stringify(file)}`;
}

function wrap(program: Program): automation.PulumiFn {
  return async () => (await program()) ?? {};
}
