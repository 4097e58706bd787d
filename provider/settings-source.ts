import { NAMESPACE, SETTINGS, type Setting, type SettingKey } from "./settings-table";

/** Where settings come from. */
export interface SettingsSource {
  /** Value of a configuration key such as `wallaroo:url`; secrets decrypted, lists as JSON text. */
  config(key: string): string | undefined;
  /**
   * The environment; undefined for an explicit provider, which must never send one platform's credentials from the
   * environment to another platform that its own inputs name.
   */
  env: NodeJS.ProcessEnv | undefined;
  /** The environment, for the settings of which an explicit provider looks at it too. */
  everywhere?: NodeJS.ProcessEnv;
}

/** One reading of all settings: what is set where, what each is called in messages, and what was found wrong so far. */
export class SettingsReading {
  readonly problems: string[] = [];

  constructor(private readonly source: SettingsSource) {}

  /** What is set for `key`: the configuration wins over the environment, and an empty value counts as unset. */
  text(key: SettingKey): string | undefined {
    const { variable, everywhere }: Setting = SETTINGS[key];
    const always = everywhere && variable !== undefined ? nonEmpty(this.source.everywhere?.[variable]) : undefined;
    return this.config(key) ?? this.env(variable) ?? always;
  }

  config(key: SettingKey): string | undefined {
    return nonEmpty(this.source.config(`${NAMESPACE}:${key}`));
  }

  env(variable: string | undefined): string | undefined {
    return variable === undefined ? undefined : nonEmpty(this.source.env?.[variable]);
  }

  /** True for an explicit provider, which looks at neither configuration nor environment, but for `everywhere`. */
  get isExplicit(): boolean {
    return this.source.env === undefined;
  }

  /** A setting as messages call it: by the names that its user can set. */
  named(key: SettingKey): string {
    const { variable, everywhere }: Setting = SETTINGS[key];
    const input = `\`${key}\` of the WallarooProvider`;
    if (this.isExplicit) return everywhere ? `${input} (${variable})` : input;
    return variable === undefined ? `${NAMESPACE}:${key}` : `${NAMESPACE}:${key} (${variable})`;
  }

  /** Notes a problem of one setting; `problem` is the rest of a sentence that begins with its name. */
  refuse(key: SettingKey, problem: string): void {
    this.problems.push(`${this.named(key)} ${problem}`);
  }
}

/** The environment variable of a setting, where it has one. */
export function variableOf(key: SettingKey): string | undefined {
  const { variable }: Setting = SETTINGS[key];
  return variable;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text;
}
