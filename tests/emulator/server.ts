import http from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { failure, type Backend, type RouteAnswer } from "./backend";
import type { WorkspaceGraph } from "./graphql";
import type { Misbehaviour } from "./misbehaviour";
import { bearerOf } from "./openid";
import { type CallName, type Fault } from "./misbehaviour";
import { callOf, isAdminCall, UserApi, type ReleaseOptions } from "./routes";
import { WorkspaceApi } from "./workspace-routes";
import { Workspaces } from "./workspaces";

/** One request as it came, and how it was answered. */
export interface LoggedRequest {
  call: CallName;
  method: string;
  path: string;
  /** Names in lower case. */
  headers: http.IncomingHttpHeaders;
  /** Parsed JSON or form fields; the text itself when it is neither. */
  body: unknown;
  /** Undefined while it is under way, and when no answer was sent. */
  status?: number;
  /** What the platform itself made of it, whatever was sent; undefined when the request never got that far. */
  result?: number;
  /** What the token endpoint answered; of other calls it is not kept. */
  answer?: unknown;
  /** Number of the connection, counted from 1. */
  connection: number;
  /** Milliseconds since the epoch. */
  startedAt: number;
  finishedAt?: number;
}

/** The HTTP side of the emulated platform: routing, bearer check, request log, latency and misbehaviour. */
export class PlatformServer {
  readonly log: LoggedRequest[] = [];
  readonly faults: Misbehaviour[] = [];
  latencyMs = 0;
  /** Most calls of the user API and of workspaces that were under way at once. */
  maxConcurrent = 0;
  #underWay = 0;
  #connections = 0;
  readonly #numbers = new WeakMap<Socket, number>();
  readonly #users: UserApi;
  readonly workspaces: Workspaces;
  readonly #workspaceApi: WorkspaceApi;
  #graph: Promise<WorkspaceGraph> | undefined;
  readonly #server = http.createServer((request, response) => {
    this.#serve(request, response).catch((error: Error) => {
      response.writeHead(500, { "content-type": "application/json" });
      response.end(JSON.stringify({ msg: `emulator: ${error.message}`, code: 500 }));
    });
  });

  constructor(
    private readonly backend: Backend,
    /** May be changed while it runs. */
    readonly options: ReleaseOptions,
    private readonly now: () => number,
  ) {
    this.#users = new UserApi(backend, options, now);
    this.workspaces = new Workspaces(now);
    this.#workspaceApi = new WorkspaceApi(backend, this.workspaces, options);
    this.#server.on("connection", (socket) => this.#numbers.set(socket, (this.#connections += 1)));
    this.#server.keepAliveTimeout = 60_000;
  }

  /** Listens on this machine alone; 0 picks a port. Returns the base URL. */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Stops at once, connections included. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { pathname: path, search } = new URL(request.url ?? "/", "http://emulator");
    const call = callOf(request.method ?? "", path);
    const text = await readText(request);
    const entry: LoggedRequest = {
      call,
      method: request.method ?? "",
      path,
      headers: request.headers,
      body: parse(text, request.headers["content-type"]),
      connection: this.#numbers.get(request.socket) ?? 0,
      startedAt: Date.now(),
    };
    this.log.push(entry);
    const isUserCall = /^\/v1\/api\/(user|workspaces)/.test(path);
    if (isUserCall) this.maxConcurrent = Math.max(this.maxConcurrent, (this.#underWay += 1));
    response.on("close", () => {
      if (isUserCall) this.#underWay -= 1;
      entry.finishedAt = Date.now();
    });
    const hits = this.faults.filter((fault) => fault.meets(call, entry.body, path)).map((fault) => fault.options);
    if (this.latencyMs > 0) await sleep(this.latencyMs);
    const before = hits.find((hit) => hit.when === "before");
    if (before !== undefined && (await misbehave(response, entry, undefined, before.what))) return;
    const answer = await this.#answer(entry, search);
    entry.result = answer.status;
    if (call === "token") entry.answer = answer.body;
    const after = hits.find((hit) => hit.when === "after");
    if (after !== undefined && (await misbehave(response, entry, answer, after.what))) return;
    send(response, entry, { ...answer, headers: { date: new Date(this.now()).toUTCString(), ...answer.headers } }, {});
  }

  async #answer({ call, path, method, body, headers }: LoggedRequest, search: string): Promise<RouteAnswer> {
    const { authorization } = headers;
    if (isAdminCall(call)) {
      const id = path.split("/")[6] ?? "";
      const kept = call === "account" && method === "PUT" && (await this.#users.isStuck(id)) ? without(body) : body;
      const origin = `http://${headers.host}`;
      return this.backend.admin({ method, origin, target: `${path}${search}`, body: kept, authorization });
    }
    if (call === "config" && method === "GET") return { status: 200, body: { release: this.options.release } };
    if (call === "realm" && method === "GET") {
      if (path === "/auth/realms/master") return { status: 200, body: { realm: "master" } };
      return { status: 404, body: { error: "Realm does not exist" } };
    }
    if (call === "devicePage" && this.backend.devicePage !== undefined) {
      const fields = { ...Object.fromEntries(new URLSearchParams(search)), ...formOf(body, headers) };
      return this.backend.devicePage(fields);
    }
    const isRead = call === "userinfo" && method === "GET";
    if (call === "config" || call === "other" || call === "devicePage" || (method !== "POST" && !isRead))
      return failure(501, `${method} ${path} is not emulated`);
    if (call === "token" || call === "userinfo" || call === "device") {
      if (!path.startsWith("/auth/realms/master/")) return { status: 404, body: { error: "Realm does not exist" } };
      if (call === "userinfo") return this.backend.userinfo(authorization);
      return this.backend[call](formOf(body, headers), authorization);
    }
    const token = bearerOf(authorization);
    const bearer = token === undefined ? undefined : await this.backend.authenticate(token);
    if (bearer === undefined) return failure(401, "Unauthorized");
    if (typeof body === "string") return failure(400, "the body is not JSON");
    if (call === "graphql") return (await (this.#graph ??= this.#loadGraph())).answer(body, bearer);
    if (call.startsWith("workspaces/")) return this.#workspaceApi.answer(call, body, bearer);
    return this.#users.answer(call, body, bearer);
  }

  /** Few tests need it, and its library takes longer to load than the rest of the platform. */
  async #loadGraph(): Promise<WorkspaceGraph> {
    const { WorkspaceGraph } = await import("./graphql.js");
    return new WorkspaceGraph(this.workspaces, this.#workspaceApi);
  }
}

const FORM = "application/x-www-form-urlencoded";

/** What is not a form has no fields. */
function formOf(body: unknown, headers: http.IncomingHttpHeaders): Record<string, string> {
  return headers["content-type"]?.startsWith(FORM) === true ? (body as Record<string, string>) : {};
}

/** A representation without its `enabled`. */
function without(body: unknown): unknown {
  if (typeof body !== "object" || body === null) return body;
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== "enabled"));
}

/** True when the fault has dealt with the response; a mere delay has not. */
async function misbehave(
  response: http.ServerResponse,
  entry: LoggedRequest,
  answer: RouteAnswer | undefined,
  fault: Fault,
): Promise<boolean> {
  if (fault.delayMs !== undefined) await sleep(fault.delayMs);
  await fault.until;
  if (fault.hang) return true;
  if (fault.reset) {
    response.socket?.resetAndDestroy();
    return true;
  }
  if (fault.truncate) {
    const text = JSON.stringify(answer?.body ?? { users: {} });
    response.writeHead(answer?.status ?? 200, { "content-type": "application/json", "content-length": text.length });
    response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.socket?.destroy());
    return true;
  }
  if (fault.status === undefined && fault.body === undefined && fault.headers === undefined) return false;
  const status = fault.status ?? answer?.status ?? 200;
  send(response, entry, { status, body: fault.body ?? answer?.body ?? "" }, fault.headers ?? {});
  return true;
}

function send(
  response: http.ServerResponse,
  entry: LoggedRequest,
  answer: RouteAnswer,
  headers: Record<string, string>,
): void {
  entry.status = answer.status;
  const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
  const type = text === "" ? {} : { "content-type": "application/json" };
  response.writeHead(answer.status, { ...type, ...answer.headers, ...headers });
  response.end(text);
}

async function readText(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string, contentType: string | undefined): unknown {
  if (contentType?.startsWith(FORM)) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  try {
    return JSON.parse(text === "" ? "{}" : text);
  } catch {
    return text;
  }
}
