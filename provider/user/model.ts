import type { Profile } from "./properties";

/** What destroy does to the account. */
export type OnDestroy = "deactivate" | "retain";

/** What becomes of an account that alone owns workspaces, if `handOver` names no other account. */
export type OnSoleOwner = "warn" | "refuse";

/** Checked inputs of one user: canonical, complete, every value of its promised type. See `properties.ts`. */
export interface UserInputs extends Profile {
  /** Canonical address. */
  email: string;
  enabled: boolean;
  /** Secret; used by the invite alone. */
  password?: string;
  adopt?: boolean;
  /** The last day on which `enabled: true` counts, as `YYYY-MM-DD` (UTC, by the platform's clock). */
  expires?: string;
  /** Undefined means the default, which spares an adopted account; see {@link UserState.foundEnabled}. */
  onDestroy?: OnDestroy;
  /** Canonical address of the account that takes over the workspaces that this one alone owns, before it is cut off. */
  handOver?: string;
  onSoleOwner?: OnSoleOwner;
  /** Realm roles that the invite asks for; used by the invite alone. */
  roles?: string[];
  /** Used by the invite alone. */
  requireReset?: boolean;
}

/** A value that only `up` will know, whatever an engine adapter puts in its place; never looked into. */
export type Unknown = { readonly [UNKNOWN]: true };
declare const UNKNOWN: unique symbol;

/** Tells the values that only `up` will know, at any depth. */
export type IsUnknown = (value: unknown) => value is Unknown;

/** Inputs of which some may be known by `up` alone. */
export type PreviewInputs = { [N in keyof UserInputs]?: UserInputs[N] | Unknown };

/** Declared values that delete and refresh need later, as they see nothing but the state. */
export interface DeclaredState extends Profile {
  adopt?: boolean;
  expires?: string;
  onDestroy?: OnDestroy;
  handOver?: string;
  onSoleOwner?: OnSoleOwner;
}

/** What is kept of one user in the state. Only JSON values: the engine refuses anything else, after the invite. */
export interface UserState extends DeclaredState {
  email: string;
  username: string;
  enabled: boolean;
  /** ISO 8601 UTC; absent when the platform does not tell. */
  createdAt?: string;
  /** This stack did not create the account. */
  adopted: boolean;
  /** Secret; what the invite answered. */
  initialPassword?: string;
  /** `enabled` as it was when an adopted account was taken over: what destroy puts back. */
  foundEnabled?: boolean;
  /** The profile of an adopted account before this stack managed it, for destroy to put back. */
  found?: Profile;
  /** Addresses that the account had in this state before they were changed on the platform. */
  formerEmails?: string[];
  /** A step after the account was there failed, or may have: the next update repeats all of it. */
  unfinished?: true;
  /** Invited, or perhaps invited, and shown by no look at the platform since. Such an account is not gone. */
  unseen?: true;
  /** Of such an account, by when its invite had made it, by the platform's clock (ISO 8601 UTC), as far as that is known. */
  invitedBefore?: string;
}

/** A user with the id (Keycloak UUID) that goes with the state. */
export interface KnownUser {
  id: string;
  state: UserState;
}
