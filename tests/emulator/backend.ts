import type { ApiUser, TokenResponse } from "../../provider/api/wire";

/** Error answer of Keycloak's token endpoint. */
export interface TokenErrorBody {
  error: string;
  error_description?: string;
}

/** An answer of the platform. A text is sent as it is, anything else as JSON. */
export interface RouteAnswer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/** An error answer in the documented shape. */
export function failure(status: number, msg: string): RouteAnswer {
  return { status, body: { msg, code: status } };
}

/** What a bearer token says once the identity store has accepted it. */
export interface Bearer {
  id: string;
  username: string;
  /** False for a refresh token, which has no rights. */
  isAccess: boolean;
  isAdmin: boolean;
}

/** A new account. `password` undefined: the store makes a temporary one; null: it has none and can't sign in. */
export interface NewUser {
  email: string;
  password?: string | null;
  roles?: string[];
  requireReset?: boolean;
}

/** An account without a password. */
export interface BareUser {
  email: string;
  username: string;
  roles: string[];
}

/** The parts of an account that can be written; an empty text clears the field. */
export interface UserPatch {
  enabled?: boolean;
  email?: string;
  firstName?: string;
  lastName?: string;
  emailVerified?: boolean;
  requiredActions?: string[];
  admin?: boolean;
}

/** A request to Keycloak's admin API. */
export interface AdminRequest {
  method: string;
  /** Base URL of the platform as the client named it. */
  origin: string;
  /** From `/auth/admin/realms/` on, with its query, as it came. */
  target: string;
  /** Parsed JSON; the text itself when it is none. */
  body: unknown;
  authorization: string | undefined;
}

/** A refusal of the identity store; `kind` decides the status, which varies by release. */
export class StoreError extends Error {
  constructor(
    readonly kind: "duplicate" | "illFormed" | "unknown",
    message: string,
  ) {
    super(message);
  }
}

/**
 * The identity store behind the platform's API: in memory, or a real Keycloak. Accounts are answered complete (last login,
 * federated identities), but their roles are in the list alone: elsewhere no answer of the platform names them, and a
 * Keycloak would have to be asked for those of each account. Which of it a release shows is the business of the routes.
 */
export interface Backend {
  list(): Promise<ApiUser[]>;
  /** Those that are there, in no promised order. */
  findByIds(ids: string[]): Promise<ApiUser[]>;
  /** By address or username, without regard to case. What a write has to know: id, names, `enabled`. */
  findByEmail(email: string): Promise<ApiUser | undefined>;
  /** The same, complete and with its roles. */
  findWithRoles(email: string): Promise<ApiUser | undefined>;
  /** Accounts that are enabled and have an address. */
  countSeats(): Promise<number>;
  /** Raises {@link StoreError}. */
  create(user: NewUser): Promise<{ id: string; password: string | null }>;
  /** Makes many accounts at once, none of which can sign in. Returns their ids in the same order. */
  createAll(users: BareUser[]): Promise<string[]>;
  /** Raises {@link StoreError}. */
  patch(id: string, patch: UserPatch): Promise<void>;
  remove(id: string): Promise<void>;
  setPassword(id: string, password: string): Promise<void>;
  /** Ends every session, so that tokens and refresh tokens stop working. */
  revokeSessions(): Promise<void>;
  /** The token endpoint: form fields and the Authorization header in, status and JSON out. */
  token(
    form: Record<string, string>,
    authorization: string | undefined,
  ): Promise<{ status: number; body: TokenResponse | TokenErrorBody }>;
  /** The endpoint at which a device asks for a code: form fields and the Authorization header in. */
  device(form: Record<string, string>, authorization: string | undefined): Promise<RouteAnswer>;
  /** The page for that code, at the platform's own address; undefined for a store that has one of its own elsewhere. */
  devicePage?(fields: Record<string, string>): RouteAnswer;
  /** The answer of the userinfo endpoint to the value of an Authorization header. */
  userinfo(authorization: string | undefined): Promise<RouteAnswer>;
  /** Keycloak's admin API, for the requests that {@link callOf} knows. */
  admin(request: AdminRequest): Promise<RouteAnswer>;
  /** Whether access tokens from now on come without `sub`, `email` and `preferred_username`. */
  setLightweightTokens(isOn: boolean): Promise<void>;
  /** The bearer of a token of ours, or undefined when it is not (or no longer) good. A refresh token has no rights. */
  authenticate(token: string): Promise<Bearer | undefined>;
  close(): Promise<void>;
}
