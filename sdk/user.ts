import * as pulumi from "@pulumi/pulumi";
import { DECLARED_KEY, PROVIDER_KEY, USER_PROVIDER_TEXT } from "../provider/dynamic/stored";
import { canonicalEmail } from "../provider/user/email";
import type { OnDestroy, OnSoleOwner } from "../provider/user/model";
import { declare, mayFreeSeat } from "./declarations";
import { requireOwnPackage } from "./installed";
import { failWhenRefused, gathering } from "./refusals";
import { findArgsProblem, isPlainObject, resolved } from "./resolved";

/** Inputs of a {@link WallarooUser}. */
export interface WallarooUserArgs {
  /**
   * The address. Canonical form: trimmed, Unicode NFC, lower case; a change that leaves it the same is not a change. Any
   * other change replaces: the new address is invited first, then the old account is deactivated.
   */
  email: pulumi.Input<string>;
  /**
   * Initial password; always kept as a secret. Used by the invite alone: never sent again, never applied to an account
   * that was there already. A later change is not an update and warns once. Without it the platform makes one.
   */
  password?: pulumi.Input<string>;
  /** `true`: active, takes a seat. `false`: deactivated. Default `true`, at create and later. */
  enabled?: pulumi.Input<boolean>;
  /**
   * The last day (UTC, by the platform's clock) on which `enabled: true` counts, as `YYYY-MM-DD`; from the next day on the
   * account is treated as `enabled: false`. Nothing happens by itself: the first `pulumi up` after that day deactivates
   * it. Preview warns from 14 days before. Taken out, or moved, `enabled` counts again.
   */
  expires?: pulumi.Input<string>;
  /**
   * Take over an account that is there already and active; only what is declared is touched. Default `false`: create
   * refuses. A deactivated account is reactivated without it.
   */
  adopt?: pulumi.Input<boolean>;
  /**
   * What destroy does to the account. Default `"deactivate"`, but an adopted account is put back as it was found: active
   * or not, and with the names and the admin role that it had, as far as they are declared.
   * `"retain"` leaves it as it is. Setting either explicitly wins over `adopted`.
   */
  onDestroy?: pulumi.Input<OnDestroy>;
  /**
   * Address of the account that becomes an owner of each workspace that this account alone owns, before this one is
   * deactivated. It has to be active then, and to stay. Another owner of the workspace counts if it is active and does not
   * leave in the same run. For a removed user, the value of the last `pulumi up` counts.
   */
  handOver?: pulumi.Input<string>;
  /**
   * Without `handOver`, what becomes of an account that alone owns workspaces when it is about to be deactivated. `"warn"`
   * (default): it is deactivated, with a warning that names them and counts their models and pipelines. `"refuse"`: it is not.
   */
  onSoleOwner?: pulumi.Input<OnSoleOwner>;
  /** First name; newer platform releases. Not declared: not managed, never cleared. */
  firstName?: pulumi.Input<string>;
  /** Last name; newer platform releases. Not declared: not managed, never cleared. */
  lastName?: pulumi.Input<string>;
  /** Newer platform releases: holds the realm role `admin`. Not declared: not managed, never taken away. */
  admin?: pulumi.Input<boolean>;
  /** Newer platform releases: realm roles that the invite asks for; used by the invite alone. */
  roles?: pulumi.Input<pulumi.Input<string>[]>;
  /** Newer platform releases: the password must be changed at first login; used by the invite alone. */
  requireReset?: pulumi.Input<boolean>;
}

/**
 * A user of a Wallaroo platform. Create invites (`POST /v1/api/users/invite`), or reactivates, or with `adopt` takes over;
 * read queries; update activates or deactivates; delete deactivates. Accounts are never deleted: the platform can't.
 *
 * @remarks
 * `pulumi import` and the `import` option do not work for dynamic resources (pulumi/pulumi#3550): write `adopt: true`.
 *
 * @example
 * ```typescript
 * import { WallarooUser } from "pulumi-wallaroo";
 *
 * const ann = new WallarooUser("ann", { email: "ann@example.com" });
 * export const annId = ann.id;
 * ```
 */
export class WallarooUser extends pulumi.CustomResource {
  /** Canonical address. */
  declare readonly email: pulumi.Output<string>;
  /** Canonical username; the address, if the account was invited. */
  declare readonly username: pulumi.Output<string>;
  /** Active, or deactivated, as last seen. */
  declare readonly enabled: pulumi.Output<boolean>;
  /** When the account was made: ISO 8601, UTC. */
  declare readonly createdAt: pulumi.Output<string>;
  /** True when this stack did not create the account. */
  declare readonly adopted: pulumi.Output<boolean>;
  /** Secret: the password that the invite answered, given or generated; undefined when no invite was sent. */
  declare readonly initialPassword: pulumi.Output<string | undefined>;

  /** An existing account by its Keycloak id (a UUID, not the email); read, never changed. Raises if it is not there. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): WallarooUser {
    return new WallarooUser(name, {} as WallarooUserArgs, { ...opts, id });
  }

  /** True for a WallarooUser, also of another copy of this package. */
  static override isInstance(value: unknown): value is WallarooUser {
    return (value as { __pulumiType?: unknown } | null | undefined)?.__pulumiType === WallarooUser.type;
  }

  /** The engine's type token. */
  static readonly type = "pulumi-nodejs:dynamic/wallaroo:User";

  constructor(name: string, args: WallarooUserArgs, opts: pulumi.CustomResourceOptions = {}) {
    requireOwnPackage();
    if (opts.import !== undefined) {
      throw new pulumi.RunError(
        `WallarooUser "${name}": the engine can't import dynamic resources (pulumi/pulumi#3550). ` +
          "Remove the import option and write `adopt: true` to take over an account that is there.",
      );
    }
    const failure = opts.id === undefined ? findArgsProblem(`WallarooUser "${name}"`, args) : undefined;
    const given = isPlainObject(args) ? (resolved(args) as Record<string, unknown>) : {};
    const { password } = given;
    const inputs = password === undefined ? given : { ...given, password: pulumi.secret(password) };
    const resource = { name, type: WallarooUser.type, opts, frees: mayFreeSeat(given) };
    const emails = emailsOf(given["email"]);
    super(
      WallarooUser.type,
      name,
      {
        ...inputs,
        username: undefined,
        enabled: given["enabled"],
        createdAt: undefined,
        adopted: undefined,
        initialPassword: undefined,
        ...gathering(),
        email: given["email"],
        ...(opts.id === undefined && { [DECLARED_KEY]: declare(resource, emails, "of its own", failure, given) }),
        [PROVIDER_KEY]: USER_PROVIDER_TEXT,
      },
      { ...opts, additionalSecretOutputs: [...(opts.additionalSecretOutputs ?? []), "initialPassword", "found"] },
    );
    failWhenRefused(this);
  }
}

/** Undefined while it is not known. */
function emailsOf(email: unknown): string[] | undefined {
  if (typeof email === "object" && email !== null) return undefined;
  return typeof email === "string" ? [canonicalEmail(email)] : [];
}
