import type { Account, Found } from "./accounts";
import type { As } from "./export";
import { rolesOf } from "./memberships";
import { MEMBER_POLICY, POLICY, declaredOf, headLines, leftOutLines, literal, membershipsOf } from "./words";

/** Longest line of code, in characters: as black has it. */
const WIDTH = 88;

/** A Python program for the native plugin's SDK, formatted as black formats it. */
export function pythonProgram(found: Found, as: As): string {
  const lines = [
    ...commented(headLines(found)),
    "# The SDK: pulumi package add ./node_modules/pulumi-wallaroo/plugin",
    "import pulumi_wallaroo as wallaroo",
    "",
    ...commented(POLICY),
    ...(as === "team" ? teamOf(found) : usersOf(found)),
  ];
  const leftOut = leftOutLines(found);
  if (leftOut.length > 0) lines.push("", ...commented(leftOut));
  return `${lines.join("\n")}\n`;
}

function commented(lines: readonly string[]): string[] {
  return lines.map((line) => `# ${line}`);
}

function teamOf({ accounts }: Found): string[] {
  const members = accounts.flatMap((account) => {
    const roles = Object.entries(rolesOf(account.workspaces) ?? {});
    const lines = roles.map(([name, role]) => `                ${text(name)}: "${role}",`);
    const workspaces = ["workspaces={", ...lines, "            }"].join("\n");
    const properties = [...propertiesOf(account), ...(lines.length === 0 ? [] : [workspaces])];
    if (properties.length === 0) return [`        ${text(account.email)}: {},${remark(account)}`];
    return entry("        ", `${text(account.email)}: wallaroo.TeamMemberArgs(`, properties, "),", remark(account));
  });
  return [
    "wallaroo.Team(",
    '    "staff",',
    "    adopt=True,",
    '    on_destroy="retain",',
    "    members={",
    ...members,
    "    },",
    ")",
  ];
}

const EXISTING = '{"adopt": True, "on_destroy": "retain"}';

function usersOf(found: Found): string[] {
  const members = membershipsOf(found).flatMap(({ name, email, workspace, role }) => {
    const inputs = [`workspace=${value(workspace)}`, `user=${text(email)}`, `role="${role}"`, "**membership"];
    return entry("", "wallaroo.WorkspaceMember(", [text(name), ...inputs], ")", "");
  });
  const head = ["", ...commented(MEMBER_POLICY), `membership = ${EXISTING}`, ""];
  const users = found.accounts.flatMap((account) => {
    const email = text(account.email);
    const parts = [email, `email=${email}`, ...propertiesOf(account), "**existing"];
    return entry("", "wallaroo.User(", parts, ")", remark(account));
  });
  return [`existing = ${EXISTING}`, "", ...users, ...(members.length === 0 ? [] : [...head, ...members])];
}

function entry(indent: string, start: string, parts: readonly string[], end: string, comment: string): string[] {
  const line = `${indent}${start}${parts.join(", ")}${end}${comment}`;
  if (/^[ -~]*$/.test(line) && line.length <= WIDTH) return [line];
  return [`${indent}${start}`, ...parts.map((part) => `${indent}    ${part},`), `${indent}${end}${comment}`];
}

function propertiesOf(account: Account): string[] {
  return Object.entries(declaredOf(account)).map(([name, given]) => `${snakeCase(name)}=${value(given)}`);
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function remark({ isAdmin }: Account): string {
  return isAdmin ? "  # administrator" : "";
}

function value(given: string | number | boolean): string {
  if (typeof given === "boolean") return given ? "True" : "False";
  return typeof given === "string" ? text(given) : String(given);
}

/** A string of JSON is one of Python: the characters beyond it stand as they are, and the file is UTF-8. */
function text(given: string): string {
  return literal(JSON.stringify(given));
}
