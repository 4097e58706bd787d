import fs from "node:fs";
import type { Grant } from "./api/token";
import { variableOf, type SettingsReading } from "./settings-source";
import { SETTINGS } from "./settings-table";

/** How the provider signs in. */
export interface Credentials {
  clientId: string;
  clientSecret?: string | undefined;
  grant: Grant;
  /** True if they are those of the file that {@link FILE} names. */
  isFromFile?: true | undefined;
}

const KEYS = ["token", "refreshToken", "username", "password", "clientId", "clientSecret"] as const;

type Key = (typeof KEYS)[number];
type Found = Partial<Record<Key, string | undefined>>;

/** Credentials are a set: if the configuration makes up a grant, the environment is not looked at. */
export function readCredentials(reading: SettingsReading): Credentials {
  const { clientId, clientSecret } = findIn(["clientId", "clientSecret"], (key) => reading.text(key));
  const client = { clientId, clientSecret };
  const fromConfig = findIn(KEYS, (key) => reading.config(key), reading);
  // The client that it signs in through is a setting as any other.
  const alone = grantOf(fromConfig) === undefined ? undefined : grantOf({ ...fromConfig, ...client });
  if (alone !== undefined) return alone;

  const missing = KEYS.filter((key) => fromConfig[key] === undefined);
  const found = { ...fromConfig, ...findIn(missing, (key) => reading.env(variableOf(key)), reading) };
  const { token, refreshToken, username, password } = found;
  // Only if it is needed: a run that has its credentials from elsewhere may do without the file.
  const isWanted = token === undefined && refreshToken === undefined && password === undefined;
  const file = isWanted ? readCredentialsFile(reading) : undefined;
  // The password or token in the file is never used with another account's name.
  const isOfFile = username === undefined || username === file?.username;
  const together = grantOf({ ...found, ...(isOfFile ? file : undefined) });
  if (together !== undefined) return file !== undefined && isOfFile ? { ...together, isFromFile: true } : together;
  const named = (key: Key) => reading.named(key);
  const [set, unset] = halfOf(found) ?? [];
  const foreign = file === undefined ? "" : `, and the file that ${FILE} names is not this account's`;
  const half =
    set === undefined || unset === undefined ? "" : `${named(set)} is set without ${named(unset)}${foreign}; `;
  reading.problems.push(
    `Credentials are missing: ${half}set ${named("username")} and ${named("password")} ` +
      `(secret${reading.isExplicit ? "" : `; or both in the JSON file that ${FILE} names`}), or ` +
      `${named("refreshToken")}, ${named("token")}, or ${named("clientId")} with ${named("clientSecret")}.`,
  );
  return { clientId: SETTINGS.clientId.default, grant: { type: "client" } };
}

/** The set and the unset key of a pair that is set by half. */
function halfOf(found: Found): [Key, Key] | undefined {
  for (const pair of [["username", "password"] as const, ["clientId", "clientSecret"] as const]) {
    const set = pair.find((key) => found[key] !== undefined);
    const unset = pair.find((key) => found[key] === undefined);
    if (set !== undefined && unset !== undefined) return [set, unset];
  }
  return undefined;
}

/** What `look` finds for each key; a token that can't be one is noted in `reading`. */
function findIn(keys: readonly Key[], look: (key: Key) => string | undefined, reading?: SettingsReading): Found {
  const found: Found = {};
  for (const key of keys) {
    const text = look(key);
    found[key] = key === "token" || key === "refreshToken" ? text?.trim() : text;
    if ((key === "token" || key === "refreshToken") && !isToken(found[key])) {
      reading?.refuse(
        key,
        "can't be a token: it holds spaces, line breaks or other characters that tokens do not have.",
      );
    }
  }
  return found;
}

/** Can it stand in a header? */
function isToken(text = "none"): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** In the contract's order: token, refresh token, user and password, client. */
function grantOf({ token, refreshToken, username, password, ...found }: Found): Credentials | undefined {
  const { clientId = SETTINGS.clientId.default, clientSecret } = found;
  const client = { clientId, clientSecret };
  if (token !== undefined) return { ...client, grant: { type: "token", token } };
  if (refreshToken !== undefined) return { ...client, grant: { type: "refresh", refreshToken } };
  if (username !== undefined && password !== undefined) {
    return { ...client, grant: { type: "password", username, password } };
  }
  if (found.clientId !== undefined && clientSecret !== undefined) return { ...client, grant: { type: "client" } };
  return undefined;
}

/** Variable of the vendor's SDK that names a file with credentials. */
const FILE = "WALLAROO_SDK_CREDENTIALS";

/**
 * What the credentials file of the vendor's SDK holds: name and password, or a token and the address of its account
 * (`{"token", "user_email", "user_id"}`; `WALLAROO_SDK_AUTH_TYPE=token` prefers it). Undefined without a usable file.
 */
function readCredentialsFile(reading: SettingsReading): Found | undefined {
  const file = reading.env(FILE);
  if (file === undefined) return undefined;
  const refuse = (problem: string) =>
    void reading.problems.push(
      `${FILE} must name a JSON file with username and password, or with a token; ${problem}.`,
    );
  try {
    const content = (JSON.parse(fs.readFileSync(file, "utf8")) ?? {}) as Record<string, unknown>;
    const textOf = (key: string) =>
      typeof content[key] === "string" && content[key] !== "" ? content[key] : undefined;
    const [username, password, token] = [textOf("username"), textOf("password"), textOf("token")?.trim()];
    const isUser = username !== undefined && password !== undefined;
    if (isUser && (token === undefined || reading.env("WALLAROO_SDK_AUTH_TYPE") !== "token"))
      return { username, password };
    if (token !== undefined && isToken(token)) return { username: textOf("user_email"), token };
    refuse(token === undefined ? "one of them is missing there" : "the token there can't be one");
  } catch (error) {
    // The parser's own message quotes the file, which holds a password.
    refuse(`reading it failed: ${(error as NodeJS.ErrnoException).code ?? "it is not JSON"}`);
  }
  return undefined;
}
