import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startPlatform, type Platform } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";
import { ensureEngine } from "../engine/ensure";
import { BACKEND, engineEnvironment, linkCheckout, platformEnvironment } from "../engine/environment";
import { runMeasured } from "./command";
import type { Measurement, Phase } from "./series";
import { SUBJECTS, type Subject } from "./subjects";

/** As `npm run plugin` makes it. */
const PLUGIN = path.resolve(__dirname, "../../plugin");

export interface StackOptions {
  subject: Subject;
  /** Accounts, or memberships of so many accounts. */
  accounts: number;
  latencyMs: number;
  maxConcurrency: number;
  /** The checkout whose package the program loads. Default: this one. */
  checkout?: string;
  /** A platform that runs already, in place of one in memory; closed with the stack. */
  platform?: Platform;
  /** What `up` is told when nothing changes. Default: nothing. */
  noChangeFlags?: readonly string[];
}

/** A fresh stack of one subject, on a platform of its own in this process. */
export interface BenchStack {
  measure(phase: Phase): Promise<Measurement>;
  /** Bytes in the checkpoint per account or membership, all of the resource counted. */
  stateBytes(): number;
  close(): Promise<void>;
}

export async function openStack(options: StackOptions): Promise<BenchStack> {
  const { subject, accounts, latencyMs, maxConcurrency, noChangeFlags = [] } = options;
  const engine = await ensureEngine();
  const { program = subject, workspaces } = SUBJECTS[subject];
  const platform = options.platform ?? (await startPlatform({ latencyMs, tokenLifetime: 300 }));
  if (workspaces !== undefined) await addWorkspaces(platform, workspaces, accounts);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-bench-"));
  fs.cpSync(path.join(__dirname, "programs"), folder, { recursive: true });
  linkCheckout(folder, options.checkout);
  fs.writeFileSync(
    path.join(folder, "Pulumi.yaml"),
    "name: bench\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n" +
      `plugins: ${JSON.stringify({ providers: [{ name: "wallaroo", path: PLUGIN }] })}\n`,
  );
  const run = (phase: Phase | undefined, ...args: string[]) =>
    runMeasured("pulumi", [...args, "--non-interactive"], folder, {
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
      const flags = phase === "no change" ? noChangeFlags : [];
      const used = await run(phase, command, "--yes", "--skip-preview", ...flags);
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
