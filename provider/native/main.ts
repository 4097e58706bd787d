import fs from "node:fs";
import path from "node:path";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { EngineLog } from "./log";
import { createService, listen } from "./server";

/** Serves the engine that started this process, whose address is its argument, until that ends it. */
async function main(): Promise<void> {
  const log = new EngineLog();
  const address = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
  if (address !== undefined) log.attach(address);
  const schema = fs.readFileSync(path.join(__dirname, "schema.json"), "utf8");
  const { version } = JSON.parse(schema) as { version: string };
  // The engine reads the port from the first line.
  const port = await listen(createService({ version, schema, log }), ResourceProviderService);
  process.stdout.write(`${port}\n`);
}

void main();
