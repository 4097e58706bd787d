import { isDeepStrictEqual } from "node:util";
import { withoutUndefined } from "../../api/json";
import type { Roster, RosterMember } from "../../roster/columns";
import { parseRoster } from "../../roster/read";
import type { RosterFormat } from "../../roster/roster";
import { formatRoster } from "../../roster/write";
import type { Account, Found } from "./accounts";
import { rolesOf } from "./memberships";
import { declaredOf, leftOutLines, rosterLines } from "./words";

/** The accounts as members of a team. */
export function membersOf({ accounts }: Found): Roster {
  const memberOf = (account: Account): RosterMember =>
    withoutUndefined<RosterMember>({ ...declaredOf(account), workspaces: rolesOf(account.workspaces) });
  return Object.fromEntries(accounts.map((account) => [account.email, memberOf(account)]));
}

/** The text of a new roster. Raises a defect rather than answer what would be read as something else. */
export function rosterOf(found: Found, format: RosterFormat, file = "team.yaml"): string {
  const members = membersOf(found);
  const text = formatRoster(members, format);
  if (!isDeepStrictEqual(parseRoster(text, format), members))
    throw new Error("the roster would not be read as it was meant");
  if (format !== "yaml") return text;
  const comments = (lines: readonly string[]) => lines.map((line) => `# ${line}\n`).join("");
  return `${comments(rosterLines(found, file))}\n${text}${comments(leftOutLines(found))}`;
}
