import { WallarooError, cut } from "./api/errors";
import { withoutUndefined } from "./api/json";
import { isLoopback } from "./api/proxy";
import { readCredentials, type Credentials } from "./credentials";
import { SettingsReading, type SettingsSource } from "./settings-source";
import { SETTINGS, type NumberSetting, type Setting, type SettingKey, type SettingValue } from "./settings-table";
import { canonicalEmail, findEmailProblem } from "./user/email";
import { findUnusable } from "./user/check";
import { inSentence } from "./user/properties";

/** All settings, complete and checked. */
export interface Settings extends Credentials {
  /** How messages call them. */
  names: Pick<SettingsReading, "inWords">;
  /** Base URL of the platform, without a trailing slash. */
  url: string;
  /** Base URL of its Keycloak, without a trailing slash. */
  authUrl: string;
  realm: string;
  requestTimeoutMs: number;
  /** Further attempts after a failed one. */
  maxRetries: number;
  /** Requests to the platform at once. */
  maxConcurrency: number;
  /** Canonical addresses that are never deactivated. */
  protectedEmails: ReadonlySet<string>;
  /** Enabled accounts that the licence allows; undefined leaves it to the platform to say so. */
  seatLimit?: number | undefined;
  /** Whether the sessions of a deactivated or activated account are ended, and whether a step fails without that. */
  endSessions: SettingValue<"endSessions">;
  /** Name of the setting that forbids every write to the platform; undefined if writes are allowed. */
  readOnlyBy?: string | undefined;
}

/** Reads and checks every setting. Raises `badSettings` with all problems at once, never a value of a secret. */
export function readSettings(source: SettingsSource): Settings {
  const reading = new SettingsReading(source);
  for (const key of Object.keys(SETTINGS) as SettingKey[]) {
    const what = findUnusable(jsonOf(reading.text(key)));
    if (what !== undefined) reading.refuse(key, `${what}.`);
  }
  const read = <K extends SettingKey>(key: K) => readSetting(reading, key);
  const insecure = read("allowInsecureHttp");
  const url = read("url") ?? "";
  const authUrl = keycloakBase(read("authUrl").replace("{url}", url));
  if (!insecure) for (const key of ["url", "authUrl"] as const) refuseClearText(reading, key);
  const settings = withoutUndefined<Settings>({
    names: reading,
    url,
    authUrl,
    realm: read("realm"),
    ...readCredentials(reading),
    requestTimeoutMs: read("requestTimeout") * 1000,
    maxRetries: read("maxRetries"),
    maxConcurrency: read("maxConcurrency"),
    protectedEmails: new Set(read("protectedEmails")),
    seatLimit: read("seatLimit"),
    endSessions: read("endSessions"),
    readOnlyBy: read("readOnly") ? reading.named("readOnly") : undefined,
  });
  if (reading.problems.length > 0) throw badSettings(reading);
  return settings;
}

function badSettings({ problems, isExplicit }: SettingsReading): WallarooError {
  return new WallarooError({
    kind: "badSettings",
    operation: "read",
    who: "the settings of the Wallaroo provider",
    words: problems.length === 1 ? problems.join() : problems.map((p, i) => `(${i + 1}) ${p}`).join(" "),
    next: isExplicit
      ? "(refresh and destroy use its inputs of the last pulumi up.)"
      : "(refresh and destroy use the configuration of the last pulumi up, and today's environment.)",
  });
}

/** The value of one setting, or its default; `reading` notes what is missing or wrong. */
function readSetting<K extends SettingKey>(reading: SettingsReading, key: K): SettingValue<K> {
  const setting: Setting = SETTINGS[key];
  const text = reading.text(key);
  if (text === undefined && setting.required) reading.refuse(key, `is missing: ${lowerFirst(setting.description)}`);
  const value = text === undefined ? undefined : parse(setting, text, (problem) => reading.refuse(key, problem));
  return (value ?? setting.default) as SettingValue<K>;
}

type Refuse = (problem: string) => void;

/** What `text` says, or undefined after `refuse` was told why it can't be used. */
function parse(setting: Setting, text: string, refuse: Refuse): string | number | boolean | string[] | undefined {
  switch (setting.kind) {
    case "text":
      return text;
    case "boolean":
      if (text !== "true" && text !== "false") refuse("must be true or false.");
      return text === "true";
    case "number":
      return parseNumber(setting, Number(text), refuse);
    case "choice":
      if (!setting.choices.includes(text)) refuse(`must be ${inSentence(setting.choices, "or")}.`);
      return text;
    case "address":
      return parseAddress(text, refuse);
    case "names":
      return parseNames(text, refuse);
  }
}

/** Keycloak's base URL. A bare origin gets `/auth`, as the vendor's SDK appends it; `/realms` at the end goes. */
function keycloakBase(address: string): string {
  if (/^https?:\/\/[^/]+$/.test(address)) return `${address}/auth`;
  return address.replace(/\/realms$/, "");
}

function parseNumber({ least, most, whole }: NumberSetting, value: number, refuse: Refuse): number | undefined {
  if (!(value >= least && value <= most)) refuse(`must be a number from ${least} to ${most}.`);
  else if (whole && !Number.isInteger(value)) refuse("must be a whole number.");
  else return value;
  return undefined;
}

function parseAddress(text: string, refuse: Refuse): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    refuse("must be an address such as https://example.wallaroo.ai.");
    return undefined;
  }
  if (url.username !== "" || url.password !== "" || /[?#]/.test(url.href)) {
    refuse("must hold no user name, password, query or fragment.");
  }
  return url.href.replace(/\/+$/, "");
}

function refuseClearText(reading: SettingsReading, key: "url" | "authUrl"): void {
  const text = reading.text(key) ?? "";
  const { protocol, hostname } = URL.canParse(text) ? new URL(text) : { protocol: "", hostname: "" };
  if (protocol !== "http:" || isLoopback(hostname)) return;
  const allowed = `${reading.named("allowInsecureHttp")} set to true`;
  reading.refuse(
    key,
    `uses http://, so passwords would cross the network in the clear: use https://, or allow it with ${allowed}.`,
  );
}

/** Canonical names from a list in JSON (what `pulumi config set --path` makes) or separated by commas. */
function parseNames(text: string, refuse: Refuse): string[] | undefined {
  const list = parseList(text)
    ?.map(canonicalEmail)
    .filter((name) => name !== "");
  const odd = list?.find((name) => !isName(name));
  if (list !== undefined && odd === undefined) return list;
  const found = odd === undefined ? "" : `; ${JSON.stringify(cut(odd, 80))} is neither an address nor a username`;
  refuse(`must be a list of addresses, or addresses separated by commas${found}.`);
  return undefined;
}

function parseList(text: string): string[] | undefined {
  if (!text.trim().startsWith("[")) return text.split(",");
  const list = jsonOf(text);
  return Array.isArray(list) && list.every((entry) => typeof entry === "string") ? list : undefined;
}

/** A value that is written as JSON; undefined for any other text. */
function jsonOf(text = ""): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** An address, or a username such as `admin`: anything else would protect no account, and say nothing. */
function isName(text: string): boolean {
  return text.includes("@") ? findEmailProblem(text) === undefined : /^[^\s"';:{}[\]]+$/.test(text);
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
