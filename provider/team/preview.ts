import { WallarooError } from "../api/errors";
import { ofMove, ofUnmanaged, withTeam } from "../user/announce";
import type { WorkspaceContext } from "../workspace/context";
import { DECISION_AGE_MS } from "../user/directory";
import { addressOf } from "../user/email";
import { previewCreate, previewLeaving, previewUpdate } from "../user/preview";
import { memberInputs } from "./check";
import { findDepartureRefusals, lookForDepartures } from "./departures";
import { isOfAccount, touchedBy, type TeamChanges } from "./diff";
import { findLeaversRefusals } from "./leavers";
import { findLossRefusals, previewGains } from "./membership-steps";
import { findMembershipChanges } from "./memberships";
import type { MemberInputs, Members, TeamMember, TeamState } from "./model";
import type { TeamOptions } from "./options";
import { findFailures, reasonsOf, type Step } from "./run-all";
import { unpack } from "./state";

/** Raises what the change of any member would be refused for, and announces the changes. Writes nothing. */
export async function previewTeam(
  outer: WorkspaceContext,
  state: TeamState | undefined,
  declared: Record<string, unknown>,
  changes: TeamChanges,
  team: string,
  options: TeamOptions = {},
): Promise<void> {
  const [context, announcements] = withTeam(outer, team);
  const { directory, run } = context;
  // Who leaves together is looked at together, in the end.
  const alone = { ...context, ownership: undefined };
  const stored = state === undefined ? new Map<string, TeamMember>() : unpack(state);
  directory.noteKnown(stored.values());
  const inputsOf = (email: string) => memberInputs(email, declared[email] as MemberInputs);
  const steps: Step[] = [];
  const arriving = Object.keys(declared).filter((email) => !stored.has(email));
  const ownIds = new Set([...stored.values()].map(({ id }) => id));
  const leaving = new Set(changes.removed);
  const view = await directory.view(DECISION_AGE_MS);
  const leavers = changes.removed.filter((email) => run.findDeclaration(email) === undefined);
  const former = new Set(leavers.flatMap((email) => stored.get(email)?.state.formerEmails ?? []));
  for (const email of changes.added) {
    // A member whose address was changed on the platform: the one that leaves for it is told what to do.
    const there = view.findAllByEmail(email);
    if (former.has(email) || (there.length === 1 && there.every(({ id }) => ownIds.has(id)))) continue;
    steps.push(async () => void (await previewCreate(alone, inputsOf(email), leaving)));
  }
  for (const { email, names } of changes.changed) {
    const known = stored.get(email);
    if (known !== undefined && isOfAccount(names, known))
      steps.push(() => previewUpdate(alone, known, inputsOf(email)));
  }
  for (const email of changes.removed) {
    const known = stored.get(email);
    if (known === undefined) continue;
    const declaration = run.findDeclaration(email);
    if (declaration !== undefined) announcements.say(ofMove(email, declaration.name));
    else steps.push(() => previewLeaving(alone, known, arriving));
  }
  const memberships = findMembershipChanges(touchedBy(changes), stored, declared as Members);
  steps.push(...previewGains(context, memberships, { stored, declared }));
  const failures = await findFailures(context, `${team}: check`, steps);
  const departures = await lookForDepartures(context, state, stored, declared, options);
  const refusals = await findDepartureRefusals(context, departures, options, team);
  refusals.push(...(await findLeaversRefusals(context, { stored, declared, changes, departures, memberships })));
  refusals.push(...(await findLossRefusals(context, memberships, { stored, declared })));
  failures.unshift(...refusals);
  if (failures.length === 0) {
    for (const user of departures?.unmanaged ?? []) announcements.say(ofUnmanaged(addressOf(user)));
    return announcements.end();
  }
  const total = steps.length + refusals.length;
  const which = total === 1 ? "its only change" : `${failures.length} of its ${total} changes`;
  throw new WallarooError({
    kind: "membersFailed",
    operation: "change",
    who: team,
    words: `${which} can't be made`,
    next: "Nothing was sent.",
    reasons: reasonsOf(failures),
    cause: new AggregateError(failures),
  });
}
