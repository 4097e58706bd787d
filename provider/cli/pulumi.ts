import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { WallarooError } from "../api/errors";
import { Secrets } from "../api/redact";
import type { SettingsOptions } from "./settings";

/** For one call of the Pulumi CLI. */
export interface PulumiCall {
  /** For messages: a verb phrase and its object. */
  operation: string;
  who: string;
  /** Which stack, and the folder of its project if that is not the one that this process runs in. */
  of: SettingsOptions;
  /** Written to its standard input. A secret goes this way, as every process of a machine may read arguments. */
  input?: string;
}

/** What the Pulumi CLI prints on stdout, which may hold secrets. Raises `badSettings` with its own words from stderr. */
export async function runPulumi(args: readonly string[], call: PulumiCall): Promise<string> {
  const { stack, config } = call.of;
  const named = stack === undefined ? [] : [`--stack=${stack}`];
  const child = spawn("pulumi", [...args, ...named, "--non-interactive", "--color=never"], {
    cwd: config ?? process.cwd(),
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  // It may end without having read it.
  child.stdin.on("error", () => undefined);
  child.stdin.end(call.input ?? "");
  const printed = Promise.all([text(child.stdout), text(child.stderr)]);
  const code = await ended.catch((error: NodeJS.ErrnoException) => {
    throw failure(
      call,
      `pulumi can't be started (${error.code})`,
      "Install the Pulumi CLI, or put its folder on PATH.",
    );
  });
  const [out, errors] = await printed;
  if (code !== 0) {
    const secrets = new Secrets();
    for (const secret of [process.env["PULUMI_CONFIG_PASSPHRASE"], process.env["PULUMI_ACCESS_TOKEN"], call.input])
      if (secret !== undefined) secrets.hide(secret.trim());
    const words = secrets.clean(errors.replace(/^error: /gm, "")) || `pulumi ended with exit code ${code}`;
    throw failure(call, words, `Run pulumi ${args[0]} in the folder of the project to see more.`);
  }
  return out;
}

/** How messages call the stack that the options name. */
export function describeStack({ stack }: SettingsOptions): string {
  return stack === undefined ? "the selected stack" : `stack ${stack}`;
}

function failure({ operation, who }: PulumiCall, words: string, next: string): WallarooError {
  return new WallarooError({ kind: "badSettings", operation, who, words, next });
}
