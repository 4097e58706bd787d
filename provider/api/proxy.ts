import { isExempt } from "./no-proxy";

/** A proxy that the environment names. */
export interface Proxy {
  /** With scheme, and user and password if they are written. */
  url: string;
  /** Host and port, for messages. */
  host: string;
  /** The environment variable that names it, as it is spelled there. */
  variable: string;
  hasCredentials: boolean;
  /** The password, and user and password as a header has them. */
  secrets: string[];
}

/** The environment names an unusable proxy. Its value may hold a password, and is in no message. */
export class ProxyError extends Error {
  override readonly name = "ProxyError";
}

/**
 * The proxy for `url` by `HTTPS_PROXY` or `HTTP_PROXY`, else `ALL_PROXY`, unless `NO_PROXY` names its host (see
 * {@link isExempt}); lower case goes before upper case. This machine itself is asked directly. Reads the process's
 * environment at each call. Raises {@link ProxyError}.
 */
export function findProxy(url: URL): Proxy | undefined {
  if (isLoopback(url.hostname) || isExempt(url, readVariable("no_proxy")?.value ?? "")) return undefined;
  const written = readVariable(`${url.protocol.replace(":", "")}_proxy`) ?? readVariable("all_proxy");
  if (written === undefined) return undefined;
  const { name: variable, value } = written;
  // Without a scheme proxies speak HTTP, as in curl and others.
  const proxy = parseProxy(value.includes("://") ? value : `http://${value}`);
  if (proxy === undefined)
    throw new ProxyError(`the proxy that ${variable} names is not an http:// or https:// address`);
  const [user, password] = [proxy.username, proxy.password].map(decodeURIComponent) as [string, string];
  const hasCredentials = user !== "" || password !== "";
  const secrets = hasCredentials ? [password, Buffer.from(`${user}:${password}`).toString("base64")] : [];
  return { url: proxy.href, host: proxy.host, variable, hasCredentials, secrets };
}

function readVariable(name: string): { name: string; value: string } | undefined {
  for (const spelling of [name, name.toUpperCase()]) {
    const value = process.env[spelling]?.trim();
    if (value !== undefined && value !== "") return { name: spelling, value };
  }
  return undefined;
}

function parseProxy(text: string): URL | undefined {
  try {
    const url = new URL(text);
    // A bare % has to be written %25.
    decodeURIComponent(url.username + url.password);
    return /^https?:$/.test(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** True for the names and addresses by which a machine calls itself. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
