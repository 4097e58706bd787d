import { refusal, type WallarooError } from "../api/errors";
import type { ApiUser } from "../api/wire";
import type { Context } from "./context";
import { addressOf, canonicalEmail } from "./email";
import { IDENTIFY, findIdentityForGuards, type Identity } from "./identity";
import type { UserInputs } from "./model";
import { isAdmin } from "./properties";
import type { View } from "./view";

/** Username of the account that every installation has. */
export const BUILT_IN = "admin";

/** What the guards know besides the account itself. */
export interface GuardContext extends Identity {
  /** Canonical addresses. */
  protectedEmails: ReadonlySet<string>;
  accounts: Iterable<ApiUser>;
  /** True when the platform shows the roles of any account. */
  showsRoles: boolean;
  /** By id, accounts that this run cuts off or demotes, or has tried to: not to be counted on. True if active then. */
  leaving: ReadonlyMap<string, boolean>;
  /** Ids of the accounts that this run has invited: none of them is the one that the provider runs as. */
  invited: ReadonlySet<string>;
}

/** @param cutsOff see {@link findIdentityForGuards} */
export async function findGuardContext(context: Context, view: View, cutsOff: boolean): Promise<GuardContext> {
  const { leaving, invited } = context.run;
  const identity = await findIdentityForGuards(context, view, cutsOff);
  const { protectedEmails } = context;
  const seen = { accounts: view.accounts(), showsRoles: view.showsRoles() };
  return { ...identity, ...seen, protectedEmails, leaving, invited };
}

/** Why an account is guarded, and what would end that: a verb phrase, undefined when nothing does. */
export interface Guard {
  reason: string;
  remedy?: string;
  /** True when the remedy, or a part of it, is a change of the settings. */
  isSetting?: boolean;
}

/**
 * Why this account must not be cut off (deactivated, or stripped of the admin role), or undefined. Guarded are the
 * built-in `admin`, the account that the provider runs as, everything in `wallaroo:protectedEmails`, and the last
 * enabled administrator that can be seen. If nothing tells which account the provider runs as, each that may be an
 * administrator may be it: all of them, if no roles are shown. All guards of an account are named, as the remedy of one
 * would not help.
 */
export function findGuard(user: ApiUser, context: GuardContext): Guard | undefined {
  const guards = findGuards(user, context);
  if (guards.length === 0) return undefined;
  const reason = guards.map((guard) => guard.reason).join(", and ");
  if (guards.some(({ remedy }) => remedy === undefined)) return { reason };
  const remedy = guards.map((guard) => guard.remedy).join(" and ");
  return { reason, remedy, isSetting: guards.some(({ isSetting }) => isSetting === true) };
}

function findGuards(user: ApiUser, context: GuardContext): Guard[] {
  const names = [user.email, user.username].filter((name) => typeof name === "string").map(canonicalEmail);
  const isNamed = (name: string | undefined) => name !== undefined && names.includes(canonicalEmail(name));
  if (canonicalEmail(user.username) === BUILT_IN) return [{ reason: "it is the platform's built-in admin" }];
  const { caller } = context;
  const guards: Guard[] = [];
  const isCaller = caller.id === user.id || isNamed(caller.email) || isNamed(caller.username);
  if (isCaller) {
    guards.push({
      reason: "it is the account that this provider runs as",
      remedy: "run the provider as another administrator",
      isSetting: true,
    });
  }
  if (names.some((name) => context.protectedEmails.has(name))) {
    const setting = "wallaroo:protectedEmails";
    guards.push({ reason: `${setting} protects it`, remedy: `take it out of ${setting}`, isSetting: true });
  }
  // An account that is not there yet has no id.
  const isNew = user.id === "" || context.invited.has(user.id);
  if (!context.isCallerKnown && !isNew && (user.realmRoles === undefined || isAdmin(user))) {
    const kind = user.realmRoles === undefined ? "this account" : "this administrator";
    guards.push({
      reason: `nothing tells which of the accounts this provider runs as, and it may be ${kind}`,
      remedy: IDENTIFY,
      isSetting: true,
    });
  }
  // An account that is younger than the view shows none, though others do.
  const mayBeAdmin = user.realmRoles === undefined ? context.showsRoles : isAdmin(user);
  // Another administrator to run as would be one more.
  if (user.enabled && mayBeAdmin && !isCaller) {
    const isLeft = (other: ApiUser) => other.id !== user.id && !context.leaving.has(other.id);
    const others = [...context.accounts].filter((other) => isLeft(other) && other.enabled && isAdmin(other));
    if (others.length === 0) {
      const reason = "it is the last enabled administrator that can be seen";
      guards.push({ reason, remedy: "make another account an administrator" });
    }
  }
  return guards;
}

/** How the declared values would cut the account off, as a verb phrase; undefined when they would not. */
export function cuttingOff(
  user: ApiUser,
  inputs: Partial<Pick<UserInputs, "enabled" | "admin">>,
  wasAdmin?: boolean,
): string | undefined {
  if (inputs.enabled === false && user.enabled) return "deactivate";
  const mayBeAdmin = user.realmRoles === undefined ? wasAdmin !== false : isAdmin(user);
  return inputs.admin === false && mayBeAdmin ? "take the admin role from" : undefined;
}

/** The refusal to cut off a guarded account. `wasAdmin`, as far as known, counts if its roles are not shown. */
export function findCutOffRefusal(
  user: ApiUser,
  inputs: Partial<UserInputs>,
  context: GuardContext,
  wasAdmin?: boolean,
): WallarooError | undefined {
  const operation = cuttingOff(user, inputs, wasAdmin);
  const guard = operation === undefined ? undefined : findGuard(user, context);
  if (operation === undefined || guard === undefined) return undefined;
  const { reason, remedy } = guard;
  const next = `Leave the account as it is in the program${remedy === undefined ? "" : `, or ${remedy} first`}.`;
  return refusal(operation, inputs.email ?? addressOf(user), reason, next);
}

/** The refusal to let a guarded account expire: when that is declared, and not only on the day. */
export function findEndRefusal(
  user: ApiUser,
  { email, expires }: Partial<UserInputs>,
  context: GuardContext,
): WallarooError | undefined {
  const guard = expires === undefined ? undefined : findGuard(user, context);
  if (guard === undefined) return undefined;
  const next = `Leave \`expires\` out for it${guard.remedy === undefined ? "" : `, or ${guard.remedy} first`}.`;
  return refusal("set `expires` for", email ?? addressOf(user), guard.reason, next);
}

/** The refusal to deactivate a guarded account that leaves a stack. */
export function findLeavingRefusal(user: ApiUser, context: GuardContext): WallarooError | undefined {
  const guard = user.enabled ? findGuard(user, context) : undefined;
  if (guard === undefined) return undefined;
  const { reason, remedy, isSetting } = guard;
  return refusal(
    "deactivate",
    addressOf(user),
    reason,
    'To let go of it and leave it active, set `onDestroy: "retain"`, run `pulumi up`, and destroy then; or use `pulumi state delete`.' +
      (remedy === undefined ? "" : ` To have it deactivated, ${remedy} first.`) +
      (isSetting === true ? ` ${SETTINGS_AT_DESTROY}` : ""),
  );
}

/** The engine runs destroy with the configuration that the last `up` stored (measured). */
const SETTINGS_AT_DESTROY =
  "A change of the stack configuration or of the provider's inputs counts once `pulumi up` has run with it, before the account leaves.";
