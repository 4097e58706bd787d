import { ensureEngine } from "./ensure";

ensureEngine({ log: (line) => process.stderr.write(`${line}\n`) }).then(
  (engine) => {
    process.stderr.write(`Pulumi ${engine.version} (${engine.origin})\n`);
    process.stdout.write(`${engine.directory}\n`);
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);
