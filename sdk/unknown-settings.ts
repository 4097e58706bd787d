import * as pulumi from "@pulumi/pulumi";
import { findNearest } from "../provider/nearest";
import { NAMESPACE, SETTINGS, type Setting, type SettingKey } from "../provider/settings-table";

const KEYS = Object.keys(SETTINGS) as SettingKey[];

/** Monitors of the runs that were told: the Automation API runs several programs in one process. */
const told = new WeakSet<object>();

/**
 * Warns of each `wallaroo:` key of the stack's configuration that is not a setting, once per run. Not an error: a project
 * may be called `wallaroo`, and the key its own.
 */
export function warnOfUnknownSettings(): void {
  const run = pulumi.runtime.getMonitor() ?? told;
  if (told.has(run)) return;
  told.add(run);
  const own =
    pulumi.getProject() === NAMESPACE
      ? ` If it is a key of this program, whose project is called ${NAMESPACE}, there is nothing to do.`
      : "";
  for (const name of Object.keys(pulumi.runtime.allConfig())) {
    const [namespace, key = ""] = name.split(":");
    if (namespace !== NAMESPACE || isSetting(key)) continue;
    const nearest = `${NAMESPACE}:${nearestSetting(key)}`;
    void pulumi.log.warn(
      `${name} is not a setting of pulumi-wallaroo and has no effect; did you mean ${nearest}?${own}`,
    );
  }
}

/** As {@link warnOfUnknownSettings}, for the inputs of an explicit provider. */
export function warnOfUnknownInputs(provider: pulumi.Resource, inputs: object): void {
  for (const key of Object.keys(inputs).filter((key) => !isSetting(key))) {
    const words = `\`${key}\` is not an input of a WallarooProvider and has no effect; did you mean \`${nearestSetting(key)}\`?`;
    void pulumi.log.warn(words, provider);
  }
}

function isSetting(key: string): boolean {
  return Object.hasOwn(SETTINGS, key);
}

/** Compared without regard to case and separators, and with the variables too: some have another name than their key. */
function nearestSetting(key: string): SettingKey {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, "");
  const names = KEYS.flatMap((setting) => {
    const { variable = setting }: Setting = SETTINGS[setting];
    return [setting, variable.replace(/^WALLAROO_/, "")].map((name) => [plain(name), setting] as const);
  });
  // Half a name is nearer to the whole one than its length says.
  const whole = names.filter(([name]) => name.includes(plain(key)));
  const candidates = whole.length > 0 ? whole : names;
  const nearest = findNearest(
    plain(key),
    candidates.map(([name]) => name),
  );
  return candidates.find(([name]) => name === nearest)?.[1] ?? "url";
}
