import http from "node:http";
import https from "node:https";
import net, { type AddressInfo } from "node:net";
import { expect } from "chai";
import { isUncertain, isWallarooError } from "../../provider/api/errors";
import { isRetryable } from "../../provider/api/retry";
import { Secrets } from "../../provider/api/redact";
import { createTransport } from "../../provider/api/transport";
import { Certificates, type Certificate } from "./certificates";
import { askInProcess } from "./separate-process";
import { restoreEnvironment } from "../restored-environment";

/** What is set up wrongly between provider and platform is named as what it is. Sockets are real, and so are certificates. */
describe("a network that is set up wrongly", function () {
  this.timeout(60_000);
  const certificates = new Certificates();
  let certificate: Certificate;
  let servers: net.Server[];
  let connections: number;
  before(() => void (certificate = certificates.make(["DNS:wallaroo.test", "IP:127.0.0.1"])));
  after(() => certificates.remove());
  beforeEach(() => {
    servers = [];
    connections = 0;
  });
  afterEach(() => {
    for (const server of servers) {
      if (server instanceof http.Server || server instanceof https.Server) server.closeAllConnections();
      server.close();
    }
  });

  async function listen(server: net.Server): Promise<string> {
    servers.push(server);
    server.on("connection", () => (connections += 1));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const plain = () => listen(http.createServer((_request, response) => response.end("{}")));
  const secure = (with_ = certificate) => listen(https.createServer(with_, (_request, response) => response.end("{}")));

  /** A proxy that answers CONNECT with this, and ends the connection. */
  const proxy = (answer: string) =>
    listen(
      net.createServer((client) => {
        client.on("error", () => undefined);
        client.once("data", () => client.end(answer));
      }),
    );

  /** What one request to `url` ends in, with these variables in the environment of this process. */
  async function ask(url: string, env: Record<string, string> = {}) {
    const before = { ...process.env };
    Object.assign(process.env, env);
    try {
      const transport = createTransport({ timeoutMs: 5_000, maxSockets: 2, secrets: new Secrets() });
      const error: unknown = await transport({ url, headers: {}, body: "{}", operation: "invite", who: "ann" }).then(
        ({ status, body }) => new Error(`HTTP ${status}: ${body}`),
        (e: unknown) => e,
      );
      if (!isWallarooError(error)) throw new Error("not one of ours", { cause: error });
      const { kind, message } = error;
      return { kind, message, isUncertain: isUncertain(error), isRetried: isRetryable(error, true) };
    } finally {
      restoreEnvironment(before);
    }
  }
  const final = { kind: "badSettings", isUncertain: false, isRetried: false };
  const passing = { kind: "unavailable", isUncertain: false, isRetried: true };

  describe("at the platform's certificate", () => {
    const asked = (server: string, file: string) =>
      askInProcess({
        WALLAROO_URL: `https://${server}`,
        NODE_EXTRA_CA_CERTS: file,
        WALLAROO_TOKEN: "a-token",
        WALLAROO_MAX_RETRIES: "3",
      });

    it("says that its issuer is not known, and names NODE_EXTRA_CA_CERTS", async () => {
      const found = await ask(`https://${await secure()}`);
      expect(found).to.include(final);
      expect(found.message).to.match(
        /^Could not invite ann: the certificate of 127\.0\.0\.1:\d+ is not trusted: .*\(DEPTH_ZERO_SELF_SIGNED_CERT\)\. .*NODE_EXTRA_CA_CERTS/,
      );
    });

    it("says that it has expired, or is not valid yet, and asks once", async () => {
      for (const [valid, expected] of [
        [{ from: "2020", to: "2021" }, /^badSettings unsent: .* has expired \(CERT_HAS_EXPIRED\)\. .*renewed.*clock/],
        [{ from: "2048", to: "2049" }, /^badSettings unsent: .* is not valid yet \(CERT_NOT_YET_VALID\)\. .*clock/],
      ] as const) {
        const bad = certificates.make(["IP:127.0.0.1"], valid);
        connections = 0;
        expect(await asked(await secure(bad), bad.file)).to.match(expected);
        expect(connections).to.equal(1);
      }
    });

    it("says for which host it is, and asks once", async () => {
      const bad = certificates.make(["DNS:other.test", "IP:10.0.0.1"]);
      expect(await asked(await secure(bad), bad.file)).to.match(
        /^badSettings unsent: .*the certificate of 127\.0\.0\.1:\d+ is for another host: IP: 127\.0\.0\.1 is not in .*10\.0\.0\.1\. Write a host that it names into wallaroo:url/,
      );
      expect(connections).to.equal(1);
    });

    it("says so of a proxy's own certificate, and not of the platform's", async () => {
      const { message, ...found } = await ask("https://wallaroo.test/", { HTTPS_PROXY: `https://${await secure()}` });
      expect(found).to.include(final);
      expect(message).to.match(/the certificate of the proxy 127\.0\.0\.1:\d+ that HTTPS_PROXY names is not trusted/);
    });
  });

  describe("at a proxy", () => {
    it("says that it wants a user and password, or others, and never which were given", async () => {
      for (const status of ["401 Unauthorized", "407 Proxy Authentication Required"]) {
        const host = await proxy(`HTTP/1.1 ${status} cGlnOnNlY3JldC1wdw== secret-pw\r\ncontent-length: 0\r\n\r\n`);
        const without = await ask("https://wallaroo.test/", { HTTPS_PROXY: host });
        expect(without).to.include(final);
        expect(without.message).to.match(
          /the proxy 127\.0\.0\.1:\d+ that HTTPS_PROXY names wants a user and password: it answered 40[17] .* to CONNECT\. Write them into HTTPS_PROXY.*wallaroo\.test in NO_PROXY/,
        );
        const given = await ask("https://wallaroo.test/", { https_proxy: `http://pig:secret-pw@${host}` });
        expect(given).to.include(final);
        expect(given.message).to.match(
          /does not accept the user and password .* Check the user and password in https_/,
        );
        expect(given.message).to.not.match(/secret-pw|cGlnOn|pig/);
      }
    });

    it("says that it does not allow the platform, and not that the platform forbids it", async () => {
      const env = { ALL_PROXY: await proxy("HTTP/1.1 403 Forbidden\r\n\r\n<html>Not at work</html>") };
      for (const url of ["https://wallaroo.test:8443/", "http://wallaroo.test:8443/"]) {
        const { message, ...found } = await ask(url, env);
        expect(found).to.include(final);
        expect(message).to.match(
          / that ALL_PROXY names does not allow wallaroo\.test:8443: it answered 403 Forbidden to/,
        );
        expect(message).to.match(/Have wallaroo\.test:8443 allowed there, or name wallaroo\.test in NO_PROXY/);
        expect(message).to.not.match(/role|licence/);
      }
    });

    it("says that something else than a proxy answers", async () => {
      for (const [answer, words] of [
        ["HTTP/1.1 404 Not Found\r\n\r\n", /it answered 404 Not Found to CONNECT/],
        ["HTTP/1.1 302 Found\r\nlocation: http://portal.example/\r\n\r\n", /it answered 302 Found to CONNECT/],
        ["HTTP/1.1 201 Created\r\n\r\n", /it answered 201 Created to CONNECT/],
        ["SSH-2.0-OpenSSH_9.6\r\n\r\n", /its answer to CONNECT is not HTTP/],
      ] as const) {
        const { message, ...found } = await ask("https://wallaroo.test/", { HTTPS_PROXY: await proxy(answer) });
        expect(found).to.include(final);
        expect(message)
          .to.match(words)
          .and.match(/Check that HTTPS_PROXY names a proxy, or name wallaroo\.test in/);
      }
    });

    it("is asked again when it can't reach the platform for now, and nothing was sent", async () => {
      for (const status of [408, 425, 429, 500, 502, 503, 504]) {
        const { message, ...found } = await ask("https://wallaroo.test/", {
          HTTPS_PROXY: await proxy(`HTTP/1.1 ${status} Not now\r\n\r\n`),
        });
        expect(found).to.include(passing);
        expect(message).to.match(
          /HTTPS_PROXY names does not lead to wallaroo\.test: it answered \d+ Not now to CONNECT/,
        );
      }
    });

    it("says that it is the proxy which can't be reached, or hangs up", async () => {
      const gone = net.createServer();
      const host = await listen(gone);
      await new Promise((resolve) => gone.close(resolve));
      const refused = await ask("https://wallaroo.test/", { HTTPS_PROXY: host });
      expect(refused).to.include(passing);
      expect(refused.message).to.match(
        /the proxy 127\.0\.0\.1:\d+ that HTTPS_PROXY names could not .*: ECONNREFUSED\./,
      );
      const ended = await ask("https://wallaroo.test/", { HTTPS_PROXY: await proxy("") });
      expect(ended).to.include(passing);
      expect(ended.message).to.match(
        /the proxy .* could not be reached or broke off: .* If TLS is spoken .*https:\/\//,
      );
    });

    it("says that an https:// proxy speaks no TLS", async () => {
      const { message, ...found } = await ask("https://wallaroo.test/", { HTTPS_PROXY: `https://${await plain()}` });
      expect(found).to.include(final);
      expect(message).to.match(
        /the proxy .* does not speak TLS at this port .*http:\/\/ in place of https:\/\/ in HTTPS_PROXY/,
      );
    });
  });

  describe("at a port", () => {
    it("says that it speaks no TLS, whatever else it speaks, and asks once", async () => {
      const ssh = net.createServer(
        (client) => void client.on("error", () => undefined).write("SSH-2.0-OpenSSH_9.6\r\n"),
      );
      for (const server of [await plain(), await listen(ssh)]) {
        const { message, ...found } = await ask(`https://${server}/`);
        expect(found).to.include(final);
        expect(message).to.match(
          /127\.0\.0\.1:\d+ does not speak TLS at this port .* write http:\/\/ in place of https:\/\/ in wallaroo:url/,
        );
      }
    });

    it("says that it speaks TLS where it was asked in plain HTTP", async () => {
      for (const words of [
        "<html><h1>400 Bad Request</h1><center>The plain HTTP request was sent to HTTPS port</center></html>",
        "Client sent an HTTP request to an HTTPS server.\n",
        "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
        "Bad Request\r\nThis combination of host and port requires TLS.\r\n",
      ]) {
        const answer = `HTTP/1.0 400 Bad Request\r\ncontent-length: ${words.length}\r\n\r\n${words}`;
        const { message, ...found } = await ask(`http://${await proxy(answer)}/`);
        expect(found).to.include(final);
        expect(message).to.match(/speaks TLS at this port, .* Write https:\/\/ in place of http:\/\/ in wallaroo:url/);
      }
    });

    it("says that it may speak TLS where plain HTTP is cut short, or answered in bytes", async () => {
      const cut = await ask(`http://${await secure()}/`);
      expect(cut).to.deep.include({ kind: "unavailable", isUncertain: true });
      expect(cut.message).to.match(/ECONNRESET\. .* If TLS is spoken at this port, write https:\/\/ in wallaroo:url/);
      const alert = Buffer.from([0x15, 3, 1, 0, 2, 2, 10]).toString("latin1");
      const bytes = await ask(`http://${await proxy(alert)}/`);
      expect(bytes).to.include({ kind: "unreadable", isUncertain: true, isRetried: false });
      expect(bytes.message).to.match(
        /does not answer in HTTP at this port .* Write https:\/\/ .* if it speaks TLS there/,
      );
    });

    it("says why no TLS was agreed on, and that nothing was sent before", async () => {
      const ended = await ask(`https://${await proxy("")}/`);
      expect(ended).to.include(passing);
      expect(ended.message).to.match(/broke off before TLS was agreed on: ECONNRESET\. .*If plain HTTP is spoken/);
      const old = https.createServer({
        ...certificate,
        minVersion: "TLSv1",
        maxVersion: "TLSv1.1",
        ciphers: "ALL:@SECLEVEL=0",
      });
      expect((await ask(`https://${await listen(old)}/`)).message).to.match(/: \w+, tlsv1 alert protocol version\. /);
    });
  });
});
