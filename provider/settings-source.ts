import { NAMESPACE, SETTINGS, type Setting, type SettingKey } from "./settings-table";

/** The sources of settings. */
export interface SettingsSource {
  /** Value of a configuration key such as `wallaroo:url`; secrets decrypted, lists as JSON text. */
  config(key: string): string | undefined;
  /** The environment; undefined for an explicit provider, whose platform must not get another one's credentials. */
  env: NodeJS.ProcessEnv | undefined;
  /** The environment, for the settings that hold for explicit providers too. */
  everywhere?: NodeJS.ProcessEnv;
}

/**
 * A setting in a text that is written before it is known how its user sets it: `wallaroo:url (WALLAROO_URL)`. What begins
 * or ends otherwise is of a server or a user: a part of an address, an image or a URN, or a name in quotes.
 */
const MENTION = new RegExp(
  `(?<!WALLAROO_\\w+ \\(|[\\p{L}\\p{N}_./:@-])${NAMESPACE}:(${Object.keys(SETTINGS).join("|")})` +
    `(?![\\p{L}\\p{N}_/@="-]|[.:][\\p{L}\\p{N}:])( \\(WALLAROO_\\w+\\))?`,
  "gu",
);

/** One reading of all settings: their sources, their names in messages, and the problems found so far. */
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

  /** True for an explicit provider, which looks at its own inputs and `everywhere` alone. */
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

  /** `text`, in which settings are called as {@link named} does, and those of the environment by their variable first. */
  readonly inWords = (text: string): string =>
    text.replace(MENTION, (_mention, key: SettingKey) => {
      const isInherited = this.config(key) === undefined && this.env(variableOf(key)) !== undefined;
      return isInherited ? `${variableOf(key)} (${NAMESPACE}:${key})` : this.named(key);
    });

  /** Notes a problem of one setting; `problem` is the rest of a sentence that begins with its name. */
  refuse(key: SettingKey, problem: string): void {
    this.problems.push(`${this.named(key)} ${problem}`);
  }
}

/** The environment variable of a setting, if it has one. */
export function variableOf(key: SettingKey): string | undefined {
  const { variable }: Setting = SETTINGS[key];
  return variable;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text;
}
