import type { Account, Found } from "./accounts";
import type { Membership } from "./memberships";

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

/** What is declared of an account besides its address and the policy. */
export function declaredOf({ enabled, names }: Account): Partial<Pick<Account, "enabled"> & Account["names"]> {
  return { ...(enabled ? {} : { enabled }), ...names };
}

/** The memberships of all accounts, with names of their resources by id, as a workspace may be renamed. */
export function membershipsOf({ accounts }: Found): (Membership & { name: string; email: string })[] {
  return accounts.flatMap(({ email, workspaces }) =>
    workspaces.map((one) => ({ ...one, name: `${email} in workspace ${one.workspaceId}`, email })),
  );
}

/** A string of JSON as one of JavaScript or Python, in the quotes that need fewer backslashes. */
export function literal(json: string): string {
  const inside = json.slice(1, -1);
  const [double = 0, single = 0] = ['\\"', "'"].map((quote) => inside.split(quote).length);
  return double <= single ? json : `'${inside.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
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
