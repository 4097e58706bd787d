import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Platform } from "../emulator/platform";
import { ensureEngine } from "../engine/ensure";
import { BACKEND, engineEnvironment, linkCheckout, platformEnvironment } from "../engine/environment";
import { ensureHosts } from "../engine/hosts";
import { run } from "./consumer";
import { PLUGIN } from "./native";
import { CI } from "./stack";

/** A folder with a program for the native plugin, and the stack `test` on a file backend of its own. */
export class PluginProject {
  private constructor(
    readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /**
   * @param more environment, beside that of the engine and the platform
   * @param programs folders that are first on PATH, if the language needs some
   */
  static async create(
    platform: Platform,
    more: Record<string, string> = {},
    programs: string[] = [],
  ): Promise<PluginProject> {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-plugin-")));
    const engine = engineEnvironment(await ensureEngine(), folder);
    const PATH = [...programs, await ensureHosts(), engine["PATH"]].join(path.delimiter);
    const env = { ...process.env, ...engine, ...platformEnvironment(platform, CI), ...more, PATH };
    const project = new PluginProject(folder, env);
    project.write("");
    await project.pulumi("stack", "init", "test");
    return project;
  }

  /** Puts a YAML program in place of the one before: its `resources`, `variables` and `outputs`. */
  write(program: string, providers: object[] = [{ name: "wallaroo", path: PLUGIN }]): void {
    this.#write("yaml", program, providers);
  }

  /** Puts a Python program in place of the one before. */
  writePython(program: string): void {
    this.#write("python", "", [{ name: "wallaroo", path: PLUGIN }]);
    fs.writeFileSync(path.join(this.folder, "__main__.py"), program);
  }

  /** Puts a JavaScript program with the dynamic provider in place of the one before. */
  writeNode(program: string): void {
    const runtime = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
    fs.writeFileSync(path.join(this.folder, "Pulumi.yaml"), `name: people\nmain: index.js\n${runtime}`);
    fs.writeFileSync(path.join(this.folder, "index.js"), program);
    if (!fs.existsSync(path.join(this.folder, "node_modules"))) linkCheckout(this.folder);
  }

  /** Runs the CLI. Answers what it prints; raises with that when it fails. */
  async pulumi(...args: string[]): Promise<string> {
    const options = { cwd: this.folder, env: this.env };
    const { stdout, stderr } = await run("pulumi", [...args, "--non-interactive", "--color=never"], options);
    return stdout + stderr;
  }

  /** Starts the CLI in a process group of its own, which `interrupt` sends what Ctrl-C sends. */
  start(...args: string[]): { interrupt: () => void; ended: Promise<{ code: number | null; output: string }> } {
    const child = spawn("pulumi", [...args, "--non-interactive", "--color=never"], {
      cwd: this.folder,
      env: this.env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (output += text.toString()));
    const ended = new Promise<{ code: number | null; output: string }>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, output }));
    });
    return { ended, interrupt: () => void process.kill(-(child.pid ?? NaN), "SIGINT") };
  }

  /** The outputs of the stored resource of this name, secrets in plain text. */
  async stored(name: string): Promise<Record<string, unknown>> {
    const { deployment } = JSON.parse(await this.pulumi("stack", "export", "--show-secrets")) as {
      deployment: { resources: { urn: string; outputs: Record<string, unknown> }[] };
    };
    const outputs = deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`))?.outputs ?? {};
    const plain = (value: unknown) => (value as { plaintext?: string } | null)?.plaintext;
    return Object.fromEntries(
      Object.entries(outputs).map(([key, value]) => [
        key,
        JSON.parse(plain(value) ?? JSON.stringify(value)) as unknown,
      ]),
    );
  }

  /** What the CLI prints when it fails; raises when it does not. */
  async failure(...args: string[]): Promise<string> {
    try {
      await this.pulumi(...args);
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      return stdout + stderr;
    }
    throw new Error(`pulumi ${args.join(" ")} succeeded, and has to fail`);
  }

  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.pulumi("stack", "output", "--json")) as Record<string, unknown>;
  }

  /** Everything that the backend keeps on disk: state, history and backups. */
  onDisk(): string {
    const files = fs.readdirSync(path.join(this.folder, BACKEND), { recursive: true, withFileTypes: true });
    const texts = files.filter((file) => file.isFile()).map((file) => path.join(file.parentPath, file.name));
    return texts.map((file) => fs.readFileSync(file, "utf8")).join("\n");
  }

  #write(runtime: string, resources: string, providers: object[]): void {
    const plugins = JSON.stringify({ providers });
    const text = `name: people\nruntime: ${runtime}\nplugins: ${plugins}\n${resources}`;
    fs.writeFileSync(path.join(this.folder, "Pulumi.yaml"), text);
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
