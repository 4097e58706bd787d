/** Prefix of the configuration keys. */
export const NAMESPACE = "wallaroo";

interface Row {
  /** Environment variable, if there is one. */
  variable?: string;
  required?: true;
  /** The variable holds for explicit providers too: it can only forbid something. */
  everywhere?: true;
  /** Never shown, and kept encrypted by the engine. */
  secret?: true;
  /** The value if nothing is set; `{url}` in it stands for the address of the platform. */
  default?: string | number | boolean;
  /** One line, for docs/settings.md and the schema. */
  description: string;
}

/** A number within bounds that belong to it. */
export interface NumberSetting extends Row {
  kind: "number";
  default?: number;
  least: number;
  most: number;
  whole?: true;
}

/** One of several words. */
interface ChoiceSetting extends Row {
  kind: "choice";
  choices: readonly string[];
}

/** One setting: text in configuration and environment, of the type in {@link Kinds} for an explicit provider. */
export type Setting = NumberSetting | ChoiceSetting | (Row & { kind: "text" | "address" | "boolean" | "names" });

/** Every setting, by its configuration key without the prefix: all about settings is computed from this. */
export const SETTINGS = {
  url: { kind: "address", variable: "WALLAROO_URL", required: true, description: "The address of the platform." },
  authUrl: {
    kind: "address",
    variable: "WALLAROO_AUTH_URL",
    default: "{url}/auth",
    description: "The address of its Keycloak, with or without the `/auth` at its end.",
  },
  realm: {
    kind: "text",
    variable: "WALLAROO_REALM",
    default: "master",
    description: "Keycloak realm of the accounts.",
  },
  username: { kind: "text", variable: "WALLAROO_USER", description: "Account that the provider runs as." },
  password: { kind: "text", variable: "WALLAROO_PASSWORD", secret: true, description: "Its password." },
  clientId: {
    kind: "text",
    variable: "WALLAROO_CLIENT_ID",
    default: "sdk-client",
    description: "Keycloak client to sign in through.",
  },
  clientSecret: {
    kind: "text",
    variable: "WALLAROO_CLIENT_SECRET",
    secret: true,
    description: "Secret of a confidential client.",
  },
  refreshToken: {
    kind: "text",
    variable: "WALLAROO_REFRESH_TOKEN",
    secret: true,
    description: "Refresh or offline token to sign in with.",
  },
  token: {
    kind: "text",
    variable: "WALLAROO_TOKEN",
    secret: true,
    description: "Access token, used as it is until it expires.",
  },
  requestTimeout: {
    kind: "number",
    variable: "WALLAROO_REQUEST_TIMEOUT",
    default: 45,
    least: 0.001,
    most: 3600,
    description: "Seconds until a request is given up.",
  },
  maxRetries: {
    kind: "number",
    variable: "WALLAROO_MAX_RETRIES",
    default: 5,
    least: 0,
    most: 100,
    whole: true,
    description: "Further attempts after a failed request.",
  },
  maxConcurrency: {
    kind: "number",
    variable: "WALLAROO_MAX_CONCURRENCY",
    default: 8,
    least: 1,
    most: 1000,
    whole: true,
    description: "Requests to the platform at once.",
  },
  protectedEmails: {
    kind: "names",
    description: "Addresses and usernames that are never deactivated: a list, or separated by commas.",
  },
  seatLimit: {
    kind: "number",
    least: 0,
    most: 10_000_000,
    whole: true,
    description: "Enabled accounts that the licence allows.",
  },
  endSessions: {
    kind: "choice",
    variable: "WALLAROO_END_SESSIONS",
    choices: ["auto", "required", "off"],
    default: "auto",
    description: "End the sessions of accounts that are deactivated or activated: `auto`, `required` or `off`.",
  },
  readOnly: {
    kind: "boolean",
    variable: "WALLAROO_READ_ONLY",
    everywhere: true,
    default: false,
    description: "Refuse every write to the platform: for drift jobs and first trials.",
  },
  allowInsecureHttp: {
    kind: "boolean",
    variable: "WALLAROO_ALLOW_INSECURE_HTTP",
    default: false,
    description: "Allow `http://` to another host than this machine.",
  },
} as const satisfies Record<string, Setting>;

/** Configuration key of a setting, without the prefix. */
export type SettingKey = keyof typeof SETTINGS;

/** Types of the kinds of settings, but of choices. */
interface Kinds {
  text: string;
  address: string;
  number: number;
  boolean: boolean;
  names: string[];
}

/** What a setting is to a program that sets it. */
export type SettingArgument<K extends SettingKey> = (typeof SETTINGS)[K] extends {
  choices: readonly (infer Choice)[];
}
  ? Choice
  : Kinds[Exclude<(typeof SETTINGS)[K]["kind"], "choice">];

/** Type of a setting's value; may be undefined without a default. */
export type SettingValue<K extends SettingKey> =
  SettingArgument<K> | ((typeof SETTINGS)[K] extends { default: unknown } ? never : undefined);

/** Keys of the settings that have to be set. */
export type RequiredKey = {
  [K in SettingKey]: (typeof SETTINGS)[K] extends { required: true } ? K : never;
}[SettingKey];
