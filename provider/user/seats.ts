import { MAX_NAMED, listed, refusal } from "../api/errors";
import type { ApiUser } from "../api/wire";
import type { Context } from "./context";
import { DECISION_AGE_MS } from "./directory";
import { addressOf } from "./email";
import { asDue, findToday, hasExpired, type Dated } from "./expiry";
import { isoTime } from "./state";
import type { View } from "./view";

/** Accounts with an address, as a licence counts them. */
export interface WallarooSeats {
  /** Active accounts: each takes a seat. */
  active: number;
  /** Deactivated accounts. */
  inactive: number;
  /** `wallaroo:seatLimit`, if it is set. */
  limit?: number;
}

export function seatsOf(view: View, limit: number | undefined): WallarooSeats {
  const all = [...view.accounts()].filter(({ email }) => email !== undefined).length;
  const active = view.seatsTaken();
  return { active, inactive: all - active, ...(limit === undefined ? {} : { limit }) };
}

/** What resources of this run want of seats, as far as they were checked. */
export class SeatPlan {
  readonly #wanted = new Map<string, boolean>();
  /** Keys of resources that may free seats, as far as the plan has all of them. */
  readonly freeing = new Set<string>();

  /** Notes for canonical addresses whether the account is to be active. */
  want(wanted: ReadonlyMap<string, boolean>): void {
    for (const [email, enabled] of wanted) this.#wanted.set(email, enabled);
  }

  /** Seats that are taken in the end, less those that `view` shows: what was done meanwhile is in it, and counts once. */
  net(view: View): number {
    let net = 0;
    for (const [email, enabled] of this.#wanted) {
      const isActive = view.findAllByEmail(email).some((user) => user.enabled);
      if (isActive !== enabled) net += enabled ? 1 : -1;
    }
    return net;
  }
}

/** What a resource declares of an account, and what it declared before; undefined where it did not. */
export interface Declaring {
  email: string;
  before: Dated | undefined;
  now: Dated;
}

/** What a program says of the seats that its resources may free. */
export interface Freeing {
  key: string;
  /** True for a resource that may free seats. */
  frees?: boolean;
  /** How many resources may. */
  freeing?: number;
}

/**
 * Raises `refused` when more seats would be taken than wallaroo:seatLimit allows, by this resource and those that were
 * checked before it. Seats that are freed by `enabled: false` or `expires` are counted; those of removed users and members
 * are not, as the engine lets go of them last. While a resource that may free seats is yet to be checked it warns instead.
 * Asks nothing without a limit, and when no seat is taken.
 */
export async function previewSeats(
  context: Context,
  who: string,
  accounts: readonly Declaring[],
  { key, frees = false, freeing = 0 }: Freeing,
): Promise<void> {
  const { seatLimit, directory, run, log } = context;
  if (seatLimit === undefined) return;
  const wanted = await findWanted(context, accounts);
  run.seats.want(wanted);
  if (frees) run.seats.freeing.add(key);
  const arriving = accounts.filter(({ before }) => before === undefined);
  const invited = arriving.filter(({ email }) => wanted.get(email) === false);
  if (invited.length === 0 && ![...wanted.values()].includes(true)) return;
  const view = await directory.view(DECISION_AGE_MS);
  const taken = view.seatsTaken();
  // An invite takes a seat until the account is deactivated, so that one more has to be free then.
  const passing = invited.some(({ email }) => view.findAllByEmail(email).length === 0) ? 1 : 0;
  const excess = taken + run.seats.net(view) + passing - seatLimit;
  if (excess <= 0) return;
  const problem = refusal(
    "give seats to",
    who,
    `${taken} of the ${seatLimit} seats in wallaroo:seatLimit are taken, and with what is declared so far there ` +
      `would be ${excess === 1 ? "1 seat" : `${excess} seats`} too few`,
    "Deactivate accounts first (`enabled: false`; seats of removed ones are free at the end of `up` only), or raise " +
      `wallaroo:seatLimit to what the licence allows. ${describeIdle(view)}`,
  );
  if (run.seats.freeing.size >= freeing) throw problem;
  if (run.isNew("seats")) log.warn(`${problem.message} Other resources may free seats, so that is not refused yet.`);
}

/** Whether the accounts are to be active of which that is declared otherwise than before. */
async function findWanted(context: Context, accounts: readonly Declaring[]): Promise<Map<string, boolean>> {
  const hasDays = accounts.some(({ before, now }) => before?.expires !== undefined || now.expires !== undefined);
  const today = hasDays ? await findToday(context) : "";
  const isActive = (declared: Dated) => asDue(declared, today).enabled !== false;
  const changed = accounts.filter(
    ({ before, now }) => before === undefined || isActive(before) !== isActive(now) || hasExpired(now, today),
  );
  return new Map(changed.map(({ email, now }) => [email, isActive(now)]));
}

/** Time without a sign-in after which an account is named, in milliseconds. */
const IDLE_MS = 90 * 24 * 3600 * 1000;

/** Active accounts that may not need their seat, as far as the platform shows sign-ins. One or two sentences. */
export function describeIdle(view: View, nowMs = Date.now()): string {
  const active = [...view.accounts()].filter(({ enabled, email }) => enabled && email !== undefined);
  if (active.every(({ lastLogin }) => lastLogin === undefined)) {
    return "This platform does not show when accounts signed in last.";
  }
  const lastOf = ({ lastLogin }: ApiUser) => (typeof lastLogin === "number" ? lastLogin : undefined);
  const never = active.filter((user) => lastOf(user) === undefined);
  const idle = active
    .filter((user) => (lastOf(user) ?? nowMs) < nowMs - IDLE_MS)
    .sort((a, b) => (lastOf(a) ?? 0) - (lastOf(b) ?? 0));
  const day = (user: ApiUser) => isoTime(lastOf(user) ?? 0)?.slice(0, 10);
  const lists = [
    list("never signed in", never.map(addressOf).sort()),
    list(
      "not signed in for 90 days",
      idle.map((user) => `${addressOf(user)} (${day(user)})`),
    ),
  ].filter((text) => text !== undefined);
  return lists.length === 0
    ? "Every active account signed in within 90 days."
    : `Of the active accounts, ${lists.join("; ")}.`;
}

function list(what: string, names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : `${what}: ${listed(names, MAX_NAMED)}`;
}

/** What there is to know where the platform refuses an invite, most likely for want of a seat. */
export function describeSeats(view: View): string {
  const taken = view.seatsTaken();
  return `${taken === 1 ? "1 seat is" : `${taken} seats are`} taken. ${describeIdle(view)}`;
}
