import { expect } from "chai";
import { ProxyError, findProxy, isLoopback } from "../../provider/api/proxy";
import { compare, parseObject, toJson } from "../../provider/api/json";
import { restoreEnvironment } from "../restored-environment";

describe("a proxy as the environment writes it", () => {
  let before: NodeJS.ProcessEnv;
  beforeEach(() => {
    before = { ...process.env };
    for (const name of Object.keys(process.env)) if (/_proxy$/i.test(name)) delete process.env[name];
  });
  afterEach(() => restoreEnvironment(before));
  const find = (value: string) => {
    process.env["https_proxy"] = value;
    return findProxy(new URL("https://w.example"));
  };
  const base64 = (text: string) => Buffer.from(text).toString("base64");

  it("has secrets only with a user or a password", () => {
    const proxy = { host: "p.test:3128", variable: "https_proxy", hasCredentials: true };
    expect(find("http://p.test:3128")).to.deep.equal({
      ...proxy,
      url: "http://p.test:3128/",
      hasCredentials: false,
      secrets: [],
    });
    expect(find("https://ann:p%40ss@p.test:3128")).to.deep.equal({
      ...proxy,
      url: "https://ann:p%40ss@p.test:3128/",
      secrets: ["p@ss", base64("ann:p@ss")],
    });
    expect(find("ann@p.test:3128")).to.deep.equal({
      ...proxy,
      url: "http://ann@p.test:3128/",
      secrets: ["", base64("ann:")],
    });
    expect(find("http://:pw@p.test:3128")?.secrets).to.deep.equal(["pw", base64(":pw")]);
  });

  for (const value of [
    "socks5://p.test",
    "httpx://p.test",
    "xhttp://p.test",
    "http://",
    "http://a:%@p.test",
    "http://%@p.test",
  ]) {
    it(`is refused, without its value, if it is unusable: ${value}`, () => {
      expect(() => find(value))
        .to.throw(ProxyError, /^the proxy that https_proxy names is not an http:\/\/ or https:\/\/ address$/)
        .with.property("name", "ProxyError");
    });
  }
});

describe("this machine", () => {
  it("is known by its names, and by addresses of its network alone", () => {
    for (const host of ["localhost", "[::1]", "127.0.0.1", "127.255.255.254"]) {
      expect(isLoopback(host), host).to.equal(true);
    }
    for (const host of [
      "127.0.0.1.x.test",
      "x127.0.0.1",
      "128.0.0.1",
      "127.0.0",
      "127.0.0.0.1",
      "localhost.x",
      "::1",
    ]) {
      expect(isLoopback(host), host).to.equal(false);
    }
  });
});

describe("a JSON object", () => {
  it("is made of JSON values alone", () => {
    expect(toJson({ a: undefined, b: [new Date(0)] })).to.deep.equal({ b: ["1970-01-01T00:00:00.000Z"] });
  });

  it("is empty for any other text", () => {
    expect(parseObject('{"a":1}')).to.deep.equal({ a: 1 });
    for (const text of ["", "{", "null", "[1]", '"a"', "7"]) expect(parseObject(text), text).to.deep.equal({});
  });
});

describe("the order of texts", () => {
  it("is that of their code units, and leaves equal ones to what is compared next", () => {
    expect(["b", "a", "Z"].sort(compare)).to.deep.equal(["Z", "a", "b"]);
    expect([compare("a", "b"), compare("b", "a"), compare("a", "a")]).to.deep.equal([-1, 1, 0]);
  });
});
