import { isWallarooError, raise, refusal, type WallarooError } from "../api/errors";
import { withoutUndefined } from "../api/json";
import type { ApiWorkspace, ApiWorkspaceUser, WorkspaceRole } from "../api/wire";
import { DECISION_AGE_MS } from "../user/directory";
import { PartialFailure } from "../user/partial-failure";
import { invitedAccount } from "../user/policy";
import { getKnownWorkspace } from "../workspace/absence";
import type { WorkspaceContext } from "../workspace/context";
import { createMember } from "../workspace/create";
import { deleteMember } from "../workspace/delete";
import { findLossRefusal, type LossContext } from "../workspace/guards";
import { memberId, type KnownMember, type MemberInputs, type MemberState } from "../workspace/model";
import { planRemoval } from "../workspace/policy";
import { keyOf, lossOf, previewCreate } from "../workspace/preview";
import { getWorkspace } from "../workspace/resolve";
import { updateMember } from "../workspace/update";
import { Members as InWorkspace } from "../workspace/view";
import { membershipsOf, withMembership, type MembershipChanges, type Named } from "./memberships";
import type { Members, TeamMember } from "./model";
import { findFailures, type Step } from "./run-all";

/** The members of a team as they are now, and as declared. */
interface Team {
  members: Map<string, TeamMember>;
  declared: Members;
}

/**
 * Brings the memberships of members that stay to what is declared: first those that are added or become owners, then, if
 * none of them failed, those that are lowered or taken away. Answers what failed. Notes in `members` what was done.
 *
 * @param failed addresses of members whose accounts are not as declared: the next `up` goes on with them
 */
export async function applyMemberships(
  context: WorkspaceContext,
  changes: MembershipChanges,
  { members, declared }: Team,
  failed: ReadonlySet<string>,
  team: string,
): Promise<unknown[]> {
  const stepOf = ({ email, workspace }: Named, work: (user: string) => Promise<MemberState | undefined>): Step[] => {
    const member = members.get(email);
    if (failed.has(email) || member === undefined) return [];
    const note = (now: MemberState | undefined) =>
      members.set(email, withMembership(members.get(email) ?? member, workspace, now));
    return [
      async () => {
        try {
          note(await work(member.id));
        } catch (error) {
          if (error instanceof PartialFailure) note(error.state as MemberState);
          throw error;
        }
      },
    ];
  };
  const inputsOf = ({ email, workspace, role }: Named & { role: WorkspaceRole }, user: string): MemberInputs =>
    withoutUndefined<MemberInputs>({ workspace, user, role, adopt: declared[email]?.adopt });
  const add = async (one: Named & { role: WorkspaceRole }, user: string) => {
    const { id: workspace } = await getNamed(context, one.workspace);
    return (await createMember(context, { ...inputsOf(one, user), workspace })).state;
  };
  const { added, raised, lowered, removed } = changes;
  const update = (one: (typeof raised)[number]) =>
    stepOf(one, (user) => updateMember(context, one.known, inputsOf(one, user)));
  const gains = [...added.flatMap((one) => stepOf(one, (user) => add(one, user))), ...raised.flatMap(update)];
  const failures = await findFailures(context, `${team}: add to workspaces`, gains);
  if (failures.length > 0) return failures;
  const losses = [
    ...lowered.flatMap(update),
    ...removed.flatMap((one) => stepOf(one, () => deleteMember(context, one.known).then(() => undefined))),
  ];
  return findFailures(context, `${team}: take out of workspaces`, losses);
}

export function countMemberships({ added, raised, lowered, removed }: MembershipChanges): number {
  return added.length + raised.length + lowered.length + removed.length;
}

/**
 * Puts the memberships of a member that has left back as they were found: those that this stack gave go. One that must
 * not go, such as that of the last owner, stays with a warning. Answers what is left of them, and what failed.
 */
export async function leaveWorkspaces(
  context: WorkspaceContext,
  member: TeamMember,
): Promise<{ left: TeamMember; failures: unknown[] }> {
  const failures: unknown[] = [];
  let left = member;
  for (const [workspace, known] of membershipsOf(member)) {
    try {
      const refusal = await findRefusal(context, known);
      if (refusal === undefined) await deleteMember(context, known);
      else warnOfStay(context, refusal);
      left = withMembership(left, workspace, undefined);
    } catch (error) {
      if (isWallarooError(error, "refused", "notFound") && !error.beforeSending) {
        // Nothing could be declared for it any more.
        warnOfStay(context, error);
        left = withMembership(left, workspace, undefined);
        continue;
      }
      if (error instanceof PartialFailure) left = withMembership(left, workspace, error.state as MemberState);
      failures.push(error);
    }
  }
  return { left, failures };
}

function warnOfStay({ log }: WorkspaceContext, error: WallarooError): void {
  log.warn(error.with({ next: "It stays a member, and is no longer managed." }).message);
}

async function findRefusal(context: WorkspaceContext, known: KnownMember): Promise<WallarooError | undefined> {
  const { workspaceDirectory, directory, memberships } = context;
  if (memberships.findDeclaration(known.id) !== undefined) return undefined;
  const { id } = await getKnownWorkspace(context, "delete", known.state, DECISION_AGE_MS);
  const members = await workspaceDirectory.members(id, DECISION_AGE_MS);
  const accounts = await directory.view(DECISION_AGE_MS);
  return findTakenRefusal(known, { members, accounts, leaving: memberships.leaving });
}

/** Why a stored membership can't be taken away, or put back as it was found. */
function findTakenRefusal(known: KnownMember, context: LossContext): WallarooError | undefined {
  const target = planRemoval(known.state);
  if (target === "leave" || target === "OWNER") return undefined;
  return findLoss(known, target === "remove" ? "remove" : "lower", context);
}

function findLoss({ state }: KnownMember, kind: "remove" | "lower", context: LossContext): WallarooError | undefined {
  const { members } = context;
  if (!members.has(state.userId)) return undefined;
  if (kind === "lower" && (members.roleOf(state.userId) ?? state.role) !== "OWNER") return undefined;
  return findLossRefusal(lossOf(kind, state), context);
}

/** Steps that raise what an added membership would be refused for, and say what is taken over. Nothing is written. */
export function previewGains(
  context: WorkspaceContext,
  { added }: MembershipChanges,
  { stored, declared }: { stored: ReadonlyMap<string, TeamMember>; declared: Record<string, unknown> },
): Step[] {
  return added.map(({ email, workspace, role }) => async () => {
    const { adopt } = (declared as Members)[email] ?? {};
    const view = await context.directory.view(DECISION_AGE_MS);
    const user = stored.get(email)?.id ?? view.findByEmail(email)?.id;
    const { id } = await getNamed(context, workspace);
    if (user === undefined) return;
    raise(findTwice(context, { email, workspace }, memberId(id, user)));
    await previewCreate(context, withoutUndefined({ workspace: id, user, role, adopt }));
  });
}

/** The workspace of this name; an id in its place is refused. */
async function getNamed(context: WorkspaceContext, name: string): Promise<ApiWorkspace> {
  const [named, ...others] = (await context.workspaceDirectory.workspaces(DECISION_AGE_MS)).findAllByName(name);
  const found = others.length > 0 || named === undefined ? await getWorkspace(context, name, DECISION_AGE_MS) : named;
  if (found.name.normalize("NFC") === name) return found;
  const words = `it is the id of workspace "${found.name}", and members of a team name their workspaces`;
  throw refusal("find", `workspace "${name}"`, words, `Nothing was sent for it. Write "${found.name}".`);
}

/** Raises when another resource declares a membership that is stored here, and declared still. */
export function refuseDeclaredTwice(
  context: Pick<WorkspaceContext, "memberships">,
  stored: ReadonlyMap<string, TeamMember>,
  declared: Record<string, unknown>,
): void {
  for (const [email, member] of stored) {
    for (const [workspace, { id }] of membershipsOf(member)) {
      const isDeclared = (declared as Members)[email]?.workspaces?.[workspace] !== undefined;
      if (isDeclared) raise(findTwice(context, { email, workspace }, id));
    }
  }
}

/** Notes by its id which resource declares a membership: another one may name the account or the workspace otherwise. */
function findTwice(
  { memberships }: Pick<WorkspaceContext, "memberships">,
  { email, workspace }: Named,
  id: string,
): WallarooError | undefined {
  const declaration = memberships.findDeclaration(keyOf({ workspace, user: email }));
  const earlier = declaration === undefined ? undefined : memberships.declare(id, declaration);
  if (earlier === undefined || declaration === undefined) return undefined;
  const by = [declaration.name, earlier.name].sort().map((name) => `"${name}"`);
  const words = `the membership is declared twice, by ${by.join(" and by ")}`;
  return refusal("compare", `${email} in workspace "${workspace}"`, words, "Nothing was sent for it. Declare it once.");
}

/** Why memberships can't be lowered or taken away once the plan is done: joining owners count, leaving ones do not. */
export async function findLossRefusals(
  context: WorkspaceContext,
  changes: MembershipChanges,
  { stored, declared }: { stored: ReadonlyMap<string, TeamMember>; declared: Record<string, unknown> },
): Promise<WallarooError[]> {
  const { lowered, removed } = changes;
  if (lowered.length + removed.length === 0) return [];
  const view = await context.directory.view(DECISION_AGE_MS);
  const idOf = (email: string) => stored.get(email)?.id ?? view.findByEmail(email)?.id ?? email;
  const joining = new Map(Object.keys(declared).map((email) => [idOf(email), email]));
  const accounts = {
    findById: (id: string) => {
      const email = joining.get(id);
      const enabled = email === undefined || (declared as Members)[email]?.enabled !== false;
      const user = view.findById(id) ?? (email === undefined ? undefined : invitedAccount(email));
      return user === undefined ? undefined : { ...user, enabled: email === undefined ? user.enabled : enabled };
    },
  };
  const planned = new Map<number, InWorkspace>();
  const { leaving } = context.memberships;
  const refusals: WallarooError[] = [];
  for (const [kind, { known }] of [
    ...lowered.map((one) => ["lower", one] as const),
    ...removed.map((one) => ["remove", one] as const),
  ]) {
    const { workspaceId, userId } = known.state;
    const members = planned.get(workspaceId) ?? (await plan(context, workspaceId, changes, idOf));
    planned.set(workspaceId, members);
    const seen = { members, accounts, leaving };
    const refusal = kind === "lower" ? findLoss(known, kind, seen) : findTakenRefusal(known, seen);
    if (refusal !== undefined) refusals.push(refusal);
    else leaving.note(kind, workspaceId, userId);
  }
  return refusals;
}

/** The members of a workspace as they are once all gains are done. */
async function plan(
  context: WorkspaceContext,
  workspaceId: number,
  { added, raised }: MembershipChanges,
  idOf: (email: string) => string,
): Promise<InWorkspace> {
  const { workspaceDirectory, run } = context;
  const now = await workspaceDirectory.members(workspaceId, DECISION_AGE_MS);
  const roles = new Map(now.ids().flatMap((id) => (run.departing.has(id) ? [] : [[id, now.roleOf(id)] as const])));
  for (const { known, role } of raised)
    if (known.state.workspaceId === workspaceId) roles.set(known.state.userId, role);
  const list = await workspaceDirectory.workspaces(DECISION_AGE_MS);
  for (const { email, workspace, role } of added) {
    if (list.findAllByName(workspace).some(({ id }) => id === workspaceId)) roles.set(idOf(email), role);
  }
  const users = [...roles].map(([user_id, user_type]) => withoutUndefined<ApiWorkspaceUser>({ user_id, user_type }));
  return new InWorkspace(users);
}

/** Ids of the workspaces that will have another owner, of those members that stay, before any member leaves. */
export async function findArrivingOwners(
  { workspaceDirectory }: Pick<WorkspaceContext, "workspaceDirectory">,
  { added, raised }: MembershipChanges,
  declared: Record<string, unknown>,
): Promise<ReadonlySet<number>> {
  const isOwner = ({ email, role }: { email: string; role: WorkspaceRole }) =>
    role === "OWNER" && (declared as Members)[email]?.enabled !== false;
  const ids = new Set(raised.filter(isOwner).map(({ known }) => known.state.workspaceId));
  const owners = added.filter(isOwner);
  if (owners.length === 0) return ids;
  try {
    const list = await workspaceDirectory.workspaces(DECISION_AGE_MS);
    for (const { workspace } of owners) for (const { id } of list.findAllByName(workspace)) ids.add(id);
  } catch (error) {
    // Said where the membership itself is looked at.
    if (!isWallarooError(error)) throw error;
  }
  return ids;
}
