import type { ApiUser, TokenErrorBody, TokenResponse } from "../../provider/api/wire";

/** An answer of the platform. A text is sent as it is, anything else as JSON. */
export interface RouteAnswer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/** What a bearer token says once the identity store has accepted it. */
export interface Bearer {
  id: string;
  username: string;
  isAdmin: boolean;
}

/** A new account. `password` undefined: the store makes a temporary one; null: it has none and nobody can sign in. */
export interface NewUser {
  email: string;
  password?: string | null;
  roles?: string[];
  requireReset?: boolean;
}

/** The parts of an account that can be written. */
export interface UserPatch {
  enabled?: boolean;
  firstName?: string;
  lastName?: string;
  emailVerified?: boolean;
  admin?: boolean;
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
 * The identity store behind the platform's API: in memory, or a real Keycloak. People are answered complete (roles,
 * last login, federated identities); which of it a release shows is the business of the routes.
 */
export interface Backend {
  list(): Promise<ApiUser[]>;
  findById(id: string): Promise<ApiUser | undefined>;
  /** By address or username, without regard to case. */
  findByEmail(email: string): Promise<ApiUser | undefined>;
  /** Raises {@link StoreError}. */
  create(user: NewUser): Promise<{ id: string; password: string | null }>;
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
  /** The answer of the userinfo endpoint to the value of an Authorization header. */
  userinfo(authorization: string | undefined): Promise<RouteAnswer>;
  /** Whether access tokens from now on come without `sub`, `email` and `preferred_username`. */
  setLightweightTokens(isOn: boolean): Promise<void>;
  /** The bearer of an access token, or undefined when it is not (or no longer) good. */
  authenticate(accessToken: string): Promise<Bearer | undefined>;
  close(): Promise<void>;
}
