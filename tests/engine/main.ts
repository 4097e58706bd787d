import { ensureEngine } from "./ensure";
import { ensureHosts } from "./hosts";
import { ensurePython, findPythonObstacle } from "./python";

const log = (line: string) => process.stderr.write(`${line}\n`);

/** Prints the folder of the engine; with `--hosts`, that of the language hosts beside the one of Node. */
async function main(): Promise<void> {
  if (process.argv.includes("--hosts")) {
    const folder = await ensureHosts(log);
    const obstacle = await findPythonObstacle();
    if (obstacle === undefined) await ensurePython(log);
    else log(`no Python programs: ${obstacle}`);
    return void process.stdout.write(`${folder}\n`);
  }
  const engine = await ensureEngine({ log });
  log(`Pulumi ${engine.version} (${engine.origin})`);
  process.stdout.write(`${engine.directory}\n`);
}

main().catch((error: Error) => {
  log(error.message);
  process.exitCode = 1;
});
