import { spawn } from "node:child_process";
import net, { type AddressInfo } from "node:net";
import path from "node:path";

const ROOT = path.resolve(__dirname, "../..");

/** What the engine starts for each of the two adapters. */
const EXECUTABLES = {
  native: path.join(ROOT, "plugin/pulumi-resource-wallaroo"),
  dynamic: path.join(ROOT, "node_modules/@pulumi/pulumi/pulumi-resource-pulumi-nodejs"),
};

export type StartTimes = Record<keyof typeof EXECUTABLES, number[]>;

/** Milliseconds until each of the providers can be called, `times` times in turns. */
export async function measureStarts(times: number): Promise<StartTimes> {
  const starts: StartTimes = { native: [], dynamic: [] };
  // A provider ends when its engine does not listen.
  const engine = net.createServer();
  await new Promise<void>((resolve) => engine.listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${(engine.address() as AddressInfo).port}`;
  try {
    for (let turn = 0; turn < times; turn += 1) {
      starts.native.push(await measureStart(EXECUTABLES.native, address));
      starts.dynamic.push(await measureStart(EXECUTABLES.dynamic, address));
    }
  } finally {
    engine.close();
  }
  return starts;
}

/** From its start until it prints its port, as the engine waits for it. */
function measureStart(executable: string, engineAddress: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    // Below a shell for the dynamic host: both are ended by their group.
    const child = spawn(executable, [engineAddress], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
    let ms: number | undefined;
    child.stdout.on("data", (text: Buffer) => {
      if (ms !== undefined || !/^\d+\s/.test(text.toString())) return;
      ms = performance.now() - startedMs;
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    });
    child.on("error", reject);
    child.on("close", () => (ms === undefined ? reject(new Error(`${executable} printed no port`)) : resolve(ms)));
  });
}
