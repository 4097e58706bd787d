import { WallarooError } from "../api/errors";
import type { Directory, View } from "./directory";
import type { Identities } from "./identity";
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
  tools: { directory: Directory; identities: Identities },
): Promise<void> {
  if (await tools.directory.isThere(id)) throw doubtful(operation, email, "and yet has it when asked for its id");
  const { caller, isCallerKnown } = await tools.identities.find(view);
  if (isCallerKnown) return;
  if (caller.isPerson === undefined) return tools.identities.warnOfBelief();
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
