import { askUserinfo, callerOf, decodeClaims, isComplete, lifeOf, type Caller, type Claims } from "./caller";
import { WallarooError, cleanWords, isOutage, isWallarooError, type ErrorParts } from "./errors";
import { parseObject } from "./json";
import { openIdExchange, type OpenIdClient } from "./openid";
import { adviseAfterRefusal } from "./refusal";
import type { Secrets } from "./redact";
import type { Transport } from "./transport";
import type { TokenResponse } from "./wire";

/** How to get an access token. */
export type Grant =
  | { type: "token"; token: string }
  | { type: "refresh"; refreshToken: string }
  | { type: "password"; username: string; password: string }
  | { type: "client" };

/** Who signs in, and how. */
export interface TokenOptions extends OpenIdClient {
  grant: Grant;
  /** Credentials of the file that `WALLAROO_SDK_CREDENTIALS` names. */
  isFromFile?: true | undefined;
}

/** Share of a token's life after which a new one is fetched while the old one still serves. */
const RENEW_AT = 0.6;
/** Share of a token's life after which it is not used any more. */
const STALE_AT = 0.9;
/** Life of a token, in seconds, if neither `expires_in` nor the token tells it. A 401 renews it earlier. */
const UNTOLD_LIFE_S = 60;
/** Shortest time between a renewal in the background that failed and the next one, in milliseconds. */
const QUIET_MS = 1_000;

interface Held {
  accessToken: string;
  refreshToken?: string;
  /** Comes along if the scope `openid` was asked for. */
  idToken?: string;
  obtainedAtMs: number;
  /** Infinity for a token that was given to us: only the platform knows when it ends. */
  lifeMs: number;
}

/**
 * One access token for a whole process, renewed in the background from 60 % of its life on and waited for from 90 % on,
 * by the refresh token that came along or else the original grant. A refusal of the credentials is remembered and
 * raised again: a wrong password that is repeated for each of a thousand accounts would lock the one that signs in.
 */
export class TokenSource {
  /** Of the first access token and of what came with it. */
  #claims: Claims[] | undefined;
  #userinfo: Promise<Claims> | undefined;
  #held: Held | undefined;
  #renewal: Promise<Held> | undefined;
  #refusal: WallarooError | undefined;
  /** What Keycloak said when it asked to be left alone until then. */
  #busy: { error: WallarooError; untilMs: number } | undefined;
  #quietUntilMs = -Infinity;

  constructor(
    private readonly options: TokenOptions,
    private readonly transport: Transport,
    private readonly secrets: Secrets,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    const { grant, clientSecret } = options;
    if (clientSecret !== undefined) secrets.hide(clientSecret);
    if (grant.type === "token") secrets.hide(grant.token);
    if (grant.type === "refresh") secrets.hide(grant.refreshToken);
    if (grant.type === "password") secrets.hide(grant.password);
  }

  /** A token that is good for now. Raises `unauthenticated`, and what the transport raises. */
  async get(): Promise<string> {
    const held = this.#held;
    if (held !== undefined) {
      const age = this.nowMs() - held.obtainedAtMs;
      if (age < held.lifeMs * RENEW_AT) return held.accessToken;
      if (age < held.lifeMs * STALE_AT) {
        // A failure here is not lost: the next caller past 90 % waits for a renewal of its own.
        if (this.nowMs() >= this.#quietUntilMs) {
          this.#renew().catch(() => (this.#quietUntilMs = this.nowMs() + QUIET_MS));
        }
        return held.accessToken;
      }
    }
    return (await this.#renew()).accessToken;
  }

  /** Called with a token that the platform answered 401 to: the next `get` fetches another one. */
  reject(token: string): void {
    if (this.#held?.accessToken !== token) return;
    // The session may be gone, and its refresh token with it; but if that is all we were given, a Keycloak with rotation
    // takes the newest one alone.
    const { type } = this.options.grant;
    const refreshToken = type === "refresh" ? this.#held.refreshToken : undefined;
    this.#held = { ...this.#held, obtainedAtMs: -Infinity, refreshToken };
  }

  /**
   * Who we are to the platform, by the first access token and the ID and refresh tokens that came with it, as an access
   * token may be "lightweight"; if `isEnough` says that this does not do, also by `userinfo`, at most once per process.
   * An ID token and userinfo need the scope `openid` (measured with Keycloak 26.4). Raises what {@link get} raises.
   */
  async caller(isEnough: (caller: Caller) => boolean = () => true): Promise<Caller> {
    if (this.#claims === undefined) {
      const accessToken = await this.get();
      const configured = this.options.grant.type === "refresh" ? this.options.grant.refreshToken : "";
      const tokens = [accessToken, this.#held?.idToken ?? "", this.#held?.refreshToken ?? configured];
      this.#claims = tokens.map(decodeClaims);
    }
    const told = this.#callerOf(this.#claims);
    if (isEnough(told) || isComplete(told)) return told;
    const accessToken = await this.get();
    this.#userinfo ??= askUserinfo(this.options, accessToken, this.transport);
    return this.#callerOf([...this.#claims, await this.#userinfo]);
  }

  #callerOf(claims: readonly Claims[]): Caller {
    const { grant } = this.options;
    const caller = callerOf(claims);
    if (grant.type === "password") return { ...caller, username: caller.username ?? grant.username, isPerson: true };
    return grant.type === "client" ? { ...caller, isPerson: false } : caller;
  }

  #renew(): Promise<Held> {
    this.#renewal ??= this.#obtain().finally(() => (this.#renewal = undefined));
    return this.#renewal;
  }

  async #obtain(): Promise<Held> {
    if (this.#refusal !== undefined) throw this.#refusal;
    const { grant } = this.options;
    if (grant.type === "token") {
      if (this.#held !== undefined)
        throw (this.#refusal = this.#refused("the platform does not accept it any more", 401));
      return (this.#held = { accessToken: grant.token, obtainedAtMs: this.nowMs(), lifeMs: Infinity });
    }
    const refreshToken = this.#held?.refreshToken;
    if (refreshToken !== undefined) {
      try {
        return (this.#held = await this.#request(refreshForm(refreshToken)));
      } catch (error) {
        // The session may have been ended on the server; the credentials themselves decide.
        if (!isWallarooError(error, "unauthenticated")) throw error;
      }
    }
    try {
      return (this.#held = await this.#request(this.#form()));
    } catch (error) {
      if (isWallarooError(error, "unauthenticated")) this.#refusal = error;
      throw error;
    }
  }

  #form(): Record<string, string> {
    const { grant } = this.options;
    if (grant.type === "refresh") return refreshForm(grant.refreshToken);
    if (grant.type === "password") {
      return { grant_type: "password", username: grant.username, password: grant.password };
    }
    return { grant_type: "client_credentials" };
  }

  /** Asks once, and not before a `Retry-After` of the last answer is over, as waiting calls ask again. */
  async #request(form: Record<string, string>): Promise<Held> {
    const leftMs = this.#busy === undefined ? 0 : this.#busy.untilMs - this.nowMs();
    if (this.#busy !== undefined && leftMs > 0) throw this.#busy.error.with({ retryAfterMs: leftMs });
    try {
      return await this.#send(form);
    } catch (error) {
      if (isWallarooError(error, "rateLimited", "unavailable") && error.retryAfterMs !== undefined) {
        this.#busy = { error, untilMs: this.nowMs() + error.retryAfterMs };
      }
      throw error;
    }
  }

  async #send(form: Record<string, string>): Promise<Held> {
    const obtainedAtMs = this.nowMs();
    const about = { operation: "sign in", who: this.#who() };
    const answer = await this.transport(openIdExchange(this.options, "token", form, this.secrets, about));
    if (answer.status === 200) return { ...this.#checked(answer.body), obtainedAtMs };
    const { status, retryAfterMs } = answer;
    const words = this.secrets.serverWords(answer.body);
    if (status === 400 || status === 401 || status === 403) throw this.#refused(words, status, answer.body);
    const kind = status === 429 ? "rateLimited" : isOutage(status) ? "unavailable" : "rejected";
    const next =
      status === 404
        ? "Check wallaroo:authUrl (WALLAROO_AUTH_URL) and wallaroo:realm (WALLAROO_REALM): no Keycloak realm answers there."
        : "Check that Keycloak is well, then run the same command again.";
    throw this.#failure({ kind, words, status, retryAfterMs, next });
  }

  #checked(body: string): Omit<Held, "obtainedAtMs"> {
    const answer: { [Name in keyof TokenResponse]?: unknown } = parseObject(body);
    const { access_token: token, refresh_token: refreshToken, id_token: idToken } = answer;
    // A token that can't stand in a header would make the request fail in a place that says nothing of sign-in.
    if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
      throw this.#failure({
        kind: "unreadable",
        words: `the answer holds no usable access_token; it begins with "${this.secrets.excerpt(token === undefined ? body : "")}"`,
        status: 200,
        next: "Check wallaroo:authUrl (WALLAROO_AUTH_URL): something other than Keycloak, a proxy perhaps, answers there.",
      });
    }
    const lifeMs = 1000 * (secondsOf(answer.expires_in) ?? lifeOf(decodeClaims(token)) ?? UNTOLD_LIFE_S);
    const held: Omit<Held, "obtainedAtMs"> = { accessToken: token, lifeMs };
    if (typeof refreshToken === "string") held.refreshToken = refreshToken;
    if (typeof idToken === "string") held.idToken = idToken;
    for (const secret of [token, held.refreshToken, held.idToken]) if (secret !== undefined) this.secrets.hide(secret);
    return held;
  }

  #who(): string {
    const { grant, clientId } = this.options;
    if (grant.type === "password") return `as ${cleanWords(grant.username)}`;
    if (grant.type === "client") return `as client ${clientId}`;
    return grant.type === "token" ? "with the given token" : "with the given refresh token";
  }

  #refused(words: string, status: number, body = ""): WallarooError {
    const next = adviseAfterRefusal(this.options, body);
    return this.#failure({ kind: "unauthenticated", words, status, next });
  }

  #failure(parts: Omit<ErrorParts, "operation" | "who">): WallarooError {
    return new WallarooError({ operation: "sign in", who: this.#who(), beforeSending: true, ...parts });
  }
}

function refreshForm(refreshToken: string): Record<string, string> {
  return { grant_type: "refresh_token", refresh_token: refreshToken };
}

/** `expires_in` as seconds, which some servers write as text. */
function secondsOf(value: unknown): number | undefined {
  const seconds = typeof value === "string" && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
  return typeof seconds === "number" && seconds > 0 ? seconds : undefined;
}
