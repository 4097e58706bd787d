import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Log } from "../user/context";

/** Longest wait for what was said to reach the engine, in milliseconds. */
const MAX_DELIVERY_MS = 5_000;

/** Where what is said stands. */
export interface CallLog extends Log {
  /** Lines said in `body` stand at the resource of this URN. Ends when all of them have reached the engine, or after 5 s. */
  during<T>(urn: string, body: () => Promise<T>): Promise<T>;
  /** @param address of the engine; nothing is said before it is known */
  attach(address: string): void;
}

/** The engine's log. */
export class EngineLog implements CallLog {
  readonly #urn = new AsyncLocalStorage<string>();
  #engine: EngineClient | undefined;
  #delivery: Promise<unknown> = Promise.resolve();

  attach(address: string): void {
    this.#engine = new EngineClient(address, grpc.credentials.createInsecure());
  }

  info(message: string): void {
    this.#say(LogSeverity.INFO, message);
  }

  warn(message: string): void {
    this.#say(LogSeverity.WARNING, message);
  }

  async during<T>(urn: string, body: () => Promise<T>): Promise<T> {
    try {
      return await this.#urn.run(urn, body);
    } finally {
      await Promise.race([this.#delivery, sleep(MAX_DELIVERY_MS, undefined, { ref: false })]);
    }
  }

  #say(severity: LogSeverity, message: string): void {
    const engine = this.#engine;
    if (engine === undefined) return;
    const request = new LogRequest()
      .setSeverity(severity)
      .setMessage(message)
      .setUrn(this.#urn.getStore() ?? "");
    const earlier = this.#delivery;
    // One after the other, as they were said; a line that can't be delivered is lost.
    this.#delivery = earlier.then(() => new Promise<void>((resolve) => engine.log(request, () => resolve())));
  }
}
