import { WallarooError } from "../api/errors";
import type { ApiUser } from "../api/wire";
import { canonicalEmail } from "./email";
import { findGuard, isAdmin, type GuardContext } from "./guards";
import type { UserInputs, UserState } from "./model";
import type { RunMemory } from "./run";

/** How create comes to an account. */
export type Plan =
  | { kind: "invite" }
  /** Deactivated and there: used again, without an invite. */
  | { kind: "reactivate"; user: ApiUser }
  /** Active and there, and the program says `adopt: true`. */
  | { kind: "adopt"; user: ApiUser }
  /** Active and there because this very resource manages it: a replacement that ends where it began. */
  | { kind: "continue"; user: ApiUser };

type Memory = Pick<RunMemory, "isOwn" | "wasAdopted">;

/**
 * Decides what create does about `existing`, the account that has the address now. Raises {@link WallarooError} of kind
 * `refused`, with the next step, when the account is active and nobody said to take it over, or when the declared values
 * would cut off a guarded account. Sends nothing.
 */
export function planCreate(
  inputs: UserInputs,
  existing: ApiUser | undefined,
  run: Memory,
  context: GuardContext,
): Plan {
  if (existing !== undefined) return planExisting(inputs, existing, run, context);
  const { email } = inputs;
  refuseGuarded({ id: "", email, username: email, enabled: true, realmRoles: [] }, inputs, context);
  return { kind: "invite" };
}

/** {@link planCreate} for an address that somebody has. */
export function planExisting(
  inputs: UserInputs,
  existing: ApiUser,
  run: Memory,
  context: GuardContext,
): Exclude<Plan, { kind: "invite" }> {
  if (canonicalEmail(existing.email ?? existing.username) !== inputs.email) {
    throw refusal(
      "create",
      inputs.email,
      `this address is still the username of an account whose address is now ${shown(existing)}`,
      "Declare the new address instead, or give that account another username in Keycloak.",
    );
  }
  const plan = planAccount(inputs, existing, run);
  refuseGuarded(existing, inputs, context);
  return plan;
}

function planAccount(inputs: UserInputs, user: ApiUser, run: Memory): Exclude<Plan, { kind: "invite" }> {
  const { email, adopt } = inputs;
  if (adopt === true || run.wasAdopted(email)) return { kind: "adopt", user };
  if (run.isOwn(email)) return { kind: "continue", user };
  if (!user.enabled) return { kind: "reactivate", user };
  const since = createdAt(user);
  throw refusal(
    "create",
    inputs.email,
    `an active account of this address is there already (id ${user.id}${since === undefined ? "" : `, created ${since}`})`,
    "If it is the person meant, write `adopt: true` to take the account over: only what is declared is touched, and " +
      "destroy puts it back as it was found. Do not if another stack or program manages it. If this resource was only " +
      "renamed or moved within the program, give it `aliases` instead; if it is being replaced by force, run without --replace.",
  );
}

/**
 * Raises when the declared values would cut off a guarded account: on the way in, and in preview of an update. Whoever
 * is not guarded is noted as leaving in the same breath, so that of the last two administrators the second one stays.
 * `wasAdmin`, as far as this stack knows, counts where the account's roles are not shown: it may be an administrator
 * unless it is known to be none.
 */
export function refuseGuarded(
  user: ApiUser,
  inputs: Pick<UserInputs, "email"> & { enabled?: unknown; admin?: unknown },
  context: GuardContext,
  wasAdmin?: boolean,
): void {
  const operation = cuttingOff(user, inputs, wasAdmin);
  if (operation === undefined) return;
  const guard = findGuard(user, context);
  if (guard === undefined) return noteLeaving(user, context);
  const { reason, remedy } = guard;
  const next = `Leave the account as it is in the program${remedy === undefined ? "" : `, or ${remedy} first`}.`;
  throw refusal(operation, inputs.email, reason, next);
}

/** How the declared values would cut the account off, as a verb phrase; undefined when they would not. */
export function cuttingOff(
  user: ApiUser,
  inputs: { enabled?: unknown; admin?: unknown },
  wasAdmin?: boolean,
): string | undefined {
  if (inputs.enabled === false && user.enabled) return "deactivate";
  const mayBeAdmin = user.realmRoles === undefined ? wasAdmin !== false : isAdmin(user);
  return inputs.admin === false && mayBeAdmin ? "take the admin role from" : undefined;
}

/**
 * Raises when names would have to be written to an account whose roles can't be seen: the platform wants the admin role
 * said along with them, and it might be lost on the way.
 */
export function refuseBlindEdit(
  inputs: Pick<UserInputs, "email" | "firstName" | "lastName" | "admin">,
  now: { firstName?: string; lastName?: string },
  showsRoles: boolean,
): void {
  const differs = (name: "firstName" | "lastName") => inputs[name] !== undefined && inputs[name] !== (now[name] ?? "");
  if (showsRoles || inputs.admin !== undefined || !(differs("firstName") || differs("lastName"))) return;
  throw refusal(
    "edit",
    inputs.email,
    "the platform shows nobody's roles, so that the admin role might be lost on the way",
    "Declare `admin` too, or leave firstName and lastName out.",
  );
}

/**
 * Raises when the program still declares an address that the account had before the platform changed it: a replacement
 * would invite another person there, and cut off the one who is meant.
 */
export function refuseReturn({ email, formerEmails = [] }: UserState, declared: unknown): void {
  if (typeof declared !== "string" || declared === email || !formerEmails.includes(declared)) return;
  throw refusal(
    "replace",
    declared,
    `the address was changed to ${email} on the platform; the old one would be invited as another person, and this account deactivated`,
    `Declare ${email} instead. If another person is meant, take this one out of the program, run \`pulumi up\`, and declare them then.`,
  );
}

/**
 * Raises when one of the addresses that are declared in a person's place is what the platform changed theirs to: nobody
 * leaves, but the state has not seen it yet.
 */
export function refuseUnseen({ email }: UserState, user: ApiUser, arriving: readonly unknown[]): void {
  const now = shown(user);
  if (now === email || !arriving.includes(now)) return;
  throw refusal(
    "replace",
    email,
    `the address of this very account was changed to ${now} on the platform, which the state does not know yet`,
    "Run `pulumi refresh`, then `pulumi up`.",
  );
}

/** True when the account has an address that this state never knew. */
export function hasUnknownAddress({ email, formerEmails = [] }: UserState, user: ApiUser): boolean {
  const now = shown(user);
  return now !== email && !formerEmails.includes(now);
}

/**
 * Raises when an account that is about to be changed on its way out has an address that the state never knew: an id alone
 * does not say that it is the account meant, as a realm that was cloned or restored may have given it to another one.
 */
export function refuseUnknownAddress(state: UserState, user: ApiUser): void {
  if (!hasUnknownAddress(state, user)) return;
  throw refusal(
    "delete",
    state.email,
    `its account (id ${user.id}) has the address ${shown(user)} on the platform now, which the state does not know`,
    "Run `pulumi refresh`, which follows the address and says so, and look whether it is the account meant; then run the same command again.",
  );
}

/** Raises when the account is guarded and active: at delete, and in preview of a replacement. Notes as {@link refuseGuarded}. */
export function refuseGuardedDelete(user: ApiUser, context: GuardContext): void {
  if (!user.enabled) return;
  const guard = findGuard(user, context);
  if (guard === undefined) return noteLeaving(user, context);
  throw refusal(
    "deactivate",
    shown(user),
    guard.reason,
    'To let go of it and leave it active, set `onDestroy: "retain"`, run `pulumi up`, and destroy then; or use `pulumi state delete`.' +
      (guard.remedy === undefined ? "" : ` To have it deactivated, ${guard.remedy} first.`) +
      (guard.isSetting === true ? ` ${SETTINGS_AT_DESTROY}` : ""),
  );
}

/** The engine runs destroy with the configuration that the last `up` stored (measured). */
const SETTINGS_AT_DESTROY =
  "A change of the stack configuration counts once `pulumi up` has run with it, before the account leaves.";

function noteLeaving({ id, enabled }: ApiUser, { leaving }: GuardContext): void {
  leaving.set(id, enabled || leaving.get(id) === true);
}

/**
 * The `enabled` that destroy leaves behind, or undefined for "as it is now". An explicit `onDestroy` wins; by default
 * an adopted account is put back as it was found, and any other one is deactivated.
 */
export function planDelete(state: UserState): boolean | undefined {
  if (state.onDestroy === "retain") return undefined;
  if (state.onDestroy === "deactivate") return false;
  return state.adopted ? (state.foundEnabled ?? undefined) : false;
}

/** `createdTimestamp` as ISO 8601 UTC, or undefined when it is no time. */
export function createdAt(user: ApiUser): string | undefined {
  const date = new Date(typeof user.createdTimestamp === "number" ? user.createdTimestamp : NaN);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function shown(user: ApiUser): string {
  return canonicalEmail(user.email ?? user.username);
}

export function refusal(operation: string, who: string, words: string, next: string): WallarooError {
  return new WallarooError({ kind: "refused", operation, who, words, next });
}
