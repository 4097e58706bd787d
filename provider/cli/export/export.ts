import path from "node:path";
import type { Command } from "commander";
import { WallarooError, listed, refusal } from "../../api/errors";
import type { Platform } from "../../connect";
import { mergeRoster } from "../../roster/merge";
import { decode, formatOfFile } from "../../roster/read";
import { FORMATS, type RosterFormat } from "../../roster/roster";
import { findToday } from "../../user/expiry";
import { readIfThere, writeWhole } from "../file";
import { printLines, printNotes } from "../print";
import { withPlatform, withStack, type SettingsOptions } from "../settings";
import { findAccounts, type Conditions, type Found } from "./accounts";
import { unnamedLines } from "./memberships";
import { nodeProgram } from "./nodejs";
import { pythonProgram } from "./python";
import { membersOf, rosterOf } from "./roster";
import { leftOutLines, readerLines } from "./words";

const FORMS = ["typescript", "javascript", "python", "yaml", "roster"] as const;
const RESOURCES = ["users", "team"] as const;

/** Which resources a program declares: one per account, or one for all. */
export type As = (typeof RESOURCES)[number];

interface Options extends SettingsOptions, Conditions {
  to: (typeof FORMS)[number];
  as?: As;
  format?: RosterFormat;
  out?: string;
  names?: true;
  workspaces: boolean;
  yes?: true;
  dryRun?: true;
}

/** `export`: the accounts of the platform as a program or a roster, which `up` takes over without a request that writes. */
export function addExport(program: Command): void {
  const command = program
    .command("export")
    .description("write the accounts of the platform as a program, or as a roster of a team");
  const choice = (flags: string, description: string, choices: readonly string[]) =>
    command.createOption(flags, description).choices(choices);
  withStack(command)
    .addOption(choice("--to <form>", "the language of the program, or a roster", FORMS).makeOptionMandatory())
    .addOption(choice("--as <resources>", "one resource per account, or one team (default: users)", RESOURCES))
    .addOption(choice("--format <format>", "of a roster (default: by the end of --out, else yaml)", FORMATS))
    .option("--out <file>", "write this file instead of printing; a roster that is there is added to")
    .option("--yes", "change a file that is there")
    .option("--dry-run", "print what would change in the file, and write nothing")
    .option("--names", "with first and last names")
    .option("--no-workspaces", "without the memberships of workspaces")
    .option("--enabled", "active accounts alone")
    .option("--domain <domain>", "accounts of this email domain alone")
    .option("--match <pattern...>", "accounts whose address fits one of these alone; * stands for any text")
    .option("--exclude <pattern...>", "no account whose address fits one of these")
    .action(async (options: Options) => {
      const format = formatOf(options);
      await withPlatform(options, (platform) => run(platform, options, format));
    });
}

async function run(platform: Platform, options: Options, format: RosterFormat): Promise<void> {
  const found = await findAccounts(platform, options, options);
  if (found.accounts.length === 0) {
    const next = "Nothing was written, as an empty program or roster would let go every account.";
    throw problem("no account meets the conditions, but for those that are left out", next, leftOutLines(found));
  }
  const isTeam = options.to === "roster" || options.as === "team";
  printNotes([...found.notes, ...(isTeam ? unnamedLines(found.accounts) : [])]);
  const { out, to } = options;
  const file = out === undefined ? undefined : readIfThere(out);
  if (to !== "roster") return put(await programOf(found, to, options.as ?? "users"), file, options, found);
  const isNew = out === undefined || file === undefined;
  const name = out === undefined ? `team.${format}` : path.basename(out);
  // A format without comments says nothing but its members.
  if (!isNew || format !== "yaml") printNotes([...leftOutLines(found), ...(isNew ? readerLines(name) : [])]);
  if (isNew) return put(rosterOf(found, format, name), file, options, found);
  const merged = mergeRoster(decode(file, out), format, out, membersOf(found), await findToday(platform.context));
  if (merged.others.length > 0) {
    printNotes([`Kept, though no exported account has the address: ${listed(merged.others)}.`]);
  }
  put(merged.text, file, options, found, merged.changes);
}

/** Prints the text, or writes the file: another one that is there only if that is allowed, after it was shown. */
function put(
  text: string,
  there: Buffer | undefined,
  { out, yes, dryRun }: Options,
  { accounts }: Found,
  changes: readonly string[] = [],
): void {
  if (out === undefined) return void process.stdout.write(text);
  if (there?.equals(Buffer.from(text)) === true) return printLines([`${out} is up to date.`]);
  printLines(changes);
  if (dryRun === true) {
    if (changes.length === 0 && there !== undefined) printLines(differingLines(there.toString(), text));
    const count = `${accounts.length} ${accounts.length === 1 ? "account" : "accounts"}`;
    const what = there === undefined ? `would be made, with ${count}` : "is there, and would change as above";
    return printLines([`${out} ${what}. Nothing was written (--dry-run).`]);
  }
  if (there !== undefined && yes !== true) {
    const words =
      changes.length > 0 ? `it is there, and ${changes.length} of its members would change` : "it is there already";
    throw refusal("write", out, words, "Nothing was written. Run again with --yes, or name another file.");
  }
  writeWhole(out, text);
  printLines([`${out} was written.`]);
}

/** The lines that only one of two texts has, however often: those that go, then those that come. */
function differingLines(before: string, after: string): string[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const without = (lines: string[], others: string[], sign: string) =>
    lines.filter((line) => line.trim() !== "" && !others.includes(line)).map((line) => `${sign} ${line}`);
  return [...without(old, now, "-"), ...without(now, old, "+")];
}

async function programOf(found: Found, to: Exclude<Options["to"], "roster">, as: As): Promise<string> {
  if (to === "python") return pythonProgram(found, as);
  if (to !== "yaml") return nodeProgram(found, to, as);
  // Its library takes a third of the time in which a command starts.
  const { yamlProgram } = await import("./yaml.js");
  return yamlProgram(found, as);
}

const ENDINGS: Record<Exclude<Options["to"], "roster">, readonly string[]> = {
  typescript: [".ts", ".mts", ".cts"],
  javascript: [".js", ".cjs"],
  python: [".py"],
  yaml: [".yaml", ".yml"],
};

/** The format of a roster. Raises `badInput` for options that do not go together. */
function formatOf({ to, as, format, out }: Options): RosterFormat {
  if (to !== "roster") {
    if (format !== undefined) throw problem("--format is for rosters alone", "Write --to roster, or leave it out.");
    const ending = path.extname(out ?? "").toLowerCase();
    if (ending === "" || ENDINGS[to].includes(ending)) return "yaml";
    const next = `Name it ${listed(ENDINGS[to])}, or change --to.`;
    throw problem(`${String(out)} is not named as a program in ${to}`, next);
  }
  if (as !== undefined)
    throw problem("--as is for programs alone", "Leave it out: a roster has the members of a team.");
  const ending = out === undefined ? undefined : formatOfFile(out);
  if (out !== undefined && ending === undefined) {
    throw problem(`the end of ${out} does not tell the format of a roster`, "Name it .yaml, .yml, .csv or .json.");
  }
  if (ending !== undefined && format !== undefined && ending !== format) {
    throw problem(`${String(out)} is named as ${ending}, and --format is ${format}`, "Leave --format out.");
  }
  return format ?? ending ?? "yaml";
}

function problem(words: string, next: string, reasons: readonly string[] = []): WallarooError {
  return new WallarooError({ kind: "badInput", operation: "export", who: "the accounts", words, next, reasons });
}
