import type { Breaker } from "../api/breaker";
import type { Client } from "../api/client";
import type { Line } from "../api/line";
import type { UsersApi } from "../api/users";
import type { ApiUser } from "../api/wire";
import { unchanged, type Change, type Written } from "./confirmation";
import { DECISION_AGE_MS, type Directory } from "./directory";
import { canonicalEmail } from "./email";
import { ADMIN_ROLE, isAdmin } from "./guards";
import type { AskCaller } from "./identity";
import type { UserInputs } from "./model";
import { refusal, refuseBlindEdit } from "./policy";
import { PROFILE } from "./profile";
import type { RunMemory } from "./run";

/** Says something to the person who runs the engine. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
}

/** What the lifecycle works with; nothing in it knows which adapter calls. */
export interface LifecycleTools {
  users: UsersApi;
  directory: Directory;
  run: RunMemory;
  log: Log;
  caller: AskCaller;
  pause: Client["pause"];
  /** Says whether work on one more account may begin. */
  breaker: Pick<Breaker, "refuse" | "whileLooking" | "isOver">;
  /** How long an account is looked for after its invite, in milliseconds. Default: three minutes. */
  lookingMs?: number;
  /**
   * People in whose accounts something is being changed. However many are waiting, each is decided about only when its
   * turn has come, so that no decision grows old in line.
   */
  line: Line;
  protectedEmails: ReadonlySet<string>;
  /** See `GuardContext`. */
  protectedBy?: string;
  /** How messages name the platform: its host and port. */
  host?: string;
  seatLimit?: number;
}

/** The writes to an account that exists. Whether they are allowed is decided before, by policy and guards. */
export class Accounts {
  readonly #seatsBeingTaken = new Set<string>();

  constructor(private readonly tools: Pick<LifecycleTools, "users" | "directory" | "seatLimit">) {}

  /**
   * Activates or deactivates; sends nothing when the account is so already. What it answers is still to be confirmed,
   * see {@link confirm}. Raises `WallarooError`.
   */
  async setEnabled(user: ApiUser, enabled: boolean): Promise<Change> {
    if (user.enabled === enabled) return unchanged(user);
    const { users, directory } = this.tools;
    const email = user.email ?? user.username;
    const wanted = { ...user, enabled };
    const release = enabled ? await this.takeSeat(email) : () => undefined;
    try {
      const isAsPromised = enabled ? await users.activate(email) : await users.deactivate(email);
      directory.record(wanted);
      return { before: user, wanted, written: ["enabled"], isAsPromised };
    } finally {
      release();
    }
  }

  /**
   * Names and the admin role; what is not declared is sent as it is, because the platform wants all of it. `wasAdmin`
   * counts where nobody's roles are shown; undefined means that it is not known, and then a declared one is sent. What it
   * answers is still to be confirmed, as in {@link setEnabled}.
   */
  async editProfile(stale: ApiUser, inputs: UserInputs, wasAdmin: boolean | undefined): Promise<Change> {
    const { users, directory } = this.tools;
    const view = await directory.view(DECISION_AGE_MS);
    let user = view.findById(stale.id);
    // Only the answer about everybody shows roles, and this account may be younger than the last one.
    user =
      user === undefined || user.realmRoles === undefined
        ? ((await directory.view(0)).findById(stale.id) ?? stale)
        : user;
    // What was just written, and not confirmed yet, stays what is to be confirmed.
    user = { ...user, enabled: stale.enabled };
    const hasRoles = view.showsRoles() || user.realmRoles !== undefined;
    const isAdminNow = hasRoles ? isAdmin(user) : wasAdmin;
    const now = { firstName: user.firstName ?? "", lastName: user.lastName ?? "", admin: isAdminNow };
    const written: Written[] = PROFILE.filter((name) => inputs[name] !== undefined && inputs[name] !== now[name]);
    if (written.length === 0) return unchanged(user);
    refuseBlindEdit(inputs, user, hasRoles);
    const firstName = inputs.firstName ?? now.firstName;
    const lastName = inputs.lastName ?? now.lastName;
    const admin = inputs.admin ?? isAdmin(user);
    const email = user.email ?? user.username;
    const roles = (user.realmRoles ?? []).filter((role) => role !== ADMIN_ROLE);
    const after = {
      ...user,
      firstName,
      lastName,
      // Where none are shown, one account with roles would make everybody else look like somebody without.
      ...(hasRoles ? { realmRoles: admin ? [...roles, ADMIN_ROLE] : roles } : {}),
    };
    const request = { id: user.id, firstName, lastName, email, enabled: user.enabled, isAdmin: admin };
    const isAsPromised = await users.edit(request);
    directory.record(after);
    return { before: user, wanted: after, written, isAsPromised };
  }

  /**
   * Takes a seat, if wallaroo:seatLimit leaves one, until the function that it answers is called: from then on the view
   * has to show it. Counted are enabled accounts with an address. Raises `refused`.
   */
  async takeSeat(email: string): Promise<() => void> {
    const { seatLimit, directory } = this.tools;
    if (seatLimit === undefined) return () => undefined;
    const view = await directory.view(DECISION_AGE_MS);
    // Who is shown already, though not confirmed yet, is counted once.
    const unseen = [...this.#seatsBeingTaken].filter(
      (other) => !view.findAllByEmail(other).some(({ enabled }) => enabled),
    );
    const taken = view.seatsTaken() + unseen.length;
    if (taken >= seatLimit) {
      throw refusal(
        "give a seat to",
        email,
        `${taken} of the ${seatLimit} seats in wallaroo:seatLimit are taken`,
        "Deactivate somebody first (`enabled: false`), or raise wallaroo:seatLimit to what the licence allows.",
      );
    }
    const seat = canonicalEmail(email);
    this.#seatsBeingTaken.add(seat);
    return () => void this.#seatsBeingTaken.delete(seat);
  }
}
