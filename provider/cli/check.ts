import type { Command } from "commander";
import { cleanWords, isWallarooError } from "../api/errors";
import { ACCOUNT, INVITES, RELEASE, SEATS, SESSIONS, USERS, WORKSPACES } from "./check-accounts";
import { ADDRESS, CLOCK, KEYCLOAK, PROXY, SIGN_IN } from "./check-connection";
import { describeSources } from "./check-settings";
import { Looks, type Finding, type Look } from "./looks";
import { printJson, printLines } from "./print";
import { connectReadOnly, findSource, settingsOf, withSettings, type SettingsOptions } from "./settings";

/** What is looked at once the settings are complete. */
const LOOKS: readonly Look[] = [
  PROXY,
  ADDRESS,
  KEYCLOAK,
  SIGN_IN,
  USERS,
  ACCOUNT,
  RELEASE,
  INVITES,
  SESSIONS,
  WORKSPACES,
  SEATS,
  CLOCK,
];

/** `check`: what `pulumi up` would meet, found by reads alone. */
export function addCheck(program: Command): void {
  const command = program
    .command("check")
    .description("look at settings, sign-in and platform as `pulumi up` would meet them; writes nothing")
    .addHelpText("after", "\nExit codes: 0 well, 1 could not look, 2 found what `pulumi up` would be refused for.");
  withSettings(command).action(async (options: SettingsOptions & { json?: true }) => {
    const { findings, exitCode } = await check(options);
    if (options.json === true) printJson(findings);
    else printLines(describe(findings));
    process.exitCode = exitCode;
  });
}

/** Raises `badSettings` if the configuration of the stack can't be read: there is nothing to check then. */
async function check(options: SettingsOptions): Promise<{ findings: Finding[]; exitCode: number }> {
  const source = await findSource(options);
  const findings: Finding[] = describeSources(source);
  /** Ids of what was refused, and of what was not looked at because of that. */
  const failed = new Set<string>();
  let couldNot = false;
  let looks: Looks | undefined;

  const note = ({ message, next, ...others }: Finding) => {
    const inWords = looks?.platform.settings.names.inWords ?? String;
    const step = next === undefined ? {} : { next: inWords(next) };
    findings.push({ ...others, message: inWords(message), ...step });
  };
  const add = async (id: string, look: () => ReturnType<Look["look"]>) => {
    try {
      note({ id, ...(await look()) });
    } catch (error) {
      if (!isWallarooError(error)) throw error;
      failed.add(id);
      const message = error.status === undefined ? error.words : `${error.words} (HTTP ${error.status})`;
      note({ id, status: "refused", message, next: error.next });
      // A missing right is a finding; any other failure hides what comes after it.
      couldNot ||= !isWallarooError(error, "forbidden", "notFound", "refused");
    }
  };

  await add("settings", () => {
    looks = new Looks(connectReadOnly(settingsOf(source)));
    return { status: "ok", message: "complete; what is not listed has its default" };
  });
  for (const { id, needs, look } of LOOKS) {
    const missing = looks === undefined ? "settings" : needs.find((need) => failed.has(need));
    if (missing === undefined) {
      await add(id, () => look(looks as Looks));
      continue;
    }
    failed.add(id);
    findings.push({ id, status: "note", message: `not looked at, because of ${missing}` });
  }
  const isRefused = findings.some(({ status }) => status === "refused");
  return { findings, exitCode: couldNot ? 1 : isRefused ? 2 : 0 };
}

/** One line per finding, with the next step below it. */
function describe(findings: readonly Finding[]): string[] {
  const width = Math.max(...findings.map(({ id }) => id.length));
  return findings.flatMap(({ id, status, message, next }) => {
    const line = `${status.padEnd(7)}  ${id.padEnd(width)}  ${cleanWords(message)}`;
    return next === undefined ? [line] : [line, `${" ".repeat(width + 11)}${cleanWords(next)}`];
  });
}
