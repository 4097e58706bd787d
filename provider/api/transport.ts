import http from "node:http";
import https from "node:https";
import type Fetch from "node-fetch";
import { WallarooError, messageOf } from "./errors";
import { ProxyError, TunnelAgent, findProxy } from "./proxy";
import { parseRetryAfter } from "./retry-after";
import type { Secrets } from "./secrets";

/** One request as this package sends it: always a POST with a text body. */
export interface Exchange {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** For messages: a verb phrase and whom it is about. */
  operation: string;
  who: string;
  /** Carried over into the errors: see {@link WallarooError}. */
  beforeSending?: boolean;
  /** A shorter time than that of the transport, in milliseconds. */
  timeoutMs?: number;
}

/** A complete answer. `retryAfterMs` is its `Retry-After`, see {@link parseRetryAfter}. */
export interface Answer {
  status: number;
  body: string;
  retryAfterMs: number | undefined;
}

/** Sends one request and reads the whole answer. */
export type Transport = (exchange: Exchange) => Promise<Answer>;

/** Node's codes for a connection that was never made: nothing of the request has left this machine. */
const NO_CONNECTION = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

function isUnconnected(error: unknown): boolean {
  // Of a connection that was there before, the call that failed is another one.
  const { code = "", erroredSysCall = "connect" } = error as { code?: string; erroredSysCall?: string };
  return NO_CONNECTION.has(code) && /^(connect|getaddrinfo)$/.test(erroredSysCall);
}

/** Largest answer that is read, in bytes. 100,000 people are about 60 MB in the platform's JSON. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * One HTTP exchange with keep-alive. The timeout covers everything up to the last byte of the body.
 *
 * Redirects are not followed (the bearer token must not travel to another host); they are raised as `rejected` with
 * the place they point to. Proxies are taken from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; private CAs from Node's
 * own `NODE_EXTRA_CA_CERTS`; certificates are always verified, whatever `NODE_TLS_REJECT_UNAUTHORIZED` says. Raises
 * {@link WallarooError} of kind `timeout`, `unavailable` or, where the environment's proxy can't be one, `badSettings`;
 * an answer of any other status is returned, never raised.
 */
export function createTransport(options: { timeoutMs: number; maxSockets: number; secrets: Secrets }): Transport {
  const agents = new Map<string, http.Agent>();

  function agentFor(url: URL): http.Agent {
    const proxy = findProxy(url);
    const key = `${url.protocol}${proxy ?? ""}`;
    let agent = agents.get(key);
    if (agent === undefined) {
      // Whatever NODE_TLS_REJECT_UNAUTHORIZED says: a password for the whole platform is on its way.
      const keep = { keepAlive: true, maxSockets: options.maxSockets, rejectUnauthorized: true } as const;
      if (proxy !== undefined) agent = new TunnelAgent(proxy, keep, options.timeoutMs);
      else agent = url.protocol === "https:" ? new https.Agent(keep) : new http.Agent(keep);
      agents.set(key, agent);
    }
    return agent;
  }

  // node-fetch 3 is an ES module; import() is what works from CommonJS on every supported Node. Once: it costs 0.1 ms.
  let loading: Promise<{ default: typeof Fetch }> | undefined;

  return async (exchange) => {
    const { default: fetch } = await (loading ??= import("node-fetch"));
    const { operation, who, beforeSending } = exchange;
    const about = { operation, who, beforeSending };
    const abort = new AbortController();
    const timeoutMs = Math.min(exchange.timeoutMs ?? Infinity, options.timeoutMs);
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    try {
      const answer = await fetch(exchange.url, {
        method: "POST",
        headers: exchange.headers,
        body: exchange.body,
        redirect: "manual",
        size: MAX_ANSWER_BYTES,
        signal: abort.signal,
        agent: agentFor,
      });
      const body = await answer.text();
      if (answer.status >= 300 && answer.status < 400) {
        const to = options.secrets.excerpt(answer.headers.get("location") ?? "nowhere");
        throw new WallarooError({
          kind: "rejected",
          ...about,
          words: `${hostOf(exchange.url)} redirects to ${to}, and credentials are not sent on to another place`,
          status: answer.status,
          next: "Set wallaroo:url (WALLAROO_URL), or wallaroo:authUrl (WALLAROO_AUTH_URL), to the final address of the platform itself.",
        });
      }
      return {
        status: answer.status,
        body,
        retryAfterMs: parseRetryAfter(answer.headers.get("retry-after"), answer.headers.get("date")),
      };
    } catch (error) {
      if (error instanceof WallarooError) throw error;
      if (error instanceof ProxyError) {
        const next = "Correct it (a % in its password is written %25), or name the platform's host in NO_PROXY.";
        throw new WallarooError({ kind: "badSettings", ...about, words: error.message, next });
      }
      if (abort.signal.aborted) {
        throw new WallarooError({
          kind: "timeout",
          ...about,
          words: `no full answer from ${hostOf(exchange.url)} within ${timeoutMs / 1000} s`,
          next: "Check that the platform is well, or raise wallaroo:requestTimeout (WALLAROO_REQUEST_TIMEOUT).",
          cause: error,
        });
      }
      throw new WallarooError({
        kind: "unavailable",
        ...about,
        beforeSending: beforeSending === true || isUnconnected(error),
        words: `${hostOf(exchange.url)} could not be reached or broke off: ${options.secrets.clean(reasonOf(error))}`,
        next: "Check wallaroo:url (WALLAROO_URL), the network and the platform, then run the same command again.",
        cause: error,
      });
    } finally {
      clearTimeout(timer);
    }
  };
}

function hostOf(url: string): string {
  return new URL(url).host;
}

/** Node's error codes say more than fetch's sentence, which repeats the URL. */
function reasonOf(error: unknown): string {
  const { code, type } = error as { code?: string; type?: string };
  if (type === "max-size") return `the answer is larger than ${MAX_ANSWER_BYTES} bytes`;
  return code ?? messageOf(error);
}
