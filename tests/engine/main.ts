import { ensureEngine } from "./ensure";
import { ensureHosts } from "./hosts";

const log = (line: string) => process.stderr.write(`${line}\n`);

/** Prints the folder of the engine; with `--hosts`, that of the language hosts beside the one of Node. */
async function main(): Promise<void> {
  if (process.argv.includes("--hosts")) return void process.stdout.write(`${await ensureHosts(log)}\n`);
  const engine = await ensureEngine({ log });
  log(`Pulumi ${engine.version} (${engine.origin})`);
  process.stdout.write(`${engine.directory}\n`);
}

main().catch((error: Error) => {
  log(error.message);
  process.exitCode = 1;
});
