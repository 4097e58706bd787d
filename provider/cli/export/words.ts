import type { Found } from "./accounts";

/** What every program and roster says at its beginning. No time of the day: the same accounts make the same text. */
export function headLines({ host, accounts }: Found): string[] {
  const [count, them] = accounts.length === 1 ? ["1 account", "it"] : [`${accounts.length} accounts`, "them"];
  return [`${count} of ${host}, written by \`pulumi-wallaroo export\`. Review ${them}, then run \`pulumi preview\`.`];
}

/** What stands beside `adopt` and `onDestroy`, which are written once. */
export const POLICY = [
  "adopt: what is declared is there already. It is taken over, and nothing is sent.",
  "onDestroy: what is taken out of here, and everything at `pulumi destroy`, stays as it is on the platform.",
  'Write "deactivate" once leaving has to cut off.',
];

/** {@link POLICY} of memberships. */
export const MEMBER_POLICY = ['The same for memberships of workspaces: "remove" takes them away.'];

/** The name of the resource of a membership: a workspace can be called anything, and be renamed. */
export function memberName(email: string, workspaceId: number): string {
  return `${email} in workspace ${workspaceId}`;
}

/** What is not declared, a line per account, with the reason. */
export function leftOutLines({ leftOut }: Found): string[] {
  return leftOut.length === 0 ? [] : ["Left out:", ...leftOut.map(({ who, reason }) => `- ${who}: ${reason}`)];
}

/** What a YAML roster says at its beginning: where its schema is, and {@link readerLines}. */
export function rosterLines(found: Found, file: string): string[] {
  return [
    "yaml-language-server: $schema=./node_modules/pulumi-wallaroo/roster.schema.json",
    ...headLines(found),
    ...readerLines(file),
  ];
}

/** The program that reads a roster so that every account is taken over, and what that means. */
export function readerLines(file: string): string[] {
  return [
    `In the program: new WallarooTeam("staff", { adopt: true, onDestroy: "retain", members: readRoster(${JSON.stringify(file)}) })`,
    ...POLICY,
  ];
}
