import { MAX_NAMED, WallarooError, listed, refusal } from "../api/errors";
import type { ApiUser } from "../api/wire";
import type { Context } from "./context";
import type { Renamed } from "./directory";
import { addressOf } from "./email";
import { findIdentity, warnOfBelief } from "./identity";
import type { KnownUser, UserState } from "./model";
import { createdAt } from "./state";
import type { View } from "./view";

/** Known accounts that may all be gone, or all have other addresses, at once; more than that is another platform. */
const MOST_AT_ONCE = 2;

/**
 * Raises when the absence of an account from `view` is not to be believed. Believed, accounts would leave the state, and
 * be invited again by the next `up`, or not be cut off by a destroy that says it was done. It is doubted when
 * - the other form of the query has the account, or the view lacks the account that the provider runs as (`unreadable`);
 * - three or more known accounts are missing, and not one that this process was asked about is there under its id
 *   (`refused`). That is what another tenant behind the URL looks like. An account of another id with a known address
 *   proves nothing: the operator may have one in each tenant.
 *
 * Takes 250 ms, in which other missing accounts are gathered. One or two that are all a process ever asks about are
 * believed to be gone. Must not be called in the limiter, which would keep the others out.
 */
export async function refuseDoubtfulAbsence(
  operation: string,
  { id, state: { email } }: { id: string; state: Pick<UserState, "email"> },
  view: View,
  context: Pick<Context, "directory" | "caller" | "run" | "log" | "host">,
): Promise<void> {
  await refuseOtherPlatform(operation, { id, state: { email } }, view, context);
  const { caller, isCallerKnown } = await findIdentity(context, view);
  if (isCallerKnown) return;
  if (caller.isPerson === undefined) return warnOfBelief(context);
  throw doubtful(operation, email, "and without the account that this provider runs as");
}

/**
 * Raises when an account is not to be followed by its address to another id: the platform has the known id all the same
 * (`unreadable`), or three or more known ids are missing and not one is there (`refused`). Accounts of the same addresses
 * prove nothing, as an operator may have one in each tenant. Takes 250 ms, as {@link refuseDoubtfulAbsence}.
 */
export async function refuseOtherPlatform(
  operation: string,
  { id, state: { email } }: { id: string; state: Pick<UserState, "email"> },
  view: View,
  { directory, host }: Pick<Context, "directory" | "host">,
): Promise<void> {
  if (await directory.isThere(id)) throw doubtful(operation, email, "and yet has it when asked for its id");
  const missing = directory.countMissing(view);
  if (missing > MOST_AT_ONCE) throw allGone(operation, missing, host, directory.findBelieved());
}

/** One text for all of them, so that a team says it once. */
function allGone(operation: string, missing: number, host: string, believed: readonly string[]): WallarooError {
  const before =
    believed.length === 0
      ? "Nothing was changed."
      : `Nothing more was changed. Before that, this run took for gone, one after the other: ${named(believed)}. If they are on ` +
        "the platform that was meant, a refresh has dropped them from the state or follows another account, and a destroy " +
        "has deactivated nothing: declare them with `adopt: true`.";
  return refusal(
    operation,
    `${missing} accounts`,
    `not one of these accounts, which the state knows, is on ${host}`,
    "Another platform or realm answers there, most likely: check wallaroo:url (WALLAROO_URL) and wallaroo:realm. " +
      `${before} If the platform was really made anew, let the state forget its accounts: ` +
      "`pulumi state delete` for each resource, or `pulumi stack rm --force` for the whole stack.",
  );
}

/**
 * Raises `refused` when three or more known accounts have other addresses than the state knows, and no known account has
 * its own: a copy of the realm looks like that, in which the same ids are the accounts of others. A company that moves
 * all to one other domain is followed. Takes 250 ms, as {@link refuseDoubtfulAbsence}.
 */
export async function refuseOtherAddresses(
  operation: string,
  view: View,
  { directory, host }: Pick<Context, "directory" | "host">,
): Promise<void> {
  const renamed = await directory.findRenamed(view);
  if (renamed.length <= MOST_AT_ONCE || isMove(renamed)) return;
  const believed = directory.findBelieved(new Set(renamed.map(({ id }) => id)));
  const before =
    believed.length === 0
      ? "Nothing was changed."
      : `Nothing more was changed. Before that, this run has followed, one after the other: ${named(believed)}. If that was ` +
        "wrong, another refresh at the right place follows them back.";
  throw refusal(
    operation,
    `${renamed.length} accounts`,
    `not one of these accounts has the address that the state knows on ${host} (${named(renamed.map(({ email, now }) => `${email} is ${now}`))})`,
    "A copy of the platform or realm answers there, most likely, and these accounts are those of others: check wallaroo:url " +
      `(WALLAROO_URL) and wallaroo:realm. ${before} If the addresses were really changed: refresh one or two users alone, then ` +
      "the others (`pulumi refresh --target URN`). A team that has no such user beside it: let go of it with `pulumi state " +
      "delete`, and declare its members by their new addresses with `adopt: true`.",
  );
}

/** True when all have kept the part before the `@`, and have one domain now. */
function isMove(renamed: readonly Renamed[]): boolean {
  const domains = new Set(renamed.map(({ now }) => now.slice(now.lastIndexOf("@"))));
  return domains.size === 1 && renamed.every(({ email, now }) => localOf(email) === localOf(now));
}

function named(what: readonly string[]): string {
  return listed(what, MAX_NAMED);
}

function localOf(email: string): string {
  return email.slice(0, email.lastIndexOf("@"));
}

function doubtful(operation: string, who: string, why: string): WallarooError {
  return new WallarooError({
    kind: "unreadable",
    operation,
    who,
    words: `the platform lists all accounts without this one, ${why}`,
    next:
      "The list was cut short, by a proxy perhaps, or the account that the provider runs as may not see all accounts. " +
      "Nothing was changed; run the same command again.",
  });
}

const PREFIX = "unseen:";

/** The id of an account that was invited and never seen, where the invite answered none: replaced by the first look that shows it. */
export function provisionalId(email: string): string {
  return PREFIX + email;
}

export function isProvisional(id: string): boolean {
  return id.startsWith(PREFIX);
}

/** The account of an invite that no look had shown, by its id or else its address; undefined if still not shown. */
export function findUnseen({ id, state: { email } }: KnownUser, view: View): ApiUser | undefined {
  const user = view.findById(id);
  return user !== undefined && addressOf(user) === email ? user : view.findByAddress(email);
}

/** True when `user`, which has the address of an invite never seen, is its account: by its id, or as made in time. */
export function isInvited({ id, state: { invitedBefore } }: KnownUser, user: ApiUser): boolean {
  const made = createdAt(user);
  if (user.id === id) return true;
  if (invitedBefore === undefined || made === undefined) return isProvisional(id);
  return Date.parse(made) <= Date.parse(invitedBefore);
}

/** Says why an account can't be changed yet that no look has shown since it was invited. */
export function notVisibleYet(known: KnownUser, view: View): WallarooError {
  const { email } = known.state;
  if (findUnseen(known, view) !== undefined) {
    return refusal(
      "update",
      email,
      "the account that was invited and not visible so far is there now, and the state does not have its id yet",
      "Run `pulumi refresh`, then `pulumi up`.",
    );
  }
  return refusal(
    "update",
    email,
    "it was invited, and the account is not visible on the platform yet",
    `Nothing was sent, and it is not invited again. Run \`pulumi refresh\` once the platform shows it, then \`pulumi up\`. ${NEVER}`,
  );
}

/** Says that an account can't be let go that may show up later and would stay active. */
export function notToBeLeft(email: string): WallarooError {
  return refusal(
    "delete",
    email,
    "it was invited, and the account is not visible on the platform yet: it can't be deactivated, and would be active once it shows up",
    `Run \`pulumi refresh\` once the platform shows it, and try again. ${NEVER}`,
  );
}

const NEVER =
  'If it will never show up, let go of it: by `pulumi state delete` (a user), or with `onDestroy: "retain"`, one more `pulumi up`, and then without it (a member of a team).';
