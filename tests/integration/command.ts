import { execFile } from "node:child_process";
import path from "node:path";
import type { Platform } from "../emulator/platform";
import { OPERATOR } from "../emulator/seeds";
import { platformEnvironment } from "../engine/environment";

const MAIN = path.resolve(__dirname, "../../dist/provider/cli/main.js");

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

/** Settings in the environment: the operator on this platform, and at most one attempt at each request. */
export function operatorOf(platform: Platform): NodeJS.ProcessEnv {
  return { ...platformEnvironment(platform, OPERATOR), WALLAROO_MAX_RETRIES: "0" };
}
