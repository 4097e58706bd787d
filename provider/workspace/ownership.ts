import { WallarooError, isWallarooError, refusal } from "../api/errors";
import { Limiter } from "../api/limiter";
import type { ApiUser, ApiWorkspace } from "../api/wire";
import type { Membership } from "../api/workspaces";
import type { OwnedWorkspace, Ownership, Roles } from "../user/context";
import { DECISION_AGE_MS } from "../user/directory";
import { addressOf } from "../user/email";
import type { View } from "../user/view";
import { applyRemoval, applyRole, putBack } from "./apply";
import type { WorkspaceContext } from "./context";
import { ownerOfDefault } from "./guards";
import { memberId } from "./model";
import type { Members, WorkspaceList } from "./view";

/** What leaving has to know and to do of workspaces, by the run's shared view of them. */
export class RunOwnership implements Ownership {
  #failure: Error | undefined;
  #split: (Split & { list: WorkspaceList; view: View | undefined }) | undefined;
  readonly #given = new Map<string, Promise<void>>();
  /** An account that leaves holds a place in the other one meanwhile. */
  #limiter: Limiter | undefined;

  constructor(private readonly context: () => WorkspaceContext) {}

  async look(leaving: ReadonlySet<string>): Promise<readonly (readonly [OwnedWorkspace, Roles])[]> {
    if (this.#failure !== undefined) throw this.#failure;
    const { workspaceDirectory, directory } = this.context();
    try {
      const list = await workspaceDirectory.workspaces(Infinity);
      const view = directory.lastView;
      // Thousands of accounts that leave ask one after the other.
      if (this.#split?.list !== list || this.#split.view !== view) this.#split = { list, view, ...split(list, view) };
      const { common, defaults } = this.#split;
      const theirs = [...leaving].flatMap((id) => defaults.get(id) ?? []);
      const own = theirs.filter(({ accounts }) => accounts.every((id) => leaving.has(id)));
      const looked = await Promise.all(
        [...common, ...own.map(({ workspace }) => workspace)].map(
          async (workspace) => [workspace, await this.#membersOf(workspace)] as const,
        ),
      );
      if (looked.length > 0 && looked.every(([, { size }]) => size === 0)) throw nobody(looked.length);
      return looked;
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
  }

  /** A list without members is asked for once more: the account that leaves may be in it. */
  async #membersOf({ id }: ApiWorkspace): Promise<Members> {
    const { workspaceDirectory } = this.context();
    const members = await workspaceDirectory.members(id, Infinity);
    if (members.size > 0) return members;
    return workspaceDirectory.members(id, Infinity, members.askedAtMs + members.tookMs);
  }

  isLeaving(workspaceId: number, userId: string): boolean {
    const { leaving } = this.context().memberships;
    return leaving.isRemoved(workspaceId, userId) || leaving.isLowered(workspaceId, userId);
  }

  /** Once per account and workspace: several owners may hand over to one account. */
  makeOwner(workspace: OwnedWorkspace, user: ApiUser): Promise<void> {
    const key = `${workspace.id} ${user.id}`;
    const given = this.#given.get(key) ?? this.#give(workspace, user);
    this.#given.set(key, given);
    return given;
  }

  async #give(workspace: OwnedWorkspace, user: ApiUser): Promise<void> {
    const outer = this.context();
    this.#limiter ??= new Limiter(outer.limiter.concurrency);
    const context = { ...outer, limiter: this.#limiter };
    const member = { workspace, user: { id: user.id, who: addressOf(user) } };
    if (this.isLeaving(workspace.id, user.id)) throw leavingHeir(member);
    // At once: no other resource may begin to take it away.
    context.memberships.heirs.add(memberId(workspace.id, user.id));
    const members = await context.workspaceDirectory.members(workspace.id, DECISION_AGE_MS);
    const isUnknown = members.has(user.id) && members.roleOf(user.id) === undefined;
    // Some releases keep the role of a member, which no look would show then. The account that leaves stays an owner.
    if (isUnknown) await applyRemoval(context, member, (now) => Promise.resolve(now.has(user.id)));
    try {
      await applyRole(context, member, "OWNER", (now) => Promise.resolve(now.roleOf(user.id) !== "OWNER"));
    } catch (error) {
      if (!isUnknown || !isWallarooError(error)) throw error;
      const back = await putBack(context, member, "COLLABORATOR");
      throw error.with({ words: `${error.words} (it was taken out before, to be added as OWNER. ${back})` });
    }
  }
}

interface Split {
  /** Those that all accounts are asked about; also default workspaces of addresses that no account has. */
  common: ApiWorkspace[];
  /** By the first of the accounts that have its address. What is in a default workspace is its own account's. */
  defaults: Map<string, { workspace: ApiWorkspace; accounts: string[] }[]>;
}

function split(list: WorkspaceList, view: View | undefined): Split {
  const common: Split["common"] = [];
  const defaults: Split["defaults"] = new Map();
  for (const workspace of list.all()) {
    const address = ownerOfDefault(workspace.name);
    if (address !== undefined && workspace.models.length + workspace.pipelines.length === 0) continue;
    const users = address === undefined ? undefined : view?.findAllByEmail(address);
    const [first, ...others] = (users ?? []).map(({ id }) => id);
    if (first === undefined) common.push(workspace);
    else defaults.set(first, [...(defaults.get(first) ?? []), { workspace, accounts: [first, ...others] }]);
  }
  return { common, defaults };
}

/** Of one workspace that may be so, as some platforms forget accounts that are gone. */
function nobody(count: number): WallarooError {
  return new WallarooError({
    kind: "unreadable",
    operation: "list the users of",
    who: count === 1 ? "the only workspace" : `${count} workspaces`,
    words: "the platform lists no member of any of them",
    next: "Run the provider as an account with the realm role admin.",
  });
}

function leavingHeir({ workspace, user }: Membership): WallarooError {
  return refusal(
    "make",
    `${user.who} an owner of workspace "${workspace.name}"`,
    "this run takes it out of that workspace, or lowers its role",
    "Nothing was deactivated for it. Let it be an owner there, or name another account in `handOver`.",
  );
}
