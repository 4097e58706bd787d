import { WallarooError, isWallarooError, messageOf, type ErrorKind } from "../api/errors";
import type { ApiUser } from "../api/wire";
import type { Context } from "./context";
import { addressOf } from "./email";
import { PROPERTIES, type Profile, type Property } from "./properties";

/** A property of an account that a write can change. */
type Written = "enabled" | keyof Profile;

/** A write that was answered. It is not done before a look shows it. */
export interface Change {
  /** The account as it was seen before the write. */
  before: ApiUser;
  /** The account as it has to be now. */
  wanted: ApiUser;
  /** What was written and has to be seen; empty when nothing was sent. */
  written: readonly Written[];
  /** False when an answer was not the promised one: something else than the platform may have given it. */
  isAsPromised: boolean;
  /** True when the account is cut off by it, or was by an earlier run: its sessions are to end once it is seen deactivated. */
  isCutOff?: boolean;
}

/** What a look shows of a {@link Change}. */
export interface Confirmed {
  /** The account as it is now, as far as that is known; as before the write when no look was answered. */
  user: ApiUser;
  /** Why the change is not done: kind `unconfirmed` or `unreadable`, or the kind of the failed look. */
  failure?: WallarooError;
}

/** The account as it is, with nothing to confirm. */
export function unchanged(user: ApiUser): Change {
  return { before: user, wanted: user, written: [], isAsPromised: true };
}

/** Two changes of one account, the second made on top of the first, to be confirmed together. */
export function inOrder(first: Change, second: Change): Change {
  return {
    before: first.before,
    wanted: second.wanted,
    written: [...first.written, ...second.written],
    isAsPromised: first.isAsPromised && second.isAsPromised,
    isCutOff: first.isCutOff === true || second.isCutOff === true,
  };
}

/** Looks at one change before it counts as not done: a replica may lag behind. */
const MOST_LOOKS = 3;

/**
 * Looks whether a change is so on the platform, joined with others: an answer alone proves nothing, as a federated
 * store may say that an account was deactivated and leave it active. Does not look for the admin role if no roles are
 * shown. Must not run in the limiter, which would let few share a query. Raises nothing; see {@link Confirmed}.
 */
export async function confirm(
  change: Change,
  { directory, pause }: Pick<Context, "directory" | "pause">,
): Promise<Confirmed> {
  const { before, wanted, written } = change;
  if (written.length === 0) return { user: wanted };
  // Only the answer about all accounts shows roles.
  const withRoles = written.some(isRole) && wanted.realmRoles !== undefined;
  const startedMs = performance.now();
  for (let look = 1; ; look += 1) {
    let now: ApiUser | undefined;
    try {
      now = await directory.confirm(wanted.id, withRoles);
    } catch (error) {
      return { user: before, failure: unseen(change, error) };
    }
    const user = now === undefined ? before : { ...now, realmRoles: now.realmRoles ?? wanted.realmRoles };
    const differing = now === undefined ? written : written.filter((name) => !isSame(name, now, wanted, withRoles));
    if (differing.length === 0) return { user };
    if (look < MOST_LOOKS && (await pause(look, startedMs, undefined))) continue;
    return { user, failure: unconfirmed(change, now, differing) };
  }
}

function isRole(name: Written): boolean {
  const row: Property = PROPERTIES[name];
  return row.kind === "profile" && row.isRole === true;
}

function isSame(name: Written, now: ApiUser, wanted: ApiUser, withRoles: boolean): boolean {
  const row: Property = PROPERTIES[name];
  if (row.kind !== "profile") return now.enabled === wanted.enabled;
  return (row.isRole === true && !withRoles) || row.read(now) === row.read(wanted);
}

function unconfirmed(change: Change, now: ApiUser | undefined, differing: readonly Written[]): WallarooError {
  if (!change.isAsPromised) {
    return failed("unreadable", change, {
      words: "the answer was not what the API promises, and the account is not as it should be now",
      next: "Check wallaroo:url (WALLAROO_URL): something other than the platform, a proxy perhaps, answers there.",
    });
  }
  if (now === undefined) {
    return failed("unconfirmed", change, {
      words: "the platform answered that it is done, and does not show the account any more",
      next: "Run `pulumi refresh`, then the same command again.",
    });
  }
  const profile = differing.filter((name) => name !== "enabled");
  const differences: string[] = [];
  if (differing.includes("enabled")) differences.push(`the account is still ${now.enabled ? "active" : "deactivated"}`);
  const verb = profile.length === 1 ? "is" : "are";
  if (profile.length > 0) differences.push(`${profile.join(", ")} ${verb} not as it was written`);
  return failed("unconfirmed", change, {
    words: `the platform answered that it is done, but ${differences.join(", and ")}`,
    next:
      "The account may be kept in a store that the platform can't write to (LDAP, for example): look at it in Keycloak " +
      "and make the change there, then run the same command again.",
  });
}

/** The look itself failed: whether the change was made is not known. */
function unseen(change: Change, error: unknown): WallarooError {
  return failed(isWallarooError(error) ? error.kind : "unreadable", change, {
    words: `the platform answered that it is done, but whether it is so could not be looked at: ${messageOf(error)}`,
    next: "Run the same command again.",
    cause: error,
  });
}

function failed(
  kind: ErrorKind,
  { wanted, written }: Change,
  parts: { words: string; next: string; cause?: unknown },
): WallarooError {
  const operation = written.includes("enabled") ? (wanted.enabled ? "activate" : "deactivate") : "edit";
  return new WallarooError({ kind, operation, who: addressOf(wanted), ...parts });
}
