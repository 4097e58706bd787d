import type { Client } from "../api/client";
import { WallarooError } from "../api/errors";
import type { Line } from "../api/line";
import type { UsersApi } from "../api/users";
import type { ApiUser } from "../api/wire";
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
  /** How long an account is looked for after its invite, in milliseconds. Default: three minutes. */
  lookingMs?: number;
  /**
   * People in whose accounts something is being changed. However many are waiting, each is decided about only when its
   * turn has come, so that no decision grows old in line.
   */
  line: Line;
  protectedEmails: ReadonlySet<string>;
  seatLimit?: number;
}

/** The writes to an account that exists. Whether they are allowed is decided before, by policy and guards. */
export class Accounts {
  readonly #seatsBeingTaken = new Set<string>();

  constructor(private readonly tools: Pick<LifecycleTools, "users" | "directory" | "seatLimit">) {}

  /** Activates or deactivates; sends nothing when the account is so already. Raises `WallarooError`. */
  async setEnabled(user: ApiUser, enabled: boolean): Promise<ApiUser> {
    if (user.enabled === enabled) return user;
    const { users, directory } = this.tools;
    const email = user.email ?? user.username;
    const after = { ...user, enabled };
    if (enabled) {
      const release = await this.takeSeat(email);
      try {
        await this.#verifyEnabled(after, await users.activate(email));
        directory.record(after);
      } finally {
        release();
      }
    } else {
      await this.#verifyEnabled(after, await users.deactivate(email));
      directory.record(after);
    }
    return after;
  }

  /** Asks whether a change was made when the answer to it was not the promised one. */
  async #verifyEnabled(wanted: ApiUser, isAsPromised: boolean): Promise<void> {
    if (isAsPromised) return;
    const now = await this.tools.directory.confirm(wanted.id);
    if (now?.enabled !== wanted.enabled) throw unanswered(wanted.enabled ? "activate" : "deactivate", wanted);
  }

  /** {@link #verifyEnabled} for names and the admin role, which the answer about everybody alone shows. */
  async #verifyProfile(wanted: ApiUser, isAsPromised: boolean): Promise<void> {
    if (isAsPromised) return;
    const now = (await this.tools.directory.view(0)).findById(wanted.id);
    const isSame =
      now !== undefined &&
      (now.firstName ?? "") === wanted.firstName &&
      (now.lastName ?? "") === wanted.lastName &&
      isAdmin(now) === isAdmin(wanted);
    if (!isSame) throw unanswered("edit", wanted);
  }

  /**
   * Names and the admin role; what is not declared is sent as it is, because the platform wants all of it. `wasAdmin`
   * counts where nobody's roles are shown; undefined means that it is not known, and then a declared one is sent.
   */
  async editProfile(stale: ApiUser, inputs: UserInputs, wasAdmin: boolean | undefined): Promise<ApiUser> {
    const { users, directory } = this.tools;
    const view = await directory.view(DECISION_AGE_MS);
    let user = view.findById(stale.id);
    // Only the answer about everybody shows roles, and this account may be younger than the last one.
    user =
      user === undefined || user.realmRoles === undefined
        ? ((await directory.view(0)).findById(stale.id) ?? stale)
        : user;
    const hasRoles = view.showsRoles() || user.realmRoles !== undefined;
    const isAdminNow = hasRoles ? isAdmin(user) : wasAdmin;
    const now = { firstName: user.firstName ?? "", lastName: user.lastName ?? "", admin: isAdminNow };
    if (PROFILE.every((name) => inputs[name] === undefined || inputs[name] === now[name])) return user;
    refuseBlindEdit(inputs, user, hasRoles);
    const firstName = inputs.firstName ?? now.firstName;
    const lastName = inputs.lastName ?? now.lastName;
    const admin = inputs.admin ?? isAdmin(user);
    const email = user.email ?? user.username;
    const roles = (user.realmRoles ?? []).filter((role) => role !== ADMIN_ROLE);
    const after = {
      ...user,
      enabled: stale.enabled,
      firstName,
      lastName,
      // Where none are shown, one account with roles would make everybody else look like somebody without.
      ...(hasRoles ? { realmRoles: admin ? [...roles, ADMIN_ROLE] : roles } : {}),
    };
    const request = { id: user.id, firstName, lastName, email, enabled: stale.enabled, isAdmin: admin };
    await this.#verifyProfile(after, await users.edit(request));
    directory.record(after);
    return after;
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

function unanswered(operation: string, user: ApiUser): WallarooError {
  return new WallarooError({
    kind: "unreadable",
    operation,
    who: user.email ?? user.username,
    words: "the answer was not what the API promises, and the account is not as it should be now",
    next: "Check wallaroo:url (WALLAROO_URL): something other than the platform, a proxy perhaps, answers there.",
  });
}
