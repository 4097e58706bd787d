import fs from "node:fs";
import { WallarooError } from "../api/errors";
import { isRecord } from "../api/json";
import { NAMESPACE } from "../settings-table";
import { describeStack, runPulumi } from "./pulumi";
import type { SettingsOptions } from "./settings";

/**
 * Configuration of a stack in plain text, by key such as `wallaroo:url`; those of other packages are dropped. Without a
 * name: of the stack that is selected in the project. Asks the Pulumi CLI, whose answer is never printed. Raises
 * `badSettings` if there is no CLI, project or stack, or if secrets can't be decrypted.
 */
export async function readStackConfiguration(options: SettingsOptions): Promise<Map<string, string>> {
  const { config } = options;
  const about = { operation: "read", who: `the configuration of ${describeStack(options)}` };
  if (config !== undefined && !fs.existsSync(config)) {
    const next = "Give --config the folder of a Pulumi project.";
    throw new WallarooError({ kind: "badSettings", ...about, words: `there is no folder ${config}`, next });
  }
  const answer = await runPulumi(["config", "--json", "--show-secrets"], { ...about, of: options });
  const values = parse(answer);
  if (values === undefined) {
    const next = "Run `pulumi config --json` there and look at what it prints.";
    throw new WallarooError({ kind: "badSettings", ...about, words: "what pulumi printed is not JSON", next });
  }
  const own = Object.entries(values).flatMap(([key, entry]) => {
    const value = isRecord(entry) ? entry["value"] : undefined;
    return key.startsWith(`${NAMESPACE}:`) && typeof value === "string" ? [[key, value] as const] : [];
  });
  return new Map(own);
}

/** The parser's own message would quote the text, which holds secrets. */
function parse(text: string): Record<string, unknown> | undefined {
  try {
    const values = JSON.parse(text) as unknown;
    return isRecord(values) ? values : undefined;
  } catch {
    return undefined;
  }
}
