import type { Account, Found } from "./accounts";
import type { As } from "./export";
import { rolesOf } from "./memberships";
import { MEMBER_POLICY, POLICY, declaredOf, headLines, leftOutLines, literal, membershipsOf } from "./words";

/** Longest line of code, in characters: as prettier has it. */
const WIDTH = 80;

/** A TypeScript or JavaScript program, formatted as prettier formats it by default. */
export function nodeProgram(found: Found, language: "typescript" | "javascript", as: As): string {
  const hasMembers = membershipsOf(found).length > 0;
  const names = as === "team" ? "WallarooTeam" : hasMembers ? "WallarooUser, WallarooWorkspaceMember" : "WallarooUser";
  const source =
    language === "typescript"
      ? `import { ${names} } from "pulumi-wallaroo";`
      : `const { ${names} } = require("pulumi-wallaroo");`;
  const body = as === "team" ? teamOf(found) : usersOf(found, language === "typescript" ? " as const" : "");
  const lines = [source, "", ...commented(headLines(found)), ...body];
  const leftOut = leftOutLines(found);
  if (leftOut.length > 0) lines.push("", ...commented(leftOut));
  return `${lines.join("\n")}\n`;
}

function commented(lines: readonly string[], indent = ""): string[] {
  return lines.map((line) => `${indent}// ${line}`);
}

function teamOf({ accounts }: Found): string[] {
  const members = accounts.flatMap((account) =>
    entry("    ", `${text(account.email)}: `, memberOf(account), `,${remark(account)}`),
  );
  return [
    'new WallarooTeam("staff", {',
    ...commented(POLICY, "  "),
    "  adopt: true,",
    '  onDestroy: "retain",',
    "  members: {",
    ...members,
    "  },",
    "});",
  ];
}

const EXISTING = '{ adopt: true, onDestroy: "retain" }';

function usersOf(found: Found, constant: string): string[] {
  const members = membershipsOf(found).flatMap(({ name, email, workspace, role }) => {
    const given = [`workspace: ${value(workspace)}`, `user: ${text(email)}`, `role: "${role}"`, "...membership"];
    return entry("", `new WallarooWorkspaceMember(${text(name)}, `, given, ");");
  });
  const head = ["", ...commented(MEMBER_POLICY), `const membership = ${EXISTING}${constant};`, ""];
  const users = found.accounts.flatMap((account) => {
    const properties = [`email: ${text(account.email)}`, ...propertiesOf(account), "...existing"];
    return entry("", `new WallarooUser(${text(account.email)}, `, properties, `);${remark(account)}`);
  });
  return [
    ...commented(["", ...POLICY]),
    `const existing = ${EXISTING}${constant};`,
    "",
    ...users,
    ...(members.length === 0 ? [] : [...head, ...members]),
  ].map((line) => line.trimEnd());
}

/** An object between two texts, on one line if it fits. What follows the first `//` of the end does not count. */
function entry(indent: string, start: string, properties: readonly string[], end: string): string[] {
  if (properties.length === 0) return [`${indent}${start}{}${end}`];
  const line = `${indent}${start}{ ${properties.join(", ")} }${end}`;
  // Wide characters count twice; which ones these are differs by release.
  const isPlain = /^[ -~]*$/.test(line);
  if (isPlain && line.replace(/ \/\/ [^"]*$/, "").length <= WIDTH) return [line];
  return [`${indent}${start}{`, ...properties.map((property) => `${indent}  ${property},`), `${indent}}${end}`];
}

function memberOf(account: Account): string[] {
  const roles = Object.entries(rolesOf(account.workspaces) ?? {});
  const lines = roles.map(([name, role]) => {
    const isBare = /^[A-Za-z_$][\w$]*$/.test(name);
    return `        ${isBare ? name : text(name)}: "${role}",`;
  });
  const workspaces = ["workspaces: {", ...lines, "      }"].join("\n");
  return [...propertiesOf(account), ...(lines.length === 0 ? [] : [workspaces])];
}

function propertiesOf(account: Account): string[] {
  return Object.entries(declaredOf(account)).map(([name, given]) => `${name}: ${value(given)}`);
}

function remark({ isAdmin }: Account): string {
  return isAdmin ? " // administrator" : "";
}

function value(given: string | number | boolean): string {
  return typeof given === "string" ? text(given) : String(given);
}

/** A string of the language: older releases of it take these two marks for line ends. */
function text(given: string): string {
  return literal(JSON.stringify(given).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029"));
}
