import { refusal, type WallarooError } from "../api/errors";
import { isRecord } from "../api/json";
import { findChanges } from "../user/diff";
import type { IsUnknown, KnownUser } from "../user/model";
import type { RunMemory } from "../user/run";
import { memberInputs, pathOf } from "./check";

/** What `up` would do to a team. */
export interface TeamChanges {
  /** Addresses that are declared and not stored. */
  added: string[];
  /** Addresses of members whose account or destiny changes, with the inputs that do it. */
  changed: { email: string; names: string[] }[];
  /** Addresses that are stored and not declared any more. */
  removed: string[];
}

/** Compares the stored members with the declared ones, each by the rules of a single user. */
export function findTeamChanges(
  stored: ReadonlyMap<string, KnownUser>,
  declared: Record<string, unknown>,
  isUnknown?: IsUnknown,
): TeamChanges {
  const changes: TeamChanges = { added: [], changed: [], removed: [] };
  for (const [email, member] of Object.entries(declared)) {
    const known = stored.get(email);
    if (known === undefined) {
      changes.added.push(email);
    } else if (!isRecord(member)) {
      changes.changed.push({ email, names: [] });
    } else {
      const { updates } = findChanges(known.state, memberInputs(email, member), isUnknown);
      if (updates.length > 0 || known.state.unfinished === true) changes.changed.push({ email, names: updates });
    }
  }
  for (const email of stored.keys()) if (!Object.hasOwn(declared, email)) changes.removed.push(email);
  return changes;
}

/** True when nothing would be done. */
export function isEmpty({ added, changed, removed }: TeamChanges): boolean {
  return added.length + changed.length + removed.length === 0;
}

/** Longest list of people in one line of {@link describeChanges}. */
const MAX_NAMED = 20;

/** How the lines about a team begin: `up` makes the changes, a refresh only finds them. */
const WORDS = {
  up: { added: "is joined by", changed: "changes", removed: "is left by" },
  refresh: {
    added: "has no account on the platform any more for",
    changed: "differs on the platform in",
    removed: "has on the platform, under an address that was not declared,",
  },
};

/**
 * One line for each kind of change, member by member: the engine itself only says that `members` changes. In a refresh
 * what the last `up` declared counts as declared.
 */
export function describeChanges({ added, changed, removed }: TeamChanges, operation: keyof typeof WORDS): string[] {
  const words = WORDS[operation];
  const properties = changed.flatMap(({ email, names }) =>
    names.length === 0 ? [pathOf(email)] : names.map((name) => pathOf(email, name)),
  );
  return [
    ...line(
      words.added,
      added.map((email) => pathOf(email)),
    ),
    ...line(words.changed, properties),
    ...line(
      words.removed,
      removed.map((email) => pathOf(email)),
    ),
  ];
}

function line(what: string, paths: string[]): string[] {
  if (paths.length === 0) return [];
  const more = paths.length > MAX_NAMED ? ` and ${paths.length - MAX_NAMED} more` : "";
  return [`${what} ${paths.slice(0, MAX_NAMED).join(", ")}${more}`];
}

/**
 * A team that has members is given none, and not all of them are declared by other resources of the program:
 * a value that was lost on its way, in whatever language the program is written, looks just like that.
 *
 * @param stored canonical addresses of the members so far
 * @param declared the members that are declared now
 */
export function findEmptiedRefusal(
  stored: readonly string[],
  declared: Record<string, unknown>,
  run: Pick<RunMemory, "findDeclaration">,
  team: string,
): WallarooError | undefined {
  if (Object.keys(declared).length > 0) return undefined;
  const leaving = stored.filter((email) => run.findDeclaration(email) === undefined);
  if (leaving.length === 0) return undefined;
  const members = stored.length === 1 ? "its only member is" : `all of its ${stored.length} members are`;
  return refusal(
    "empty",
    team,
    `${members} taken out at once, which is also what a lost value looks like`,
    "Check where `members` comes from. To let all of them go, run `pulumi destroy --target URN` " +
      "(`pulumi stack --show-urns` prints the URN), or take the team out of the program.",
  );
}
