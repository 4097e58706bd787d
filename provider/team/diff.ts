import { listed, refusal, type WallarooError } from "../api/errors";
import { isRecord } from "../api/json";
import { findChanges } from "../user/diff";
import type { IsUnknown } from "../user/model";
import type { RunMemory } from "../user/run";
import { memberInputs, pathOf } from "./check";
import { allowsAll } from "./departures";
import { hasMembershipChanges } from "./memberships";
import type { TeamMember } from "./model";
import type { TeamOptions } from "./options";

/** What `up` would do to a team. */
export interface TeamChanges {
  /** Addresses that are declared and not stored. */
  added: string[];
  /** Addresses of members that change, with the inputs that do it. */
  changed: { email: string; names: string[] }[];
  /** Addresses that are stored and not declared any more. */
  removed: string[];
}

/** Compares the stored members with the declared ones, each by the rules of a single user. */
export function findTeamChanges(
  stored: ReadonlyMap<string, TeamMember>,
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
      if (hasMembershipChanges(known, member["workspaces"])) updates.push("workspaces");
      if (updates.length > 0 || known.state.unfinished === true) changes.changed.push({ email, names: updates });
    }
  }
  for (const email of stored.keys()) if (!Object.hasOwn(declared, email)) changes.removed.push(email);
  return changes;
}

/** Addresses of the members that are added or changed. */
export function touchedBy({ added, changed }: TeamChanges): string[] {
  return [...added, ...changed.map(({ email }) => email)];
}

/** True when more of a member changes than the workspaces that it is in. */
export function isOfAccount(names: readonly string[], known: TeamMember | undefined): boolean {
  return known?.state.unfinished === true || names.length !== 1 || names[0] !== "workspaces";
}

/** True when nothing would be done. */
export function isEmpty({ added, changed, removed }: TeamChanges): boolean {
  return added.length + changed.length + removed.length === 0;
}

/** Paths of the inputs that change, as an engine shows them. */
export function pathsOf({ added, changed, removed }: TeamChanges): Record<keyof TeamChanges, string[]> {
  const paths = (emails: readonly string[]) => emails.map((email) => pathOf(email));
  const properties = changed.flatMap(({ email, names }) =>
    names.length === 0 ? [pathOf(email)] : names.map((name) => pathOf(email, name)),
  );
  return { added: paths(added), changed: properties, removed: paths(removed) };
}

/** How the lines about a team begin: `up` makes the changes, a refresh only finds them. */
const WORDS = {
  up: { added: "is joined by", changed: "changes", removed: "is left by" },
  refresh: {
    added: "has no account on the platform any more for",
    changed: "differs on the platform in",
    removed: "has on the platform, under an address that was not declared,",
  },
};

/** One line per kind of change, as the engine only says that `members` changes. */
export function describeChanges(changes: TeamChanges, operation: keyof typeof WORDS): string[] {
  const paths = pathsOf(changes);
  const kinds = (["added", "changed", "removed"] as const).filter((kind) => paths[kind].length > 0);
  return kinds.map((kind) => `${WORDS[operation][kind]} ${listed(paths[kind])}`);
}

/**
 * The refusal to empty a team whose members are not all declared by other resources: a value that was lost on its way
 * looks just like that.
 *
 * @param stored canonical addresses of the members so far
 * @param declared the members that are declared now
 * @param maxDepartures may allow it, if it is declared
 */
export function findEmptiedRefusal(
  stored: readonly string[],
  declared: Record<string, unknown>,
  run: Pick<RunMemory, "findDeclaration">,
  team: string,
  maxDepartures?: TeamOptions["maxDepartures"],
): WallarooError | undefined {
  if (Object.keys(declared).length > 0) return undefined;
  const leaving = stored.filter((email) => run.findDeclaration(email) === undefined);
  if (leaving.length === 0 || allowsAll(maxDepartures, leaving.length, stored.length)) return undefined;
  const members = stored.length === 1 ? "its only member is" : `all of its ${stored.length} members are`;
  return refusal(
    "empty",
    team,
    `${members} taken out at once, which is also what a lost value looks like`,
    "Check where `members` comes from. To let all of them go, run `pulumi destroy --target URN` " +
      `(\`pulumi stack --show-urns\` prints the URN), take the team out of the program, or write \`maxDepartures: ${leaving.length}\`.`,
  );
}
