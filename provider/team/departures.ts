import { WallarooError, listed, refusal } from "../api/errors";
import type { ApiUser } from "../api/wire";
import type { Context } from "../user/context";
import { DECISION_AGE_MS } from "../user/directory";
import { addressOf } from "../user/email";
import type { KnownUser } from "../user/model";
import { hasUnknownAddress, planDelete } from "../user/policy";
import type { RunMemory } from "../user/run";
import type { View } from "../user/view";
import type { TeamState } from "./model";
import { shareOf, type TeamOptions } from "./options";
import { reasonsOf } from "./run-all";
import { findUnmanaged, findUnmanagedRefusals } from "./unmanaged";

/** Bound of a team that declares none, from {@link FROM} accounts on. */
const DEFAULT = "25%";
const FROM = 10;

/** What one `up` would cut off of active accounts, and out of how many. */
export interface Departures {
  /** Addresses of stored members that are not declared any more, and are deactivated. */
  leavers: string[];
  /** Accounts that are deactivated as unmanaged. */
  unmanaged: ApiUser[];
  /** Active accounts of stored members, and of the stored list of unmanaged accounts. */
  outOf: number;
  /** Accounts are stored, and none is on the platform under its id: another one may answer there. */
  isElsewhere: boolean;
}

/** The departures as they are now; undefined, with nothing asked, if none can leave or so few that no bound holds. */
export async function lookForDepartures(
  context: Context,
  state: TeamState | undefined,
  members: ReadonlyMap<string, KnownUser>,
  declared: Record<string, unknown>,
  options: TeamOptions,
): Promise<Departures | undefined> {
  if (state === undefined) return undefined;
  const listed = state.unmanaged?.length ?? 0;
  const isCutOff = options.ifUnmanaged === "deactivate" && listed > 0;
  const isBounded = options.maxDepartures !== undefined || members.size + listed >= FROM;
  const isLeft = isBounded && [...members.keys()].some((email) => !Object.hasOwn(declared, email));
  if (!isCutOff && !isLeft) return undefined;
  const { run } = context;
  const view = await context.directory.view(DECISION_AGE_MS);
  const active = [...members].filter(([, { id }]) => view.findById(id)?.enabled === true);
  const isLeaver = ([email, known]: [string, KnownUser]) =>
    !Object.hasOwn(declared, email) &&
    run.findDeclaration(email) === undefined &&
    planDelete(known.state) === "deactivate" &&
    !run.isKept(known.id);
  const ids = new Set([...members.values()].map(({ id }) => id));
  const stored = new Set(state.unmanaged);
  const unmanaged =
    stored.size === 0
      ? []
      : findUnmanaged(context, view, { ids, declared }, options).filter((user) => stored.has(addressOf(user)));
  return {
    leavers: active.filter(isLeaver).map(([email]) => email),
    unmanaged: options.ifUnmanaged === "deactivate" ? unmanaged : [],
    outOf: active.length + unmanaged.length,
    isElsewhere: isElsewhere(run, view, members),
  };
}

/** Raises `membersFailed` with these refusals, if there are any. */
export function raiseAll(operation: string, team: string, refusals: readonly WallarooError[]): void {
  if (refusals.length === 0) return;
  throw new WallarooError({
    kind: "membersFailed",
    operation,
    who: team,
    words: "not all accounts that leave it can be deactivated",
    next: "Nothing was sent.",
    reasons: reasonsOf(refusals),
  });
}

/** Why not all of these may be cut off, one for each reason or account. Notes them as leaving if there is none. */
export async function findDepartureRefusals(
  context: Context,
  departures: Departures | undefined,
  options: TeamOptions,
  team: string,
): Promise<WallarooError[]> {
  if (departures === undefined) return [];
  const view = await context.directory.view(DECISION_AGE_MS);
  const tooMany = findDeparturesRefusal(departures, options, team);
  const guarded = await findUnmanagedRefusals(context, view, departures);
  if (tooMany !== undefined) return [tooMany, ...guarded];
  if (guarded.length > 0) return guarded;
  context.run.managed.noteCutOff(departures.unmanaged, team);
  for (const user of departures.unmanaged) context.run.noteLeaving(user);
  return [];
}

/** A member with another address than the state knows may be an account of a cloned realm. */
function isElsewhere(
  { managed }: Pick<RunMemory, "managed">,
  view: View,
  members: ReadonlyMap<string, KnownUser>,
): boolean {
  const there = [...managed.ids].filter((id) => view.findById(id) !== undefined);
  if (members.size === 0) return managed.ids.size > 0 && there.length === 0;
  return ![...members.values()].some(({ id, state }) => {
    const user = view.findById(id);
    return user !== undefined && !hasUnknownAddress(state, user);
  });
}

/** The refusal to cut off more accounts in one `up` than `maxDepartures` allows. */
function findDeparturesRefusal(
  { leavers, unmanaged, outOf }: Departures,
  { maxDepartures }: TeamOptions,
  team: string,
): WallarooError | undefined {
  if (maxDepartures === undefined && outOf < FROM) return undefined;
  const count = leavers.length + unmanaged.length;
  if (count <= mostOf(maxDepartures ?? DEFAULT, outOf)) return undefined;
  const lists = [
    ...(leavers.length === 0 ? [] : [`not declared any more: ${listed(leavers)}`]),
    ...(unmanaged.length === 0 ? [] : [`unmanaged: ${listed(unmanaged.map(addressOf))}`]),
  ];
  const bound = maxDepartures === undefined ? `${DEFAULT}, the default` : `${maxDepartures}`;
  return refusal(
    "change",
    team,
    `it would deactivate ${count} of ${outOf} active accounts (${lists.join("; ")}), and maxDepartures is ${bound}`,
    `Nothing was sent. If all of them are to go, write \`maxDepartures: ${count}\` for this \`up\`.`,
  );
}

/** True when an explicit bound lets all of so many members go. */
export function allowsAll(maxDepartures: TeamOptions["maxDepartures"], count: number, outOf: number): boolean {
  return maxDepartures !== undefined && count <= mostOf(maxDepartures, outOf);
}

function mostOf(bound: number | string, outOf: number): number {
  if (typeof bound === "number") return bound;
  // Whole accounts of a share such as 7 % must not be lost to rounding.
  return Math.floor((shareOf(bound) ?? 0) * outOf + 1e-9);
}
