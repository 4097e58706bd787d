import fs from "node:fs";
import path from "node:path";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { EngineLog } from "./log";
import { Lifetime, closeAtEnd } from "../resource/lifetime";
import { createService, listen } from "./server";

/** Serves the engine that started this process, whose address is its argument, until that ends it. */
async function main(): Promise<void> {
  const log = new EngineLog();
  // Flags for logs come before it, with values of their own.
  const address = process.argv.slice(2).at(-1);
  if (address !== undefined) log.attach(address);
  const schema = fs.readFileSync(path.join(__dirname, "schema.json"), "utf8");
  const { version } = JSON.parse(schema) as { version: string };
  // The engine reads the port from the first line.
  const { calls, close } = createService({ version, schema, log, engine: new Lifetime(address, () => process.exit()) });
  closeAtEnd(close);
  const port = await listen(calls, ResourceProviderService);
  process.stdout.write(`${port}\n`);
}

void main();
