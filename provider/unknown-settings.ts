import { findNearest } from "./user/nearest";
import { NAMESPACE, SETTINGS, type Setting, type SettingKey } from "./settings-table";

const KEYS = Object.keys(SETTINGS) as SettingKey[];

/** What to say of each of these configuration keys (without the prefix) that is not a setting, in a project of that name. */
export function describeUnknownSettings(keys: readonly string[], project: string): string[] {
  const own =
    project === NAMESPACE
      ? ` If it is a key of this program, whose project is called ${NAMESPACE}, there is nothing to do.`
      : "";
  return keys.filter(isUnknown).map((key) => {
    const [name, nearest] = [key, nearestSetting(key)].map((known) => `${NAMESPACE}:${known}`);
    return `${name} is not a setting of pulumi-wallaroo and has no effect; did you mean ${nearest}?${own}`;
  });
}

/** {@link describeUnknownSettings} for the inputs of an explicit provider. */
export function describeUnknownInputs(keys: readonly string[]): string[] {
  return keys.filter(isUnknown).map((key) => {
    const nearest = nearestSetting(key);
    return `\`${key}\` is not an input of a WallarooProvider and has no effect; did you mean \`${nearest}\`?`;
  });
}

function isUnknown(key: string): boolean {
  return !Object.hasOwn(SETTINGS, key);
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
