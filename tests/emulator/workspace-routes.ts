import type { ApiUser } from "../../provider/api/wire";
import { failure, type Backend, type Bearer, type RouteAnswer } from "./backend";
import type { CallName } from "./misbehaviour";
import { roleOf, type Workspace, type Workspaces } from "./workspaces";

/** Where the sources of the workspaces disagree or say nothing: what can be chosen, the default first. See DIFFERENCES.md. */
export const WORKSPACE_CHOICES = {
  /** 200: the endpoints are there. Any other status is their answer to every request. */
  workspacesStatus: [200, 403, 404, 501],
  /** How `list_users` says roles: in this case, or not at all. A member without a role is null in either case. */
  userType: ["upper", "lower", "null", "absent"],
  /** The spelling of `user_type` that `add_user` takes; 400 for the other. */
  userTypeTaken: ["any", "lower", "upper"],
  /** Whether `users` of `list_users` is null, for workspaces without members or for all. */
  usersNull: ["never", "empty", "always"],
  /** What `created_by` names. */
  createdBy: ["uuid", "email"],
  /** Whether ids of accounts that are gone stay in `list_users`. */
  goneMembers: ["listed", "dropped"],
  /** What `add_user` does to the role of a member: it changes it, keeps it and answers `{}` all the same, or refuses (400). */
  addMember: ["changes", "keeps", "refuses"],
  /**
   * Who keeps the last user in a workspace, and an account in its own default workspace: the client (the vendor's does), so
   * that the platform removes both, or the platform (400).
   */
  removeRules: ["client", "platform"],
  /** Whether an administrator sees the workspaces of others. */
  adminSees: ["all", "own"],
  /** Who makes default workspaces: the client, by GraphQL, or the platform at an account's first request for workspaces. */
  defaultWorkspaces: ["client", "platform"],
  unknownWorkspaceStatus: [404, 400, 500],
} as const;

export type WorkspaceOptions = { [Name in keyof typeof WORKSPACE_CHOICES]: (typeof WORKSPACE_CHOICES)[Name][number] };

export const WORKSPACE_DEFAULTS = Object.fromEntries(
  Object.entries(WORKSPACE_CHOICES).map(([name, [first]]) => [name, first]),
) as WorkspaceOptions;

/** An answer that ends a request at once. */
class Refusal extends Error {
  constructor(readonly answer: RouteAnswer) {
    super("refused");
  }
}

const refusal = (status: number, msg: string) => new Refusal(failure(status, msg));

interface WorkspaceRequest {
  workspace_name?: unknown;
  workspace_id?: unknown;
  email?: unknown;
  user_id?: unknown;
  user_type?: unknown;
}

/** The platform's endpoints under `/v1/api/workspaces/`, for members and administrators. */
export class WorkspaceApi {
  constructor(
    private readonly backend: Backend,
    private readonly workspaces: Workspaces,
    private readonly options: WorkspaceOptions & {
      duplicateStatus: number;
      unknownEmailStatus: number;
    },
  ) {}

  /** Answers one call whose bearer is known. `body` is the parsed JSON. */
  async answer(call: CallName, body: unknown, bearer: Bearer): Promise<RouteAnswer> {
    if (this.options.workspacesStatus !== 200) return failure(this.options.workspacesStatus, "Not available");
    if (!bearer.isAccess) return failure(403, "Forbidden");
    if (typeof body !== "object" || body === null || Array.isArray(body))
      return failure(400, "the body must be an object");
    try {
      if (this.options.defaultWorkspaces === "platform") await this.#makeDefault(bearer);
      return { status: 200, body: await this.#act(call, body, bearer) };
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  }

  async #makeDefault(bearer: Bearer): Promise<void> {
    const creator = await this.#bearerAccount(bearer);
    this.workspaces.addDefault(creator, creator);
  }

  async #act(call: CallName, body: WorkspaceRequest, bearer: Bearer): Promise<unknown> {
    // One-time migrations, of which there are none here; no client of ours may call it.
    if (call === "workspaces/validate") return null;
    if (call === "workspaces/create") return this.#create(body, bearer);
    if (call === "workspaces/list") return { workspaces: this.#list(body, bearer) };
    const workspace = this.#visible(body, bearer);
    if (call === "workspaces/list_users") return { users: await this.#listUsers(workspace) };
    if (!this.isManaged(workspace, bearer)) throw refusal(403, "Forbidden");
    if (call === "workspaces/add_user") return this.#addUser(workspace, body);
    return { affected_rows: await this.#removeUser(workspace, body, bearer) };
  }

  async #create({ workspace_name: name }: WorkspaceRequest, bearer: Bearer): Promise<{ workspace_id: number }> {
    if (typeof name !== "string" || name.trim() === "") throw refusal(400, "workspace_name is required");
    const made = this.workspaces.add(name, await this.#bearerAccount(bearer));
    if (made === undefined) throw refusal(this.options.duplicateStatus, `Workspace ${name} already exists`);
    made.members.set(bearer.id, "OWNER");
    return { workspace_id: made.id };
  }

  #list({ user_id: userId = null }: WorkspaceRequest, bearer: Bearer) {
    if (userId !== null && typeof userId !== "string") throw refusal(400, "user_id must be a string");
    return [...this.workspaces.all.values()]
      .filter((workspace) => this.isSeen(workspace, bearer) && (userId === null || workspace.members.has(userId)))
      .sort((a, b) => ((a.id * 7) % 11) - ((b.id * 7) % 11))
      .map((workspace) => ({
        ...this.shown(workspace),
        models: workspace.models,
        pipelines: workspace.pipelines,
      }));
  }

  /** What both this API and GraphQL say of a workspace. */
  shown({ id, name, createdAt, createdBy, archived }: Workspace) {
    const created_at = new Date(createdAt).toISOString().replace("Z", "000+00:00");
    const created_by = createdBy?.[this.options.createdBy === "uuid" ? "id" : "email"] ?? null;
    return { id, name, created_at, created_by, archived };
  }

  async #listUsers({ members }: Workspace) {
    const { userType, usersNull, goneMembers } = this.options;
    const there = goneMembers === "listed" ? [] : await this.backend.findByIds([...members.keys()]);
    const shown = [...members].filter(([id]) => goneMembers === "listed" || there.some((user) => user.id === id));
    if (usersNull === "always" || (usersNull === "empty" && shown.length === 0)) return null;
    const said = (role: string | null) => (userType === "lower" ? (role?.toLowerCase() ?? null) : role);
    return shown
      .sort(([a], [b]) => (a.slice(-6) < b.slice(-6) ? -1 : 1))
      .map(([id, role]) =>
        userType === "absent" ? { user_id: id } : { user_id: id, user_type: userType === "null" ? null : said(role) },
      );
  }

  async #addUser({ members }: Workspace, body: WorkspaceRequest): Promise<object> {
    const text = body.user_type ?? this.#taken("collaborator");
    const role = typeof text === "string" ? roleOf(text) : undefined;
    if (role === undefined || text !== this.#taken(text as string)) throw refusal(400, "unknown user_type");
    const account = await this.#named(body);
    if (account === undefined) throw refusal(this.options.unknownEmailStatus, "User not found");
    const isMember = members.has(account.id);
    if (isMember && this.options.addMember === "refuses") throw refusal(400, "User is already in the workspace");
    if (!isMember || this.options.addMember === "changes") members.set(account.id, role);
    return {};
  }

  /** A role in the spelling that `add_user` takes. */
  #taken(role: string): string {
    const { userTypeTaken } = this.options;
    if (userTypeTaken === "any") return role;
    return userTypeTaken === "lower" ? role.toLowerCase() : role.toUpperCase();
  }

  async #removeUser(workspace: Workspace, body: WorkspaceRequest, bearer: Bearer): Promise<0 | 1> {
    const { id, members } = workspace;
    const account = await this.#named(body);
    // An account that is gone is still a member, and can be removed by its id.
    const userId = account?.id ?? (typeof body.user_id === "string" ? body.user_id : undefined);
    if (userId === undefined) throw refusal(this.options.unknownEmailStatus, "User not found");
    if (!members.has(userId)) return 0;
    if (this.options.removeRules === "platform") {
      const isOwnDefault = userId === bearer.id && this.workspaces.defaults.get(bearer.id) === id;
      if (isOwnDefault) throw refusal(400, "User cannot be removed from their default workspace");
      const there = await this.backend.findByIds([...members.keys()]);
      const isLast = there.length <= 1 && there.every((user) => user.id === userId);
      if (isLast) throw refusal(400, "Last user of a workspace cannot be removed");
    }
    members.delete(userId);
    return 1;
  }

  /** The account that a request names: by its id, else by its address. */
  async #named({ email, user_id: id }: WorkspaceRequest): Promise<ApiUser | undefined> {
    const texts = [id, email].filter((value) => value !== undefined && value !== null);
    if (texts.length === 0) throw refusal(400, "email or user_id is required");
    if (!texts.every((value) => typeof value === "string")) throw refusal(400, "email and user_id must be strings");
    if (typeof id === "string") return (await this.backend.findByIds([id]))[0];
    return this.backend.findByEmail(email as string);
  }

  /** The same answer for a workspace that does not exist and for one that the bearer may not see. */
  #visible({ workspace_id: id }: WorkspaceRequest, bearer: Bearer): Workspace {
    if (!Number.isInteger(id)) throw refusal(400, "workspace_id must be an integer");
    const workspace = this.workspaces.all.get(id as number);
    if (workspace === undefined || !this.isSeen(workspace, bearer))
      throw refusal(this.options.unknownWorkspaceStatus, "Workspace not found");
    return workspace;
  }

  isSeen({ members }: Workspace, bearer: Bearer): boolean {
    return members.has(bearer.id) || (bearer.isAdmin && this.options.adminSees === "all");
  }

  /** Whether the bearer may add and remove members. */
  isManaged(workspace: Workspace, bearer: Bearer): boolean {
    return this.isSeen(workspace, bearer) && (bearer.isAdmin || workspace.members.get(bearer.id) === "OWNER");
  }

  async #bearerAccount({ id, username }: Bearer): Promise<{ id: string; email: string }> {
    return { id, email: (await this.backend.findByIds([id]))[0]?.email ?? username };
  }
}
