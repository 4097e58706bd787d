import type { DeclaredState, KnownUser, UserInputs, UserState } from "../user/model";
import type { WallarooSeats } from "../user/seats";
import type { StoredDefaults } from "./defaults";
import type { Roles, StoredMemberships } from "./memberships";
import type { StoredOptions } from "./options";

/** Checked inputs of one member. Without `enabled: true`: 10,000 values less save the engine 20 % (measured). */
export type MemberInputs = Omit<UserInputs, "email" | "enabled"> & { enabled?: boolean; workspaces?: Roles };

/** A stored member: its account, and its memberships of workspaces, if it has any. */
export interface TeamMember extends KnownUser {
  workspaces?: StoredMemberships;
}

/** Checked inputs of a team's members, by canonical address. */
export type Members = Record<string, MemberInputs>;

/**
 * What is kept of a team in the state. Usual members (active, invited by this stack, nothing declared but the defaults
 * of the team) stand in `ids` alone, as every value costs the engine time in every step.
 */
export interface TeamState extends StoredDefaults, StoredOptions {
  /** Keycloak ids, by canonical address. */
  ids: Record<string, string>;
  /** The members whose account this stack did not create. */
  adopted: Record<string, true>;
  /** Secret; what the invites answered. */
  initialPasswords: Record<string, string>;
  /** What is not usual, by address. Called `deviations` before the first release, see `decodeTeam`. */
  details: Record<string, MemberDetails>;
  /** Addresses of unmanaged accounts, as the last `up` that changed the team saw them; absent while they are ignored. */
  unmanaged?: string[];
  /** As the last `up` that changed the team saw them; absent when it had to ask the platform nothing. */
  seats?: WallarooSeats;
}

/** What is stored of a member besides the id; usual values are left out. */
export interface MemberDetails
  extends DeclaredState, Pick<UserState, "found" | "formerEmails" | "unfinished" | "unseen" | "invitedBefore"> {
  /** As last seen; usually true. */
  enabled?: false;
  /** As an adopted member was found; usually true. */
  foundEnabled?: false;
  /** Memberships that this stack gave, or has taken over. */
  workspaces?: StoredMemberships;
}
