import type { Context } from "../user/context";
import { createUser } from "../user/create";
import type { KnownUser } from "../user/model";
import { PartialFailure, findHalfDone } from "../user/partial-failure";
import { redeclare } from "../user/state";
import { updateUser } from "../user/update";
import { memberInputs } from "./check";
import type { StoredDefaults } from "./defaults";
import { findTeamChanges } from "./diff";
import { letGo } from "./leave";
import type { Members, TeamState } from "./model";
import { findFailures, isNotTried, membersFailed, type Step } from "./run-all";
import { pack, unpack } from "./state";

/**
 * Create and update of a team: brings every member to what is declared. First the members that free a seat, then those that
 * join or change; last, and only if no member failed before, those that are not declared any more, as the engine deletes
 * after everything else. Tries all before it raises `membersFailed`, or `PartialFailure` when the state has members then.
 *
 * @param declared complete with the defaults of the team
 * @param defaults what is written once for all members
 */
export async function applyTeam(
  context: Context,
  id: string,
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
        const half = findHalfDone(error);
        if (half !== undefined) members.set(email, half);
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
  const held = isHeldBack ? `${leaving.length} not declared any more were left alone for now. ` : "";
  const done = failures.some(isNotTried) ? "What" : "All others are done, and what";
  const next = `${done} was done is stored; the next \`pulumi up\` does the rest.`;
  const total = freeing.length + others.length + leaving.length;
  const failure = membersFailed("change", team, failures, total, held + next);
  throw members.size === 0 ? failure : new PartialFailure(id, state, failure.message, { cause: failure });
}
