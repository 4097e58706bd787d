import { WallarooError } from "./api/errors";
import { withoutUndefined } from "./api/json";
import type { ApiUser } from "./api/wire";
import type { Platform } from "./connect";
import { findUnusable } from "./user/check";
import { findInFresh } from "./user/directory";
import { canonicalEmail } from "./user/email";
import { IDENTIFY, findOwn, isFound } from "./user/identity";
import { isAdmin } from "./user/properties";
import { seatsOf, type WallarooSeats } from "./user/seats";
import { createdAt, isoTime } from "./user/state";
import type { View } from "./user/view";

/** An account on the platform, with what changes by itself too. */
export interface UserInfo {
  /** Keycloak user id (UUID). */
  id: string;
  /** Canonical address; absent for the built-in `admin`. */
  email?: string;
  /** Canonical username; the address, if the account was invited. */
  username: string;
  /** Active, or deactivated. */
  enabled: boolean;
  /** When the account was made: ISO 8601, UTC. */
  createdAt?: string;
  /** Newer releases only. */
  firstName?: string;
  /** Newer releases only. */
  lastName?: string;
  /** Keycloak has proof of the address; newer releases only. */
  emailVerified?: boolean;
  /** What Keycloak asks for at the next sign-in, such as `UPDATE_PASSWORD`; newer releases only. */
  requiredActions?: string[];
  /** Last sign-in: ISO 8601, UTC; newer releases only, absent before the first one. */
  lastLogin?: string;
  /** Realm roles of the account; newer releases only. */
  roles?: string[];
  /** Holds the realm role `admin`; false if a release shows no roles. */
  admin: boolean;
}

/** Conditions on accounts: all that are given have to hold. */
export interface GetUsersArgs {
  /** Active, or deactivated. */
  enabled?: boolean;
  /** Holds the realm role `admin`, or does not. */
  admin?: boolean;
  /** Domain of the address, in any case. */
  emailDomain?: string;
}

/** One account, by id or by address. */
export type GetUserArgs =
  | {
      /** Keycloak user id (UUID). */
      id: string;
      /** Not beside `id`. */
      email?: undefined;
    }
  | {
      /** The address, in any case. */
      email: string;
      /** Not beside `email`. */
      id?: undefined;
    };

/** One kind of lookup. */
export interface Question<A, T> {
  /** Its name as a function of a provider. */
  token: string;
  /** The property that holds an answer that is not an object, as a function has to answer one. */
  property?: string;
  /** Raises `badInput` for arguments that ask nothing. Sends nothing. Undefined if there are no arguments. */
  check?: (args: A) => void;
  /** Answers from a view of the platform that is at most `maxAgeMs` old. Raises `WallarooError`. */
  find: (platform: Platform, args: A, maxAgeMs: number) => Promise<T>;
}

export const USER: Question<GetUserArgs, UserInfo> = {
  token: "wallaroo:index:getUser",
  check: refuseNoUser,
  find,
};

export const USERS: Question<GetUsersArgs, UserInfo[]> = {
  token: "wallaroo:index:getUsers",
  property: "users",
  check: refuseMistakes,
  find: list,
};

export const SEATS: Question<object, WallarooSeats> = {
  token: "wallaroo:index:getSeats",
  find: async (platform, _none, maxAgeMs) => {
    const view = await platform.context.directory.view(maxAgeMs);
    await refuseCutList(platform, view);
    return seatsOf(view, platform.context.seatLimit);
  },
};

export const CURRENT_USER: Question<object, UserInfo> = {
  token: "wallaroo:index:getCurrentUser",
  find: findCaller,
};

function isGiven(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

function refuseNoUser(args: GetUserArgs): void {
  refuseUnusable("a user", args);
  if (isGiven(args.id) === isGiven(args.email)) {
    throw badInput(
      "a user",
      "exactly one of id and email has to be given, and not be empty",
      "Check where the value comes from: an output of an account that is not there is undefined.",
    );
  }
}

async function find(platform: Platform, { id, email }: GetUserArgs, maxAgeMs: number): Promise<UserInfo> {
  const { directory } = platform.context;
  const { found, view } = await findInFresh(
    (...ages) => directory.view(...ages),
    maxAgeMs,
    (all) => (isGiven(id) ? all.findById(id.trim()) : all.findByEmail(canonicalEmail(email ?? ""))),
  );
  if (found !== undefined) return describe(found);
  await refuseCutList(platform, view);
  if (isGiven(id) && (await directory.isThere(id.trim()))) {
    throw cutList("the platform lists all accounts without this one, and yet has it when asked for its id", id);
  }
  const next = "Check it, or use getUsers(), which answers all accounts, and look for it there.";
  if (isGiven(id)) throw notFound(id, "no account on the platform has this id", next);
  throw notFound(email ?? "", "no account on the platform has this address", next);
}

async function list(platform: Platform, args: GetUsersArgs, maxAgeMs: number): Promise<UserInfo[]> {
  const domain = args.emailDomain === undefined ? undefined : canonicalEmail(args.emailDomain).replace(/^@/, "");
  const view = await platform.context.directory.view(maxAgeMs);
  await refuseCutList(platform, view);
  return [...view.accounts()]
    .map(describe)
    .filter((user) => args.enabled === undefined || user.enabled === args.enabled)
    .filter((user) => args.admin === undefined || user.admin === args.admin)
    .filter((user) => domain === undefined || user.email?.split("@")[1] === domain)
    .sort((a, b) => (a.username < b.username ? -1 : 1));
}

/** A Map, say, would look empty, and without a condition all accounts are answered. */
export function refuseUnusable(who: string, args: object): void {
  const what = findUnusable(args) ?? (Array.isArray(args) ? "is a list" : undefined);
  if (what !== undefined) throw badInput(who, `what is given ${what}`, "Give a plain object.");
}

/** Raises when `view` lacks the account that the provider runs as: nothing else tells that it was cut short. */
async function refuseCutList({ token }: Platform, view: View): Promise<void> {
  const caller = await token.caller();
  if (caller.isPerson !== true || isFound(caller, view)) return;
  throw cutList("the platform lists all accounts without the one that this provider runs as");
}

function cutList(words: string, who = "users"): WallarooError {
  return new WallarooError({
    kind: "unreadable",
    operation: "look up",
    who,
    words,
    next:
      "The list was cut short, by a proxy perhaps, or the account that the provider runs as may not see all accounts: " +
      "mend that, and run the same command again.",
  });
}

/** A misspelled condition of a plain JavaScript program would let all accounts through. */
function refuseMistakes(args: GetUsersArgs): void {
  refuseUnusable("users", args);
  const types: Record<string, string> = { enabled: "boolean", admin: "boolean", emailDomain: "string" };
  const mistakes = Object.entries(args).flatMap(([name, value]) => {
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    if (type === undefined) return [`there is no condition ${name}`];
    if (value === undefined) return [];
    if (typeof value !== type) return [`${name} has to be a ${type}`];
    return value === "" ? [`${name} is empty`] : [];
  });
  if (mistakes.length === 0) return;
  throw badInput("users", mistakes.join(", "), "The conditions are enabled, admin and emailDomain.");
}

/** The refusal of arguments that ask nothing. */
export function badInput(who: string, words: string, next: string): WallarooError {
  return new WallarooError({ kind: "badInput", operation: "look up", who, words, next });
}

/** Says that there is none. */
export function notFound(who: string, words: string, next: string): WallarooError {
  return new WallarooError({ kind: "notFound", operation: "look up", who, words, next });
}

async function findCaller(platform: Platform, _none: object, maxAgeMs: number): Promise<UserInfo> {
  // A query signs in first, and tries again if signing in fails for now.
  const view = await platform.context.directory.view(maxAgeMs);
  const caller = await platform.token.caller((found) => isFound(found, view));
  const [own, other] = findOwn(caller, view);
  // Raises when more than one account has the address that is all that tells.
  if (other !== undefined) return find(platform, { email: caller.email ?? caller.username ?? "" }, maxAgeMs);
  if (own !== undefined) return describe(own);
  const who = caller.username ?? caller.email ?? caller.id;
  const words =
    who === undefined
      ? "neither the tokens nor userinfo tell which one it is"
      : `${who} is not among the platform's users${caller.isPerson === false ? ", which lists no service account" : ""}`;
  throw notFound("the account that this provider runs as", words, `To have it found, ${IDENTIFY}.`);
}

function describe(user: ApiUser): UserInfo {
  const info = {
    id: user.id,
    email: user.email === undefined ? undefined : canonicalEmail(user.email),
    username: canonicalEmail(user.username),
    enabled: user.enabled,
    createdAt: createdAt(user),
    firstName: user.firstName,
    lastName: user.lastName,
    emailVerified: user.emailVerified,
    requiredActions: user.requiredActions,
    lastLogin: isoTime(user.lastLogin),
    roles: user.realmRoles,
    admin: isAdmin(user),
  };
  return withoutUndefined<UserInfo>(info);
}
