import { randomUUID } from "node:crypto";
import type { Account } from "./memory";
import { TokenMint, type Claims } from "./tokens";

/** Keycloak's clients of a Wallaroo installation: what the SDK uses, and the one of the API connection guide. */
export const PUBLIC_CLIENT = "sdk-client";
export const CONFIDENTIAL_CLIENT = "api-client";
/** Secret of {@link CONFIDENTIAL_CLIENT} on the emulated platform. */
export const CLIENT_SECRET = "api-client-secret";

export const SERVICE_ACCOUNT_ID = "5e1f0000-0000-4000-8000-00000000a11c";

/** A session of an account with a client. Times are in milliseconds since the epoch. */
export interface Session {
  id: string;
  userId: string;
  client: string;
  isOffline: boolean;
  startedAt: number;
  lastAccessAt: number;
  /** Infinity for offline sessions. */
  endsAt: number;
}

/** A token that is ours and has not expired, with the session and the account behind it, as far as they are there. */
export interface Inspected {
  claims: Claims;
  session: Session | undefined;
  /** Undefined for a service account and for an account that was deleted. */
  account: Account | undefined;
}

/** Life of a session that is not used, in milliseconds; Keycloak's default. */
const IDLE_MS = 1_800_000;

/** Keycloak's sessions and the tokens that belong to them, over the accounts in memory. */
export class Sessions {
  readonly mint = new TokenMint();
  /** Tokens that were issued in an earlier second are refused. In seconds, as Keycloak keeps it for a realm. */
  notBefore = 0;
  readonly #sessions = new Map<string, Session>();

  constructor(
    private readonly accounts: ReadonlyMap<string, Account>,
    private readonly now: () => number,
  ) {}

  open(userId: string, client: string, isOffline: boolean): Session {
    const now = this.now();
    const endsAt = isOffline ? Infinity : now + IDLE_MS;
    const session = { id: randomUUID(), userId, client, isOffline, startedAt: now, lastAccessAt: now, endsAt };
    this.#sessions.set(session.id, session);
    return session;
  }

  /** The session was used, so that it lives on. */
  touch(session: Session): void {
    session.lastAccessAt = this.now();
    if (!session.isOffline) session.endsAt = this.now() + IDLE_MS;
  }

  find(id: string): Session | undefined {
    const session = this.#sessions.get(id);
    return session !== undefined && session.endsAt > this.now() ? session : undefined;
  }

  ofUser(userId: string, isOffline: boolean): Session[] {
    return [...this.#sessions.values()].filter(
      (session) => session.userId === userId && session.isOffline === isOffline && session.endsAt > this.now(),
    );
  }

  end(id: string): void {
    this.#sessions.delete(id);
  }

  endAll(): void {
    this.#sessions.clear();
    this.notBefore = Math.floor(this.now() / 1000);
  }

  /** What is known of a token; undefined when it is not ours or has expired. */
  inspect(token: string): Inspected | undefined {
    const claims = this.mint.read(token);
    if (claims === undefined || (claims.exp ?? Infinity) * 1000 <= this.now()) return undefined;
    const session = this.find(claims.sid);
    return { claims, session, account: session && this.accounts.get(session.userId) };
  }

  /** As Keycloak's introspection: the session is there, the account enabled, the token not from before a logout. */
  isActive({ claims, session, account }: Inspected): boolean {
    if (session === undefined) return false;
    const isKnown = account?.user.enabled ?? session.userId === SERVICE_ACCOUNT_ID;
    return isKnown && !this.isStale(claims, account);
  }

  isStale({ iat }: Claims, account: Account | undefined): boolean {
    return iat < Math.max(this.notBefore, account?.user.notBefore ?? 0);
  }
}
