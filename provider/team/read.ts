import { isDeepStrictEqual } from "node:util";
import type { Context } from "../user/context";
import { readUser } from "../user/read";
import { foundAsNow } from "../user/state";
import type { Members, TeamState } from "./model";
import { TeamError, findFailures, reasonsOf, summaryOf } from "./run-all";
import { inputsFrom, pack, unpack } from "./state";

/**
 * Every member as it is now. `inputs` are there if that is not what the state said. A member that vanished is left out.
 *
 * @param foundLost adopted members of whom it is not known how they were found: as they are now, from now on
 */
export async function readTeam(
  context: Context,
  state: TeamState,
  team: string,
  foundLost: ReadonlySet<string> = new Set(),
): Promise<{ state: TeamState; inputs?: Members }> {
  const members = unpack(state);
  context.directory.noteKnown([...members.values()].map(({ id }) => id));
  const steps = [...members].map(([email, known]) => async () => {
    const now = await readUser(context, known);
    if (now === undefined) members.delete(email);
    else members.set(email, foundLost.has(email) ? foundAsNow(now) : now);
  });
  const failures = await findFailures(context, `${team}: read`, steps);
  // One answer is about all of them: if it is bad, no member's reading is to be trusted.
  if (failures.length > 0) throw new TeamError(summaryOf("read", team, failures, steps.length), reasonsOf(failures));
  const after = pack(members.values());
  return isDeepStrictEqual(after, state) ? { state: after } : { state: after, inputs: inputsFrom(members) };
}
