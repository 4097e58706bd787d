import { cleanWords, listed } from "../../api/errors";
import { compare } from "../../api/json";
import type { ApiUser } from "../../api/wire";
import type { Platform } from "../../connect";
import { USERS } from "../../lookups";
import { SERVICE_ACCOUNT } from "../../team/unmanaged";
import { READ_AGE_MS } from "../../user/directory";
import { addressOf, canonicalEmail, findEmailProblem } from "../../user/email";
import { BUILT_IN } from "../../user/guards";
import { findIdentity, findOwn } from "../../user/identity";
import { isAdmin, profileOf, type Profile } from "../../user/properties";
import type { View } from "../../user/view";
import { findMemberships, type Membership } from "./memberships";

/** Which accounts are exported: all that meet every condition that is given. */
export interface Conditions {
  /** Active accounts alone. */
  enabled?: boolean;
  /** The part after the @. */
  domain?: string;
  /** Patterns of addresses, in which `*` stands for any text: one of them has to fit. */
  match?: readonly string[];
  /** Patterns of addresses, of which none may fit. */
  exclude?: readonly string[];
}

/** What is said of an account besides its address and `enabled`. */
export interface With {
  /** First and last names. Default: none. */
  names?: boolean;
  /** Memberships of workspaces. Default: none. */
  workspaces?: boolean;
}

/** One account of the platform, as a program declares it. */
export interface Account {
  id: string;
  /** Canonical. */
  email: string;
  enabled: boolean;
  isAdmin: boolean;
  /** Empty unless asked for. */
  names: Profile;
  /** Empty unless asked for. */
  workspaces: Membership[];
}

/** An account that is not exported, on one line each. */
interface LeftOut {
  who: string;
  reason: string;
}

/** What was found on the platform, by address. */
export interface Found {
  /** Host of the platform. */
  host: string;
  accounts: Account[];
  leftOut: LeftOut[];
  /** What a reader has to know of, in full sentences. */
  notes: string[];
}

/** All accounts that meet the conditions, from one query. Raises `WallarooError`, also if its answer seems cut. */
export async function findAccounts(
  platform: Platform,
  conditions: Conditions,
  { names, workspaces }: With,
): Promise<Found> {
  // Raises for a list that was cut.
  await USERS.find(platform, {}, 0);
  const { context } = platform;
  const view = await context.directory.view(READ_AGE_MS);
  const { caller, isCallerKnown } = await findIdentity(context, view);
  const own = new Set(findOwn(caller, view).map(({ id }) => id));
  const users = [...view.accounts()].filter((user) => meets(user, conditions));
  users.sort((a, b) => compare(addressOf(a), addressOf(b)) || compare(a.id, b.id));
  const leftOut: LeftOut[] = [];
  const declared: ApiUser[] = [];
  for (const user of users) {
    const reason = findReason(user, own, view);
    if (reason === undefined) declared.push(user);
    else leftOut.push({ who: cleanWords(addressOf(user)), reason });
  }
  const { byUser, notes } = workspaces === true ? await findMemberships(platform, declared) : NO_MEMBERSHIPS;
  const accounts = declared.map((user) => accountOf(user, names === true, byUser.get(user.id) ?? []));
  const found: Found = { host: context.host, accounts, leftOut, notes: [...notes] };
  if (!isCallerKnown) {
    found.notes.push("Nothing tells which of the accounts this command ran as, so that it is not left out.");
  }
  const unused = [...(conditions.match ?? []), ...(conditions.exclude ?? [])].filter(
    (pattern) => ![...view.accounts()].some((user) => fits(addressOf(user), pattern)),
  );
  if (unused.length > 0) found.notes.push(`No account has an address that fits ${listed(unused)}.`);
  return found;
}

const NO_MEMBERSHIPS = { byUser: new Map<string, Membership[]>(), notes: [] };

function meets(user: ApiUser, { enabled, domain, match = [], exclude = [] }: Conditions): boolean {
  const address = addressOf(user);
  if (enabled === true && !user.enabled) return false;
  if (domain !== undefined && address.split("@")[1] !== canonicalEmail(domain).replace(/^@/, "")) return false;
  if (match.length > 0 && !match.some((pattern) => fits(address, pattern))) return false;
  return !exclude.some((pattern) => fits(address, pattern));
}

function fits(address: string, pattern: string): boolean {
  const parts = canonicalEmail(pattern)
    .split("*")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "su").test(address);
}

/** Why an account is not declared, or undefined. */
function findReason(user: ApiUser, own: ReadonlySet<string>, view: View): string | undefined {
  const username = canonicalEmail(user.username);
  if (username === BUILT_IN) return "the platform's built-in admin, which no stack manages";
  if (username.startsWith(SERVICE_ACCOUNT)) return "the service account of a Keycloak client";
  if (own.has(user.id)) return "the account that this export ran as";
  if (user.email === undefined) return "it has no address";
  const email = canonicalEmail(user.email);
  const problem = findEmailProblem(email);
  if (problem !== undefined) return `an address of a stack ${problem}`;
  const same = view.findAllByEmail(email);
  if (same.length === 1) return undefined;
  const ids = same.map(({ id }) => id).sort();
  return `${same.length} accounts have this address (ids ${cleanWords(ids.join(", "))})`;
}

function accountOf(user: ApiUser, withNames: boolean, workspaces: Membership[]): Account {
  const { id, enabled } = user;
  const names = profileOf((_name, { isName, read }) => {
    const value = withNames && isName === true ? read(user) : "";
    return isWritable(value) ? value : undefined;
  });
  return { id, email: addressOf(user), enabled, isAdmin: isAdmin(user), names, workspaces };
}

/** Without what was lost on the way here, and what no roster may hold. */
function isWritable(name: string | boolean): boolean {
  return typeof name === "string" && name.trim() !== "" && !/[\0\ufffd\p{Cs}]/u.test(name);
}
