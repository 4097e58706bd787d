import type { Client } from "../api/client";
import { isUncertain, isWallarooError, messageOf, saysTaken, type WallarooError } from "../api/errors";
import { withoutUndefined } from "../api/json";
import type { ApiUser, InviteUserRequest, InviteUserResponse } from "../api/wire";
import { releaseSeat, takeSeat } from "./apply";
import type { Context } from "./context";
import { addressOf } from "./email";
import type { Lookout } from "./lookout";
import type { UserInputs } from "./model";
import { PROPERTIES, namesOf, profileProperties } from "./properties";
import { describeSeats } from "./seats";
import { createdAt } from "./state";
import type { View } from "./view";

/**
 * What one invite came to: an answer, or what it failed with, and when (`performance.now()`). `sinceMs`: when it was sent at
 * the earliest, by the platform's clock, in milliseconds since the epoch; absent if no answer has told that.
 */
export type Attempt =
  { answer: InviteUserResponse; atMs: number } | { error: WallarooError; atMs: number; sinceMs?: number | undefined };

/** How an invite ended. */
export type Invitation =
  /** Answered. `idHint` is whatever the platform calls the id. */
  | { kind: "invited"; idHint: string; password: string; atMs: number }
  /** The answer was lost, and the account is there now. `doubt`: a sentence why it may be another's all the same. */
  | { kind: "arrived"; user: ApiUser; error: WallarooError; doubt?: string }
  /** The address is taken by another account: by the platform's word, or because of `why`, a part of a sentence. */
  | { kind: "taken"; user: ApiUser; error: WallarooError; why?: string }
  /** The answer was lost, and it is not known whether the account is there. `failure` is why the last look failed. */
  | { kind: "unseen"; error: WallarooError; failure?: unknown };

/** An invite that was sent, whose seat is taken until {@link releaseSeat}. */
export interface PendingInvite {
  kind: "pending";
  first: Attempt;
  /** How it ended, which may take minutes to find out. */
  ending: Promise<Invitation>;
}

/** Sends the first invite, in the limiter, and answers what is to be found out after that. */
export async function beginInvite(context: Context, inputs: UserInputs): Promise<PendingInvite> {
  const { email } = inputs;
  const values = namesOf("inviteOnly").map((name) => [PROPERTIES[name].wire, inputs[name]] as const);
  const request: InviteUserRequest = withoutUndefined({ email, ...Object.fromEntries(values) });
  await takeSeat(context, email);
  const attempt = () => attemptInvite(request, context);
  let first: Attempt;
  try {
    first = await attempt();
  } catch (error) {
    releaseSeat(context, email);
    throw error;
  }
  // Begun at once, with the turn in the limiter: the next in the queue has to see that this invite is in doubt.
  const ending = settleInvite(email, first, () => context.limiter.run(attempt), context);
  ending.catch(() => undefined);
  return { kind: "pending", first, ending };
}

/**
 * The account of an answered invite by one joined query: the answer's `id` is the UUID in some releases and the email in
 * others. Undefined when it is not shown, or could not be asked for; and when the run is cancelled, as the lookout then has
 * one last look for all, which must not come after the queries that still wait here.
 */
export async function findInvited(
  { directory, run }: Pick<Context, "directory" | "run">,
  email: string,
  { id }: InviteUserResponse,
): Promise<ApiUser | undefined> {
  try {
    const confirmed = isUuid(id) ? directory.confirm(id) : directory.confirmByEmail(email);
    // Leaves some 500 bytes behind until the run ends (measured), 5 MB of ten thousand invites.
    const user = await Promise.race([confirmed, run.cancelled]);
    return user !== undefined && addressOf(user) === email ? user : undefined;
  } catch (error) {
    if (isWallarooError(error)) return undefined;
    throw error;
  }
}

export function isUuid(id: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
}

/** How to replace an initial password that is lost or was refused. */
export const NEW_PASSWORD =
  "To set a new password, open the account under Users in Keycloak's admin console (Credentials > Reset password), or use the dashboard of the platform.";

/** Sends one invite. Raises what is not an answer or failure of the platform. */
async function attemptInvite(
  request: InviteUserRequest,
  { users, clock, directory }: Pick<Context, "users" | "clock" | "directory">,
): Promise<Attempt> {
  let sinceMs: number | undefined;
  try {
    const answer = await users.invite(request, () => void (sinceMs = clock.earliestMs()));
    return { answer, atMs: performance.now() };
  } catch (error) {
    if (!isWallarooError(error)) throw error;
    return { error: withSeats(error, directory.lastView), atMs: performance.now(), sinceMs };
  }
}

/** The platform says 403 for missing rights and for a full licence: of the seats is said what is known. */
function withSeats(error: WallarooError, view: View | undefined): WallarooError {
  if (view === undefined || !isWallarooError(error, "forbidden")) return error;
  return error.with({ next: `${error.next} ${describeSeats(view)}` });
}

function isSurelyUndone(error: WallarooError): boolean {
  return error.beforeSending || isWallarooError(error, "unauthenticated", "forbidden");
}

/**
 * Finds out what an invite came to whose address nobody had. Unless it was answered, the platform is asked whether the
 * account is there, by time and not by retries, and only a good answer that shows it absent lets `again` send another
 * invite. The platform's own word that an invite failed is believed: an account that is there then is another's, unless
 * an earlier invite of this very call was still on its way.
 *
 * Raises `WallarooError` when the platform refuses, or when the last look says that no invite arrived.
 */
export async function settleInvite(
  email: string,
  first: Attempt,
  again: () => Promise<Attempt>,
  { lookout, pause }: { lookout: Pick<Lookout, "find">; pause: Client["pause"] },
): Promise<Invitation> {
  const startedMs = first.atMs;
  let attempt = first;
  // The first invite that may have arrived without an answer.
  let open: Open | undefined;
  let word: WallarooError | undefined;
  for (let retry = 1; ; retry += 1) {
    if ("answer" in attempt) {
      const { answer, atMs } = attempt;
      return { kind: "invited", idHint: answer.id, password: answer.password, atMs };
    }
    const { atMs } = attempt;
    const error = withEarlier(attempt.error, word);
    if (error.isPlatformsWord) word ??= error;
    if (isSurelyUndone(error) && open === undefined) throw error;
    if (isUncertain(error) && !error.isPlatformsWord && !saysTaken(error, email)) open ??= attempt;
    const look = await lookout.find(email, "answered", atMs);
    if (look.kind === "shown") return found(email, look.user, error, open);
    if (look.kind === "absent" && isWallarooError(error, "unavailable", "timeout")) {
      if (await pause(retry, startedMs, error)) {
        attempt = await again();
        continue;
      }
    }
    if (open === undefined) throw look.kind === "unknown" ? withoutLook(error, look.failure) : error;
    // Some platforms show an account late.
    const last = look.kind === "absent" ? await lookout.find(email, "shown", atMs) : look;
    if (last.kind === "shown") return found(email, last.user, error, open);
    if (last.kind === "absent" && !saysTaken(error, email)) throw error.with({ next: `${error.next} ${LATE}` });
    return last.kind === "unknown" ? { kind: "unseen", error, failure: last.failure } : { kind: "unseen", error };
  }
}

const LATE =
  "No look at the platform shows the account so far. If a later run finds an active account of this address, write `adopt: true`.";

type Open = Pick<Extract<Attempt, { error: WallarooError }>, "sinceMs">;

function found(email: string, user: ApiUser, error: WallarooError, open: Open | undefined): Invitation {
  // An account that an invite makes is active and has the address.
  if (open === undefined || !user.enabled || addressOf(user) !== email) return { kind: "taken", user, error };
  const why = findOther(user, open);
  if (why !== undefined) return { kind: "taken", user, error, why };
  const doubt = findDoubt(user, error, open);
  return { kind: "arrived", user, error, ...(doubt === undefined ? {} : { doubt }) };
}

/** Why an account that was not there before a lost invite is not the one that it made; undefined if nothing says so. */
function findOther(user: ApiUser, { sinceMs }: Open): string | undefined {
  const made = createdAt(user);
  // A millisecond, as both were rounded.
  if (made !== undefined && sinceMs !== undefined && Date.parse(made) < sinceMs - 1) {
    const sent = new Date(sinceMs).toISOString();
    return `it was created before the invite was sent (${made}; the platform's clock showed ${sent} or later then)`;
  }
  const names = profileProperties().flatMap(([, { isName, read }]) => (isName === true ? [read(user)] : []));
  if (names.some((name) => typeof name === "string" && name !== "")) {
    return "it has a name, which no invite gives";
  }
  return undefined;
}

/** Why an account may be another's although an invite was lost; undefined if it counts as this stack's own. */
function findDoubt(user: ApiUser, error: WallarooError, { sinceMs }: Open): string | undefined {
  if (error.isPlatformsWord) return "The platform said of a second invite that it failed";
  if (createdAt(user) === undefined) return "The platform does not tell when it was created";
  return sinceMs === undefined ? "No answer of the platform told the time (Date) when the invite was sent" : undefined;
}

/** What the platform said of the first invite may be the reason, and the refusal of the next only its consequence. */
function withEarlier(error: WallarooError, earlier: WallarooError | undefined): WallarooError {
  if (earlier === undefined || earlier.words === error.words) return error;
  return error.with({ words: `${error.words}; an earlier invite was answered with ${earlier.quoted}` });
}

function withoutLook(error: WallarooError, failure: unknown): WallarooError {
  const why = failure === undefined ? "no answer in time" : messageOf(failure);
  return error.with({
    words: `${error.words}. Whether the account is there all the same could not be asked: ${why}`,
    next: `Run the same command again. ${LATE}`,
  });
}
