import { raise } from "../api/errors";
import type { WorkspaceRole } from "../api/wire";
import { DECISION_AGE_MS } from "../user/directory";
import { isAddress } from "./check";
import type { WorkspaceContext } from "./context";
import { findLossRefusal, type Loss } from "./guards";
import { type KnownMember, type MemberInputs } from "./model";
import { planMember, planRemoval, type MemberPlan } from "./policy";
import { findFirstMembers } from "./absence";
import { findAccount, getAccount, getWorkspace } from "./resolve";
import { membershipIn, membershipOf, nameOf, type Place } from "./state";
import type { Members } from "./view";

/*
 * Each raises what the verb would be refused for, says what it would do, and writes nothing to the platform. A membership that
 * would be taken away is noted, so that the second of two owners is refused.
 */

/** What is declared of a membership, as far as it is known. */
export type KnownInputs = Partial<MemberInputs> & Pick<MemberInputs, "role">;

/** The key of a declaration for the memory of the run, while its ids are not known. */
export function keyOf({ workspace, user }: Pick<MemberInputs, "workspace" | "user">): string {
  return `${String(workspace).normalize("NFC")}\n${user}`;
}

/** What create would do. Answers the membership, unless a part of it is not there or not known yet. */
export async function previewCreate(context: WorkspaceContext, inputs: KnownInputs): Promise<Place | undefined> {
  const place = await findPlace(context, inputs, true);
  const { workspace, user } = inputs;
  if (place === undefined || workspace === undefined || user === undefined) return undefined;
  const declared = { ...inputs, workspace, user };
  const listed = await context.workspaceDirectory.members(place.workspace.id, DECISION_AGE_MS);
  const isFirst = !context.memberships.arriving.has(place.workspace.id);
  const members = await findFirstMembers(context, declared, place, listed, isFirst);
  const plan = await decideCreate(context, declared, place, members, true);
  context.memberships.noteArriving(place.workspace.id, place.account.id, inputs.role === "OWNER");
  if (plan === "adopt") {
    const found = members.roleOf(place.account.id);
    const as = found === undefined ? "" : ` (${found})`;
    const set = (found ?? "COLLABORATOR") === inputs.role ? "" : `, and made ${inputs.role}`;
    const text = `is a member${as}, and gets taken over (\`adopt: true\`)${set}.`;
    context.announcements.say({ kind: "adopted", email: nameOf(membershipIn(place)), text });
  }
  return place;
}

/** The declared membership's workspace and account; undefined if a part is not known, or an account that the program declares is not there. */
export async function findPlace(
  context: WorkspaceContext,
  { workspace: given, user }: Partial<MemberInputs>,
  mayBeMissing = false,
): Promise<Place | undefined> {
  const workspace = given === undefined ? undefined : await getWorkspace(context, given, DECISION_AGE_MS);
  if (user === undefined) return undefined;
  const isExpected = mayBeMissing && isAddress(user) && context.run.findDeclaration(user) !== undefined;
  const account = await (isExpected ? findAccount : getAccount)(context, user, DECISION_AGE_MS);
  return workspace === undefined || account === undefined ? undefined : { workspace, account };
}

/** {@link previewCreate}, again when create begins. Notes an owner that it lowers. */
export async function decideCreate(
  context: WorkspaceContext,
  inputs: MemberInputs,
  place: Place,
  members: Members,
  isPreview = false,
): Promise<Exclude<MemberPlan["kind"], "refused">> {
  const { workspace, user } = membershipIn(place);
  const role = members.has(user.id) ? (members.roleOf(user.id) ?? "unknown") : null;
  const own = context.memberships.findOwn(keyOf(inputs));
  const plan = planMember(`${user.who} to workspace "${workspace.name}"`, inputs, role, own);
  if (plan.kind === "refused") throw plan.refusal;
  if (role !== null && inputs.role === "COLLABORATOR") {
    await guardLoss(context, { kind: "lower", workspace, userId: user.id, who: user.who }, members, isPreview);
  }
  return plan.kind;
}

/**
 * Raises when the membership must not be taken away, and notes it as leaving otherwise. One that is not there, or not an
 * owner's, is not lowered.
 *
 * @param isPreview owners count that will be there by then
 */
export async function guardLoss(
  context: WorkspaceContext,
  loss: Loss,
  members: Members,
  isPreview = false,
): Promise<void> {
  const { kind, workspace, userId, knownRole } = loss;
  if (!members.has(userId)) return;
  if (kind === "lower" && (members.roleOf(userId) ?? knownRole) !== "OWNER") return;
  const accounts = await context.directory.view(DECISION_AGE_MS);
  // Nothing is awaited between the decision and the note.
  const { leaving, arriving } = context.memberships;
  const beside = isPreview ? { arriving: arriving.get(workspace.id) } : {};
  raise(findLossRefusal(loss, { members, accounts, leaving, isCutOff: context.run.isCutOff, ...beside }));
  leaving.note(kind, workspace.id, userId);
}

/** What update would do: only a lower role can be refused. */
export async function previewUpdate(
  context: WorkspaceContext,
  { state }: KnownMember,
  role: WorkspaceRole,
): Promise<void> {
  if (role !== "COLLABORATOR") return context.memberships.noteArriving(state.workspaceId, state.userId, true);
  const members = await context.workspaceDirectory.members(state.workspaceId, DECISION_AGE_MS);
  await guardLoss(context, lossOf("lower", state), members, true);
}

/** What becomes of a membership that is replaced by another one. */
export async function previewLeaving(
  context: WorkspaceContext,
  { id, state }: KnownMember,
  arriving: { workspaceId: number | undefined; role: WorkspaceRole },
): Promise<void> {
  const target = planRemoval(state);
  if (target === "leave" || context.memberships.findDeclaration(id) !== undefined) return;
  const members = await context.workspaceDirectory.members(state.workspaceId, DECISION_AGE_MS);
  if (target === "OWNER") return;
  // The new member is there before the old one leaves.
  const replaced = arriving.workspaceId === state.workspaceId ? { replacedBy: arriving.role } : {};
  const loss = lossOf(target === "remove" ? "remove" : "lower", state);
  await guardLoss(context, { ...loss, ...replaced }, members, true);
}

/** A loss of the stored membership. */
export function lossOf(kind: Loss["kind"], state: KnownMember["state"]): Loss {
  const { workspace, user } = membershipOf(state);
  // What was adopted without a role that the platform told may be the owner, whatever is declared.
  const mayOwn = kind === "remove" && state.adopted && state.foundRole === undefined;
  return { kind, workspace, userId: user.id, who: user.who, knownRole: mayOwn ? "OWNER" : state.role };
}
