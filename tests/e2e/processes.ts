import fs from "node:fs";

/**
 * Process ids of the engine that works in this folder, or of the dynamic-provider processes below it. Linux only. The
 * folder as /proc names it: without symbolic links.
 */
export function processesOf(folder: string, kind: "engine" | "provider"): number[] {
  const all = fs
    .readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => readProcess(Number(pid)));
  const engines = all.filter(({ cwd, command }) => cwd === folder && /pulumi\0(up|destroy|refresh)\0/.test(command));
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

interface Process {
  pid: number;
  parent: number;
  cwd: string;
  /** Arguments, each ended by a NUL. */
  command: string;
}

/** One process of this machine, or none when it is gone or not ours to read. */
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
