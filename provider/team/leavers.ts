import type { WallarooError } from "../api/errors";
import type { Context } from "../user/context";
import { announced } from "../user/diff";
import { DECISION_AGE_MS } from "../user/directory";
import type { KnownUser } from "../user/model";
import { planDelete } from "../user/policy";
import { findSoleOwnerRefusals, type Leaver } from "../user/sole-owner";
import type { View } from "../user/view";
import type { WorkspaceContext } from "../workspace/context";
import { memberInputs } from "./check";
import type { Departures } from "./departures";
import { touchedBy, type TeamChanges } from "./diff";
import { findArrivingOwners } from "./membership-steps";
import type { MembershipChanges } from "./memberships";
import type { MemberInputs } from "./model";

/** What a team would change, of which not all is about leaving. */
interface Plan {
  stored: ReadonlyMap<string, KnownUser>;
  /** As it counts today. */
  declared: Record<string, unknown>;
  changes: TeamChanges;
  departures?: Departures | undefined;
  memberships?: MembershipChanges;
}

/**
 * Says which workspaces are left without an owner, all members that are cut off together, and answers why some must not
 * be: see {@link findSoleOwnerRefusals}. Asks the platform nothing if no member can be cut off.
 */
export async function findLeaversRefusals(context: WorkspaceContext, plan: Plan): Promise<WallarooError[]> {
  const { changes, departures } = plan;
  const isCutOff = (email: string) => inputsOf(plan, email).enabled === false;
  const leaving = changes.removed.length + (departures?.unmanaged.length ?? 0);
  if (leaving === 0 && !touchedBy(changes).some(isCutOff)) return [];
  const leavers = findLeavers(context, await context.directory.view(DECISION_AGE_MS), plan);
  const { memberships, declared } = plan;
  if (memberships === undefined || leavers.length === 0) return findSoleOwnerRefusals(context, leavers);
  const owned = await findArrivingOwners(context, memberships, declared);
  return findSoleOwnerRefusals(
    context,
    leavers.map((leaver) => (leaver.arriving === undefined ? leaver : { ...leaver, owned })),
  );
}

function inputsOf({ declared }: Plan, email: string) {
  return memberInputs(email, declared[email] as MemberInputs);
}

/** Accounts that would be cut off, in the order in which that happens. */
function findLeavers({ run }: Pick<Context, "run">, view: View, plan: Plan): Leaver[] {
  const { stored, changes, departures } = plan;
  const joining = changes.added.flatMap((email): Leaver[] => {
    const [user, ...others] = view.findAllByEmail(email);
    const inputs = inputsOf(plan, email);
    return user === undefined || others.length > 0 || inputs.enabled ? [] : [{ ...inputs, user }];
  });
  const changing = changes.changed.flatMap(({ email }): Leaver[] => {
    const known = stored.get(email);
    const user = known === undefined ? undefined : view.findById(known.id);
    if (known === undefined || user === undefined) return [];
    const inputs = inputsOf(plan, email);
    const due = known.state.unfinished === true ? inputs : announced(known.state, inputs, user);
    return due.enabled ? [] : [{ ...inputs, user }];
  });
  const arriving = new Set(touchedBy(changes).filter((email) => inputsOf(plan, email).enabled));
  const leaving = changes.removed.flatMap((email): Leaver[] => {
    const known = stored.get(email);
    if (known === undefined || run.findDeclaration(email) !== undefined || run.isKept(known.id)) return [];
    const user = planDelete(known.state) === "deactivate" ? view.findById(known.id) : undefined;
    return user === undefined ? [] : [{ ...known.state, user, arriving }];
  });
  return [...joining, ...changing, ...leaving, ...(departures?.unmanaged ?? []).map((user) => ({ user }))];
}
