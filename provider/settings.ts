import fs from "node:fs";
import { cut } from "./api/errors";
import { isLoopback } from "./api/proxy";
import { canonicalEmail, findEmailProblem } from "./user/email";
import type { Grant } from "./api/token";

/** Everything that the provider is told from outside, complete and checked. */
export interface Settings {
  /** Base URL of the platform, without a trailing slash. */
  url: string;
  /** Base URL of its Keycloak, without a trailing slash. */
  authUrl: string;
  realm: string;
  clientId: string;
  clientSecret?: string;
  grant: Grant;
  requestTimeoutMs: number;
  /** Further attempts after a failed one. */
  maxRetries: number;
  /** Requests to the platform at once. */
  maxConcurrency: number;
  /** Canonical addresses that are never deactivated. */
  protectedEmails: ReadonlySet<string>;
  /** Enabled people that the licence allows, if the platform is not to be the first to say so. */
  seatLimit?: number;
}

/** All that is wrong with the settings, one sentence each. Raised before any request. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";

  constructor(readonly problems: readonly string[]) {
    const list = problems.length === 1 ? problems[0] : problems.map((p, i) => `(${i + 1}) ${p}`).join(" ");
    super(
      `Could not read the settings of the Wallaroo provider: ${list} ` +
        "(refresh and destroy use the configuration of the last pulumi up, and today's environment.)",
    );
  }
}

/** Where settings come from. */
export interface SettingsSource {
  /** Value of a configuration key such as `wallaroo:url`; secrets decrypted, lists as JSON text. */
  config(key: string): string | undefined;
  /**
   * The environment; undefined for an explicit provider, which must never send one platform's credentials from the
   * environment to another platform that its own inputs name.
   */
  env: NodeJS.ProcessEnv | undefined;
}

/** Every configuration key, without the prefix. */
export const SETTINGS = [
  "url",
  "authUrl",
  "realm",
  "username",
  "password",
  "clientId",
  "clientSecret",
  "refreshToken",
  "token",
  "requestTimeout",
  "maxRetries",
  "maxConcurrency",
  "protectedEmails",
  "seatLimit",
  "allowInsecureHttp",
] as const;

/** Prefix of the configuration keys. */
const NAMESPACE = "wallaroo";

/**
 * Reads and checks every setting. Configuration wins over environment; an empty value counts as unset. Credentials are
 * taken as a set: where the configuration alone makes up a grant, credentials in the environment are not looked at.
 * Raises {@link SettingsError} with all problems at once, naming key and variable and never a value of a secret.
 */
export function readSettings(source: SettingsSource): Settings {
  const problems: string[] = [];
  const named = source.env === undefined ? namedInput : namedSetting;
  const read = (key: string, variable?: string) =>
    nonEmpty(source.config(`${NAMESPACE}:${key}`)) ??
    nonEmpty(variable === undefined ? undefined : source.env?.[variable]);
  const insecure = readBoolean("allowInsecureHttp", "WALLAROO_ALLOW_INSECURE_HTTP");

  function readBoolean(key: string, variable: string): boolean {
    const text = read(key, variable);
    if (text === undefined || text === "false") return false;
    if (text !== "true") problems.push(`${named(key, variable)} must be true or false.`);
    return text === "true";
  }

  function readNumber(
    key: string,
    variable: string | undefined,
    fallback: number,
    least: number,
    most: number,
  ): number {
    const text = read(key, variable);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (Number.isFinite(value) && value >= least && value <= most) return value;
    problems.push(`${named(key, variable)} must be a number from ${least} to ${most}.`);
    return fallback;
  }

  function readWhole(key: string, variable: string | undefined, fallback: number, least: number, most: number): number {
    const value = readNumber(key, variable, fallback, least, most);
    if (!Number.isInteger(value)) problems.push(`${named(key, variable)} must be a whole number.`);
    return value;
  }

  function readUrl(key: string, variable: string, text: string): string {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      problems.push(`${named(key, variable)} must be an address such as https://example.wallaroo.ai.`);
      return text;
    }
    if (url.username !== "" || url.password !== "" || /[?#]/.test(url.href)) {
      problems.push(`${named(key, variable)} must hold no user name, password, query or fragment.`);
    }
    if (url.protocol === "http:" && !isLoopback(url.hostname) && !insecure) {
      problems.push(
        `${named(key, variable)} uses http://, so passwords would cross the network in the clear: use https://, ` +
          `or allow it with ${named("allowInsecureHttp", "WALLAROO_ALLOW_INSECURE_HTTP")} set to true.`,
      );
    }
    return url.href.replace(/\/+$/, "");
  }

  function readEmails(key: string): Set<string> {
    const text = read(key);
    if (text === undefined) return new Set();
    const list = parseList(text)
      ?.map(canonicalEmail)
      .filter((email) => email !== "");
    const odd = list?.find((email) => !isName(email));
    if (list === undefined || odd !== undefined) {
      const found = odd === undefined ? "" : `; ${JSON.stringify(cut(odd, 80))} is neither an address nor a username`;
      problems.push(`${named(key)} must be a list of addresses, or addresses separated by commas${found}.`);
    }
    return new Set(list);
  }

  const urlText = read("url", "WALLAROO_URL");
  if (urlText === undefined) problems.push(`${named("url", "WALLAROO_URL")} is missing: the address of the platform.`);
  const url = urlText === undefined ? "" : readUrl("url", "WALLAROO_URL", urlText);
  const authText = read("authUrl", "WALLAROO_AUTH_URL");
  const settings: Settings = {
    url,
    authUrl: authText === undefined ? `${url}/auth` : readUrl("authUrl", "WALLAROO_AUTH_URL", authText),
    realm: read("realm", "WALLAROO_REALM") ?? "master",
    ...readCredentials(source, problems, named),
    requestTimeoutMs: readNumber("requestTimeout", "WALLAROO_REQUEST_TIMEOUT", 45, 0.001, 3600) * 1000,
    maxRetries: readWhole("maxRetries", "WALLAROO_MAX_RETRIES", 5, 0, 100),
    maxConcurrency: readWhole("maxConcurrency", "WALLAROO_MAX_CONCURRENCY", 8, 1, 1000),
    protectedEmails: readEmails("protectedEmails"),
    ...(read("seatLimit") === undefined ? {} : { seatLimit: readWhole("seatLimit", undefined, 0, 0, 10_000_000) }),
  };
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

type Credentials = Pick<Settings, "clientId" | "clientSecret" | "grant">;

function readCredentials(source: SettingsSource, problems: string[], named: typeof namedSetting): Credentials {
  /** A token as it can stand in a header; one read from a file often ends in a line break. */
  const oneLine = (key: "token" | "refreshToken", text: string | undefined) => {
    const token = text?.trim();
    if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
      const variable = key === "token" ? "WALLAROO_TOKEN" : "WALLAROO_REFRESH_TOKEN";
      problems.push(
        `${named(key, variable)} is no token: it holds spaces, line breaks or other characters that none has.`,
      );
    }
    return token;
  };
  const config = (key: string) => nonEmpty(source.config(`${NAMESPACE}:${key}`));
  const fromConfig = {
    token: oneLine("token", config("token")),
    refreshToken: oneLine("refreshToken", config("refreshToken")),
    username: config("username"),
    password: config("password"),
    clientId: config("clientId"),
    clientSecret: config("clientSecret"),
  };
  const env = (variable: string) => nonEmpty(source.env?.[variable]);
  const client = {
    clientId: fromConfig.clientId ?? env("WALLAROO_CLIENT_ID"),
    clientSecret: fromConfig.clientSecret ?? env("WALLAROO_CLIENT_SECRET"),
  };
  // A user of the environment never stands in for what the configuration says by itself; through which client it signs
  // in is a setting as any other.
  const alone = grantOf(fromConfig) === undefined ? undefined : grantOf({ ...fromConfig, ...client });
  if (alone !== undefined) return alone;

  const token = fromConfig.token ?? oneLine("token", env("WALLAROO_TOKEN"));
  const refreshToken = fromConfig.refreshToken ?? oneLine("refreshToken", env("WALLAROO_REFRESH_TOKEN"));
  const username = fromConfig.username ?? env("WALLAROO_USER");
  const password = fromConfig.password ?? env("WALLAROO_PASSWORD");
  // Only where it is needed: a file that is gone is no problem of a run that has its credentials from elsewhere.
  const isWanted = token === undefined && refreshToken === undefined && password === undefined;
  const file = isWanted ? readCredentialsFile(env("WALLAROO_SDK_CREDENTIALS"), problems) : undefined;
  // The file is one person's name and password: never the one with another's other.
  const isOfFile = username === undefined || username === file?.username;
  const together = grantOf({
    token,
    refreshToken,
    ...((isOfFile ? file : undefined) ?? { username, password }),
    ...client,
  });
  if (together !== undefined) return together;
  problems.push(
    `Credentials are missing: set ${named("username", "WALLAROO_USER")} and ${named("password", "WALLAROO_PASSWORD")} ` +
      `(secret${source.env === undefined ? "" : "; or both in the JSON file that WALLAROO_SDK_CREDENTIALS names"}), or ` +
      `${named("refreshToken", "WALLAROO_REFRESH_TOKEN")}, ${named("token", "WALLAROO_TOKEN")}, or ` +
      `${named("clientId", "WALLAROO_CLIENT_ID")} with ${named("clientSecret", "WALLAROO_CLIENT_SECRET")}.`,
  );
  return { clientId: DEFAULT_CLIENT, grant: { type: "client" } };
}

const DEFAULT_CLIENT = "sdk-client";

type Found = Record<
  "token" | "refreshToken" | "username" | "password" | "clientId" | "clientSecret",
  string | undefined
>;

/** The contract's order: a token as it is, else a refresh token, else user and password, else the client itself. */
function grantOf(found: Found): Credentials | undefined {
  const client = {
    clientId: found.clientId ?? DEFAULT_CLIENT,
    ...(found.clientSecret === undefined ? {} : { clientSecret: found.clientSecret }),
  };
  if (found.token !== undefined) return { ...client, grant: { type: "token", token: found.token } };
  if (found.refreshToken !== undefined) {
    return { ...client, grant: { type: "refresh", refreshToken: found.refreshToken } };
  }
  if (found.username !== undefined && found.password !== undefined) {
    return { ...client, grant: { type: "password", username: found.username, password: found.password } };
  }
  if (found.clientId !== undefined && found.clientSecret !== undefined) return { ...client, grant: { type: "client" } };
  return undefined;
}

/** The name and password of a credentials file, or undefined where there is none or it is not good. */
function readCredentialsFile(
  file: string | undefined,
  problems: string[],
): { username: string; password: string } | undefined {
  if (file === undefined) return undefined;
  const promise = "a JSON file with username and password";
  try {
    const content: unknown = JSON.parse(fs.readFileSync(file, "utf8"));
    const { username, password } = (content ?? {}) as Record<string, unknown>;
    if (typeof username === "string" && typeof password === "string" && username !== "" && password !== "") {
      return { username, password };
    }
    problems.push(`WALLAROO_SDK_CREDENTIALS must name ${promise}; one of them is missing there.`);
  } catch (error) {
    // The parser's own message quotes the file, which holds a password.
    const reason = (error as NodeJS.ErrnoException).code ?? "it is not JSON";
    problems.push(`WALLAROO_SDK_CREDENTIALS must name ${promise}; reading it failed: ${reason}.`);
  }
  return undefined;
}

/** An address, or a username such as `admin`: what does not look like either would protect nobody, and say nothing. */
function isName(text: string): boolean {
  return text.includes("@") ? findEmailProblem(text) === undefined : /^[^\s"';:{}[\]]+$/.test(text);
}

/** A list in any of the ways people write one: JSON (what `pulumi config set --path` makes), or comma separated. */
function parseList(text: string): string[] | undefined {
  if (!text.trim().startsWith("[")) return text.split(",");
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((entry) => typeof entry === "string") ? list : undefined;
  } catch {
    return undefined;
  }
}

function namedSetting(key: string, variable?: string): string {
  return variable === undefined ? `${NAMESPACE}:${key}` : `${NAMESPACE}:${key} (${variable})`;
}

/** Of an explicit provider, which looks at neither configuration nor environment. */
function namedInput(key: string): string {
  return `\`${key}\` of the WallarooProvider`;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text;
}
