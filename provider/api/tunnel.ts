import { HttpsProxyAgent } from "https-proxy-agent";

/**
 * The tunnel through a proxy did not come about: nothing was sent to the platform. `code` is `PROXY_` and what the proxy
 * answered to CONNECT (`PROXY_407`) or Node's code of the failure on the way to it (`PROXY_ECONNREFUSED`): a code is all
 * that the layers above hand on of an error, besides its message.
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
 * A tunnel through a proxy that gives up with the request it is for. The library's own waits for ever for a proxy that
 * does not answer CONNECT: the place among `maxSockets` would be lost for good, and the process would never end
 * (measured). It hands on a proxy's refusal as if the platform had said it. It also drops the options that it is given for
 * the platform's own TLS.
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
