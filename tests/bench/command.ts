import { spawn } from "node:child_process";
import path from "node:path";
import { watchProcesses, type Usage } from "./usage";

/** Runs a program and says how long it took and what it used. Raises with the end of its output when it fails. */
export function runMeasured(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Usage & { seconds: number }> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const used = child.pid === undefined ? undefined : watchProcesses(child.pid);
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (output += text.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      const usage = used?.() ?? { cpuSeconds: 0, memory: 0 };
      if (code === 0) resolve({ seconds: (performance.now() - startedMs) / 1000, ...usage });
      else reject(new Error(`${path.basename(command)} ${args.join(" ")} ended with ${code}: ${output.slice(-2000)}`));
    });
  });
}
