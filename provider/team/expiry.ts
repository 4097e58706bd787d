import { listed } from "../api/errors";
import { compare, isRecord } from "../api/json";
import type { Context } from "../user/context";
import { DECISION_AGE_MS } from "../user/directory";
import { asDue, describeEnd, findToday, hasExpired } from "../user/expiry";
import type { TeamState } from "./model";

/** Declared members by canonical address; those that only `up` will know are left alone. */
type Declared = Record<string, unknown>;

/**
 * The members as they count today, see {@link asDue}. A member that has expired and has no account, neither stored nor on the
 * platform, is left out; not one whose stored account has another address now, which it would be let go by. Asks nothing
 * when no day is declared.
 */
export async function dueMembers<T extends Declared>(
  context: Context,
  members: T,
  stored: Pick<TeamState, "ids" | "details"> | undefined,
  team: string,
): Promise<T> {
  if (!hasDays(members)) return members;
  const today = await findToday(context);
  const view = await context.directory.view(DECISION_AGE_MS);
  const known = stored === undefined ? new Set() : addressesOf(stored, members);
  const due: Declared = {};
  const late: string[] = [];
  for (const [email, member] of Object.entries(members)) {
    const isOver = isRecord(member) && hasExpired(member, today);
    if (isOver && !known.has(email) && view.findAllByEmail(email).length === 0) late.push(email);
    else due[email] = isRecord(member) ? asDue(member, today) : member;
  }
  if (late.length > 0 && context.run.isNew(`late ${team}`)) {
    context.log.info(`${team}: not invited, as the day in \`expires\` is over: ${listed(late)}`);
  }
  return due as T;
}

/** Addresses of stored members, and former ones of those that are not declared by today's. */
function addressesOf({ ids, details }: Pick<TeamState, "ids" | "details">, members: Declared): Set<string> {
  const undeclared = Object.keys(ids).filter((email) => !Object.hasOwn(members, email));
  return new Set([...Object.keys(ids), ...undeclared.flatMap((email) => details[email]?.formerEmails ?? [])]);
}

/** Warns of the members whose end comes within 14 days, the next one first. Asks nothing when no day is declared. */
export async function warnOfEnds(context: Context, members: Declared, team: string): Promise<void> {
  if (!hasDays(members)) return;
  const today = await findToday(context);
  const ends = Object.entries(members).flatMap(([email, member]) => {
    if (!isRecord(member) || describeEnd(member, today) === undefined) return [];
    return [{ email, expires: String(member["expires"]) }];
  });
  if (ends.length === 0) return;
  ends.sort((a, b) => compare(a.expires, b.expires));
  const named = listed(ends.map(({ email, expires }) => `${email} (${expires})`));
  context.log.warn(
    `${team}: the day in \`expires\` comes within 14 days, after which \`pulumi up\` deactivates: ${named}`,
  );
}

function hasDays(members: Declared): boolean {
  return Object.values(members).some((member) => isRecord(member) && typeof member["expires"] === "string");
}
