import http from "node:http";
import https from "node:https";
import net, { type AddressInfo } from "node:net";
import { expect } from "chai";
import { startPlatform, type Platform } from "../emulator/platform";
import { Certificates, type Certificate } from "./certificates";
import { operatorOf, runCommand } from "./command";
import { askInProcess } from "./separate-process";

/** This machine does not know the CA of the tests. */
const UNTRUSTED = /^badSettings unsent: .*the certificate of \S+ is not trusted: .*SELF_SIGNED.*NODE_EXTRA_CA_CERTS/;

describe("the network between provider and platform", function () {
  this.timeout(120_000);
  let platform: Platform;
  const certificates = new Certificates();
  let certificate: Certificate;
  let secure: https.Server;
  let url: string;

  before(async () => {
    platform = await startPlatform();
    certificate = certificates.make(["DNS:wallaroo.test", "DNS:localhost", "IP:127.0.0.1"]);
    // TLS in front of the emulated platform.
    secure = https.createServer(certificate, (request, response) => {
      const { method, headers, url: pathname } = request;
      const onward = http.request(`${platform.url}${pathname ?? ""}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward);
    });
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
  });
  after(async () => {
    secure.closeAllConnections();
    secure.close();
    certificates.remove();
    await platform.close();
  });

  const ask = (env: NodeJS.ProcessEnv) => askInProcess({ WALLAROO_URL: url, ...env });

  /** A proxy that only knows CONNECT, and leads every host to the platform. */
  async function withProxy(body: (proxy: string, asked: string[]) => Promise<void>): Promise<void> {
    const asked: string[] = [];
    const proxy = http.createServer();
    proxy.on("connect", (request, client: net.Socket) => {
      asked.push(request.url ?? "");
      const onward = net.connect((secure.address() as AddressInfo).port, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        onward.pipe(client).pipe(onward);
      });
      onward.on("error", () => client.destroy());
      client.on("error", () => onward.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    try {
      await body(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked);
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  }

  it("is what pulumi-wallaroo check looks at: proxy, TLS, and who has issued the certificate", async () => {
    await withProxy(async (proxy, asked) => {
      const env = { ...operatorOf(platform), WALLAROO_URL: "https://wallaroo.test", HTTPS_PROXY: proxy };
      const trusted = await runCommand(["check"], { ...env, NODE_EXTRA_CA_CERTS: certificate.file });
      expect(trusted.code, trusted.stdout).to.equal(0);
      expect(trusted.stdout).to.include(`${new URL(proxy).host} for wallaroo.test, from HTTPS_PROXY`);
      expect(trusted.stdout).to.match(
        /^ok +address +https:..wallaroo.test answers over TLS, .* \(with the CAs of \S+\)$/m,
      );
      expect(new Set(asked)).to.deep.equal(new Set(["wallaroo.test:443"]));
      platform.clearLog();
      const { code, stdout } = await runCommand(["check"], env);
      expect(code).to.equal(1);
      expect(stdout).to.match(/^refused +address +the certificate of \S+ is not trusted: .*\n +.*NODE_EXTRA_CA_CERTS/m);
      expect(stdout).to.match(/^note +users +not looked at, because of address$/m);
      expect(platform.log).to.deep.equal([]);
    });
  });

  it("is verified by default: a certificate of an unknown issuer is refused", async () => {
    expect(await ask({})).to.match(UNTRUSTED);
  });

  it("trusts a private CA that NODE_EXTRA_CA_CERTS names", async () => {
    expect(await ask({ NODE_EXTRA_CA_CERTS: certificate.file })).to.equal("ok");
  });

  it("goes through the proxy that HTTPS_PROXY names, and verifies the platform behind it", async () => {
    await withProxy(async (proxy, asked) => {
      const env = { WALLAROO_URL: "https://wallaroo.test", HTTPS_PROXY: proxy };
      expect(await ask({ ...env, NODE_EXTRA_CA_CERTS: certificate.file })).to.equal("ok");
      expect(new Set(asked)).to.deep.equal(new Set(["wallaroo.test:443"]));
      expect(await ask(env)).to.match(UNTRUSTED);
      const trusted = { ...env, NODE_EXTRA_CA_CERTS: certificate.file };
      expect(await ask({ ...trusted, HTTPS_PROXY: proxy.replace("http://", "") }), "without a scheme").to.equal("ok");
    });
  });

  it("does not go through the proxy to what NO_PROXY names, nor to this machine", async () => {
    await withProxy(async (proxy, asked) => {
      const env = { HTTPS_PROXY: proxy, NODE_EXTRA_CA_CERTS: certificate.file };
      expect(await ask(env)).to.equal("ok");
      const away = { WALLAROO_URL: "https://wallaroo.test", NO_PROXY: ".test" };
      expect(await ask({ ...env, ...away })).to.match(/wallaroo.test could not be reached.*ENOTFOUND/);
      expect(asked).to.deep.equal([]);
    });
  });

  it("verifies although the environment says not to, through a proxy too", async () => {
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    expect(await ask(env)).to.match(UNTRUSTED);
    await withProxy(async (proxy, asked) => {
      const away = { WALLAROO_URL: "https://wallaroo.test", HTTPS_PROXY: proxy };
      expect(await ask({ ...env, ...away })).to.match(UNTRUSTED);
      expect(asked).to.not.have.length(0);
    });
  });

  it("goes on once a proxy that did not answer does, and ends", async () => {
    let silent = 2;
    const proxy = net.createServer((client) => {
      client.on("error", () => undefined);
      if ((silent -= 1) >= 0) return;
      client.once("data", () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        const onward = net.connect((secure.address() as AddressInfo).port, "127.0.0.1");
        onward.on("error", () => client.destroy());
        onward.pipe(client).pipe(onward);
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const { port } = proxy.address() as AddressInfo;
    const env = { WALLAROO_URL: "https://wallaroo.test", HTTPS_PROXY: `http://127.0.0.1:${port}` };
    const few = { WALLAROO_MAX_CONCURRENCY: "1", WALLAROO_REQUEST_TIMEOUT: "2", WALLAROO_MAX_RETRIES: "4" };
    try {
      const trusted = { ...env, ...few, NODE_EXTRA_CA_CERTS: certificate.file };
      expect(await ask(trusted)).to.equal("ok");
      silent = 9;
      expect(await ask({ ...trusted, WALLAROO_MAX_RETRIES: "0" })).to.match(/no full answer|could not be reached/);
    } finally {
      proxy.close();
    }
  });

  it("says at once that a proxy can't be one, without its password", async () => {
    for (const proxy of [
      "http://user:s3cr3t/pw@proxy:3128",
      "http://user:s3cr3t%zz@127.0.0.1:9",
      "socks5://s3cr3t:1",
    ]) {
      const message = await ask({ WALLAROO_URL: "https://wallaroo.test", HTTPS_PROXY: proxy });
      expect(message).to.match(/the proxy that HTTPS_PROXY names is not an http.*NO_PROXY/);
      expect(message).to.not.include("s3cr3t");
    }
  });

  it("lets a process end as soon as its work is done, open connections or not", async () => {
    expect(await ask({ WALLAROO_URL: platform.url })).to.equal("ok");
  });
});
