/** What destroy does to the account. */
export type OnDestroy = "deactivate" | "retain";

/** Checked inputs of one person: canonical, complete, every value of its promised type. */
export interface UserInputs {
  /** Canonical address. */
  email: string;
  enabled: boolean;
  /** Secret; used by the invite alone. */
  password?: string;
  adopt?: boolean;
  /** Undefined means the default, which spares an adopted account; see {@link UserState.foundEnabled}. */
  onDestroy?: OnDestroy;
  firstName?: string;
  lastName?: string;
  /** Holds the realm role `admin`. */
  admin?: boolean;
  /** Realm roles that the invite asks for; used by the invite alone. */
  roles?: string[];
  /** Used by the invite alone. */
  requireReset?: boolean;
}

/** What `POST /v1/api/user` writes besides address and `enabled`. */
export type Profile = Pick<UserInputs, "firstName" | "lastName" | "admin">;

/** What is kept of one person in the state. Only JSON values: the engine refuses anything else after the invite was sent. */
export interface UserState {
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
  /** Of an adopted account, what was there before this stack managed it: what destroy puts back, where it is managed. */
  found?: Profile;
  adopt?: boolean;
  onDestroy?: OnDestroy;
  firstName?: string;
  lastName?: string;
  admin?: boolean;
  /** Addresses that the account had in this state before they were changed on the platform. */
  formerEmails?: string[];
  /** A step after the account was there failed, or may have: the next update brings all of it to what is declared. */
  unfinished?: true;
  /** Invited, or perhaps invited, and shown by no look at the platform since. Such an account is not gone. */
  unseen?: true;
}

/** A person with the id (Keycloak UUID) that goes with the state. */
export interface KnownUser {
  id: string;
  state: UserState;
}
