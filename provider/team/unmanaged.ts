import { listed, refusal, type WallarooError } from "../api/errors";
import type { ApiUser } from "../api/wire";
import type { Context } from "../user/context";
import { addressOf, canonicalEmail } from "../user/email";
import { BUILT_IN, findGuard, findGuardContext } from "../user/guards";
import type { KnownUser } from "../user/model";
import { DECISION_AGE_MS } from "../user/directory";
import type { RunMemory } from "../user/run";
import type { Departures } from "./departures";
import type { TeamState } from "./model";
import { findSharedAddressRefusal } from "../user/policy";
import { isAdmin } from "../user/properties";
import type { View } from "../user/view";
import type { TeamOptions } from "./options";

/** Keycloak's own names of the accounts of its clients begin so. */
export const SERVICE_ACCOUNT = "service-account-";
/** Administrators that have to be left. */
const LEAST_ADMINS = 2;

/**
 * Active accounts with an address that nothing in the program declares, in the order of their addresses. Never among
 * them: the built-in admin, service accounts, and accounts that a state of this stack has or this run has taken over.
 *
 * @param members of this team, stored and declared
 */
export function findUnmanaged(
  { run }: Pick<Context, "run">,
  view: View,
  members: { ids: ReadonlySet<string>; declared: Record<string, unknown> },
  { unmanagedDomain }: Pick<TeamOptions, "unmanagedDomain">,
): ApiUser[] {
  const isDeclared = (name: string) =>
    Object.hasOwn(members.declared, name) || run.findDeclaration(name) !== undefined || run.managed.elsewhere.has(name);
  const isUnmanaged = (user: ApiUser) => {
    if (!user.enabled || user.email === undefined) return false;
    const [email, username] = [canonicalEmail(user.email), canonicalEmail(user.username)];
    if (unmanagedDomain !== undefined && email.split("@")[1] !== unmanagedDomain) return false;
    if (username === BUILT_IN || username.startsWith(SERVICE_ACCOUNT)) return false;
    if (members.ids.has(user.id) || run.isKept(user.id) || run.managed.ids.has(user.id)) return false;
    return !isDeclared(email) && !isDeclared(username);
  };
  const found = [...view.accounts()].filter(isUnmanaged);
  return found.sort((a, b) => (addressOf(a) < addressOf(b) ? -1 : 1));
}

/** Why these accounts can't be cut off as unmanaged, one refusal for each reason or account. */
export async function findUnmanagedRefusals(
  context: Context,
  view: View,
  { unmanaged: users, isElsewhere }: Pick<Departures, "unmanaged" | "isElsewhere">,
): Promise<WallarooError[]> {
  if (users.length === 0) return [];
  const [first, ...others] = users.map(addressOf);
  const all = others.length === 0 ? `${first}` : `${first} and ${others.length} more`;
  if (isElsewhere) {
    const words = `no account that the state knows is on ${context.host} under its id and address`;
    return [refusal("deactivate", all, words, OTHER_PLATFORM)];
  }
  if (users.some(({ realmRoles }) => realmRoles === undefined)) {
    const words =
      "they are not declared in the program, and the platform does not show whether they are administrators";
    return [
      refusal("deactivate", all, words, `Write \`unmanaged: "report"\`, and deactivate them by \`enabled: false\`.`),
    ];
  }
  const guards = await findGuardContext(context, view, true);
  const refusals = users.flatMap((user) => {
    const shared = findSharedAddressRefusal(user, view);
    const guard = findGuard(user, guards);
    const words = guard === undefined ? "" : `it is not declared in the program, and ${guard.reason}`;
    const own = guard === undefined ? [] : [refusal("deactivate", addressOf(user), words, DECLARE)];
    return [...(shared === undefined ? [] : [shared]), ...own];
  });
  const admins = users.filter(isAdmin);
  const cutOff = new Set(users.map(({ id }) => id));
  const left = [...view.accounts()].filter(
    (user) => user.enabled && isAdmin(user) && !cutOff.has(user.id) && !context.run.leaving.has(user.id),
  );
  if (admins.length > 0 && left.length < LEAST_ADMINS) {
    const words =
      `${left.length} enabled ${left.length === 1 ? "administrator" : "administrators"} would be left, and unmanaged ` +
      `accounts are not cut off when that leaves fewer than ${LEAST_ADMINS}`;
    refusals.push(refusal("deactivate", admins.map(addressOf).join(", "), words, DECLARE));
  }
  return refusals;
}

const OTHER_PLATFORM =
  "Another platform or realm may answer there: check wallaroo:url (WALLAROO_URL) and wallaroo:realm. If it is the one that is " +
  "meant, run `pulumi refresh`, then `pulumi up`.";

const DECLARE =
  "To keep it, declare it as a member with `adopt: true`, or leave it out by `unmanagedDomain`. To have nothing cut off, " +
  'write `unmanaged: "report"`.';

/** True when unmanaged accounts are to be reported, and no `up` has done so yet. */
export function lacksList(state: TeamState, { ifUnmanaged }: TeamOptions): boolean {
  return ifUnmanaged !== undefined && state.unmanaged === undefined;
}

/**
 * True when the program declares an account that stands on the stored list. The list has to forget it now: once it is not
 * declared any more, nothing tells that from an account that never was, and its `onDestroy` may have spared it.
 */
export function listsDeclared(run: RunMemory, { unmanaged = [] }: TeamState): boolean {
  return unmanaged.some((email) => run.findDeclaration(email) !== undefined || run.managed.elsewhere.has(email));
}

/**
 * Addresses of the accounts that `up` would cut off as unmanaged: those that an earlier one has reported and that are so
 * still. Says which are not reported yet: that alone is no change.
 */
export async function findCutOff(
  context: Context,
  state: TeamState,
  declared: Record<string, unknown>,
  options: TeamOptions,
  team: string,
): Promise<string[]> {
  if (options.ifUnmanaged === undefined) return [];
  const view = await context.directory.view(DECISION_AGE_MS);
  const members = { ids: new Set(Object.values(state.ids)), declared };
  const all = findUnmanaged(context, view, members, options).map(addressOf);
  const reported = new Set(state.unmanaged);
  const fresh = all.filter((email) => !reported.has(email));
  if (fresh.length > 0) {
    context.log.info(
      `${team}: active accounts that nothing in the program declares, and that the output \`unmanaged\` does not have ` +
        `yet: ${listed(fresh)}`,
    );
  }
  return options.ifUnmanaged === "deactivate" ? all.filter((email) => reported.has(email)) : [];
}

/** Why this team may not cut off unmanaged accounts: another one does, or not all that is declared is known. */
export function findUnmanagedProblem(
  { managed }: Pick<RunMemory, "managed">,
  ifUnmanaged: unknown,
  declared: { key: string; name: string; late?: string[] } | undefined,
): string | undefined {
  if (ifUnmanaged !== "deactivate" || declared === undefined) return undefined;
  const other = managed.claim(declared.key, declared.name);
  if (other !== undefined) {
    return `unmanaged: "deactivate" is declared by "${other}" too. Nothing was sent. Declare it on one team of a platform.`;
  }
  const { late = [] } = declared;
  if (late.length === 0) return undefined;
  return (
    `unmanaged: "deactivate" has to know every address that the program declares, and those of ${listed(late)} are known ` +
    'late. Nothing was sent. Write these addresses as text, or write unmanaged: "report".'
  );
}

/** As members that leave, so that they go the same way. */
export function asLeaving(users: readonly ApiUser[]): Map<string, KnownUser> {
  return new Map(
    users.map((user) => {
      const email = addressOf(user);
      const state = { email, username: canonicalEmail(user.username), enabled: true, adopted: false };
      return [email, { id: user.id, state: { ...state, onDestroy: "deactivate" } }];
    }),
  );
}
