import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { listenAt, listenAtLowPort } from "../../emulator/port";

/** What goes wrong with one request on its way. */
export type WireFault =
  | { kind: "refused" }
  | { kind: "reset"; when: "before" | "after" }
  | { kind: "hang"; when: "before" | "after" }
  | { kind: "half" }
  /** Answered by the proxy; `times` in a row, and the platform never sees those requests. */
  | { kind: "answer"; status: number; body: string; headers?: Record<string, string>; times?: number }
  /** Acted on by the platform, and answered by the proxy all the same. */
  | { kind: "replaced"; status: number; body: string };

/** A reverse proxy between the provider and the platform, which lets one fault happen at the n-th request. */
export class FaultProxy {
  url = "";
  /** Requests that came so far, and what each asked for. */
  readonly seen: string[] = [];
  /** Requests that the fault ordered last has met; for a refused connection, 1 once no server listened. */
  hits = 0;
  #port = 0;
  #faultAt = 0;
  #fault: WireFault | undefined;
  #refusedMs = 0;
  #isStopped = false;
  // Idle connections end here long before the platform ends them.
  readonly #onward = new http.Agent({ keepAlive: true, timeout: 10_000 });
  /** Why no server listens any more; raised at the end, as mocha does not hear of a promise without a waiter. */
  #lost: Error | undefined;
  readonly #server = http.createServer((request, response) => {
    this.#serve(request, response).catch(() => response.destroy());
  });

  /** @param onForward called with each request before the platform gets it */
  constructor(
    private readonly target: string,
    private readonly onForward: (request: string, body: string) => void = () => undefined,
  ) {}

  async start(): Promise<void> {
    this.#server.keepAliveTimeout = 60_000;
    this.#port = await listenAtLowPort(this.#server);
    this.url = `http://127.0.0.1:${this.#port}`;
  }

  /**
   * Orders `fault` for the n-th request from now, counted from 1. `refusedMs`: how long no server listens if the fault is
   * a refused connection.
   */
  order(nth: number, fault: WireFault, refusedMs = 150): void {
    this.hits = 0;
    this.#refusedMs = refusedMs;
    this.#faultAt = this.seen.length + nth;
    this.#fault = fault;
    if (fault.kind === "refused" && nth === 1) void this.#refuse();
  }

  clear(): void {
    this.#fault = undefined;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#onward.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    if (this.#lost !== undefined) throw this.#lost;
  }

  /** No server listens for a while. */
  async #refuse(): Promise<void> {
    this.#fault = undefined;
    this.hits = 1;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await sleep(this.#refusedMs);
    if (this.#isStopped) return;
    if (!(await listenAt(this.#server, this.#port))) this.#lost = new Error(`another program took port ${this.#port}`);
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    this.seen.push(request.url?.split("/").pop() ?? "");
    const fault = this.#due();
    if (fault?.kind === "answer") return void response.writeHead(fault.status, fault.headers).end(fault.body);
    if (fault?.kind === "reset" && fault.when === "before") return void response.socket?.resetAndDestroy();
    if (fault?.kind === "hang" && fault.when === "before") return;
    this.onForward(this.seen.at(-1) ?? "", Buffer.concat(chunks).toString());
    const { method, headers, url } = request;
    const answer = await new Promise<{ status: number; headers: http.IncomingHttpHeaders; body: Buffer }>(
      (resolve, reject) => {
        const onward = http.request(`${this.target}${url ?? ""}`, { method, headers, agent: this.#onward }, (got) => {
          const parts: Buffer[] = [];
          got.on("data", (part: Buffer) => parts.push(part));
          got.on("end", () =>
            resolve({ status: got.statusCode ?? 502, headers: got.headers, body: Buffer.concat(parts) }),
          );
        });
        onward.on("error", reject);
        onward.end(Buffer.concat(chunks));
      },
    );
    if (fault?.kind === "reset") return void response.socket?.resetAndDestroy();
    if (fault?.kind === "hang") return;
    if (fault?.kind === "replaced") return void response.writeHead(fault.status).end(fault.body);
    response.writeHead(answer.status, { "content-type": "application/json", "content-length": answer.body.length });
    if (fault?.kind === "half") {
      const half = answer.body.subarray(0, Math.ceil(answer.body.length / 2));
      return void response.write(half, () => response.socket?.destroy());
    }
    response.end(answer.body);
    // The next connection is to be refused: no listener until then, and no connection left open.
    if (this.#fault?.kind === "refused" && this.seen.length + 1 === this.#faultAt) {
      response.once("finish", () => setImmediate(() => void this.#refuse()));
    }
  }

  #due(): WireFault | undefined {
    const fault = this.#fault;
    if (fault === undefined || fault.kind === "refused" || this.seen.length < this.#faultAt) return undefined;
    const times = fault.kind === "answer" ? (fault.times ?? 1) : 1;
    if (this.seen.length >= this.#faultAt + times) return undefined;
    this.hits += 1;
    return fault;
  }
}
