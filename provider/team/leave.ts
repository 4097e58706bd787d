import type { Context } from "../user/context";
import { deleteUser } from "../user/delete";
import type { KnownUser } from "../user/model";
import { findHalfDone } from "../user/partial-failure";
import { planDelete } from "../user/policy";
import { findFailures, type Step } from "./run-all";

/** Lets go of members; of those that free a seat first, as some take one on their way out. Answers what failed. */
export async function letGo(
  context: Context,
  emails: readonly string[],
  members: Map<string, KnownUser>,
  team: string,
): Promise<unknown[]> {
  const freeing: Step[] = [];
  const others: Step[] = [];
  for (const email of emails) {
    const known = members.get(email);
    if (known === undefined) continue;
    (planDelete(known.state) === "deactivate" ? freeing : others).push(async () => {
      try {
        await deleteUser(context, known);
        members.delete(email);
      } catch (error) {
        // Declared again, it has to be brought back: the state must not say that nothing happened.
        members.set(email, findHalfDone(error) ?? known);
        throw error;
      }
    });
  }
  const failures = await findFailures(context, `${team}: let go`, freeing);
  return [...failures, ...(await findFailures(context, `${team}: let go`, others))];
}
