import { WallarooError, isWallarooError } from "../api/errors";
import type { ApiUser, ApiWorkspace } from "../api/wire";
import type { Membership, WorkspacesApi } from "../api/workspaces";
import type { OwnedWorkspace, Ownership, Roles } from "../user/context";
import { addressOf, canonicalEmail } from "../user/email";
import type { WorkspaceDirectory } from "./directory";

/** What leaving has to know and to do of workspaces, by the run's shared view of them. */
export class RunOwnership implements Ownership {
  #failure: Error | undefined;
  readonly #given = new Map<string, Promise<void>>();

  constructor(
    private readonly api: Pick<WorkspacesApi, "addUser" | "removeUser">,
    private readonly directory: Pick<WorkspaceDirectory, "workspaces" | "members" | "confirm">,
  ) {}

  async look(isOthers: (address: string) => boolean): Promise<readonly (readonly [OwnedWorkspace, Roles])[]> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      const list = await this.directory.workspaces(Infinity);
      const asked = list.all().filter((workspace) => isAsked(workspace, isOthers));
      return await Promise.all(
        asked.map(async (workspace) => [workspace, await this.directory.members(workspace.id, Infinity)] as const),
      );
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
  }

  /** Once per account and workspace: several owners may hand over to one account. */
  makeOwner(workspace: OwnedWorkspace, user: ApiUser): Promise<void> {
    const key = `${workspace.id} ${user.id}`;
    const given = this.#given.get(key) ?? this.#give(workspace, user);
    this.#given.set(key, given);
    return given;
  }

  async #give(workspace: OwnedWorkspace, user: ApiUser): Promise<void> {
    const member = { workspace, user: { id: user.id, who: addressOf(user) } };
    const wasMember = (await this.directory.members(workspace.id, Infinity)).has(user.id);
    try {
      await this.api.addUser(member, "OWNER");
    } catch (error) {
      // Some releases refuse to add a member.
      if (!wasMember || !isWallarooError(error, "rejected", "conflict")) throw error;
    }
    if (await this.#isOwner(member, wasMember)) return;
    // Some keep the role of a member. The account that leaves owns the workspace meanwhile.
    if (wasMember) {
      await this.api.removeUser(member);
      await this.api.addUser(member, "OWNER");
      if (await this.#isOwner(member, false)) return;
    }
    throw unconfirmed(member);
  }

  /** A role that is not shown is that of the request, unless the account had one before. */
  async #isOwner({ workspace, user }: Membership, wasMember: boolean): Promise<boolean> {
    const members = await this.directory.confirm(workspace.id);
    const role = members.roleOf(user.id);
    return role === "OWNER" || (role === undefined && members.has(user.id) && !wasMember);
  }
}

/** The name that the platform gives the workspace that an account gets at its first use. Source: the vendor's client. */
const DEFAULT_WORKSPACE = /^(.*) - Default Workspace$/;

/** What is in a default workspace is its own account's. */
function isAsked({ name, models, pipelines }: ApiWorkspace, isOthers: (address: string) => boolean): boolean {
  const address = DEFAULT_WORKSPACE.exec(name)?.[1];
  return address === undefined || (models.length + pipelines.length > 0 && !isOthers(canonicalEmail(address)));
}

function unconfirmed({ workspace, user }: Membership): WallarooError {
  return new WallarooError({
    kind: "unconfirmed",
    operation: "make",
    who: `${user.who} an owner of workspace "${workspace.name}"`,
    words: "the platform answered that it is done, and does not show the account as an owner",
    next: "Nothing was deactivated for it. Make it an owner on the platform, then run the same command again.",
  });
}
