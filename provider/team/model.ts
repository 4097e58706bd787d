import type { DeclaredState, UserInputs, UserState } from "../user/model";
import type { StoredDefaults } from "./defaults";

/**
 * Checked inputs of one member; the address is the key that they stand under. Of who is active, as most are, `enabled` is
 * not written: one value less for each of ten thousand saves the engine a fifth of its time (measured).
 */
export type MemberInputs = Omit<UserInputs, "email" | "enabled"> & { enabled?: boolean };

/** Checked inputs of a team's members, by canonical address. */
export type Members = Record<string, MemberInputs>;

/**
 * What is kept of a team in the state. Nothing is written of a member who is as most are: active, invited by this
 * stack, with nothing declared but the defaults of the team; every value costs the engine time in every step.
 */
export interface TeamState extends StoredDefaults {
  /** Keycloak ids, by canonical address. */
  ids: Record<string, string>;
  /** The members whose account this stack did not create. */
  adopted: Record<string, true>;
  /** Secret; what the invites answered. */
  initialPasswords: Record<string, string>;
  /** What is not as usual, by address. Before the first release it was called `deviations`, see `decodeTeam`. */
  details: Record<string, MemberDetails>;
}

/** What is stored of a member besides the id, each value only where it is not the usual one. */
export interface MemberDetails
  extends DeclaredState, Pick<UserState, "found" | "formerEmails" | "unfinished" | "unseen"> {
  /** As last seen; usually true. */
  enabled?: false;
  /** Of an adopted member, as it was found; usually true. */
  foundEnabled?: false;
}
