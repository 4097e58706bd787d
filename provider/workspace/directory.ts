import { Batcher } from "../api/batcher";
import type { ApiWorkspace, ApiWorkspaceUser } from "../api/wire";
import type { WorkspacesApi } from "../api/workspaces";
import { Snapshot } from "../user/snapshot";
import { Members, WorkspaceList } from "./view";

/**
 * The workspaces of the platform and their members, shared by all that ask within one run: one request for the list, and
 * one per workspace for its members, however many resources there are. Ages are those of the accounts' directory.
 */
export class WorkspaceDirectory {
  readonly #workspaces: Snapshot<WorkspaceList, ApiWorkspace[]>;
  readonly #members = new Map<number, Snapshot<Members, ApiWorkspaceUser[]>>();
  /** Each answer is of its own workspace: what one look raises is not raised by those of others. */
  readonly #confirmations: Batcher<number, PromiseSettledResult<Members>>;

  constructor(
    private readonly api: Pick<WorkspacesApi, "list" | "listUsers">,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.#workspaces = new Snapshot(WorkspaceList, () => this.api.list(), nowMs);
    // Questions about one workspace share a request.
    this.#confirmations = new Batcher((ids) => Promise.allSettled(ids.map((id) => this.members(id, 0))));
  }

  /** The workspaces that the account of the provider sees; see `Snapshot.view`. */
  workspaces(maxAgeMs: number, sinceMs?: number): Promise<WorkspaceList> {
    return this.#workspaces.view(maxAgeMs, sinceMs);
  }

  /** The members of one workspace; see `Snapshot.view`. */
  members(workspaceId: number, maxAgeMs: number, sinceMs?: number): Promise<Members> {
    let snapshot = this.#members.get(workspaceId);
    if (snapshot === undefined) {
      snapshot = new Snapshot(Members, () => this.api.listUsers(workspaceId), this.nowMs);
      this.#members.set(workspaceId, snapshot);
    }
    return snapshot.view(maxAgeMs, sinceMs);
  }

  /** Runs the work on one membership, from its decision to its confirmation: joined confirmations wait for it. */
  whileWorking<T>(work: () => Promise<T>): Promise<T> {
    return this.#confirmations.run(work);
  }

  /**
   * The members of a workspace as the platform shows them from now on, and what all others see afterwards. Called after each
   * write, as no answer to a write tells that it is done. Joined with others of the same workspace.
   */
  async confirm(workspaceId: number): Promise<Members> {
    const answer = await this.#confirmations.load(workspaceId);
    if (answer.status === "rejected") throw answer.reason;
    return answer.value;
  }
}
