import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startPlatform, type Platform } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";
import { ensureEngine } from "../engine/ensure";
import { BACKEND, engineEnvironment, linkCheckout, platformEnvironment } from "../engine/environment";
import type { Measurement, Phase } from "./series";
import { SUBJECTS, type Subject } from "./subjects";
import { watchProcesses } from "./usage";

/** As `npm run plugin` makes it. */
const PLUGIN = path.resolve(__dirname, "../../plugin");

export interface StackOptions {
  subject: Subject;
  /** Accounts, or memberships of so many accounts. */
  accounts: number;
  latencyMs: number;
  maxConcurrency: number;
}

/** A fresh stack of one subject, on a platform of its own in this process. */
export interface BenchStack {
  measure(phase: Phase): Promise<Measurement>;
  /** Bytes in the checkpoint per account or membership, all of the resource counted. */
  stateBytes(): number;
  close(): Promise<void>;
}

export async function openStack({ subject, accounts, latencyMs, maxConcurrency }: StackOptions): Promise<BenchStack> {
  const engine = await ensureEngine();
  const { program = subject, workspaces } = SUBJECTS[subject];
  const platform = await startPlatform({ latencyMs, tokenLifetime: 300 });
  if (workspaces !== undefined) await addWorkspaces(platform, workspaces, accounts);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-bench-"));
  fs.cpSync(path.join(__dirname, "programs"), folder, { recursive: true });
  linkCheckout(folder);
  fs.writeFileSync(
    path.join(folder, "Pulumi.yaml"),
    "name: bench\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n" +
      `plugins: ${JSON.stringify({ providers: [{ name: "wallaroo", path: PLUGIN }] })}\n`,
  );
  const run = (phase: Phase | undefined, ...args: string[]) =>
    pulumi(args, folder, {
      ...process.env,
      ...engineEnvironment(engine, folder),
      ...platformEnvironment(platform, OPERATOR),
      WALLAROO_MAX_CONCURRENCY: String(maxConcurrency),
      BENCH_PROGRAM: program,
      BENCH_SIZE: String(accounts),
      BENCH_WORKSPACES: String(workspaces ?? 0),
      BENCH_UPDATED: phase === "update of 10 %" ? "1" : "0",
    });
  await run(undefined, "stack", "init", "bench");
  return {
    async measure(phase) {
      platform.clearLog();
      const command = phase === "refresh" || phase === "destroy" ? phase : "up";
      const used = await run(phase, command, "--yes", "--skip-preview");
      return { ...used, requests: platform.log.length };
    },
    stateBytes: () => bytesInState(folder) / accounts,
    async close() {
      fs.rmSync(folder, { recursive: true, force: true });
      await platform.close();
    },
  };
}

/** What memberships need: the accounts that the program names, and workspaces with an owner. */
async function addWorkspaces(platform: Platform, workspaces: number, accounts: number): Promise<void> {
  for (let index = 0; index < accounts; index += 1) await platform.addUser({ email: `account${index}@example.com` });
  for (let index = 0; index < workspaces; index += 1) {
    await platform.addWorkspace(`workspace${index}`, { owners: [OPERATOR.email] });
  }
}

function bytesInState(folder: string): number {
  const file = path.join(folder, BACKEND, "stacks/bench/bench.json");
  const { checkpoint } = JSON.parse(fs.readFileSync(file, "utf8")) as {
    checkpoint: { latest: { resources: { type: string }[] } };
  };
  const own = checkpoint.latest.resources.filter(({ type }) => /^(pulumi-nodejs:dynamic|wallaroo:index)/.test(type));
  return own.reduce((sum, resource) => sum + JSON.stringify(resource).length, 0);
}

/** Raises with the end of the output when the command fails. */
function pulumi(args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Omit<Measurement, "requests">> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const child = spawn("pulumi", [...args, "--non-interactive"], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const used = child.pid === undefined ? undefined : watchProcesses(child.pid);
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (output += text.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      const usage = used?.() ?? { cpuSeconds: 0, memory: 0 };
      if (code === 0) resolve({ seconds: (performance.now() - startedMs) / 1000, ...usage });
      else reject(new Error(`pulumi ${args.join(" ")} ended with ${code}: ${output.slice(-2000)}`));
    });
  });
}
