import { isOutage, messageOf, type ErrorParts } from "./errors";
import type { Proxy } from "./proxy";
import type { Secrets } from "./redact";

/** What an error of the connection means for the request. */
export type NetworkFailure = Pick<ErrorParts, "kind" | "words" | "next"> & { beforeSending: boolean };

/** The server at the other end of a connection: the platform, or a proxy on the way to it. */
interface Peer {
  /** For messages. */
  name: string;
  isSecure: boolean;
  /** What names it. */
  setting: string;
  isProxy: boolean;
}

/** Largest answer that is read, in bytes: about 100,000 accounts. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

const PLATFORM = "wallaroo:url (WALLAROO_URL) or wallaroo:authUrl (WALLAROO_AUTH_URL)";

/**
 * Names what is wrong between this machine and the platform; `badSettings` if another try can't mend it.
 * @param error what `node-fetch` raised: a code of Node or of `TunnelAgent`, and a message
 */
export function explain(error: unknown, url: URL, proxy: Proxy | undefined, secrets: Secrets): NetworkFailure {
  const { code = "" } = error as { code?: string };
  const message = secrets.clean(messageOfFetch(error));
  const [, ofProxy] = /^PROXY_(.*)$/.exec(code) ?? [];
  if (proxy === undefined || ofProxy === undefined) {
    const peer = { name: url.host, isSecure: url.protocol === "https:", setting: PLATFORM, isProxy: false };
    return explainPeer(error, code, message, peer);
  }
  if (/^(\d+|NaN)$/.test(ofProxy)) return explainRefusal(Number(ofProxy), message, url, proxy);
  const isSecure = proxy.url.startsWith("https:");
  const peer = { name: nameOf(proxy), isSecure, setting: proxy.variable, isProxy: true };
  return { ...explainPeer(error, ofProxy, message, peer), beforeSending: true };
}

/** Words of servers that speak TLS at a port that was asked in plain HTTP: nginx, Go, Apache and Tomcat. */
const PLAIN_AT_TLS =
  /plain HTTP request was sent to HTTPS port|sent an HTTP request to an HTTPS server|speaking plain HTTP to an SSL-enabled|combination of host and port requires TLS/i;

/** What an answer stands for that was given in plain HTTP by a port that speaks TLS; undefined for any other answer. */
export function explainAnswer(url: URL, status: number, body: string): NetworkFailure | undefined {
  if (url.protocol !== "http:" || status !== 400 || !PLAIN_AT_TLS.test(body)) return undefined;
  const words = `${url.host} speaks TLS at this port, and was asked in plain HTTP`;
  const next = `Write https:// in place of http:// in ${PLATFORM}.`;
  return { kind: "badSettings", beforeSending: true, words, next };
}

function nameOf({ host, variable }: Proxy): string {
  return `the proxy ${host} that ${variable} names`;
}

/** The proxy answered CONNECT, and not with 200. NaN stands for what is not a status. */
function explainRefusal(status: number, text: string, url: URL, proxy: Proxy): NetworkFailure {
  const isHttp = !Number.isNaN(status);
  const answered = isHttp
    ? `it answered ${`${status} ${text}`.trim()} to CONNECT`
    : "its answer to CONNECT is not HTTP";
  const orExempt = `or name ${url.hostname} in NO_PROXY if it is reached without a proxy`;
  const failure = (kind: "badSettings" | "unavailable", words: string, next: string): NetworkFailure => ({
    kind,
    words: `${nameOf(proxy)} ${words}: ${answered}`,
    next,
    beforeSending: true,
  });
  if (status === 401 || status === 407) {
    const percent = "a % in the password is written %25";
    if (proxy.hasCredentials) {
      const next = `Check the user and password in ${proxy.variable} (${percent}), ${orExempt}.`;
      return failure("badSettings", "does not accept the user and password written there", next);
    }
    const next = `Write them into ${proxy.variable}, as in http://user:password@${proxy.host} (${percent}), ${orExempt}.`;
    return failure("badSettings", "wants a user and password", next);
  }
  if (status === 403) {
    return failure("badSettings", `does not allow ${url.host}`, `Have ${url.host} allowed there, ${orExempt}.`);
  }
  const words = `does not lead to ${url.host}`;
  if (isOutage(status) || status === 429) {
    const next = `Check ${PLATFORM}, and the proxy, ${orExempt}; then run the same command again.`;
    return failure("unavailable", words, next);
  }
  return failure("badSettings", words, `Check that ${proxy.variable} names a proxy, ${orExempt}.`);
}

/** OpenSSL's codes for a certificate that can't be verified, as Node names them. */
const CERTIFICATE =
  /(^|_)(CERT|CRL)(_|$)|^(INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNSPECIFIED)$/;
const NO_TLS = /wrong version number|packet length too long|unknown protocol|http request/i;

function explainPeer(error: unknown, code: string, message: string, peer: Peer): NetworkFailure {
  const { name, isSecure, setting } = peer;
  if (isSecure && CERTIFICATE.test(code)) {
    return { kind: "badSettings", beforeSending: true, ...explainCertificate(code, message, peer) };
  }
  const isTls = code === "EPROTO" || code.startsWith("ERR_SSL_");
  const [plain] = isSecure && isTls ? (NO_TLS.exec(message) ?? []) : [];
  if (plain !== undefined) {
    const words = `${name} does not speak TLS at this port (${code}, ${plain})`;
    const next = `Give the port that does, or write http:// in place of https:// in ${setting}.`;
    return { kind: "badSettings", beforeSending: true, words, next };
  }
  if (!isSecure && /^HPE_INVALID_(CONSTANT|VERSION)$/.test(code)) {
    const words = `${name} does not answer in HTTP at this port (${code})`;
    const next = `Write https:// in place of http:// in ${setting} if it speaks TLS there.`;
    // Something was sent, and something may have read it.
    return { kind: "unreadable", beforeSending: false, words, next };
  }
  return explainOutage(error, code, message, isTls, peer);
}

function explainCertificate(code: string, message: string, { name, setting }: Peer): { words: string; next: string } {
  const certificate = `the certificate of ${name}`;
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") {
    const when = code === "CERT_HAS_EXPIRED" ? "has expired" : "is not valid yet";
    const next = "Have it renewed, or set the clock of this machine right.";
    return { words: `${certificate} ${when} (${code})`, next };
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID" || code === "HOSTNAME_MISMATCH") {
    const reason = message.replace(/^Hostname\/IP does not match certificate's altnames: /, "");
    const next = `Write a host that it names into ${setting}.`;
    return { words: `${certificate} is for another host: ${reason}`, next };
  }
  if (/^(UNABLE_TO_|CERT_UNTRUSTED$)|SELF_SIGNED/.test(code)) {
    const next =
      "If a private CA has issued it, or a proxy that reads TLS, name the file of that CA's certificate (PEM) in " +
      "NODE_EXTRA_CA_CERTS, in the environment of pulumi.";
    return { words: `${certificate} is not trusted: this machine does not know who issued it (${code})`, next };
  }
  return { words: `${certificate} is not accepted: ${message} (${code})`, next: "Have it replaced." };
}

/** Node's codes for a connection that was never made: nothing of the request has left this machine. */
const NO_CONNECTION = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

function isUnconnected(error: unknown): boolean {
  // Of a connection that was there before, the call that failed is another one.
  const { code = "", erroredSysCall = "connect" } = error as { code?: string; erroredSysCall?: string };
  return NO_CONNECTION.has(code) && /^(connect|getaddrinfo)$/.test(erroredSysCall);
}

function explainOutage(error: unknown, code: string, message: string, isTls: boolean, peer: Peer): NetworkFailure {
  const { name, isSecure, setting, isProxy } = peer;
  const isHandshake = message.includes("before secure TLS connection was established");
  // Node's codes say more than its sentences. Of OpenSSL's, the reason alone is for readers.
  const [, alert] = isTls ? (/SSL routines:[^:]*:([^:]+)/.exec(message) ?? []) : [];
  const reason = code === "" || code === "ENDED" ? message : [code, alert].filter(Boolean).join(", ");
  const check = isProxy
    ? `Check ${setting} and the proxy, or name hosts that are reached without it in NO_PROXY;`
    : "Check wallaroo:url (WALLAROO_URL), the network and the platform,";
  const steps = [`${check} then run the same command again.`];
  if (isHandshake) steps.push(`If plain HTTP is spoken at this port, write http:// in ${setting}.`);
  const isHungUp = code === "ECONNRESET" || code === "ENDED";
  if (isHungUp && !isSecure) steps.push(`If TLS is spoken at this port, write https:// in ${setting}.`);
  return {
    kind: "unavailable",
    beforeSending: isHandshake || isUnconnected(error),
    words: `${name} could not be reached or broke off${isHandshake ? " before TLS was agreed on" : ""}: ${reason}`,
    next: steps.join(" "),
  };
}

/** Without fetch's own sentence, which repeats the URL. */
function messageOfFetch(error: unknown): string {
  if ((error as { type?: string }).type === "max-size") return `the answer is larger than ${MAX_ANSWER_BYTES} bytes`;
  return messageOf(error).replace(/^request to \S+ failed, reason: /, "");
}
