import { WallarooError } from "../api/errors";
import type { Caller } from "../api/token";
import type { Directory, View } from "./directory";
import { canonicalEmail } from "./email";
import type { KnownUser } from "./model";

/**
 * Raises when it is not to be believed that an account is gone which is missing from `view`: the other form of the query
 * has it, or the view does not even have whom the provider runs as. Believed, people would leave the state, and be invited
 * again by the next `up`, or not be cut off by a destroy that says it was done.
 */
export async function refuseDoubtfulAbsence(
  operation: string,
  { id, state: { email } }: KnownUser,
  view: View,
  tools: { directory: Directory; caller: () => Promise<Caller> },
): Promise<void> {
  if (await tools.directory.isThere(id)) throw doubtful(operation, email, "and yet has it when asked for its id");
  const caller = await tools.caller();
  const { id: callerId, email: callerEmail, username = "" } = caller;
  if (callerId === undefined || caller.isPerson !== true) return;
  // A realm may give tokens a `sub` that is not the user id.
  if ((view.findById(callerId) ?? view.findAllByEmail(canonicalEmail(callerEmail ?? username))[0]) !== undefined)
    return;
  throw doubtful(operation, email, "and without the account that this provider runs as");
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
