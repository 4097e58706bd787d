import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as automation from "@pulumi/pulumi/automation";

/**
 * Options of the connections that the SDK opens to an engine; it does not declare them. A process that runs one inline
 * program after another keeps the connections of all of them (measured: @pulumi/pulumi 3.248), and grpc-js shares them by
 * address: an engine that got the port of a dead one would be taken for dead, its program for empty, and every resource of the
 * stack deleted. So each run opens its own.
 */
export const ENGINE_CONNECTIONS = (pulumi.runtime as unknown as { grpcClientOptions: Record<string, unknown> })
  .grpcClientOptions;
ENGINE_CONNECTIONS["grpc.use_local_subchannel_pool"] = 1;

/** Operations under way, and the handlers of lost errors that stood before the first of them. */
let underWay = 0;
let handlers: ReturnType<typeof handlersOfLostErrors> = [];

function handlersOfLostErrors() {
  const events = ["uncaughtException", "unhandledRejection"] as const;
  return events.flatMap((event) =>
    process.listeners(event as "uncaughtException").map((listener) => ({ event, listener })),
  );
}

/** Call it before an operation of the engine. */
export function operationBegins(): void {
  if (underWay === 0) handlers = handlersOfLostErrors();
  underWay += 1;
}

/**
 * Call it after an operation of the engine. An inline program that fails, or whose engine is gone, never ends, and its
 * handlers would stay on this process (measured: @pulumi/pulumi 3.248): Node warns of them from the 31st on, and each
 * would take the lost errors of later tests.
 */
export function operationEnds(): void {
  underWay -= 1;
  if (underWay > 0) return;
  for (const { event, listener } of handlersOfLostErrors()) {
    if (!handlers.some((kept) => kept.event === event && kept.listener === listener)) process.off(event, listener);
  }
}

let command: Promise<automation.PulumiCommand> | undefined;

/** The Automation API looks for `bin/pulumi` under a root; the engine's folder is put behind that name, once. */
export function engineCommand(directory: string): Promise<automation.PulumiCommand> {
  if (command === undefined) {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-wallaroo-engine-"));
    fs.symlinkSync(directory, path.join(root, "bin"));
    process.once("exit", () => fs.rmSync(root, { recursive: true, force: true }));
    command = automation.PulumiCommand.get({ root });
  }
  return command;
}
