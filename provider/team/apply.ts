import type { Context } from "../user/context";
import { createUser } from "../user/create";
import type { KnownUser } from "../user/model";
import { HalfDoneError, redeclare } from "../user/state";
import { updateUser } from "../user/update";
import { memberInputs } from "./check";
import type { StoredDefaults } from "./defaults";
import { findTeamChanges } from "./diff";
import { letGo } from "./leave";
import type { Members, TeamState } from "./model";
import { TeamError, findFailures, isNotTried, reasonsOf, summaryOf, type Step } from "./run-all";
import { pack, unpack } from "./state";

/**
 * Create and update of a team: brings every member to what is declared. Who frees a seat first, then who joins or changes,
 * and who is not declared any more last, and only if nobody failed before, as the engine deletes only after everything else
 * went well. Tries all before it raises {@link TeamError}, which holds the state as it is then.
 *
 * @param declared complete with the defaults of the team
 * @param defaults what is written once for all members
 */
export async function applyTeam(
  context: Context,
  before: TeamState | undefined,
  declared: Members,
  team: string,
  defaults: StoredDefaults = {},
): Promise<TeamState> {
  const members = before === undefined ? new Map<string, KnownUser>() : unpack(before);
  context.directory.noteKnown(members.values());
  const changes = findTeamChanges(members, declared);
  const touched = new Set([...changes.added, ...changes.changed.map(({ email }) => email)]);
  const freeing: Step[] = [];
  const others: Step[] = [];
  for (const [email, member] of Object.entries(declared)) {
    const inputs = memberInputs(email, member);
    const known = members.get(email);
    if (known !== undefined && !touched.has(email)) {
      members.set(email, { id: known.id, state: redeclare(known.state, inputs) });
      continue;
    }
    const step = async () => {
      try {
        if (known === undefined) members.set(email, await createUser(context, inputs));
        else members.set(email, { id: known.id, state: await updateUser(context, known, inputs) });
      } catch (error) {
        if (error instanceof HalfDoneError) members.set(email, error.user);
        throw error;
      }
    };
    (known !== undefined && !inputs.enabled ? freeing : others).push(step);
  }
  const leaving = changes.removed;
  const failures = await findFailures(context, `${team}: deactivate`, freeing);
  failures.push(...(await findFailures(context, `${team}: create and update`, others)));
  const isHeldBack = failures.length > 0 && leaving.length > 0;
  if (!isHeldBack) failures.push(...(await letGo(context, leaving, members, team)));
  const state = pack(members.values(), defaults);
  if (failures.length === 0) return state;
  const held = isHeldBack ? ` ${leaving.length} not declared any more were left alone for now.` : "";
  const done = failures.some(isNotTried) ? "What" : "Everybody else is done, and what";
  const next = ` ${done} was done is stored; the next \`pulumi up\` does the rest.`;
  const total = freeing.length + others.length + leaving.length;
  throw new TeamError(`${summaryOf("change", team, failures, total)}${held}${next}`, reasonsOf(failures), state);
}
