import fs from "node:fs";

/** Time between two looks at the processes, in milliseconds; what a process does after the last one is not counted. */
const INTERVAL_MS = 100;
/** Of Linux, on every machine in use. */
const TICKS_PER_SECOND = 100;

/** What an operation of the engine used, on Linux; zeros elsewhere. */
export interface Usage {
  /** CPU of the engine and all processes below it: language host, program, provider. */
  cpuSeconds: number;
  /** Highest resident memory of the provider process, in MiB. */
  memory: number;
}

/** Follows the processes below `pid`, itself included, until it is called. Those that lose their parent are followed on. */
export function watchProcesses(pid: number): () => Usage {
  /** By process id and start time, as ids are used again. */
  const ticks = new Map<string, number>();
  const below = new Set([pid]);
  let memory = 0;
  const look = () => {
    const all = listProcesses();
    for (let before = 0; before !== below.size;) {
      before = below.size;
      for (const one of all) if (below.has(one.parent)) below.add(one.pid);
    }
    for (const one of all) {
      if (!below.has(one.pid)) continue;
      ticks.set(`${one.pid}/${one.startedAt}`, one.ticks);
      memory = Math.max(memory, peakOfProvider(one.pid));
    }
  };
  look();
  const timer = setInterval(look, INTERVAL_MS);
  return () => {
    clearInterval(timer);
    const total = [...ticks.values()].reduce((sum, one) => sum + one, 0);
    return { cpuSeconds: total / TICKS_PER_SECOND, memory };
  };
}

interface Process {
  pid: number;
  parent: number;
  startedAt: string;
  ticks: number;
}

function listProcesses(): Process[] {
  if (!fs.existsSync("/proc/self/stat")) return [];
  return fs.readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, "utf8");
      // The name of the program, in brackets, may have spaces. Source: proc(5), from `state` on.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const [parent, user, system, startedAt = ""] = [fields[1], fields[11], fields[12], fields[19]];
      return [{ pid: Number(name), parent: Number(parent), startedAt, ticks: Number(user) + Number(system) }];
    } catch {
      // Ended meanwhile.
      return [];
    }
  });
}

/** Highest resident memory so far of a provider's process, in MiB; 0 of any other. */
function peakOfProvider(pid: number): number {
  try {
    const command = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");
    if (!/^([^\0]*\/)?node\0.*(dynamic-provider|pulumi-resource-wallaroo)/.test(command)) return 0;
    const peak = /VmHWM:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return peak === undefined ? 0 : Number(peak) / 1024;
  } catch {
    return 0;
  }
}
