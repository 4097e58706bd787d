import http from "node:http";
import https from "node:https";
import type Fetch from "node-fetch";
import { WallarooError } from "./errors";
import { MAX_ANSWER_BYTES, explain, explainAnswer } from "./network-failure";
import { ProxyError, findProxy, type Proxy } from "./proxy";
import { parseHttpDate, parseRetryAfter } from "./retry-after";
import type { Secrets } from "./redact";
import { TunnelAgent } from "./tunnel";

/** One request as this package sends it. */
export interface Exchange {
  /** Default `POST`. */
  method?: Method;
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** For messages: a verb phrase and its object. */
  operation: string;
  who: string;
  /** Carried over into the errors: see {@link WallarooError}. */
  beforeSending?: boolean;
  /** A shorter time than that of the transport, in milliseconds. */
  timeoutMs?: number;
}

export type Method = "GET" | "POST" | "DELETE";

/** A complete answer. */
export interface Answer {
  status: number;
  body: string;
  /** Its `Retry-After`, see {@link parseRetryAfter}. */
  retryAfterMs: number | undefined;
  /** Its `Date`, in milliseconds since the epoch; undefined when there is none, or none of RFC 9110. */
  dateMs?: number | undefined;
}

/** Sends one request and reads the whole answer. */
export type Transport = (exchange: Exchange) => Promise<Answer>;

/**
 * One HTTP exchange with keep-alive; the timeout covers the whole body. Redirects are raised as `rejected` (the bearer
 * token must not travel to another host). Proxies come from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, private CAs
 * from `NODE_EXTRA_CA_CERTS`; certificates are always verified, whatever `NODE_TLS_REJECT_UNAUTHORIZED` says. Raises
 * `timeout`, `rejected`, or what {@link explain} names; `badSettings` for an unusable proxy. Returns answers of any
 * other status.
 */
export function createTransport(options: { timeoutMs: number; maxSockets: number; secrets: Secrets }): Transport {
  const agents = new Map<string, http.Agent>();

  function agentFor(url: URL, proxy: Proxy | undefined): http.Agent {
    const key = `${url.protocol}${proxy?.url ?? ""}`;
    let agent = agents.get(key);
    if (agent === undefined) {
      // Whatever NODE_TLS_REJECT_UNAUTHORIZED says: a password for the whole platform is on its way.
      const keep = { keepAlive: true, maxSockets: options.maxSockets, rejectUnauthorized: true } as const;
      if (proxy !== undefined) agent = new TunnelAgent(proxy.url, keep, options.timeoutMs);
      else agent = url.protocol === "https:" ? new https.Agent(keep) : new http.Agent(keep);
      agents.set(key, agent);
      for (const secret of proxy?.secrets ?? []) options.secrets.hide(secret);
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
    const url = new URL(exchange.url);
    let proxy: Proxy | undefined;
    try {
      proxy = findProxy(url);
      const answer = await fetch(exchange.url, {
        method: exchange.method ?? "POST",
        headers: exchange.headers,
        body: exchange.body,
        redirect: "manual",
        size: MAX_ANSWER_BYTES,
        signal: abort.signal,
        agent: agentFor(url, proxy),
      });
      const body = await answer.text();
      if (answer.status >= 300 && answer.status < 400) {
        const to = options.secrets.excerpt(answer.headers.get("location") ?? "nowhere");
        throw new WallarooError({
          kind: "rejected",
          ...about,
          words: `${url.host} redirects to ${to}, and credentials are not sent on to another place`,
          status: answer.status,
          next: "Set wallaroo:url (WALLAROO_URL), or wallaroo:authUrl (WALLAROO_AUTH_URL), to the final address of the platform itself.",
        });
      }
      const misled = explainAnswer(url, answer.status, body);
      if (misled !== undefined) throw new WallarooError({ ...about, ...misled });
      const date = answer.headers.get("date");
      return {
        status: answer.status,
        body,
        retryAfterMs: parseRetryAfter(answer.headers.get("retry-after"), date),
        dateMs: date === null ? undefined : parseHttpDate(date),
      };
    } catch (error) {
      if (error instanceof WallarooError) throw error;
      if (error instanceof ProxyError) {
        const next = "Correct it (a % in its password is written %25), or name the platform's host in NO_PROXY.";
        throw new WallarooError({ kind: "badSettings", ...about, beforeSending: true, words: error.message, next });
      }
      if (abort.signal.aborted) {
        throw new WallarooError({
          kind: "timeout",
          ...about,
          words: `no full answer from ${url.host} within ${timeoutMs / 1000} s`,
          next: "Check that the platform is well, or raise wallaroo:requestTimeout (WALLAROO_REQUEST_TIMEOUT).",
          cause: error,
        });
      }
      const failure = explain(error, url, proxy, options.secrets);
      const isUnsent = beforeSending === true || failure.beforeSending;
      throw new WallarooError({ ...about, ...failure, beforeSending: isUnsent, cause: error });
    } finally {
      clearTimeout(timer);
    }
  };
}
