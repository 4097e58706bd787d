import path from "node:path";
import { InvalidArgumentError, Option, type Command } from "commander";
import { WallarooError, cleanWords } from "../../api/errors";
import { readText, writeWhole } from "../file";
import { printJson, printLines } from "../print";
import { describeStack, runPulumi } from "../pulumi";
import { log, withPlatform, withSettings, type SettingsOptions } from "../settings";
import { collect, type Report, type Scope } from "./collect";
import { FORMATS, formatted, type Format } from "./formats";
import { readStackExport, type ManagedStack } from "./managed";
import { compareWith, describeChange } from "./since";

interface ReportOptions extends SettingsOptions {
  stackExport: string[];
  idle?: number;
  workspaces: boolean;
  format?: Format;
  out?: string;
  since?: string;
  json?: true;
}

/** `report`: who has access, for reviewers. */
export function addReport(program: Command): void {
  const command = program.command("report").description("list who has access to the platform, complete or not at all");
  withSettings(command)
    .option("--stack-export <file...>", "say too what these stacks manage: files of `pulumi stack export`", [])
    .option("--idle <days>", "mark active accounts that did not sign in for so many days", daysOf)
    .option("--no-workspaces", "leave out workspaces and roles in them")
    .addOption(
      new Option("--format <format>", "default: by the name of --out, else csv").choices(FORMATS).conflicts("json"),
    )
    .option("--out <file>", "write the report to this file, whole or not at all (default: print it)")
    .option("--since <file>", "print what has changed since this report in CSV, and end with 2 if anything has")
    .addHelpText("after", "\nExit codes: 0 well, 1 could not, 2 differs from --since.")
    .action(report);
}

async function report(options: ReportOptions): Promise<void> {
  const { since, out, json } = options;
  // Before anything is asked: a file that is wrong would be found late.
  const format = formatOf(options);
  const previous = since === undefined ? undefined : readText(since, AN_EARLIER_ONE);
  const stacks = await findStacks(options);
  const scope: Scope = { workspaces: options.workspaces };
  if (stacks !== undefined) scope.stacks = stacks;
  if (options.idle !== undefined) scope.idleDays = options.idle;
  const found = await withPlatform(options, (platform) => collect(platform, scope));
  const text = async () => (format === "json" ? `${JSON.stringify(found, undefined, 2)}\n` : formatted(found, format));
  if (since === undefined || previous === undefined) {
    if (out === undefined) process.stdout.write(await text());
    else writeWhole(out, await text());
    return tellNotes(found);
  }
  const { changes, notes } = await compareWith(previous, since, found);
  if (out !== undefined) writeWhole(out, await text());
  if (json === true) printJson(changes);
  else printLines(changes.map((change) => cleanWords(describeChange(change))));
  tellNotes({ notes: [...found.notes, ...notes] });
  if (changes.length > 0) process.exitCode = 2;
}

/** They are in no CSV, and a reader of another format may not open it now. */
function tellNotes({ notes }: Pick<Report, "notes">): void {
  for (const note of notes) log.info(note);
}

/** What the stack of the settings and those of the files manage; undefined if none is named. */
async function findStacks(options: ReportOptions): Promise<ManagedStack[] | undefined> {
  const files = options.stackExport.map((file) => readStackExport(readText(file, EXPORT_IT), file));
  if (options.stack === undefined && options.config === undefined) return files.length === 0 ? undefined : files;
  const who = describeStack(options);
  const text = await runPulumi(["stack", "export"], { operation: "export", who, of: options });
  return [readStackExport(text, who), ...files];
}

const AN_EARLIER_ONE =
  "Correct the path, or write a first report with `pulumi-wallaroo report --format csv --out FILE`.";
const EXPORT_IT = "Correct the path, or make the file with `pulumi stack export --file FILE`.";

/** By the options, or else by the end of the name. Raises `badInput` when they differ, and for an end that tells none. */
function formatOf({ format, json, out = "" }: ReportOptions): Format | "json" {
  const ending = path.extname(out).slice(1).toLowerCase();
  const known = [...FORMATS, "json" as const].find((one) => one === ending);
  const given = json === true ? "json" : format;
  if (given !== undefined && (known === undefined || known === given)) return given;
  if (given === undefined && ending === "") return "csv";
  if (given === undefined && known !== undefined && known !== "json") return known;
  throw new WallarooError({
    kind: "badInput",
    operation: "write",
    who: out,
    words:
      known === undefined
        ? "the end of its name does not tell the format"
        : `it is named as ${known}, and the report is ${given ?? "JSON with --json alone"}`,
    next: "Name it .csv, .md or .html, or .json with --json. For another name say --format.",
  });
}

function daysOf(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 36_500)
    throw new InvalidArgumentError("It must be a number of days.");
  return days;
}
