import fs from "node:fs";
import type { Grant } from "./api/token";
import { variableOf, type SettingsReading } from "./settings-source";
import { SETTINGS } from "./settings-table";

/** How the provider signs in. */
export interface Credentials {
  clientId: string;
  clientSecret?: string;
  grant: Grant;
}

const KEYS = ["token", "refreshToken", "username", "password", "clientId", "clientSecret"] as const;

type Key = (typeof KEYS)[number];
type Found = Partial<Record<Key, string | undefined>>;

/**
 * Credentials are taken as a set: where the configuration alone makes up a grant, credentials in the environment are not
 * looked at. Notes what is wrong or missing in `reading`, never a value.
 */
export function readCredentials(reading: SettingsReading): Credentials {
  const { clientId, clientSecret } = findIn(["clientId", "clientSecret"], (key) => reading.text(key));
  const client = { clientId, clientSecret };
  const fromConfig = findIn(KEYS, (key) => reading.config(key), reading);
  // A user of the environment never stands in for what the configuration says by itself; through which client it signs
  // in is a setting as any other.
  const alone = grantOf(fromConfig) === undefined ? undefined : grantOf({ ...fromConfig, ...client });
  if (alone !== undefined) return alone;

  const missing = KEYS.filter((key) => fromConfig[key] === undefined);
  const found = { ...fromConfig, ...findIn(missing, (key) => reading.env(variableOf(key)), reading) };
  const { token, refreshToken, username, password } = found;
  // Only where it is needed: a file that is gone is no problem of a run that has its credentials from elsewhere.
  const isWanted = token === undefined && refreshToken === undefined && password === undefined;
  const file = isWanted ? readCredentialsFile(reading) : undefined;
  // The file is one account's name and password: never the one with another's other.
  const isOfFile = username === undefined || username === file?.username;
  const together = grantOf({ ...found, ...(isOfFile ? file : undefined) });
  if (together !== undefined) return together;
  const named = (key: Key) => reading.named(key);
  reading.problems.push(
    `Credentials are missing: set ${named("username")} and ${named("password")} ` +
      `(secret${reading.isExplicit ? "" : "; or both in the JSON file that WALLAROO_SDK_CREDENTIALS names"}), or ` +
      `${named("refreshToken")}, ${named("token")}, or ${named("clientId")} with ${named("clientSecret")}.`,
  );
  return { clientId: SETTINGS.clientId.default, grant: { type: "client" } };
}

/** What `look` finds for each key. Tokens are taken as they can stand in a header; one from a file often ends in a line break. */
function findIn(keys: readonly Key[], look: (key: Key) => string | undefined, reading?: SettingsReading): Found {
  const found: Found = {};
  for (const key of keys) {
    found[key] = look(key);
    if (key !== "token" && key !== "refreshToken") continue;
    const token = (found[key] = found[key]?.trim());
    if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
      reading?.refuse(key, "is no token: it holds spaces, line breaks or other characters that none has.");
    }
  }
  return found;
}

/** The contract's order: a token as it is, else a refresh token, else user and password, else the client itself. */
function grantOf({ token, refreshToken, username, password, ...found }: Found): Credentials | undefined {
  const { clientId = SETTINGS.clientId.default, clientSecret } = found;
  const client = { clientId, ...(clientSecret === undefined ? {} : { clientSecret }) };
  if (token !== undefined) return { ...client, grant: { type: "token", token } };
  if (refreshToken !== undefined) return { ...client, grant: { type: "refresh", refreshToken } };
  if (username !== undefined && password !== undefined) {
    return { ...client, grant: { type: "password", username, password } };
  }
  if (found.clientId !== undefined && clientSecret !== undefined) return { ...client, grant: { type: "client" } };
  return undefined;
}

/** The name and password of a credentials file, or undefined where there is none or it is not good. */
function readCredentialsFile(reading: SettingsReading): { username: string; password: string } | undefined {
  const file = reading.env("WALLAROO_SDK_CREDENTIALS");
  if (file === undefined) return undefined;
  const promise = "a JSON file with username and password";
  try {
    const content: unknown = JSON.parse(fs.readFileSync(file, "utf8"));
    const { username, password } = (content ?? {}) as Record<string, unknown>;
    if (typeof username === "string" && typeof password === "string" && username !== "" && password !== "") {
      return { username, password };
    }
    reading.problems.push(`WALLAROO_SDK_CREDENTIALS must name ${promise}; one of them is missing there.`);
  } catch (error) {
    // The parser's own message quotes the file, which holds a password.
    const reason = (error as NodeJS.ErrnoException).code ?? "it is not JSON";
    reading.problems.push(`WALLAROO_SDK_CREDENTIALS must name ${promise}; reading it failed: ${reason}.`);
  }
  return undefined;
}
