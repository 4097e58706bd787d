import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as automation from "@pulumi/pulumi/automation";
import { startPlatform, type Platform, type PlatformOptions } from "../emulator/platform";
import { ensureEngine } from "../engine/ensure";

/** A Pulumi program, run in this process while the real engine does the rest. */
export type Program = () => Promise<Record<string, unknown> | void> | Record<string, unknown> | void;

/** What an operation printed, in the order of the engine. */
export interface Outcome {
  ok: boolean;
  output: string;
  changes: Record<string, number>;
  outputs: automation.OutputMap;
}

export interface StackOptions {
  platform?: Platform;
  /** Stack configuration; a `secret:` prefix of the key marks a secret. Default: url and operator credentials. */
  config?: Record<string, string>;
  env?: Record<string, string>;
}

/**
 * Options of the connections that the SDK opens to an engine; it does not declare them. A process that runs one inline
 * program after another keeps the connections of all of them (measured: @pulumi/pulumi 3.248), and grpc-js shares them by
 * address: an engine that got the port of a dead one would be taken for dead, its program for empty, and everybody in the
 * stack deleted. So each run opens its own.
 */
export const ENGINE_CONNECTIONS = (pulumi.runtime as unknown as { grpcClientOptions: Record<string, unknown> })
  .grpcClientOptions;
ENGINE_CONNECTIONS["grpc.use_local_subchannel_pool"] = 1;

const ROOT = path.resolve(__dirname, "../..");
const PASSPHRASE = "the passphrase of the tests";

/** The administrator that the stacks of the tests run as. Its password is nobody else's, so that it can be looked for. */
export const CI = { email: "ci@example.com", password: "Cc-the-password-of-ci" };

/** A platform with the people of the 2024 guide and {@link CI}, and a stack on it; both gone after the test. */
export function scenario(
  options: PlatformOptions = {},
  stackOptions: (url: string) => StackOptions = () => ({}),
): { platform: () => Platform; stack: () => TestStack } {
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
  return { platform: () => platform, stack: () => stack };
}

/** One throw-away stack on a file backend of its own. */
export class TestStack {
  private constructor(
    readonly folder: string,
    private readonly stack: automation.Stack,
  ) {}

  static async create(options: StackOptions): Promise<TestStack> {
    const { directory } = await ensureEngine();
    // As /proc names the working folder of its processes.
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-")));
    fs.mkdirSync(path.join(folder, "node_modules"));
    fs.mkdirSync(path.join(folder, "backend"));
    fs.symlinkSync(ROOT, path.join(folder, "node_modules/pulumi-wallaroo"));
    fs.symlinkSync(path.join(ROOT, "node_modules/@pulumi"), path.join(folder, "node_modules/@pulumi"));
    const stack = await automation.LocalWorkspace.createStack(
      { projectName: "people", stackName: "test", program: () => Promise.resolve({}) },
      {
        workDir: folder,
        pulumiHome: path.join(folder, "home"),
        pulumiCommand: await engineCommand(directory),
        envVars: {
          PATH: `${directory}${path.delimiter}${process.env["PATH"] ?? ""}`,
          PULUMI_BACKEND_URL: `file://${path.join(folder, "backend")}`,
          PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
          PULUMI_SKIP_UPDATE_CHECK: "1",
          ...options.env,
        },
      },
    );
    const config = options.config ?? {
      "wallaroo:url": options.platform?.url ?? "",
      "wallaroo:username": CI.email,
      "secret:wallaroo:password": CI.password,
    };
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

  up(program: Program, options: Partial<automation.UpOptions> = {}): Promise<Outcome> {
    return this.#run((onOutput) => this.stack.up({ ...options, program: wrap(program), onOutput, color: "never" }));
  }

  preview(program: Program, options: Partial<automation.PreviewOptions> = {}): Promise<Outcome> {
    return this.#run((onOutput) =>
      this.stack.preview({ ...options, program: wrap(program), onOutput, color: "never" }),
    );
  }

  refresh(options: Partial<automation.RefreshOptions> = {}): Promise<Outcome> {
    return this.#run((onOutput) => this.stack.refresh({ ...options, onOutput, color: "never" }));
  }

  destroy(options: Partial<automation.DestroyOptions> = {}): Promise<Outcome> {
    return this.#run((onOutput) => this.stack.destroy({ ...options, onOutput, color: "never" }));
  }

  /** The checkpoint as `pulumi stack export` gives it. */
  async export(): Promise<{ resources: StateResource[]; text: string }> {
    const { deployment } = (await this.stack.exportStack()) as { deployment: { resources?: StateResource[] } };
    return { resources: deployment.resources ?? [], text: JSON.stringify(deployment) };
  }

  /** The resources of the checkpoint as they lie on disk, secrets encrypted. */
  checkpoint(): StateResource[] {
    const file = path.join(this.folder, "backend/.pulumi/stacks/people/test.json");
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
    const all = fs
      .readdirSync("/proc")
      .filter((entry) => /^\d+$/.test(entry))
      .flatMap((pid) => readProcess(Number(pid)));
    const engines = all.filter(
      ({ cwd, command }) => cwd === this.folder && /pulumi\0(up|destroy|refresh)\0/.test(command),
    );
    if (kind === "engine") return engines.map(({ pid }) => pid);
    const below = new Set(engines.map(({ pid }) => pid));
    for (let before = 0; before !== below.size;) {
      before = below.size;
      for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
    }
    return all
      .filter(({ pid, command }) => below.has(pid) && /^([^\0]*\/)?node\0.*dynamic-provider/.test(command))
      .map(({ pid }) => pid);
  }

  /** Everything that the backend keeps on disk: state, history and backups, as they lie there. */
  onDisk(): string {
    const files = fs.readdirSync(path.join(this.folder, "backend"), { recursive: true, withFileTypes: true });
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

  async #run(operation: (onOutput: (text: string) => void) => Promise<unknown>): Promise<Outcome> {
    let output = "";
    const onOutput = (text: string) => (output += text);
    try {
      const result = (await operation(onOutput)) as {
        stdout: string;
        stderr: string;
        outputs?: automation.OutputMap;
        summary?: automation.UpdateSummary;
        changeSummary?: Record<string, number>;
      };
      return {
        ok: true,
        output: `${output}${result.stderr}`,
        changes: result.summary?.resourceChanges ?? result.changeSummary ?? {},
        outputs: result.outputs ?? {},
      };
    } catch (error) {
      // The message of a CommandError repeats all of it; only what never got to the output is added.
      const message = (error as Error).message;
      return { ok: false, output: output === "" ? message : output, changes: {}, outputs: {} };
    }
  }
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

function wrap(program: Program): automation.PulumiFn {
  return async () => (await program()) ?? {};
}

let command: Promise<automation.PulumiCommand> | undefined;

/** The Automation API looks for `bin/pulumi` under a root; the engine's folder is put behind that name, once. */
function engineCommand(directory: string): Promise<automation.PulumiCommand> {
  if (command === undefined) {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-engine-"));
    fs.symlinkSync(directory, path.join(root, "bin"));
    process.once("exit", () => fs.rmSync(root, { recursive: true, force: true }));
    command = automation.PulumiCommand.get({ root });
  }
  return command;
}

interface Process {
  pid: number;
  parent: number;
  cwd: string;
  /** Arguments, each ended by a NUL. */
  command: string;
}

/** One process of this machine, or none when it is gone or somebody else's. */
function readProcess(pid: number): Process[] {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    return [
      {
        pid,
        parent,
        cwd: fs.readlinkSync(`/proc/${pid}/cwd`),
        command: fs.readFileSync(`/proc/${pid}/cmdline`, "utf8"),
      },
    ];
  } catch {
    return [];
  }
}
