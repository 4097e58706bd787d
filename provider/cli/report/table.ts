import type { Entry } from "./collect";

/** What is not told: by the platform, or because nothing asked for it. */
export const UNKNOWN = "unknown";

/** The columns of a report by their names in CSV, with the text that each has for an account. */
const COLUMNS = {
  email: ({ email }: Entry) => email ?? "",
  username: ({ username }: Entry) => username,
  id: ({ id }: Entry) => id,
  managed: ({ managed }: Entry) => joined(managed, "no"),
  active: ({ active }: Entry) => yesOrNo(active),
  administrator: ({ administrator }: Entry) => yesOrNo(administrator),
  created: ({ created }: Entry) => created ?? UNKNOWN,
  lastSignIn: ({ lastSignIn }: Entry) => (lastSignIn === null ? "never" : (lastSignIn ?? UNKNOWN)),
  idle: ({ idle }: Entry) => yesOrNo(idle),
  expires: ({ expires, managed }: Entry) => expires ?? (managed === undefined ? UNKNOWN : ""),
  federated: ({ federated }: Entry) => joined(federated, "no"),
  workspaces: ({ workspaces }: Entry) =>
    joined(
      workspaces?.map(({ workspace, role }) => (role === undefined ? workspace : `${workspace} (${role})`)),
      "",
    ),
} satisfies Record<string, (entry: Entry) => string>;

export type Column = keyof typeof COLUMNS;
export const NAMES = Object.keys(COLUMNS) as Column[];

/** The texts of an account, in the order of {@link NAMES}. */
export function cellsOf(entry: Entry): string[] {
  return NAMES.map((name) => COLUMNS[name](entry));
}

function yesOrNo(value: boolean | undefined): string {
  return value === undefined ? UNKNOWN : value ? "yes" : "no";
}

function joined(values: readonly string[] | undefined, none: string): string {
  if (values === undefined) return UNKNOWN;
  return values.length === 0 ? none : values.join("; ");
}
