import { execFile, execFileSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import net, { type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { startPlatform, type Platform } from "../emulator/platform";

const run = promisify(execFile);

/**
 * A program of its own process, because CAs and proxies are settings of a process. Prints "ok" or the error. It finds no
 * name: the resolvers of some networks answer for every one, or for none in time.
 */
const PROGRAM = `
require("node:dns").lookup = (name, _options, callback) =>
  process.nextTick(callback, Object.assign(new Error("ENOTFOUND " + name), { code: "ENOTFOUND" }));
const { connect } = require("./dist/provider/platform");
const { readSettings } = require("./dist/provider/settings");
const { RunMemory } = require("./dist/provider/user/run");
const log = { info() {}, warn() {} };
const { directory } = connect(readSettings({ config: () => undefined, env: process.env }), new RunMemory(), log);
directory.view(0).then(() => console.log("ok"), (error) => console.log(error.message));
`;

describe("the network between provider and platform", function () {
  this.timeout(120_000);
  let platform: Platform;
  let folder: string;
  let secure: https.Server;
  let url: string;

  before(async () => {
    platform = await startPlatform();
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-ca-"));
    const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2",
      "-subj", "/CN=private CA of the tests", "-addext", "subjectAltName=DNS:wallaroo.test,DNS:localhost,IP:127.0.0.1"); // prettier-ignore
    const read = (name: string) => fs.readFileSync(path.join(folder, name));
    // TLS in front of the emulated platform.
    secure = https.createServer({ key: read("key.pem"), cert: read("cert.pem") }, (request, response) => {
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
    fs.rmSync(folder, { recursive: true });
    await platform.close();
  });

  async function ask(env: NodeJS.ProcessEnv): Promise<string> {
    const credentials = {
      WALLAROO_USER: "operator@example.com",
      WALLAROO_PASSWORD: "operator",
      WALLAROO_MAX_RETRIES: "0",
    };
    const { PATH } = process.env;
    const cwd = path.resolve(__dirname, "../..");
    return (
      await run(process.execPath, ["-e", PROGRAM], {
        cwd,
        env: { PATH, WALLAROO_URL: url, ...credentials, ...env },
        // Raises where it does not end by itself. The platform would close idle connections, and so end it, only after 60 s.
        timeout: 30_000,
      })
    ).stdout.trim();
  }

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

  it("is verified by default: a certificate of nobody known is refused", async () => {
    expect(await ask({})).to.match(/could not be reached or broke off: .*(SELF_SIGNED|UNABLE_TO_VERIFY|self.signed)/i);
  });

  it("trusts a private CA that NODE_EXTRA_CA_CERTS names", async () => {
    expect(await ask({ NODE_EXTRA_CA_CERTS: path.join(folder, "cert.pem") })).to.equal("ok");
  });

  it("goes through the proxy that HTTPS_PROXY names, and verifies the platform behind it", async () => {
    await withProxy(async (proxy, asked) => {
      const env = { WALLAROO_URL: "https://wallaroo.test", HTTPS_PROXY: proxy };
      expect(await ask({ ...env, NODE_EXTRA_CA_CERTS: path.join(folder, "cert.pem") })).to.equal("ok");
      expect(new Set(asked)).to.deep.equal(new Set(["wallaroo.test:443"]));
      expect(await ask(env)).to.match(/could not be reached/);
      const trusted = { ...env, NODE_EXTRA_CA_CERTS: path.join(folder, "cert.pem") };
      expect(await ask({ ...trusted, HTTPS_PROXY: proxy.replace("http://", "") }), "without a scheme").to.equal("ok");
    });
  });

  it("does not go through the proxy to what NO_PROXY names, nor to this machine", async () => {
    await withProxy(async (proxy, asked) => {
      const env = { HTTPS_PROXY: proxy, NODE_EXTRA_CA_CERTS: path.join(folder, "cert.pem") };
      expect(await ask(env)).to.equal("ok");
      const away = { WALLAROO_URL: "https://wallaroo.test", NO_PROXY: ".test" };
      expect(await ask({ ...env, ...away })).to.match(/wallaroo.test could not be reached.*ENOTFOUND/);
      expect(asked).to.deep.equal([]);
    });
  });

  it("verifies although the environment says not to, through a proxy too", async () => {
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    expect(await ask(env)).to.match(/could not be reached or broke off/);
    await withProxy(async (proxy, asked) => {
      const away = { WALLAROO_URL: "https://wallaroo.test", HTTPS_PROXY: proxy };
      expect(await ask({ ...env, ...away })).to.match(/could not be reached or broke off/);
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
      const trusted = { ...env, ...few, NODE_EXTRA_CA_CERTS: path.join(folder, "cert.pem") };
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
      expect(message).to.match(/the proxy that HTTPS_PROXY or ALL_PROXY names is no http.*NO_PROXY/);
      expect(message).to.not.include("s3cr3t");
    }
  });

  it("lets a process end as soon as its work is done, open connections or not", async () => {
    expect(await ask({ WALLAROO_URL: platform.url })).to.equal("ok");
  });
});
