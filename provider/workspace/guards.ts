import { refusal, type WallarooError } from "../api/errors";
import type { ApiUser, WorkspaceRole } from "../api/wire";
import { canonicalEmail } from "../user/email";
import type { View } from "../user/view";
import type { Leaving } from "./memory";
import type { Members } from "./view";

/** A membership that is to be taken away, or to be lowered from owner to collaborator. */
export interface Loss {
  kind: "remove" | "lower";
  workspace: { id: number; name: string };
  /** Keycloak user id. */
  userId: string;
  /** How messages call the account. */
  who: string;
  /** What this stack last knew of the role, for a platform that does not tell it. */
  knownRole?: WorkspaceRole;
  /** Role of another account that will be there before this one leaves. */
  replacedBy?: WorkspaceRole;
}

/** What the guards know: who is in the workspace, all accounts, and what this run takes away besides. */
export interface LossContext {
  members: Members;
  accounts: Pick<View, "findById">;
  leaving: Leaving;
  /** Accounts that this run cuts off besides. */
  isCutOff?: (userId: string) => boolean;
  /** In a preview, accounts that will be there by then, and whether as owners. */
  arriving?: ReadonlyMap<string, boolean> | undefined;
}

/**
 * The refusal to take away the last user of a workspace, its last owner, or an account from its own default workspace.
 * Accounts that are gone do not count, nor deactivated ones while the leaving account is active, nor any that this run takes
 * away or cuts off as well.
 */
export function findLossRefusal(loss: Loss, context: LossContext): WallarooError | undefined {
  const reason = findReason(loss, context);
  if (reason === undefined) return undefined;
  const { workspace, who, kind } = loss;
  const name = `workspace "${workspace.name}"`;
  if (kind === "lower") return refusal("lower the role of", `${who} in ${name}`, reason.words, reason.next);
  const rest =
    'To let go of it and leave it a member, set `onDestroy: "retain"`, run `pulumi up`, and take it out then; in a team, leave the workspace declared.';
  return refusal("remove", `${who} from ${name}`, reason.words, `${reason.next} ${rest}`);
}

function findReason(
  { kind, workspace, userId, knownRole, replacedBy }: Loss,
  { members, accounts, leaving, isCutOff = () => false, arriving = new Map() }: LossContext,
): { words: string; next: string } | undefined {
  const account = accounts.findById(userId);
  if (kind === "remove" && account !== undefined && isOwnDefault(workspace.name, account)) {
    return { words: "it is the account's own default workspace", next: "Leave it a member." };
  }
  const isLeft = (id: string) => {
    if (id === userId || leaving.isRemoved(workspace.id, id) || isCutOff(id)) return false;
    const other = accounts.findById(id);
    return other !== undefined && (other.enabled || account?.enabled !== true);
  };
  if (kind === "remove" && replacedBy === undefined && ![...members.ids(), ...arriving.keys()].some(isLeft)) {
    return { words: "no other account would be left in it", next: "Add another member first." };
  }
  const role = members.roleOf(userId) ?? knownRole;
  const isOwnerLeft = (id: string) => isLeft(id) && !leaving.isLowered(workspace.id, id);
  const owners = [...members.owners(), ...[...arriving].flatMap(([id, isOwner]) => (isOwner ? [id] : []))];
  if (role === "OWNER" && replacedBy !== "OWNER" && !owners.some(isOwnerLeft)) {
    return {
      words: "no other owner of it that can be seen would be left",
      next: "Make another active account an owner first.",
    };
  }
  return undefined;
}

/** True for the account's own {@link ownerOfDefault default workspace}. */
export function isOwnDefault(name: string, { email, username }: ApiUser): boolean {
  const owner = ownerOfDefault(name);
  return [email ?? username, username].some((other) => canonicalEmail(other) === owner);
}

/** The canonical address in the name of an account's default workspace. Source of the name: the vendor's client. */
export function ownerOfDefault(name: string): string | undefined {
  const address = /^(.*) - Default Workspace$/s.exec(name)?.[1];
  return address === undefined ? undefined : canonicalEmail(address);
}
