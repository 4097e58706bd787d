import * as pulumi from "@pulumi/pulumi";
import { DECLARED_KEY, PROVIDER_KEY, TEAM_PROVIDER_TEXT } from "../provider/dynamic/stored";
import { isUnusable } from "../provider/user/check";
import type { WorkspaceRole } from "../provider/api/wire";
import { canonicalEmail } from "../provider/user/email";
import type { OnDestroy } from "../provider/user/model";
import { declare, mayFreeSeat } from "./declarations";
import { requireOwnPackage } from "./installed";
import { failWhenRefused, gathering } from "./refusals";
import type { WallarooSeats } from "./lookups";
import { findArgsProblem, isPlainObject, resolved } from "./resolved";
import type { WallarooUserArgs } from "./user";

/** What is declared of one member of a {@link WallarooTeam}: names and meaning are those of {@link WallarooUserArgs}. */
export interface WallarooTeamMember extends Omit<WallarooUserArgs, "email"> {
  /**
   * Workspaces that the account is in, by name, with its role in each; the rules of {@link WallarooWorkspaceMember}. Added
   * after the account is there. A membership that was there already needs `adopt: true`. A removed membership, and each of a
   * removed member, is taken away if this stack added it, and else put back as it was found. Memberships that are not
   * declared stay as they are.
   */
  workspaces?: pulumi.Input<Record<string, pulumi.Input<WorkspaceRole>>>;
}

/** Inputs of a {@link WallarooTeam}. */
export interface WallarooTeamArgs {
  /**
   * All members, by address; `{}` declares an active one. Canonical form of a key: trimmed, Unicode NFC, lower case.
   * Passwords are always kept as secrets. A removed member is deactivated, as at destroy, after everything else went well.
   */
  members: pulumi.Input<Record<string, pulumi.Input<WallarooTeamMember>>>;
  /** Default of `adopt` for members that do not declare it. */
  adopt?: pulumi.Input<boolean>;
  /**
   * Default of `onDestroy` for members that do not declare it. A change is one update, which sends nothing: it stores what
   * leaving means from then on. No member can go back to the default of a single user while it is set.
   */
  onDestroy?: pulumi.Input<OnDestroy>;
  /** Default of `requireReset` for members that do not declare it. */
  requireReset?: pulumi.Input<boolean>;
  /**
   * What becomes of active accounts that nothing in the program declares. `"ignore"` (default): nothing. `"report"`: each
   * `up` that changes the team stores their addresses in the output `unmanaged`. `"deactivate"`: reports too, and cuts off
   * those that an earlier `up` has reported and that are still active and not declared; preview names them. One team per
   * platform and program may do that. Not among them: the built-in admin, and service accounts.
   */
  unmanaged?: pulumi.Input<"ignore" | "report" | "deactivate">;
  /** Bounds `unmanaged` to the accounts of one email domain, such as `example.com`. */
  unmanagedDomain?: pulumi.Input<string>;
  /**
   * How many active accounts one `up` may cut off as removed members and as unmanaged: a number, or a share such as `"25%"`
   * of the active accounts of stored members and of the output `unmanaged`. Default `"25%"`, from 10 such accounts on. Not
   * counted: `enabled: false`, `expires`, destroy of the team, and members that another resource of the program declares.
   */
  maxDepartures?: pulumi.Input<number | string>;
}

/**
 * Many users in one resource, so that the engine takes one step however many there are. Each member is treated as a
 * {@link WallarooUser}: adoption, reactivation, guards, `enabled`, `onDestroy`.
 *
 * When some members fail, all others are done and stored, every failure is listed, and the next `up` does the rest.
 * `protect` protects the resource, not its members. It can't be replaced while it has active members that are declared
 * without `adopt: true`, and has no `get`.
 *
 * @example
 * ```typescript
 * import { WallarooTeam } from "pulumi-wallaroo";
 *
 * const science = new WallarooTeam("science", {
 *   members: { "ann@example.com": {}, "bob@example.com": { enabled: false } },
 * });
 * export const annId = science.ids["ann@example.com"];
 * ```
 */
export class WallarooTeam extends pulumi.CustomResource {
  /** Keycloak user ids (UUIDs), by canonical address. */
  declare readonly ids: pulumi.Output<Record<string, string>>;
  /** The members whose account this stack did not create: `true` by canonical address; others are not in it. */
  declare readonly adopted: pulumi.Output<Record<string, boolean>>;
  /** Secret: the passwords that the invites answered, by canonical address; of invited members alone. */
  declare readonly initialPasswords: pulumi.Output<Record<string, string>>;
  /**
   * Addresses of active accounts that nothing in the program declares, as the last `up` that changed the team saw them.
   * A report: never drift, and never a change by itself. Undefined while `unmanaged` is `"ignore"`.
   */
  declare readonly unmanaged: pulumi.Output<string[]>;
  /** How many accounts take a seat, as the last `up` that changed the team saw it. A report, as `unmanaged` is. */
  declare readonly seats: pulumi.Output<WallarooSeats>;

  /** True for a WallarooTeam, also of another copy of this package. */
  static override isInstance(value: unknown): value is WallarooTeam {
    return (value as { __pulumiType?: unknown } | null | undefined)?.__pulumiType === WallarooTeam.type;
  }

  /** The engine's type token. */
  static readonly type = "pulumi-nodejs:dynamic/wallaroo:Team";

  constructor(name: string, args: WallarooTeamArgs, opts: pulumi.CustomResourceOptions = {}) {
    requireOwnPackage();
    if (opts.import !== undefined || opts.id !== undefined) {
      throw new pulumi.RunError(
        `WallarooTeam "${name}": a team has no id on the platform to import or get it by. ` +
          "Declare its members, with `adopt: true` if they are there already.",
      );
    }
    const failure = findArgsProblem(`WallarooTeam "${name}"`, args);
    const { members, unmanaged, ...options }: Record<string, unknown> = failure === undefined ? { ...args } : {};
    super(
      WallarooTeam.type,
      name,
      {
        ...(resolved(options) as Record<string, unknown>),
        // The engine shows inputs for outputs in a preview, and the output of this name is a list.
        ifUnmanaged: resolved(unmanaged),
        unmanaged: undefined,
        seats: undefined,
        members: withSecrets(members),
        ids: undefined,
        adopted: undefined,
        initialPasswords: undefined,
        details: undefined,
        ...gathering(),
        [DECLARED_KEY]: declare(
          { name, type: WallarooTeam.type, opts, frees: mayFree(members) },
          emailsOf(members),
          unmanaged === undefined ? "of all" : "of every provider",
          failure,
        ),
        [PROVIDER_KEY]: TEAM_PROVIDER_TEXT,
      },
      { ...opts, additionalSecretOutputs: [...(opts.additionalSecretOutputs ?? []), "initialPasswords", "details"] },
    );
    failWhenRefused(this);
  }
}

/** Undefined while they are not known. */
function emailsOf(members: unknown): string[] | undefined {
  if (isPlainObject(members)) return [...new Set(Object.keys(members).map(canonicalEmail))];
  return typeof members === "object" && members !== null ? undefined : [];
}

/** True when seats of members may become free, as far as that is known. */
function mayFree(members: unknown): boolean {
  if (!isPlainObject(members)) return typeof members === "object" && members !== null;
  return Object.values(members).some((member) => !isPlainObject(member) || mayFreeSeat(member));
}

/**
 * The same members with every password a secret; an output of all of them becomes a secret as a whole. Mistakes are left to
 * the provider's check, see {@link resolved}. Keys become canonical here: the engine keeps a value secret by its path, and
 * a key that check changes would lose the mark.
 */
function withSecrets(members: unknown): unknown {
  if (!isPlainObject(members)) {
    const late = pulumi.output(resolved(members)) as pulumi.Output<unknown>;
    return late.apply((known) => {
      if (!isMembers(known)) return pulumi.output(known);
      const canonical = withCanonicalKeys(
        Object.fromEntries(Object.entries(known).map(([key, member]) => [key, withRoles(member)])),
      );
      return Object.values(known).some(hasPassword) ? pulumi.secret(canonical) : pulumi.output(canonical);
    });
  }
  const canonical = withCanonicalKeys(resolved(members) as Record<string, unknown>);
  return Object.fromEntries(
    Object.entries(canonical).map(([email, member]) => [
      email,
      pulumi.Output.isInstance(member) ? late(member) : withSecret(member),
    ]),
  );
}

function isMembers(known: unknown): known is Record<string, unknown> {
  return isPlainObject(known) && !isUnusable(known);
}

/**
 * A member without a value becomes null, which check refuses: undefined would not reach it, and the member would be let go.
 * Two keys that are one address stay as they are, and check refuses them.
 */
function withCanonicalKeys(members: Record<string, unknown>): Record<string, unknown> {
  const keys = Object.keys(members);
  const isOnce = new Set(keys.map(canonicalEmail)).size === keys.length;
  return Object.fromEntries(
    Object.entries(members).map(([key, member]) => [isOnce ? canonicalEmail(key) : key, member ?? null]),
  );
}

function withSecret(given: unknown): unknown {
  const member = withRoles(given);
  if (!hasPassword(member)) return member;
  return { ...member, password: pulumi.secret(member.password) };
}

/** A workspace without a role becomes null, as a member without a value does. */
function withRoles(member: unknown): unknown {
  if (!isPlainObject(member) || !isPlainObject(member["workspaces"]) || isUnusable(member["workspaces"])) return member;
  const roles = Object.entries(member["workspaces"]).map(([name, role]) => [name, role ?? null] as const);
  return { ...member, workspaces: Object.fromEntries(roles) };
}

function late(member: pulumi.Output<unknown>): unknown {
  return member.apply((known) => {
    const value: unknown = withRoles(known ?? null);
    return hasPassword(value) ? pulumi.secret<unknown>(value) : pulumi.output(value);
  });
}

function hasPassword(member: unknown): member is { password: pulumi.Input<string> } {
  return isPlainObject(member) && member["password"] !== undefined;
}
