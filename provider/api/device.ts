import { callerOf, decodeClaims, type Caller } from "./caller";
import { WallarooError, isOutage, isWallarooError, type ErrorKind } from "./errors";
import { parseObject } from "./json";
import { openIdExchange, type OpenIdClient } from "./openid";
import type { Secrets } from "./redact";
import type { Answer, Transport } from "./transport";

/** What a user has to do in a browser, on any machine. */
export interface DeviceCode {
  /** Where to enter the code. */
  address: string;
  userCode: string;
  /** The same with the code in it, if the server gives one. */
  completeAddress?: string;
  /** Milliseconds in which that is possible. */
  lifeMs: number;
}

/** What a browser's sign-in gives. */
export interface DeviceTokens {
  /** An offline token, unless the realm gives none to this client. */
  refreshToken: string;
  isOffline: boolean;
  caller: Caller;
}

/** What {@link signInByDevice} works with. */
export interface DeviceOptions {
  client: OpenIdClient;
  transport: Transport;
  secrets: Secrets;
  /** Shows the code to the user. */
  show: (code: DeviceCode) => void;
  /** Waits for so many milliseconds. Raises to end the wait. */
  sleep: (ms: number) => Promise<unknown>;
  nowMs?: () => number;
}

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";
/** Between two questions if the server does not say, in seconds (RFC 8628 3.2), and at least. */
const USUAL_INTERVAL_S = 5;
const LEAST_INTERVAL_S = 1;
/** What `slow_down` adds, in seconds (RFC 8628 3.5). */
const SLOWER_S = 5;

/**
 * Has a user sign in with a browser, by the OAuth device grant (RFC 8628), and answers a refresh token. Waits between two questions as long as the server asks for, and through outages. Raises
 * `unauthenticated` when the client or the user refuses, `timeout` when the code has expired, `unreadable`, and what a
 * transport raises.
 */
export async function signInByDevice(options: DeviceOptions): Promise<DeviceTokens> {
  const { client, sleep, nowMs = () => performance.now() } = options;
  const askedAtMs = nowMs();
  const answer = await send(options, "auth/device", { scope: "openid offline_access" });
  if (answer.status !== 200) throw refused(options, answer, "begin");
  const { code, deviceCode, intervalS } = decode(options, answer);
  options.show(code);
  let pauseS = intervalS;
  while (nowMs() - askedAtMs + pauseS * 1000 <= code.lifeMs) {
    await sleep(pauseS * 1000);
    const found = await send(options, "token", { grant_type: GRANT, device_code: deviceCode }).catch(passOutage);
    if (found?.status === 200) return tokensOf(options, found);
    const error = found === undefined || isOutage(found.status) ? "slow_down" : parseObject(found.body)["error"];
    if (error === "slow_down" || found?.status === 429) pauseS += SLOWER_S;
    else if (error === "expired_token") break;
    else if (error !== "authorization_pending" && found !== undefined) throw refused(options, found, "end");
  }
  throw failure("timeout", `the code ${code.userCode} was not entered in time`, "Run login again.", client);
}

function send(
  { client, secrets, transport }: DeviceOptions,
  endpoint: string,
  fields: Record<string, string>,
): Promise<Answer> {
  return transport(openIdExchange(client, endpoint, fields, secrets, { operation: "sign in", who: who(client) }));
}

/** An answer may be lost, and the next question tells the same. */
function passOutage(error: unknown): undefined {
  if (!isWallarooError(error, "unavailable", "timeout")) throw error;
}

function decode({ client, secrets }: DeviceOptions, { body, status }: Answer) {
  const answer = parseObject(body);
  const { device_code: deviceCode, user_code: userCode, verification_uri: address } = answer;
  if (typeof deviceCode === "string") secrets.hide(deviceCode);
  const problem = "the answer holds no usable code";
  const next =
    "Check wallaroo:authUrl (WALLAROO_AUTH_URL): something other than Keycloak, a proxy perhaps, answers there.";
  if (typeof deviceCode !== "string" || typeof userCode !== "string" || !isAddress(address)) {
    throw failure("unreadable", `${problem}; it begins with "${secrets.excerpt(body)}"`, next, client, status);
  }
  const { verification_uri_complete: complete, expires_in: life, interval } = answer;
  const intervalS = typeof interval === "number" ? Math.max(interval, LEAST_INTERVAL_S) : USUAL_INTERVAL_S;
  const code: DeviceCode = { address, userCode, lifeMs: 1000 * (typeof life === "number" ? life : 600) };
  if (isAddress(complete)) code.completeAddress = complete;
  return { code, deviceCode, intervalS };
}

function isAddress(value: unknown): value is string {
  return typeof value === "string" && /^https?:\/\/[\x21-\x7e]+$/.test(value);
}

function tokensOf({ client, secrets }: DeviceOptions, { body, status }: Answer): DeviceTokens {
  const { access_token: access, refresh_token: refreshToken, id_token: id } = parseObject(body);
  const tokens = [access, id, refreshToken].filter((token) => typeof token === "string");
  for (const token of tokens) secrets.hide(token);
  if (typeof refreshToken !== "string" || !/^[\x21-\x7e]+$/.test(refreshToken)) {
    const next = "Have Keycloak's administrator allow refresh tokens for this client.";
    throw failure("unreadable", "the answer holds no refresh token", next, client, status);
  }
  const isOffline = decodeClaims(refreshToken)["typ"] === "Offline";
  return { refreshToken, isOffline, caller: callerOf(tokens.map(decodeClaims)) };
}

function refused({ client, secrets }: DeviceOptions, { body, status }: Answer, step: "begin" | "end"): WallarooError {
  const error = parseObject(body)["error"];
  const next =
    error === "access_denied" || step === "end"
      ? "Run login again, and sign in with the account that the provider runs as."
      : status === 404
        ? "Check wallaroo:authUrl (WALLAROO_AUTH_URL) and wallaroo:realm (WALLAROO_REALM): no Keycloak realm answers there."
        : "Check wallaroo:clientId (WALLAROO_CLIENT_ID) and wallaroo:clientSecret (WALLAROO_CLIENT_SECRET), and have Keycloak's " +
          `administrator allow the client ${client.clientId} the "OAuth 2.0 Device Authorization Grant" and the scope offline_access.`;
  return failure(isOutage(status) ? "unavailable" : "unauthenticated", secrets.serverWords(body), next, client, status);
}

function who({ clientId }: OpenIdClient): string {
  return `by a browser, through the client ${clientId}`;
}

function failure(kind: ErrorKind, words: string, next: string, client: OpenIdClient, status?: number): WallarooError {
  const parts = { kind, operation: "sign in", who: who(client), words, next, beforeSending: true };
  return new WallarooError(status === undefined ? parts : { ...parts, status });
}
