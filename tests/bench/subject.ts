import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startPlatform } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";
import { ensureEngine } from "../engine/ensure";
import { BACKEND, engineEnvironment, linkCheckout, platformEnvironment } from "../engine/environment";

/** What is measured; the name of its program in `programs`. */
export const SUBJECTS = ["user", "floor", "naive", "team", "team-floor"] as const;
export type Subject = (typeof SUBJECTS)[number];

/** The operations of one life of a stack, in their order. */
export const PHASES = ["create", "no change", "refresh", "update of 10 %", "destroy"] as const;
export type Phase = (typeof PHASES)[number];
/** Those that leave everything as it is, so that they can be measured again on the same stack. */
export const REPEATABLE: readonly Phase[] = ["no change", "refresh"];

/** How one phase of one subject went. */
export interface Measurement {
  seconds: number;
  /** Requests that the platform got, token included. */
  requests: number;
  /** Highest resident memory of the provider process, in MiB. */
  memory: number;
}

export interface StackOptions {
  subject: Subject;
  people: number;
  latencyMs: number;
  maxConcurrency: number;
}

/** A fresh stack of one subject, on a platform of its own in this process. */
export interface BenchStack {
  measure(phase: Phase): Promise<Measurement>;
  /** Bytes in the checkpoint per account, all of the resource counted. */
  stateBytes(): number;
  close(): Promise<void>;
}

export async function openStack({ subject, people, latencyMs, maxConcurrency }: StackOptions): Promise<BenchStack> {
  const engine = await ensureEngine();
  const platform = await startPlatform({ latencyMs, tokenLifetime: 300 });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-bench-"));
  fs.cpSync(path.join(__dirname, "programs"), folder, { recursive: true });
  linkCheckout(folder);
  fs.writeFileSync(
    path.join(folder, "Pulumi.yaml"),
    "name: bench\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
  );
  const run = (phase: Phase | undefined, ...args: string[]) =>
    pulumi(args, folder, {
      ...process.env,
      ...engineEnvironment(engine, folder),
      ...platformEnvironment(platform, OPERATOR),
      WALLAROO_MAX_CONCURRENCY: String(maxConcurrency),
      BENCH_SUBJECT: subject,
      BENCH_SIZE: String(people),
      BENCH_UPDATED: phase === "update of 10 %" ? "1" : "0",
    });
  await run(undefined, "stack", "init", "bench");
  return {
    async measure(phase) {
      platform.clearLog();
      const command = phase === "refresh" || phase === "destroy" ? phase : "up";
      const { seconds, memory } = await run(phase, command, "--yes", "--skip-preview");
      return { seconds, memory, requests: platform.log.length };
    },
    stateBytes: () => bytesInState(folder) / people,
    async close() {
      fs.rmSync(folder, { recursive: true, force: true });
      await platform.close();
    },
  };
}

function bytesInState(folder: string): number {
  const file = path.join(folder, BACKEND, "stacks/bench/bench.json");
  const { checkpoint } = JSON.parse(fs.readFileSync(file, "utf8")) as {
    checkpoint: { latest: { resources: { type: string }[] } };
  };
  const own = checkpoint.latest.resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic"));
  return own.reduce((sum, resource) => sum + JSON.stringify(resource).length, 0);
}

/** Raises with the end of the output when the command fails. */
function pulumi(args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<{ seconds: number; memory: number }> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const child = spawn("pulumi", [...args, "--non-interactive"], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let memory = 0;
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (output += text.toString()));
    const watch = setInterval(() => (memory = Math.max(memory, peakMemory(cwd))), 250);
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(watch);
      if (code === 0) resolve({ seconds: (performance.now() - startedMs) / 1000, memory });
      else reject(new Error(`pulumi ${args.join(" ")} ended with ${code}: ${output.slice(-2000)}`));
    });
  });
}

/** Highest resident memory so far of the dynamic-provider process below this folder, in MiB; 0 where there is no /proc. */
function peakMemory(folder: string): number {
  for (const pid of fs.existsSync("/proc/self") ? fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : []) {
    try {
      if (!fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("dynamic-provider")) continue;
      if (fs.readlinkSync(`/proc/${pid}/cwd`) !== fs.realpathSync(folder)) continue;
      const peak = /VmHWM:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
      if (peak !== undefined) return Number(peak) / 1024;
    } catch {
      // Ended meanwhile, or not ours.
    }
  }
  return 0;
}
