import * as pulumi from "@pulumi/pulumi";
import { connect, type Platform } from "../provider/platform";
import { readSettings } from "../provider/settings";
import { WallarooError } from "../provider/api/errors";
import type { ApiUser } from "../provider/api/wire";
import { READ_AGE_MS, type View } from "../provider/user/directory";
import { canonicalEmail } from "../provider/user/email";
import { isAdmin } from "../provider/user/guards";
import { createdAt } from "../provider/user/policy";
import { RunMemory } from "../provider/user/run";
import type { WallarooProvider } from "./provider";

/** Somebody on the platform, with what changes by itself too. Nothing of it is stored in the state. */
export interface UserInfo {
  /** Keycloak user id (UUID). */
  id: string;
  /** Canonical address; absent for the built-in `admin`. */
  email?: string;
  username: string;
  enabled: boolean;
  /** ISO 8601 UTC. */
  createdAt?: string;
  firstName?: string;
  lastName?: string;
  emailVerified?: boolean;
  requiredActions?: string[];
  /** ISO 8601 UTC; newer releases only, absent for somebody who never signed in. */
  lastLogin?: string;
  /** Realm roles; newer releases only. */
  roles?: string[];
  /** Holds the realm role `admin`; false where a release shows no roles. */
  admin: boolean;
}

/** Options of a lookup. */
export interface LookupOptions {
  /** The platform to ask. Default: that of the stack's configuration and environment. */
  provider?: WallarooProvider;
}

/** Which of all people: each condition that is given has to hold. */
export interface GetUsersArgs {
  enabled?: boolean;
  admin?: boolean;
  /** The part after the @; without regard to case. */
  emailDomain?: string;
}

/** One person, by id or by address. */
export type GetUserArgs = { id: string; email?: undefined } | { email: string; id?: undefined };

/**
 * One person, active or not. Asks the platform at preview too. Raises an Error when nobody has the id or address.
 * Several lookups of a program share one query.
 */
export async function getUser(args: GetUserArgs, opts: LookupOptions = {}): Promise<UserInfo> {
  return find(args, opts, READ_AGE_MS);
}

async function find(args: GetUserArgs, opts: LookupOptions, maxAgeMs: number): Promise<UserInfo> {
  const askedAtMs = performance.now();
  const given = [args.id, args.email].filter((value) => typeof value === "string" && value.trim() !== "");
  if (given.length !== 1) {
    throw new WallarooError({
      kind: "badInput",
      operation: "look up",
      who: "a user",
      words: "exactly one of id and email has to be given, and not be empty",
      next: "Check where the value comes from: an output of somebody who is not there is undefined.",
    });
  }
  const { directory } = await platformOf(opts);
  const findIn = (view: View) =>
    args.id === undefined ? view.findByEmail(canonicalEmail(args.email)) : view.findById(args.id);
  // Somebody who is missing from an older view may be younger than it.
  const user = findIn(await directory.view(maxAgeMs)) ?? findIn(await directory.view(performance.now() - askedAtMs));
  if (user !== undefined) return describe(user);
  throw new WallarooError({
    kind: "notFound",
    operation: "look up",
    who: args.id ?? args.email,
    words: "nobody on the platform has this id or address",
    next: "Check it, or use getUsers, which answers an empty list where there is nobody.",
  });
}

/** Everybody for whom all conditions hold, ordered by username; an empty list where there is nobody. */
export async function getUsers(args: GetUsersArgs = {}, opts: LookupOptions = {}): Promise<UserInfo[]> {
  return list(args, opts, READ_AGE_MS);
}

async function list(args: GetUsersArgs, opts: LookupOptions, maxAgeMs: number): Promise<UserInfo[]> {
  const view = await (await platformOf(opts)).directory.view(maxAgeMs);
  const domain = args.emailDomain?.trim().toLowerCase();
  return [...view.everybody()]
    .map(describe)
    .filter((user) => args.enabled === undefined || user.enabled === args.enabled)
    .filter((user) => args.admin === undefined || user.admin === args.admin)
    .filter((user) => domain === undefined || user.email?.split("@")[1] === domain)
    .sort((a, b) => (a.username < b.username ? -1 : 1));
}

/** The account that the provider runs as. Raises an Error for a service account, which the platform lists nowhere. */
export async function getCurrentUser(opts: LookupOptions = {}): Promise<UserInfo> {
  const { token, directory } = await platformOf(opts);
  // A query signs in first, and tries again where signing in fails for now.
  await directory.view(READ_AGE_MS);
  const { id, email, username } = await token.caller();
  if (id !== undefined) return getUser({ id }, opts);
  return getUser({ email: email ?? username ?? "" }, opts);
}

/** {@link getUser} for inputs that are outputs of resources. */
export function getUserOutput(
  args: { id: pulumi.Input<string> } | { email: pulumi.Input<string> },
  opts?: LookupOptions,
): pulumi.Output<UserInfo> {
  return look(pulumi.output(args), (known, maxAgeMs) => find(known as GetUserArgs, opts ?? {}, maxAgeMs));
}

/** {@link getUsers} for inputs that are outputs of resources. */
export function getUsersOutput(
  args: { [Name in keyof GetUsersArgs]: pulumi.Input<GetUsersArgs[Name]> } = {},
  opts?: LookupOptions,
): pulumi.Output<UserInfo[]> {
  return look(pulumi.output(args), (known, maxAgeMs) => list(known as GetUsersArgs, opts ?? {}, maxAgeMs));
}

/** {@link getCurrentUser} as an output. */
export function getCurrentUserOutput(opts?: LookupOptions): pulumi.Output<UserInfo> {
  return look(pulumi.output({}), () => getCurrentUser(opts));
}

/**
 * What hangs on a resource is looked up anew: this very run may have just written it, by another process, and a view from
 * before that would not have it.
 */
function look<T>(
  args: pulumi.Output<unknown>,
  ask: (known: unknown, maxAgeMs: number) => Promise<T>,
): pulumi.Output<T> {
  const { allResources } = args as unknown as { allResources?: () => Promise<Set<pulumi.Resource>> };
  return args.apply<T>(async (known) => ask(known, (await allResources?.())?.size === 0 ? READ_AGE_MS : 0));
}

function describe(user: ApiUser): UserInfo {
  const lastLogin =
    typeof user.lastLogin === "number" ? createdAt({ ...user, createdTimestamp: user.lastLogin }) : undefined;
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
    lastLogin,
    roles: user.realmRoles,
    admin: isAdmin(user),
  };
  return JSON.parse(JSON.stringify(info)) as UserInfo;
}

/** By provider, or by the monitor of the run: the Automation API runs several programs in one process. */
const platforms = new WeakMap<object, Promise<Platform>>();

function platformOf({ provider }: LookupOptions): Promise<Platform> {
  const key = provider ?? pulumi.runtime.getMonitor() ?? platforms;
  let platform = platforms.get(key);
  if (platform === undefined) {
    platform = connectTo(provider);
    platforms.set(key, platform);
  }
  return platform;
}

async function connectTo(provider: WallarooProvider | undefined): Promise<Platform> {
  const log = {
    info: (message: string) => void pulumi.log.info(message),
    warn: (message: string) => void pulumi.log.warn(message),
  };
  if (provider === undefined) {
    const config = new pulumi.Config("wallaroo");
    const read = (key: string) => config.get(key.replace(/^wallaroo:/, ""));
    return connect(readSettings({ config: read, env: process.env }), new RunMemory(), log);
  }
  // An output that preview does not know never runs its apply; whoever waits for it would wait for ever.
  const { isKnown } = provider.settings as unknown as { isKnown: Promise<boolean> };
  if (!(await isKnown)) {
    throw new pulumi.RunError(
      "This lookup's provider has settings that only up will know. Make them known in preview, or look up by apply.",
    );
  }
  const given = await new Promise<Record<string, unknown>>((resolve) => {
    pulumi.unsecret(provider.settings).apply((settings) => resolve(settings));
  });
  const text = (value: unknown) => (value === undefined || typeof value === "string" ? value : JSON.stringify(value));
  return connect(readSettings({ config: (key) => text(given[key]), env: undefined }), new RunMemory(), log);
}
