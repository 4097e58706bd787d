import { unreadable, type Call, type Client } from "./client";
import { isWallarooError } from "./errors";
import { isRecord } from "./json";
import { UNPRINTABLE, isPrintableId, quoted } from "./users";
import type {
  AddWorkspaceUserRequest,
  ApiWorkspace,
  ApiWorkspaceUser,
  RemoveWorkspaceUserRequest,
  WorkspaceRole,
} from "./wire";

/** A membership to write. Ids decide, and names are for messages. */
export interface Membership {
  workspace: { id: number; name: string };
  /** `id` is the Keycloak user id, `who` an address if there is one. */
  user: { id: string; who: string };
}

/**
 * The workspace endpoints, one method each. All raise `WallarooError`, see `Client.call`; `notFound` if the release has
 * none. Each may be sent again after an outage. None tells by itself that a write is done: look afterwards.
 */
export interface WorkspacesApi {
  /** `POST /v1/api/workspaces/list`: the workspaces that the account of the provider may see. The list may be empty. */
  list(): Promise<ApiWorkspace[]>;
  /** `POST /v1/api/workspaces/list_users`. Empty if the platform tells none, which it says as null too. */
  listUsers(workspaceId: number): Promise<ApiWorkspaceUser[]>;
  /** `POST /v1/api/workspaces/add_user`. For a member, releases differ: the role is changed, or kept, or it is an error. */
  addUser(member: Membership, role: WorkspaceRole): Promise<void>;
  /** `POST /v1/api/workspaces/remove_user`. Answers how many memberships were removed: 0 for an account that is not a member. */
  removeUser(member: Membership): Promise<number>;
}

const PATH = "/v1/api/workspaces";
const NOT_OFFERED =
  "This needs a release of the platform with workspace endpoints in its API (POST /v1/api/workspaces/list): check the " +
  "release, and wallaroo:url (WALLAROO_URL).";
const NO_RIGHT = "Run the provider as an account with the realm role admin.";

const OPTIONS = { idempotent: true, isOptional: true } as const;

export function createWorkspacesApi(client: Client): WorkspacesApi {
  /** How this release takes roles: the vendor's client sends lower case, and the guides show upper case. */
  let isUpper = false;

  async function read<T>(
    about: Pick<Call, "operation" | "who" | "path" | "body" | "next">,
    key: "workspaces" | "users",
    decode: (item: Record<string, unknown>) => T | string,
  ): Promise<T[]> {
    const answer = await client.call({ ...about, ...OPTIONS, writes: false });
    const items = isRecord(answer) ? answer[key] : undefined;
    const fail = (problem: string, of: unknown) => unreadable(about, problem, quoted(of), client.secrets);
    // Null is how a release says that there is none.
    if (items === null) return [];
    if (!Array.isArray(items)) throw fail(`\`${key}\` is not a list`, answer);
    return items.map((item: unknown) => {
      const decoded = isRecord(item) ? decode(item) : "an entry is not an object";
      if (typeof decoded === "string") throw fail(decoded, item);
      return decoded;
    });
  }

  async function write(
    operation: "add" | "remove",
    { workspace, user }: Membership,
    body: AddWorkspaceUserRequest | RemoveWorkspaceUserRequest,
  ): Promise<unknown> {
    const who = `${user.who} ${operation === "add" ? "to" : "from"} workspace "${workspace.name}"`;
    const next = { notFound: "Run `pulumi refresh`, and look whether the account and the workspace are still there." };
    const about = { operation, who, ...OPTIONS, writes: true, next: { ...next, forbidden: NO_RIGHT } };
    return client.call({ ...about, path: `${PATH}/${operation}_user`, body });
  }

  return {
    list() {
      const next = { notFound: NOT_OFFERED, forbidden: NO_RIGHT };
      const about = { operation: "list", who: "workspaces", path: `${PATH}/list`, body: {}, next };
      return read(about, "workspaces", decodeWorkspace);
    },

    listUsers(workspaceId) {
      const next = {
        notFound: "Run `pulumi refresh`, and check that the workspace is still there.",
        forbidden: NO_RIGHT,
      };
      const about = { operation: "list the users of", who: `workspace ${workspaceId}`, next };
      const body = { workspace_id: workspaceId };
      return read({ ...about, path: `${PATH}/list_users`, body }, "users", decodeUser);
    },

    async addUser(member, role) {
      const ids = { workspace_id: member.workspace.id, user_id: member.user.id };
      const send = (userType: string) => write("add", member, { ...ids, user_type: userType });
      try {
        await send(isUpper ? role : role.toLowerCase());
      } catch (error) {
        if (isUpper || !isWallarooError(error, "rejected") || !ABOUT_ROLE.test(error.words)) throw error;
        await send(role);
        isUpper = true;
      }
    },

    async removeUser(member) {
      const body = { workspace_id: member.workspace.id, user_id: member.user.id };
      const answer = await write("remove", member, body);
      const rows = isRecord(answer) ? answer["affected_rows"] : undefined;
      return typeof rows === "number" ? rows : 0;
    },
  };
}

/** What a release says of a role in the wrong case. */
const ABOUT_ROLE = /user_?type|variant|owner|collaborator/i;

/** Checks what decisions rest on, and says what is wrong with it; every other field may be anything, now or later. */
function decodeWorkspace(item: Record<string, unknown>): ApiWorkspace | string {
  const { id, name, created_at, created_by, archived, models, pipelines } = item;
  if (typeof id !== "number" || !Number.isSafeInteger(id)) return "a workspace's `id` is not a whole number";
  if (typeof name !== "string") return "a workspace's `name` is not a string";
  return {
    id,
    name: printed(name),
    ...(typeof created_at === "string" ? { created_at: printed(created_at) } : {}),
    ...(typeof created_by === "string" && created_by.trim() !== "" ? { created_by: printed(created_by) } : {}),
    archived: archived === true,
    models: idsOf(models),
    pipelines: idsOf(pipelines),
  };
}

function decodeUser({ user_id: id, user_type: type }: Record<string, unknown>): ApiWorkspaceUser | string {
  if (typeof id !== "string" || !isPrintableId(id)) return "a user's `user_id` can't be an id";
  if (type === undefined || type === null) return { user_id: id };
  const role = typeof type === "string" ? type.toUpperCase() : undefined;
  // Guards count owners by it.
  if (role !== "OWNER" && role !== "COLLABORATOR") return "a user's `user_type` is neither OWNER nor COLLABORATOR";
  return { user_id: id, user_type: role };
}

/** The engine takes no half of a character, and prints what it stores. */
function printed(text: string): string {
  return text.replace(new RegExp(UNPRINTABLE, "gu"), "\ufffd");
}

function idsOf(value: unknown): number[] {
  return Array.isArray(value) ? value.filter((id): id is number => typeof id === "number") : [];
}
