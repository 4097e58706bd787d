import { WallarooError } from "../api/errors";
import type { Directory, View } from "./directory";
import type { Identities } from "./identity";
import type { UserState } from "./model";
import { refusal } from "./policy";

/** Known accounts that may all be gone at once; more than that is another platform. */
const MOST_GONE_AT_ONCE = 2;

/**
 * Raises when the absence of an account from `view` is not to be believed. Believed, accounts would leave the state, and
 * be invited again by the next `up`, or not be cut off by a destroy that says it was done. It is doubted when
 * - the other form of the query has the account, or the view lacks the account that the provider runs as (`unreadable`);
 * - three or more known accounts are missing, and not one that this process was asked about is there under its id
 *   (`refused`). That is what another tenant behind the URL looks like. An account of another id with a known address
 *   proves nothing: the operator may have one in each tenant.
 *
 * Takes 250 ms, in which other missing accounts are gathered. One or two that are all a process ever asks about are
 * believed to be gone. Must not be called in line, which would keep the others out.
 */
export async function refuseDoubtfulAbsence(
  operation: string,
  { id, state: { email } }: { id: string; state: Pick<UserState, "email"> },
  view: View,
  tools: { directory: Directory; identities: Identities; host?: string },
): Promise<void> {
  const { directory, identities, host = "the platform" } = tools;
  if (await directory.isThere(id)) throw doubtful(operation, email, "and yet has it when asked for its id");
  const missing = directory.countMissing(view);
  if (missing > MOST_GONE_AT_ONCE) throw allGone(operation, missing, host);
  const { caller, isCallerKnown } = await identities.find(view);
  if (isCallerKnown) return;
  if (caller.isPerson === undefined) return identities.warnOfBelief();
  throw doubtful(operation, email, "and without the account that this provider runs as");
}

/** One text for all of them, so that a team says it once. */
function allGone(operation: string, missing: number, host: string): WallarooError {
  return refusal(
    operation,
    `${missing} accounts`,
    `not one of these accounts, which the state knows, is on ${host}`,
    "Another platform or realm answers there, most likely: check wallaroo:url (WALLAROO_URL) and wallaroo:realm. " +
      "Nothing was changed. If the platform was really made anew, let the state forget its accounts: " +
      "`pulumi state delete` for each resource, or `pulumi stack rm --force` for the whole stack.",
  );
}

function doubtful(operation: string, who: string, why: string): WallarooError {
  return new WallarooError({
    kind: "unreadable",
    operation,
    who,
    words: `the platform lists everybody without this account, ${why}`,
    next:
      "The list was cut short, by a proxy perhaps, or the account that the provider runs as may not see everybody. " +
      "Nothing was changed; run the same command again.",
  });
}
