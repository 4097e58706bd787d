#!/usr/bin/env node
import fs from "node:fs";
import { Command, CommanderError } from "commander";
import { ownFailure } from "../resource/failures";
import { addCheck } from "./check";
import { addExport } from "./export/export";
import { addLogin } from "./login";
import { addReport } from "./report/report";
import { addWhoami } from "./whoami";

/** Each adds one command, in the order of the help. */
const COMMANDS = [addCheck, addExport, addWhoami, addReport, addLogin];

/** Runs one command line. Exit codes: 0 well, 1 could not, 2 found something (`check`, `report --since`). */
async function main(): Promise<void> {
  const program = new Command("pulumi-wallaroo")
    .description("Looks at the accounts of a Wallaroo platform, with the settings and the guards of the provider.")
    .version(ownVersion(), "-V, --version", "print the version of this package")
    .helpOption("-h, --help", "print what a command does, and its options")
    .showHelpAfterError("(--help lists the commands and their options)")
    .exitOverride();
  for (const add of COMMANDS) add(program);
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = tell(error);
  }
}

/** Says on stderr why it could not, without a stack trace. Answers the exit code. */
function tell(error: unknown): number {
  // It has printed its own message, or the help.
  if (error instanceof CommanderError) return error.exitCode;
  process.stderr.write(`${ownFailure(error, "run", "this command").message}\n`);
  return 1;
}

function ownVersion(): string {
  const manifest = fs.readFileSync(require.resolve("pulumi-wallaroo/package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

// A reader such as `head` may have enough before the end.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(1);
});

void main();
