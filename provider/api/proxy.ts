import { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";

/** The environment names a proxy that can't be one. Its value may hold a password, and is in no message. */
export class ProxyError extends Error {
  override readonly name = "ProxyError";
}

/**
 * The proxy for `url` by `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` in either case. This machine itself is
 * never asked for through a proxy. Reads the process's environment at each call. Raises {@link ProxyError}.
 */
export function findProxy(url: URL): string | undefined {
  if (isLoopback(url.hostname)) return undefined;
  const proxy = getProxyForUrl(url.href);
  if (proxy === "") return undefined;
  const isAsWritten = Object.entries(process.env).some(([name, value]) => /_proxy$/i.test(name) && value === proxy);
  // Where no scheme is written the library takes that of `url`; proxies speak HTTP, as curl and others have it.
  const written = isAsWritten ? proxy : proxy.replace(/^https:/, "http:");
  if (!isUsable(written)) {
    const variables = url.protocol === "https:" ? "HTTPS_PROXY or ALL_PROXY" : "HTTP_PROXY or ALL_PROXY";
    throw new ProxyError(`the proxy that ${variables} names is no http:// or https:// address`);
  }
  return written;
}

function isUsable(proxy: string): boolean {
  try {
    const { protocol, username, password } = new URL(proxy);
    // A bare % has to be written %25.
    decodeURIComponent(username + password);
    return /^https?:$/.test(protocol);
  } catch {
    return false;
  }
}

/** True for the names and addresses by which a machine calls itself. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/**
 * A tunnel through a proxy that gives up with the request it is for. The library's own waits for ever for a proxy that
 * does not answer CONNECT: the place among `maxSockets` would be lost for good, and the process would never end
 * (measured). It also drops the options that it is given for the platform's own TLS.
 */
export class TunnelAgent extends HttpsProxyAgent<string> {
  constructor(
    proxy: string,
    options: { keepAlive: boolean; maxSockets: number; rejectUnauthorized: true },
    private readonly timeoutMs: number,
  ) {
    super(proxy, options);
  }

  override async connect(...[request, target]: Parameters<HttpsProxyAgent<string>["connect"]>) {
    const abort = new AbortController();
    const giveUp = () => abort.abort();
    const timer = setTimeout(giveUp, this.timeoutMs);
    // "close" is not emitted before there is a socket.
    request.once("abort", giveUp);
    const once = Object.create(this, {
      connectOpts: { value: { ...this.connectOpts, signal: abort.signal } },
    }) as this;
    try {
      return await super.connect.call(once, request, { ...target, rejectUnauthorized: true });
    } catch (error) {
      giveUp();
      throw error;
    } finally {
      clearTimeout(timer);
      request.off("abort", giveUp);
    }
  }
}
