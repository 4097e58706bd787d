import { SettingsReading, variableOf } from "../settings-source";
import { NAMESPACE, SETTINGS, type Setting, type SettingKey } from "../settings-table";
import { describeUnknownSettings } from "../unknown-settings";
import type { Finding } from "./looks";
import type { CommandSource } from "./settings";

const KEYS = Object.keys(SETTINGS) as SettingKey[];
const FILE = "WALLAROO_SDK_CREDENTIALS";

/** Where each setting that is set comes from, and its value unless that is a secret; then keys that are no settings. */
export function describeSources(source: CommandSource): Finding[] {
  const reading = new SettingsReading(source);
  const file = reading.env(FILE);
  const findings = [
    ...KEYS.flatMap((key) => describeSource(key, reading) ?? []),
    ...(file === undefined ? [] : [note(FILE, `names ${file}, for what of the credentials is not set elsewhere`)]),
  ];
  const unknown = describeUnknownSettings(source.keys, "");
  return [...findings, ...unknown.map((words) => note("unknown setting", words))];
}

function describeSource(key: SettingKey, reading: SettingsReading): Finding | undefined {
  const { secret, kind }: Setting = SETTINGS[key];
  const configured = reading.config(key);
  const variable = variableOf(key);
  const inherited = reading.env(variable);
  const value = configured ?? inherited;
  if (value === undefined) return undefined;
  const shown = secret === true ? "a secret" : kind === "address" ? withoutSecrets(value) : value;
  const over = configured !== undefined && inherited !== undefined ? `, which wins over ${variable}` : "";
  const origin = configured === undefined ? variable : `the configuration of the stack${over}`;
  const found = { id: `${NAMESPACE}:${key}`, message: `${shown}, from ${origin}` };
  if (key !== "readOnly" || value !== "true") return { status: "ok", ...found };
  return { status: "note", ...found, next: "`pulumi up` refuses every change while that is set." };
}

function note(id: string, message: string): Finding {
  return { id, status: "note", message };
}

/** Some write a password or a token into an address, which is refused, and must not be shown for that. */
function withoutSecrets(address: string): string {
  return address.replace(/\/\/.*@/, "//[secret]@").replace(/[?#].*/, "?[secret]");
}
