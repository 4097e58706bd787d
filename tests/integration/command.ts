import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Platform } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";
import { platformEnvironment } from "../engine/environment";

const MAIN = path.resolve(__dirname, "../../dist/bundle/command.js");

/** How a command ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs `pulumi-wallaroo` of the built package in a process of its own, with these variables and those that every process
 * has. Raises if it does not end by itself.
 */
export function runCommand(args: string[], env: NodeJS.ProcessEnv = {}, cwd?: string): Promise<Ended> {
  const { PATH, HOME } = process.env;
  const options = { cwd, env: { PATH, HOME, ...env }, timeout: 60_000 };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [MAIN, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === "number") resolve({ code, stdout, stderr });
      else reject(error ?? new Error("no exit code"));
    });
  });
}

/** A command that has been started, and what it has said so far. */
export interface Started {
  /** Waits for words on stderr, and answers the match. Raises if it ends without them. */
  says(words: RegExp): Promise<RegExpExecArray>;
  /** As Ctrl-C does. */
  interrupt(): void;
  ended: Promise<Ended>;
}

/** As {@link runCommand}, for a command that waits for something. */
export function startCommand(args: string[], env: NodeJS.ProcessEnv = {}, cwd?: string): Started {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { PATH, HOME, ...env }, timeout: 60_000 });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].on("data", (data: Buffer) => (said[name] += data.toString()));
  const ended = once(child, "close").then(([code]) => ({ code: (code as number | null) ?? -1, ...said }));
  return {
    async says(words) {
      for (;;) {
        const found = words.exec(said.stderr);
        if (found !== null) return found;
        const end = await Promise.race([ended, once(child.stderr, "data")]);
        if ("code" in end && words.exec(said.stderr) === null) throw new Error(`it ended, and said: ${said.stderr}`);
      }
    },
    interrupt: () => void child.kill("SIGINT"),
    ended,
  };
}

/** Settings in the environment: the operator on this platform, and at most one attempt at each request. */
export function operatorOf(platform: Platform): NodeJS.ProcessEnv {
  return { ...platformEnvironment(platform, OPERATOR), WALLAROO_MAX_RETRIES: "0" };
}
