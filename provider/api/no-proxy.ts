import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";

/**
 * True when `list`, a value of `NO_PROXY`, names the host of `url`. Read as curl, Python and Go read it; if they
 * differ, the form that names more counts. Entries are parted by commas or spaces, and an entry of another form names
 * nothing:
 * - `example.com` and `.example.com`: that domain and all below it
 * - `*.example.com` and `*example.com`: all names that end so
 * - `10.1.2.3`, `fd00::1`, `[fd00::1]`: that address, in any spelling
 * - `10.0.0.0/8`, `fd00::/8`, `[fd00::]/8`: all addresses of that network; names are not looked up
 * - a name or an address with a port, `example.com:8443`, `[fd00::1]:8443`: at that port alone
 * - `*`: everything
 */
export function isExempt(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  return list
    .split(/[,\s]+/)
    .filter((entry) => entry !== "")
    .some((entry) => entry === "*" || matches(entry, host, port));
}

function matches(entry: string, host: string, port: number): boolean {
  const { name, wantedPort } = parse(entry);
  if (wantedPort !== undefined && wantedPort !== port) return false;
  return isIP(host) === 0 ? matchesName(name, host) : matchesAddress(name, host);
}

/** An address of version 6 has colons of its own: its port can be told only after brackets. */
function parse(entry: string): { name: string; wantedPort?: number } {
  const [, inside, rest = ""] = /^\[([^\]]*)\](.*)$/.exec(entry) ?? [];
  if (inside !== undefined) {
    const [, port] = /^:(\d+)$/.exec(rest) ?? [];
    if (port !== undefined) return { name: inside, wantedPort: Number(port) };
    return { name: inside + rest };
  }
  const [, name, port] = /^([^:]*):(\d+)$/.exec(entry) ?? [];
  return name === undefined ? { name: entry } : { name, wantedPort: Number(port) };
}

function matchesName(entry: string, host: string): boolean {
  const [, star = "", rest = ""] = /^(\*?)(.*?)\.?$/.exec(entry) ?? [];
  if (star !== "") return rest !== "" && host.endsWith(ascii(rest));
  const domain = ascii(rest.replace(/^\./, ""));
  return domain !== "" && (host === domain || host.endsWith(`.${domain}`));
}

/** As a URL spells it: in lower case, and letters beyond ASCII encoded. What is not a name stays what no host is called. */
function ascii(name: string): string {
  // As in the middle of a URL, Node would read on to the name alone.
  return (/[/?#\\@%]/.test(name) ? "" : domainToASCII(name)) || name.toLowerCase();
}

function matchesAddress(entry: string, host: string): boolean {
  // An address with a zone, fe80::1%eth0, is in no URL.
  const [, address = "", prefix] = /^([^/%]*)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const version = isIP(address);
  const bits = version === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  if (version === 0 || length > bits) return false;
  const network = new BlockList();
  network.addSubnet(address, length, version === 4 ? "ipv4" : "ipv6");
  return network.check(host, isIP(host) === 4 ? "ipv4" : "ipv6");
}
