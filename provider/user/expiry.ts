import { refusal, type WallarooError } from "../api/errors";
import type { Context } from "./context";
import { DECISION_AGE_MS } from "./directory";

/** Days before its end on which preview begins to warn of it. */
const WARNING_DAYS = 14;
const DAY_MS = 86_400_000;

/** What {@link asDue} looks at; values that only `up` will know are left alone. */
export interface Dated {
  expires?: unknown;
  enabled?: unknown;
}

/** What is wrong with a declared `expires`, or undefined. */
export function findDayProblem(value: unknown): string | undefined {
  return typeof value === "string" && startOf(value) !== undefined
    ? undefined
    : 'must be a day that exists, such as "2026-12-31"';
}

/** Midnight (UTC) at which a day begins, in milliseconds since the epoch; undefined for anything but `YYYY-MM-DD`. */
function startOf(day: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const startMs = Date.parse(`${day}T00:00:00Z`);
  // The 30th of February is taken for a day of March.
  return Number.isNaN(startMs) || dayOf(startMs) !== day ? undefined : startMs;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/**
 * The UTC day that it is on the platform, by the `Date` of its answers: a view of all accounts is asked for if no recent one
 * is there. The day of this machine, with one warning per run, if the answers have none.
 */
export async function findToday({ directory, clock, run, log }: Context): Promise<string> {
  await directory.view(DECISION_AGE_MS);
  const nowMs = clock.nowMs();
  if (nowMs === undefined && run.isNew("noDate")) {
    log.warn(
      "The platform's answers have no Date: whether a day in `expires` is over is told by this machine's clock.",
    );
  }
  return dayOf(nowMs ?? Date.now());
}

/** True from the day after `expires`. */
export function hasExpired({ expires }: Dated, today: string): boolean {
  return typeof expires === "string" && startOf(expires) !== undefined && today > expires;
}

/** The inputs as they count today: expired, a user is treated as `enabled: false`. */
export function asDue<T extends Dated>(inputs: T, today: string): T {
  return hasExpired(inputs, today) ? { ...inputs, enabled: false } : inputs;
}

/** How an active user's end is announced, from 14 days before it until its day; undefined on other days. */
export function describeEnd({ expires, enabled }: Dated, today: string): string | undefined {
  if (typeof expires !== "string" || enabled === false || today > expires) return undefined;
  const days = ((startOf(expires) ?? Infinity) - Date.parse(today)) / DAY_MS;
  if (days > WARNING_DAYS) return undefined;
  if (days === 0) return `expires today (${expires}, UTC): from tomorrow on \`pulumi up\` deactivates it`;
  const left = days === 1 ? "1 day" : `${days} days`;
  return `expires in ${left} (${expires}, UTC): after that day \`pulumi up\` deactivates it`;
}

/** The refusal to invite an account that would have expired already. */
export function findLateInviteRefusal(inputs: Dated & { email: string }, today: string): WallarooError | undefined {
  if (!hasExpired(inputs, today)) return undefined;
  return refusal(
    "create",
    inputs.email,
    `its \`expires\` (${String(inputs.expires)}) is over: today is ${today} on the platform, and no account has this address`,
    "Nothing was sent. Declare a later day, or take the user out of the program.",
  );
}

/** {@link asDue} by the platform's day; asks nothing when no day is declared. */
export async function dueToday<T extends Dated>(context: Context, inputs: T): Promise<T> {
  return typeof inputs.expires === "string" ? asDue(inputs, await findToday(context)) : inputs;
}
