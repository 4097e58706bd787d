import { expect } from "chai";
import { isExempt } from "../../provider/api/no-proxy";
import { findProxy } from "../../provider/api/proxy";
import { restoreEnvironment } from "../restored-environment";

/** Entries of NO_PROXY, what they name, and what they do not. Hosts without a scheme are asked by https. */
const ENTRIES: [entry: string, named: string[], others: string[]][] = [
  [
    "example.com",
    ["example.com", "a.example.com", "a.b.example.com", "EXAMPLE.com", "example.com."],
    ["notexample.com", "example.com.evil.org", "example.co", "com"],
  ],
  [".example.com", ["example.com", "a.example.com"], ["notexample.com", "example.com.evil.org"]],
  ["*.example.com", ["a.example.com", "a.b.example.com"], ["example.com", "notexample.com"]],
  ["*example.com", ["example.com", "notexample.com"], ["example.com.evil.org"]],
  ["Example.COM.", ["example.com", "a.example.com"], ["notexample.com"]],
  ["example.com:8443", ["example.com:8443", "a.example.com:8443"], ["example.com", "example.com:443"]],
  ["example.com:443", ["example.com", "https://example.com:443"], ["http://example.com", "example.com:8443"]],
  [".example.com:80", ["http://a.example.com", "http://example.com:80"], ["a.example.com"]],
  ["münchen.example", ["münchen.example", "xn--mnchen-3ya.example", "a.münchen.example"], ["munchen.example"]],
  // No name by itself, but the end of one.
  ["*XN--a.test", ["axn--a.test", "x.axn--a.test"], ["a.test", "axn--b.test"]],
  ["intranet", ["intranet", "a.intranet"], ["intranet.example.com"]],
  ["*", ["example.com", "10.1.2.3", "[fd00::1]", "http://x:1"], []],
  ["10.1.2.3", ["10.1.2.3", "10.1.2.3:8443"], ["10.1.2.30", "110.1.2.3", "10.1.2.4", "10.1.2.3.example.com"]],
  ["10.1.2.3:8443", ["10.1.2.3:8443"], ["10.1.2.3"]],
  [
    "10.0.0.0/8",
    ["10.0.0.0", "10.255.255.255", "10.1.2.3:8443", "[::ffff:10.1.2.3]"],
    ["11.0.0.0", "9.255.255.255", "10.example.com", "[::a01:203]"],
  ],
  ["10.1.2.3/8", ["10.9.9.9"], ["11.1.2.3"]],
  ["192.168.1.64/26", ["192.168.1.64", "192.168.1.127"], ["192.168.1.63", "192.168.1.128"]],
  ["0.0.0.0/0", ["10.1.2.3", "192.0.2.1"], ["example.com"]],
  ["10.1.2.3/32", ["10.1.2.3"], ["10.1.2.2"]],
  ["fd00::1", ["[fd00::1]", "[fd00:0:0::1]:8443", "[FD00::1]"], ["[fd00::2]", "fd00.example.com"]],
  ["[fd00::1]", ["[fd00::1]", "[fd00::1]:8443"], ["[fd00::11]"]],
  ["[fd00::1]:8443", ["[fd00::1]:8443"], ["[fd00::1]"]],
  ["fd00::/8", ["[fd00::1]", "[fdff::1]"], ["[fe00::1]", "10.1.2.3"]],
  ["[fd00::]/8", ["[fdff::1]"], ["[fe00::1]"]],
  ["0:0:0:0:0:0:0:2", ["[::2]"], ["[::3]"]],
  // An address is not a name: what ends alike is another one.
  ["1.2.3", [], ["10.1.2.3", "1.2.3.4"]],
  ["*.2.3", [], ["10.1.2.3"]],
];

/** No form of an entry: these name nothing, and keep no other from being read. */
const NOTHING = ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "fd00::/129", "[fd00::1", "/8", ":8443", ".",
  "..", "*.", "**", "https://example.com", "https://10.1.2.3", "example.com:port", "[]", "x[fd00::1]",
  "[fd00::1]x:443", "[fd00::1]:443x", "example.com/x", "example.com/", "example.com/8", "a.b/../example.com",
  "example.com?x", "example.com#x", "example.com\\x", "ann@example.com", "ann:pw@example.com", "//example.com",
  "ex%61mple.com", "*.example.com/x", ".example.com/x", "example.com:443/x", "a/example.com", "*/example.com",
  "fd00::1%eth0", "fd00::1%1/8", "[fd00::1%25eth0]"]; // prettier-ignore

const url = (host: string) => new URL(host.includes("://") ? host : `https://${host}`);

describe("NO_PROXY", () => {
  for (const [entry, named, others] of ENTRIES) {
    it(`names by ${entry} what curl, Python and Go take it for`, () => {
      for (const host of named) expect(isExempt(url(host), entry), host).to.equal(true);
      for (const host of others) expect(isExempt(url(host), entry), host).to.equal(false);
    });
  }

  it("is a list, parted by commas, spaces or both", () => {
    for (const list of ["a.test,b.test", " a.test , b.test ", "a.test b.test", "a.test,,b.test,", "a.test\tb.test"]) {
      for (const host of ["a.test", "x.b.test"]) expect(isExempt(url(host), list), `${host} ${list}`).to.equal(true);
      expect(isExempt(url("c.test"), list)).to.equal(false);
    }
  });

  it("names nothing by what is no entry, and reads on", () => {
    for (const entry of NOTHING) {
      for (const host of ["example.com", "example.com..", "10.1.2.3", "[fd00::1]", "x:8443"]) {
        expect(isExempt(url(host), entry), `${host} ${entry}`).to.equal(false);
      }
      expect(isExempt(url("a.test"), `${entry},a.test`), entry).to.equal(true);
    }
  });
});

describe("the proxy that the environment names", () => {
  let before: NodeJS.ProcessEnv;
  beforeEach(() => {
    before = { ...process.env };
    for (const name of Object.keys(process.env)) if (/_proxy$/i.test(name)) delete process.env[name];
  });
  afterEach(() => restoreEnvironment(before));

  const find = (host: string, env: Record<string, string>) => {
    Object.assign(process.env, env);
    const { url: proxy, variable } = findProxy(url(host)) ?? {};
    for (const name of Object.keys(env)) delete process.env[name];
    return proxy === undefined ? undefined : `${variable} ${proxy}`;
  };

  it("is that of the scheme, else ALL_PROXY, and the spelling in lower case goes first", () => {
    const https = { HTTPS_PROXY: "http://s.test:1" };
    expect(find("x.test", https)).to.equal("HTTPS_PROXY http://s.test:1/");
    expect(find("http://x.test", https)).to.equal(undefined);
    expect(find("x.test", { ...https, https_proxy: "http://l.test:1" })).to.equal("https_proxy http://l.test:1/");
    expect(find("x.test", { ...https, https_proxy: " " })).to.equal("HTTPS_PROXY http://s.test:1/");
    expect(find("http://x.test", { ...https, ALL_PROXY: "a.test:1" })).to.equal("ALL_PROXY http://a.test:1/");
    expect(find("x.test", { ...https, ALL_PROXY: "a.test:1" })).to.equal("HTTPS_PROXY http://s.test:1/");
    expect(find("x.test", {})).to.equal(undefined);
  });

  it("is not asked for what NO_PROXY names, nor for this machine", () => {
    const env = { HTTPS_PROXY: "http://s.test:1" };
    expect(find("a.x.test", { ...env, NO_PROXY: "x.test" })).to.equal(undefined);
    expect(find("a.x.test", { ...env, no_proxy: "x.test", NO_PROXY: "y.test" })).to.equal(undefined);
    expect(find("a.x.test", { ...env, no_proxy: "", NO_PROXY: "x.test" })).to.equal(undefined);
    for (const host of ["localhost", "127.0.0.1:8443", "[::1]", "127.9.9.9"])
      expect(find(host, env)).to.equal(undefined);
  });
});
