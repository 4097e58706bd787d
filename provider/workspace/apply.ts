import { WallarooError, isUncertain, isWallarooError, messageOf, raise } from "../api/errors";
import type { WorkspaceRole } from "../api/wire";
import type { Membership } from "../api/workspaces";
import { DECISION_AGE_MS } from "../user/directory";
import type { WorkspaceContext } from "./context";
import { findLossRefusal } from "./guards";
import type { Members } from "./view";

/** Decides on members that were seen just now. Raises what the write is refused for; false if there is nothing to write. */
export type Decide = (members: Members) => Promise<boolean>;

/**
 * Makes the account a member with this role, and looks whether it is one. If the platform keeps the role of a member, it is
 * taken out and added again. Raises `WallarooError`; see {@link mayBeDone}.
 */
export async function applyRole(
  context: WorkspaceContext,
  member: Membership,
  role: WorkspaceRole,
  decide: Decide,
): Promise<void> {
  const { workspace, user } = member;
  await context.workspaceDirectory.whileWorking(async () => {
    const sent = await inTurn(context, member, "add", decide, () => context.workspaces.addUser(member, role));
    if (sent === undefined) return;
    const members = await look(context, member, sent.failure);
    if (isAs(members, user.id, role)) return;
    const isKept = members.has(user.id) && sent.before.has(user.id);
    if (isKept && (sent.failure === undefined || saysMember(sent.failure))) return exchange(context, member, role);
    if (sent.failure !== undefined) throw sent.failure;
    throw unconfirmed(member, `the account is ${describe(members, user.id)} of workspace "${workspace.name}"`);
  });
}

/** Takes the account out of the workspace, and looks whether it is. Raises as {@link applyRole}. */
export async function applyRemoval(context: WorkspaceContext, member: Membership, decide: Decide): Promise<void> {
  const { workspace, user } = member;
  await context.workspaceDirectory.whileWorking(async () => {
    const sent = await inTurn(context, member, "remove", decide, () => context.workspaces.removeUser(member));
    if (sent === undefined) return;
    const members = await look(context, member, sent.failure);
    if (!members.has(user.id)) return;
    if (sent.failure !== undefined) throw sent.failure;
    throw unconfirmed(member, `the account is still ${describe(members, user.id)} of workspace "${workspace.name}"`);
  });
}

/** True when an error of a write leaves open what was done, or says that it was done by halves. */
export function mayBeDone(error: unknown): error is WallarooError {
  return isUncertain(error) || isWallarooError(error, "unconfirmed");
}

interface Sent {
  before: Members;
  /** What was answered if it was not done, or may not be; a look tells. */
  failure?: WallarooError;
}

/** Decides and writes when its turn has come. Undefined if nothing was to be written. */
async function inTurn(
  { limiter, breaker, workspaceDirectory }: WorkspaceContext,
  { workspace, user }: Membership,
  operation: string,
  decide: Decide,
  write: () => Promise<unknown>,
): Promise<Sent | undefined> {
  return limiter.run(async () => {
    breaker.refuse({ operation, who: user.who, writes: true });
    const before = await workspaceDirectory.members(workspace.id, DECISION_AGE_MS);
    if (!(await decide(before))) return undefined;
    try {
      await write();
      return { before };
    } catch (error) {
      if (!isUncertain(error) && !isWallarooError(error, "rejected", "conflict", "notFound")) throw error;
      return { before, failure: error };
    }
  });
}

/** The members after a write. Not in the limiter, as many looks are joined into one. */
async function look(
  { workspaceDirectory }: WorkspaceContext,
  member: Membership,
  failure: WallarooError | undefined,
): Promise<Members> {
  try {
    return await workspaceDirectory.confirm(member.workspace.id);
  } catch (error) {
    raise(isUncertain(failure) ? undefined : failure);
    const words = `whether it is so could not be looked at: ${messageOf(error)}`;
    throw unconfirmed(member, failure === undefined ? words : `${failure.quoted}, and ${words}`, error);
  }
}

/**
 * Takes a member out and adds it again, for a platform that keeps the role of a member. Refused where that would empty the
 * workspace, if only for a moment. If it can't be added as wanted it is added as it was.
 */
async function exchange(context: WorkspaceContext, member: Membership, role: WorkspaceRole): Promise<void> {
  const { workspaces, memberships, directory, limiter, workspaceDirectory, run, log } = context;
  const { workspace, user } = member;
  await limiter.run(async () => {
    const accounts = await directory.view(DECISION_AGE_MS);
    const members = await workspaceDirectory.members(workspace.id, DECISION_AGE_MS);
    const before = members.roleOf(user.id);
    const { leaving } = memberships;
    const loss = { kind: "remove" as const, workspace, userId: user.id, who: user.who };
    const refused = findLossRefusal(loss, { members, accounts, leaving });
    raise(refused?.with({ words: `${KEEPS}, so it has to be taken out and added again, and ${refused.words}` }));
    leaving.note("remove", workspace.id, user.id);
    if (run.isNew("exchange"))
      log.info(`${KEEPS}: ${user.who} is taken out of workspace "${workspace.name}" and added again as ${role}.`);
    await workspaces.removeUser(member);
    try {
      await workspaces.addUser(member, role);
    } catch (error) {
      const back = before === undefined ? undefined : await putBack(context, member, before);
      throw unconfirmed(
        member,
        `it was taken out to be added again as ${role}, which failed: ${messageOf(error)}. ${back ?? "It may not be a member now"}`,
        error,
      );
    }
  });
  const members = await look(context, member, undefined);
  if (!isAs(members, user.id, role)) {
    throw unconfirmed(member, `it was taken out and added again as ${role}, and is ${describe(members, user.id)}`);
  }
  memberships.leaving.withdraw(workspace.id, user.id);
}

const KEEPS = "This release keeps the role of a member";

/** Adds a member again that was taken out, as it was. Answers what came of it, and raises nothing. */
export async function putBack(
  { workspaces }: WorkspaceContext,
  member: Membership,
  role: WorkspaceRole,
): Promise<string> {
  try {
    await workspaces.addUser(member, role);
    return `It was added again as ${role}`;
  } catch {
    return "It may not be a member now";
  }
}

/** True for a member of this role, or of one that the platform does not tell. */
function isAs(members: Members, userId: string, role: WorkspaceRole): boolean {
  return members.has(userId) && (members.roleOf(userId) ?? role) === role;
}

function saysMember({ kind, words }: WallarooError): boolean {
  return kind === "conflict" || /\b(already|exists?|duplicate|member)\b/i.test(words);
}

function describe(members: Members, userId: string): string {
  if (members.size === 0) return "not a member, and the platform lists no member at all,";
  return members.has(userId) ? `a member as ${members.roleOf(userId) ?? "an unknown role"}` : "not a member";
}

function unconfirmed({ workspace, user }: Membership, words: string, cause?: unknown): WallarooError {
  return new WallarooError({
    kind: "unconfirmed",
    operation: "confirm",
    who: `${user.who} in workspace "${workspace.name}"`,
    words,
    next: "Run `pulumi refresh`, which shows what is there now, then the same command again.",
    cause,
  });
}
