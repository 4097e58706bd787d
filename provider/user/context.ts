import type { Breaker } from "../api/breaker";
import type { Caller } from "../api/caller";
import type { Client } from "../api/client";
import type { PlatformClock } from "../api/clock";
import type { Limiter } from "../api/limiter";
import type { SessionsApi } from "../api/sessions";
import type { UsersApi } from "../api/users";
import type { Announcer } from "./announce";
import type { Directory } from "./directory";
import type { Lookout } from "./lookout";
import type { Misspellings } from "./misspelling";
import type { RunMemory } from "./run";

/** Says something to the user of the engine. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
}

/** What every verb works with; nothing in it knows which adapter calls. */
export interface Context {
  users: UsersApi;
  /** Undefined if sessions are left as they are. */
  sessions?: SessionsApi | undefined;
  /** Does a step fail if this installation ends no sessions? */
  mustEndSessions?: boolean;
  directory: Directory;
  lookout: Lookout;
  misspellings: Misspellings;
  announcements: Announcer;
  run: RunMemory;
  log: Log;
  /** Answers who the provider runs as, and looks further while `isEnough` says that what it found does not do. */
  caller: (isEnough?: (caller: Caller) => boolean) => Promise<Caller>;
  clock: Pick<PlatformClock, "nowMs" | "earliestMs">;
  pause: Client["pause"];
  /**
   * Accounts in which something is being changed. However many are waiting, each is decided about only when its
   * turn has come, so that no decision grows old in the queue.
   */
  limiter: Limiter;
  /** Says whether work on one more account may begin. */
  breaker: Pick<Breaker, "refuse">;
  protectedEmails: ReadonlySet<string>;
  /** See `GuardContext`. */
  protectedBy?: string | undefined;
  /** How messages name the platform: its host and port. */
  host: string;
  seatLimit?: number | undefined;
}
