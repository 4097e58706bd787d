/**
 * The shapes on the wire, spelled as the API spells them. Source: the public user-management guides (2022 to 2025) and
 * the models of the public Python SDK; a field that not every release has is optional.
 */

/** A user as `POST /v1/api/users/query` answers it: a Keycloak UserRepresentation with a few additions. */
export interface ApiUser {
  /** Keycloak user id (UUID). */
  id: string;
  /** Equal to the email for invited accounts; `admin` for the built-in one. */
  username: string;
  enabled: boolean;
  /** Milliseconds since the epoch. */
  createdTimestamp?: number;
  /** Absent for the built-in `admin`. */
  email?: string;
  emailVerified?: boolean;
  firstName?: string;
  lastName?: string;
  requiredActions?: string[];
  disableableCredentialTypes?: string[];
  notBefore?: number;
  access?: Record<string, boolean>;
  /** Newer releases, `{}` form only; absent for accounts without a realm role. */
  realmRoles?: string[];
  /** Newer releases: milliseconds since the epoch or null; always null in the `user_ids` form. */
  lastLogin?: number | null;
  /** Newer releases, `user_ids` form only. */
  federatedIdentities?: unknown[];
}

/** Body of `POST /v1/api/users/query`: all accounts when `user_ids` is absent. */
export interface QueryUsersRequest {
  user_ids?: string[];
}

/** Body of `POST /v1/api/users/invite`. `roles` and `require_reset` are known to newer releases only. */
export interface InviteUserRequest {
  email: string;
  password?: string;
  roles?: string[];
  require_reset?: boolean;
}

/** `id` is the UUID in some releases and the email in others; `password` is the given or the generated one. */
export interface InviteUserResponse {
  id: string;
  password: string;
}

/** Body of `POST /v1/api/users/activate` and `POST /v1/api/users/deactivate`; the answer is `{}`. */
export interface UserEmailRequest {
  email: string;
}

/** Body of `POST /v1/api/user` (newer releases); every field is required by the platform. */
export interface EditUserRequest {
  id: string;
  firstName: string;
  lastName: string;
  email: string;
  enabled: boolean;
  isAdmin: boolean;
}

/** What an account is in a workspace. */
export type WorkspaceRole = "OWNER" | "COLLABORATOR";

/** A workspace as `POST /v1/api/workspaces/list` answers it. */
export interface ApiWorkspace {
  id: number;
  /** Unique, as it was given: any text. */
  name: string;
  /** ISO 8601, with microseconds in some releases. */
  created_at?: string;
  /** Keycloak user id (UUID) in some releases, an address in others; absent for some default workspaces. */
  created_by?: string;
  archived: boolean;
  /** Ids. */
  models: number[];
  /** Ids. */
  pipelines: number[];
}

/** A member of a workspace as `POST /v1/api/workspaces/list_users` answers it. */
export interface ApiWorkspaceUser {
  /** Keycloak user id (UUID), also of an account that is gone. */
  user_id: string;
  /** Absent if the platform does not tell. */
  user_type?: WorkspaceRole;
}

/** Body of `POST /v1/api/workspaces/add_user`; with `user_id` alone no mail can be sent. The answer is `{}`. */
export interface AddWorkspaceUserRequest {
  workspace_id: number;
  user_id: string;
  /** In the case that the release takes; default collaborator. */
  user_type: string;
}

/** Body of `POST /v1/api/workspaces/remove_user`; the answer is `{ affected_rows: 0 | 1 }`. */
export interface RemoveWorkspaceUserRequest {
  workspace_id: number;
  user_id: string;
}

/** Answer of Keycloak's token endpoint. */
export interface TokenResponse {
  access_token: string;
  /** Seconds. */
  expires_in: number;
  refresh_token?: string;
  /** If the scope `openid` was asked for. */
  id_token?: string;
  /** Seconds; 0 for an offline token that does not expire. */
  refresh_expires_in?: number;
  token_type?: string;
  scope?: string;
}
