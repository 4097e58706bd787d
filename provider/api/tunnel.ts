import { HttpsProxyAgent } from "https-proxy-agent";

/**
 * The tunnel did not come about: nothing was sent to the platform. `code` is `PROXY_` and the proxy's answer to CONNECT
 * (`PROXY_407`) or Node's code (`PROXY_ECONNREFUSED`), as `node-fetch` hands on nothing but code and message.
 */
class TunnelError extends Error {
  override readonly name = "TunnelError";

  constructor(reason: string | number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = `PROXY_${reason}`;
  }

  readonly code: string;
}

interface ConnectAnswer {
  statusCode: number;
  statusText: string;
}

/**
 * A tunnel through a proxy that gives up with its request. The library's own waits for ever for the answer to CONNECT,
 * takes a proxy's refusal for the platform's, and drops the options for the platform's own TLS (measured).
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
    let answer: ConnectAnswer | undefined;
    const hear = (heard: ConnectAnswer) => (answer = heard);
    request.once("proxyConnect", hear);
    const once = Object.create(this, {
      connectOpts: { value: { ...this.connectOpts, signal: abort.signal } },
    }) as this;
    try {
      const socket = await super.connect.call(once, request, { ...target, rejectUnauthorized: true });
      if (answer === undefined || answer.statusCode === 200) return socket;
      socket.destroy();
    } catch (error) {
      giveUp();
      const { code, message } = error as NodeJS.ErrnoException;
      throw code === "ABORT_ERR" ? error : new TunnelError(code ?? "ENDED", message, { cause: error });
    } finally {
      clearTimeout(timer);
      request.off("abort", giveUp);
      request.off("proxyConnect", hear);
    }
    throw new TunnelError(answer.statusCode, answer.statusText);
  }
}
