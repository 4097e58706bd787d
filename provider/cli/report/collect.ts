import { WallarooError, cleanWords, isWallarooError, listed, refusal } from "../../api/errors";
import { compare, isRecord } from "../../api/json";
import type { ApiUser } from "../../api/wire";
import type { Platform } from "../../connect";
import { USERS } from "../../lookups";
import { READ_AGE_MS } from "../../user/directory";
import { addressOf, canonicalEmail } from "../../user/email";
import { isAdmin } from "../../user/properties";
import { createdAt, isoTime } from "../../user/state";
import type { View } from "../../user/view";
import type { ManagedAccount, ManagedStack } from "./managed";

/** One account and its access. What the platform or the options do not tell is absent. */
export interface Entry {
  id: string;
  /** Canonical; the built-in `admin` has none. */
  email?: string;
  username: string;
  active: boolean;
  administrator?: boolean;
  /** ISO 8601 UTC. */
  created?: string;
  /** ISO 8601 UTC; null if the account never signed in. */
  lastSignIn?: string | null;
  /** Active, and not signed in for so many days as was asked for. */
  idle?: boolean;
  /** The last day of access that a stack declares, as `YYYY-MM-DD`. */
  expires?: string;
  /** Names of the identity providers that it is linked to. */
  federated?: string[];
  /** By workspace, the role as far as it is told. */
  workspaces?: { workspace: string; role?: string }[];
  /** Which resources of which stacks manage it. */
  managed?: string[];
}

/** Who has access to a platform. */
export interface Report {
  platform: string;
  /** When it was made, by the platform's clock (ISO 8601 UTC). */
  at: string;
  accounts: Entry[];
  /** What a reader has to know of, in full sentences. */
  notes: string[];
}

/** What goes into a report besides the accounts. */
export interface Scope {
  /** Undefined if no stack was named. */
  stacks?: readonly ManagedStack[];
  idleDays?: number;
  workspaces: boolean;
}

const DAY_MS = 24 * 3600 * 1000;
/** Ids in one query. */
const MOST_IDS = 500;

/** Asks for all of it. Raises `WallarooError` if any part can't be had, as half a report would be taken for a whole one. */
export async function collect(platform: Platform, scope: Scope): Promise<Report> {
  const { context, settings } = platform;
  // Raises for a list that was cut.
  await USERS.find(platform, {}, 0);
  const view = await context.directory.view(READ_AGE_MS);
  const users = [...view.accounts()].sort((a, b) => compare(addressOf(a), addressOf(b)) || compare(a.id, b.id));
  const nowMs = context.clock.nowMs() ?? Date.now();
  const notes: string[] = [];
  const federated = await findFederated(platform, users);
  const workspaces = scope.workspaces ? await findWorkspaces(platform, view, notes) : undefined;
  const managed = scope.stacks === undefined ? undefined : findManaged(scope.stacks, view, notes);
  const signIns = new Set(users.filter(({ lastLogin }) => lastLogin !== undefined).map(({ id }) => id));
  if (signIns.size === 0) notes.push("This release does not show when accounts signed in.");
  if (signIns.size === 0 && scope.idleDays !== undefined) {
    const words = "this release of the platform does not show when accounts signed in";
    throw refusal("tell", "idle accounts", words, "Leave --idle out.");
  }
  if (!view.showsRoles()) notes.push("This release does not show who is an administrator.");
  const accounts = users.map((user) => {
    const entry: Entry = { id: user.id, username: canonicalEmail(user.username), active: user.enabled };
    if (user.email !== undefined) entry.email = canonicalEmail(user.email);
    const created = createdAt(user);
    if (created !== undefined) entry.created = created;
    if (view.showsRoles()) entry.administrator = isAdmin(user);
    if (signIns.size > 0) entry.lastSignIn = isoTime(user.lastLogin) ?? null;
    if (scope.idleDays !== undefined) entry.idle = isIdle(user, nowMs - scope.idleDays * DAY_MS);
    const providers = federated.get(user.id);
    if (providers !== undefined) entry.federated = providers;
    if (workspaces !== undefined) entry.workspaces = workspaces.get(user.id) ?? [];
    if (managed === undefined) return entry;
    const owners = managed.get(user.id) ?? [];
    entry.managed = owners.map(({ by }) => by).sort(compare);
    const days = owners.flatMap(({ expires }) => expires ?? []).sort(compare);
    if (days[0] !== undefined) entry.expires = days[0];
    return entry;
  });
  return { platform: settings.url, at: new Date(nowMs).toISOString(), accounts, notes };
}

/** An account that never signed in is idle once it is so old itself. */
function isIdle({ enabled, lastLogin, createdTimestamp }: ApiUser, sinceMs: number): boolean {
  const lastMs = typeof lastLogin === "number" ? lastLogin : (createdTimestamp ?? 0);
  return enabled && lastMs < sinceMs;
}

/** The identity providers of each account, by its id; without those of a release that shows none. */
async function findFederated({ context }: Platform, users: readonly ApiUser[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (let first = 0; first < users.length; first += MOST_IDS) {
    const ids = users.slice(first, first + MOST_IDS).map(({ id }) => id);
    const answered = new Map((await context.users.queryByIds(ids)).map((user) => [user.id, user]));
    const missing = ids.filter((id) => !answered.has(id));
    if (missing.length > 0) throw vanished(missing);
    for (const [id, { federatedIdentities }] of answered) {
      if (Array.isArray(federatedIdentities)) found.set(id, federatedIdentities.map(providerOf));
    }
  }
  return found;
}

function providerOf(identity: unknown): string {
  const name = isRecord(identity) ? identity["identityProvider"] : undefined;
  return typeof name === "string" ? cleanWords(name) : "unnamed";
}

function vanished(ids: readonly string[]): WallarooError {
  return new WallarooError({
    kind: "unreadable",
    operation: "report",
    who: "all accounts",
    words: `the platform listed accounts and does not know them by their ids: ${listed(ids, 3)}`,
    next: "They may have vanished meanwhile: run the same command again.",
  });
}

type Memberships = Map<string, { workspace: string; role?: string }[]>;

/** The memberships of each account, by its id, as far as the account of the settings sees workspaces. */
async function findWorkspaces({ context }: Platform, view: View, notes: string[]): Promise<Memberships | undefined> {
  const { workspaceDirectory } = context;
  let all;
  try {
    all = (await workspaceDirectory.workspaces(0)).all();
  } catch (error) {
    if (!isWallarooError(error, "notFound")) throw error;
    notes.push("This release has no workspace endpoints, so that memberships are not shown.");
    return undefined;
  }
  const found: Memberships = new Map();
  let gone = 0;
  const sorted = all.sort((a, b) => compare(a.name, b.name) || a.id - b.id);
  const members = await Promise.all(sorted.map(({ id }) => workspaceDirectory.members(id, 0)));
  for (const [index, { name }] of sorted.entries()) {
    for (const id of members[index]?.ids() ?? []) {
      if (view.findById(id) === undefined) gone += 1;
      const role = members[index]?.roleOf(id);
      const membership = role === undefined ? { workspace: name } : { workspace: name, role };
      found.set(id, [...(found.get(id) ?? []), membership]);
    }
  }
  notes.push("Workspaces are those that the account of these settings sees.");
  if (gone > 0) notes.push(`${gone} memberships belong to accounts that are gone.`);
  return found;
}

/** Who manages each account, by its id. An account that was never seen has no id in the state yet, and is told by its address. */
function findManaged(stacks: readonly ManagedStack[], view: View, notes: string[]): Map<string, ManagedAccount[]> {
  const found = new Map<string, ManagedAccount[]>();
  const missing: string[] = [];
  for (const account of stacks.flatMap(({ accounts }) => accounts)) {
    const users = view.findById(account.id) ?? view.findAllByEmail(account.email);
    const ids = Array.isArray(users) ? users.map(({ id }) => id) : [users.id];
    if (ids.length === 0) missing.push(`${account.email} (${account.by})`);
    for (const id of ids) found.set(id, [...(found.get(id) ?? []), account]);
  }
  if (missing.length > 0) notes.push(`The platform does not list accounts that stacks manage: ${listed(missing)}.`);
  const unreadable = stacks.flatMap((stack) => stack.unreadable);
  if (unreadable.length > 0) {
    notes.push(`The members of ${listed(unreadable)} are encrypted in the export, so their expiry is not shown.`);
  }
  return found;
}
