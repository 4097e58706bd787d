import type { ApiUser, EditUserRequest, InviteUserRequest } from "../api/wire";
import { canonicalEmail, findEmailProblem } from "./email";
import { findDayProblem } from "./expiry";
import type { UserInputs } from "./model";

/** What `POST /v1/api/user` writes besides address and `enabled`. Not declared means not managed. */
export interface Profile {
  firstName?: string;
  lastName?: string;
  /** Holds the realm role `admin`. */
  admin?: boolean;
}

/** One property of a user, by what becomes of it. */
export type Property = {
  /** What is wrong with a declared value, or undefined. */
  findProblem: (value: unknown) => string | undefined;
} & (
  | { kind: "identity"; canonical: (value: string) => string }
  | { kind: "account" }
  | ProfileProperty
  /** Stored as declared, for destroy and refresh, and never sent. `isOfCreate`: a later change is not an update. */
  | { kind: "policy"; isOfCreate?: true; canonical?: (value: string) => string }
  /** Sent by the invite, and used by it alone. `isSecret`: the engine must not print its value. */
  | { kind: "inviteOnly"; wire: keyof InviteUserRequest; isSecret?: true }
);

/** Managed while it is declared; see {@link Profile}. */
export interface ProfileProperty {
  kind: "profile";
  /** Its name in the request of an edit. */
  wire: keyof EditUserRequest;
  read: (user: ApiUser) => string | boolean;
  /** The account with another value. */
  write: (user: ApiUser, value: string | boolean) => ApiUser;
  /** A realm role: not every query shows it, some releases never do, and an edit takes it away unless it is said. */
  isRole?: true;
  /** A name: no invite gives one, and an export writes those that an account has. */
  isName?: true;
  /** Why Keycloak's default rules refuse a value, or undefined. */
  findRefused?: (value: string) => string | undefined;
}

/** Names within a sentence: `a, b and c`. */
export function inSentence(names: readonly string[], last = "and"): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${last} ${names.at(-1) ?? ""}`;
}

/** The rule of a value that is one of several words. */
export function oneOf(...words: readonly string[]): (value: unknown) => string | undefined {
  const shown = words.map((word) => JSON.stringify(word));
  const problem = `must be ${inSentence(shown, "or")}`;
  return (value) => (words.some((word) => word === value) ? undefined : problem);
}

export function findBooleanProblem(value: unknown): string | undefined {
  return typeof value === "boolean" ? undefined : "must be true or false";
}

function findStringProblem(value: unknown): string | undefined {
  return typeof value === "string" ? undefined : "must be a string";
}

function findAddressProblem(value: unknown): string | undefined {
  return findStringProblem(value) ?? findEmailProblem(canonicalEmail(value as string));
}

/** Every property of a user, in the order in which messages name them; all that a verb does rests on these rows. */
export const PROPERTIES = {
  email: { kind: "identity", findProblem: findAddressProblem, canonical: canonicalEmail },
  password: {
    kind: "inviteOnly",
    wire: "password",
    isSecret: true,
    findProblem: (value) =>
      typeof value === "string" && value !== "" ? undefined : "must be a string that is not empty",
  },
  enabled: { kind: "account", findProblem: findBooleanProblem },
  expires: { kind: "policy", findProblem: findDayProblem },
  adopt: { kind: "policy", isOfCreate: true, findProblem: findBooleanProblem },
  onDestroy: { kind: "policy", findProblem: oneOf("deactivate", "retain") },
  handOver: { kind: "policy", findProblem: findAddressProblem, canonical: canonicalEmail },
  onSoleOwner: { kind: "policy", findProblem: oneOf("warn", "refuse") },
  firstName: nameProperty("firstName"),
  lastName: nameProperty("lastName"),
  admin: {
    kind: "profile",
    wire: "isAdmin",
    isRole: true,
    findProblem: findBooleanProblem,
    read: isAdmin,
    write: (user, value) => {
      const others = (user.realmRoles ?? []).filter((role) => role !== ADMIN_ROLE);
      return { ...user, realmRoles: value === true ? [...others, ADMIN_ROLE] : others };
    },
  },
  roles: {
    kind: "inviteOnly",
    wire: "roles",
    findProblem: (value) =>
      Array.isArray(value) && value.every((role) => typeof role === "string" && role !== "")
        ? undefined
        : "must be a list of role names",
  },
  requireReset: { kind: "inviteOnly", wire: "require_reset", findProblem: findBooleanProblem },
} satisfies Record<keyof UserInputs, Property>;

type Table = typeof PROPERTIES;
type NameOf<K extends Property["kind"]> = { [N in keyof Table]: Table[N]["kind"] extends K ? N : never }[keyof Table];

/** Names of the properties of these kinds. */
export function namesOf<K extends Property["kind"]>(...kinds: readonly K[]): NameOf<K>[] {
  const rows: [string, Property][] = Object.entries(PROPERTIES);
  return rows.filter(([, { kind }]) => kinds.some((one) => one === kind)).map(([name]) => name as NameOf<K>);
}

/** The rows of {@link Profile}. */
export function profileProperties(): [keyof Profile, ProfileProperty & Property][] {
  return namesOf("profile").map((name) => [name, PROPERTIES[name]]);
}

/** The profile of the values that `find` answers; undefined ones are left out. */
export function profileOf(find: (name: keyof Profile, row: ProfileProperty) => string | boolean | undefined): Profile {
  const found = profileProperties().map(([name, row]) => [name, find(name, row)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

export function hasProfile(values: Profile): boolean {
  return namesOf("profile").some((name) => values[name] !== undefined);
}

/** True when the account shows what it has of this property. */
export function isShown({ isRole }: ProfileProperty, user: ApiUser): boolean {
  return isRole !== true || user.realmRoles !== undefined;
}

/** Realm role of administrators, as newer releases show it. */
export const ADMIN_ROLE = "admin";

/** True when the platform shows the realm role `admin`; false when it does not, or shows no roles at all. */
export function isAdmin(user: ApiUser): boolean {
  return Array.isArray(user.realmRoles) && user.realmRoles.includes(ADMIN_ROLE);
}

function nameProperty(name: "firstName" | "lastName") {
  return {
    kind: "profile",
    wire: name,
    findProblem: findStringProblem,
    read: (user) => user[name] ?? "",
    write: (user, value) => ({ ...user, [name]: value }),
    isName: true,
    findRefused: findNameProblem,
  } satisfies Property;
}

/** Longest name that Keycloak accepts by default, in UTF-16 units. */
const MAX_LENGTH = 255;
/** Characters that Keycloak accepts in no name by default. Source: measured on 26.4. */
// eslint-disable-next-line no-control-regex
const REFUSED = /[\u0000-\u001f\u007f\u0085\u2028!"#$%&()*/;<=>?[\\\]^{|}~]/u;

/** Why Keycloak's default rules refuse a first or last name, or undefined. `""` takes a name away. */
export function findNameProblem(name: string): string | undefined {
  if (name !== "" && name.trim() === "") return "holds nothing but spaces";
  if (name.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  const bad = REFUSED.exec(name)?.[0];
  if (bad === undefined) return undefined;
  return /[!-~]/.test(bad) ? `holds the character ${bad}` : "holds a line break or another control character";
}
