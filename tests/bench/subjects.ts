/** What one resource of a subject stands for; a table has subjects of one kind. */
export type Kind = "users" | "teams" | "members";

export interface SubjectInfo {
  kind: Kind;
  /** In the results, as Markdown. */
  name: string;
  /** The no-op resource with the same inputs and outputs; absent for a floor. */
  floor?: Subject;
  /** The same through the dynamic provider. */
  dynamic?: Subject;
  /** The same of another checkout: measured beside this subject with `--beside` alone. */
  before?: Subject;
  /** Its program in `programs`, if it is not named as the subject. */
  program?: string;
  /** Into how many workspaces its memberships go. */
  workspaces?: number;
}

export type Subject =
  | "user"
  | "user-before"
  | "native-user"
  | "floor"
  | "naive"
  | "team"
  | "team-before"
  | "native-team"
  | "team-floor"
  | "members"
  | "native-members"
  | "members-of-50"
  | "native-members-of-50"
  | "members-floor";

/** What is measured, in the order of the results. */
export const SUBJECTS: Record<Subject, SubjectInfo> = {
  user: { kind: "users", name: "`WallarooUser`", floor: "floor", before: "user-before" },
  "user-before": { kind: "users", name: "`WallarooUser`, other checkout", floor: "floor", program: "user" },
  "native-user": { kind: "users", name: "plugin, `User`", floor: "floor", dynamic: "user" },
  floor: { kind: "users", name: "floor of `WallarooUser`" },
  naive: { kind: "users", name: "naive provider", floor: "floor" },
  team: { kind: "teams", name: "`WallarooTeam`", floor: "team-floor", before: "team-before" },
  "team-before": { kind: "teams", name: "`WallarooTeam`, other checkout", floor: "team-floor", program: "team" },
  "native-team": { kind: "teams", name: "plugin, `Team`", floor: "team-floor", dynamic: "team" },
  "team-floor": { kind: "teams", name: "floor of `WallarooTeam`" },
  members: {
    ...{ kind: "members", name: "`WallarooWorkspaceMember`, one workspace" },
    ...{ floor: "members-floor", workspaces: 1 },
  },
  "native-members": {
    ...{ kind: "members", name: "plugin, `WorkspaceMember`, one workspace" },
    ...{ floor: "members-floor", dynamic: "members", workspaces: 1 },
  },
  "members-of-50": {
    ...{ kind: "members", name: "`WallarooWorkspaceMember`, 50 workspaces" },
    ...{ floor: "members-floor", program: "members", workspaces: 50 },
  },
  "native-members-of-50": {
    ...{ kind: "members", name: "plugin, `WorkspaceMember`, 50 workspaces" },
    ...{ floor: "members-floor", dynamic: "members-of-50", program: "native-members", workspaces: 50 },
  },
  "members-floor": { kind: "members", name: "floor of `WallarooWorkspaceMember`", workspaces: 1 },
};

/** Every subject, in the order of the results. */
export const ORDER = Object.keys(SUBJECTS) as Subject[];
/** Those that need the package of another checkout. */
export const BEFORE: readonly Subject[] = Object.values(SUBJECTS).flatMap(({ before = [] }) => before);
/** Those of this checkout. */
export const ALL = ORDER.filter((subject) => !BEFORE.includes(subject));
