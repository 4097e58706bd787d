import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Platform } from "../emulator/platform";
import { ensureEngine } from "../engine/ensure";
import { engineEnvironment, platformEnvironment } from "../engine/environment";
import { CI } from "./stack";

export const run = promisify(execFile);
export const ROOT = path.resolve(__dirname, "../..");

/** A folder with only the packed tarball, with a file backend of its own. */
export class Consumer {
  private constructor(
    readonly folder: string,
    readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Installs the packed checkout, or the tarball that PULUMI_WALLAROO_TARBALL names, with these other packages (name to version). */
  static async install(platform: Platform, packages: Record<string, string>): Promise<Consumer> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-consumer-"));
    const engine = engineEnvironment(await ensureEngine(), folder);
    const env = { ...process.env, ...engine, ...platformEnvironment(platform, CI) };
    const tarball = process.env["PULUMI_WALLAROO_TARBALL"] ?? (await pack(folder));
    const dependencies = { "pulumi-wallaroo": `file:${tarball}`, ...packages };
    fs.writeFileSync(
      path.join(folder, "package.json"),
      JSON.stringify({ name: "consumer", private: true, dependencies }),
    );
    await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund"], { cwd: folder, env });
    return new Consumer(folder, env);
  }

  /** Puts a program into the folder, in place of the one before. */
  write(file: "index.ts" | "index.js", program: string): void {
    for (const other of ["index.ts", "index.js"]) fs.rmSync(path.join(this.folder, other), { force: true });
    fs.writeFileSync(path.join(this.folder, file), program);
    const runtime = `runtime:\n  name: nodejs\n  options:\n    typescript: ${file === "index.ts"}\n`;
    fs.writeFileSync(path.join(this.folder, "Pulumi.yaml"), `name: consumer\nmain: ${file}\n${runtime}`);
  }

  /** Runs the CLI, with another Node first on PATH when one is given. Raises when it fails. */
  async pulumi(args: string[], nodeFolder?: string): Promise<string> {
    const PATH =
      nodeFolder === undefined ? this.env["PATH"] : `${nodeFolder}${path.delimiter}${this.env["PATH"] ?? ""}`;
    const options = { cwd: this.folder, env: { ...this.env, PATH } };
    const { stdout, stderr } = await run("pulumi", [...args, "--non-interactive"], options);
    return stdout + stderr;
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Packs the checkout into a folder. Answers the name of the file. */
async function pack(folder: string): Promise<string> {
  const args = ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder];
  const { stdout } = await run("npm", args, { cwd: ROOT });
  return stdout.trim();
}
