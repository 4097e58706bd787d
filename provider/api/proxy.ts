import { getProxyForUrl } from "proxy-from-env";

/**
 * The proxy for `url` by `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` in either case. This machine itself is
 * never asked for through a proxy. Reads the process's environment at each call.
 */
export function findProxy(url: URL): string | undefined {
  if (isLoopback(url.hostname)) return undefined;
  const proxy = getProxyForUrl(url.href);
  if (proxy === "") return undefined;
  const isAsWritten = Object.entries(process.env).some(([name, value]) => /_proxy$/i.test(name) && value === proxy);
  // Where no scheme is written the library takes that of `url`; proxies speak HTTP, as curl and others have it.
  return isAsWritten ? proxy : proxy.replace(/^https:/, "http:");
}

/** True for the names and addresses by which a machine calls itself. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
