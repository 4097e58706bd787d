import { refusal } from "../user/policy";
import type { RunMemory } from "../user/run";

/**
 * Raises when a team that has members is given none, and not all of them are declared by other resources of the program:
 * a value that was lost on its way, in whatever language the program is written, looks just like that.
 *
 * @param stored canonical addresses of the members so far
 * @param declared the members that are declared now
 */
export function refuseEmptied(
  stored: readonly string[],
  declared: Record<string, unknown>,
  run: Pick<RunMemory, "findDeclaration">,
  team: string,
): void {
  if (Object.keys(declared).length > 0) return;
  const leaving = stored.filter((email) => run.findDeclaration(email) === undefined);
  if (leaving.length === 0) return;
  const members = stored.length === 1 ? "its only member is" : `all of its ${stored.length} members are`;
  throw refusal(
    "empty",
    team,
    `${members} taken out at once, which is also what a lost value looks like`,
    "Check where `members` comes from. To let all of them go, run `pulumi destroy --target URN` " +
      "(`pulumi stack --show-urns` prints the URN), or take the team out of the program.",
  );
}
