import type { Breaker } from "../api/breaker";
import type { Caller } from "../api/caller";
import type { Client } from "../api/client";
import type { PlatformClock } from "../api/clock";
import type { Limiter } from "../api/limiter";
import type { SessionsApi } from "../api/sessions";
import type { UsersApi } from "../api/users";
import type { ApiUser, ApiWorkspace, WorkspaceRole } from "../api/wire";
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

/** What leaving has to know of workspaces, and to do. */
export interface Ownership {
  /**
   * The workspaces that the provider's account sees, with their members, as seen in this run. Without default workspaces
   * that hold nothing, as every account has one, and without those of accounts that are not asked about. Raises from its
   * first failure on what it raised then: `notFound` if the platform has no workspaces in its API.
   *
   * @param leaving ids of the accounts that are asked about
   */
  look(leaving: ReadonlySet<string>): Promise<readonly (readonly [OwnedWorkspace, Roles])[]>;
  /** True when this run takes the account out of the workspace, or lowers its role: it is not counted on as an owner. */
  isLeaving(workspaceId: number, userId: string): boolean;
  /** Raises `unconfirmed` if a look does not show the owner, and `refused` if it leaves the workspace in this run. */
  makeOwner(workspace: OwnedWorkspace, user: ApiUser): Promise<void>;
}

export type OwnedWorkspace = Pick<ApiWorkspace, "id" | "name" | "models" | "pipelines">;

/** Accounts in a workspace, by id. */
export interface Roles {
  ids(): string[];
  /** Undefined if the account is not a member, or if the platform does not tell its role. */
  roleOf(userId: string): WorkspaceRole | undefined;
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
  /** Undefined if nothing is said or done about the workspaces of accounts that are cut off. */
  ownership?: Ownership | undefined;
  log: Log;
  /** Answers who the provider runs as, and looks further while `isEnough` says that what it found does not do. */
  caller: (isEnough?: (caller: Caller) => boolean) => Promise<Caller>;
  clock: Pick<PlatformClock, "nowMs" | "earliestMs">;
  pause: Client["pause"];
  /** Accounts that are being changed: each is decided about in its turn, so that no decision grows old. */
  limiter: Limiter;
  /** Says whether work on one more account may begin. */
  breaker: Pick<Breaker, "refuse">;
  protectedEmails: ReadonlySet<string>;
  /** How messages name the platform: its host and port. */
  host: string;
  seatLimit?: number | undefined;
}
