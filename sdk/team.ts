import * as pulumi from "@pulumi/pulumi";
import { DECLARED_KEY, PROVIDER_KEY, TEAM_PROVIDER_TEXT } from "../provider/dynamic/stored";
import { canonicalEmail } from "../provider/user/email";
import { declare } from "./declarations";
import { requireOwnPackage } from "./installed";
import type { WallarooUserArgs } from "./user";

/** What is declared of one member of a {@link WallarooTeam}: names and meaning as of {@link WallarooUserArgs}. */
export type WallarooTeamMember = Omit<WallarooUserArgs, "email">;

/** Inputs of a {@link WallarooTeam}. */
export interface WallarooTeamArgs {
  /**
   * Everybody, by address; `{}` declares somebody active. Canonical form of a key: trimmed, Unicode NFC, lower case. Passwords are
   * always kept as secrets. Who is taken out is deactivated, as at destroy, after everything else went well.
   */
  members: pulumi.Input<Record<string, pulumi.Input<WallarooTeamMember>>>;
}

/**
 * Many people in one resource, so that the engine takes one step however many there are. What happens to each person is
 * what happens to a {@link WallarooUser}: adoption, reactivation, guards, `enabled`, `onDestroy`.
 *
 * When some people fail, everybody else is done and stored, every failure is listed, and the next `up` does the rest.
 * `protect` protects the resource, not its members. It can't be replaced while members are active who are declared without `adopt: true`, and has no `get`.
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
  /** Secret: the passwords that the invites answered, by canonical address; only of people who were invited. */
  declare readonly initialPasswords: pulumi.Output<Record<string, string>>;

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
          "Declare its members, with `adopt: true` where they are there already.",
      );
    }
    if (args?.members === undefined) throw new pulumi.RunError(`WallarooTeam "${name}": \`members\` is required.`);
    // A Map or an array has no keys that are addresses: taken for an object, it would let everybody go.
    if (isPlain(args.members) && Object.prototype.toString.call(args.members) !== "[object Object]") {
      throw new pulumi.RunError(
        `WallarooTeam "${name}": \`members\` must be a plain object by address (of a Map, \`Object.fromEntries(map)\`).`,
      );
    }
    super(
      WallarooTeam.type,
      name,
      {
        members: withSecrets(name, args.members),
        ids: undefined,
        adopted: undefined,
        initialPasswords: undefined,
        deviations: undefined,
        [DECLARED_KEY]: declare({ name, type: WallarooTeam.type, opts }, emailsOf(args.members), "of everybody"),
        [PROVIDER_KEY]: TEAM_PROVIDER_TEXT,
      },
      { ...opts, additionalSecretOutputs: [...(opts.additionalSecretOutputs ?? []), "initialPasswords", "deviations"] },
    );
  }
}

type Members = WallarooTeamArgs["members"];

function emailsOf(members: Members): string[] {
  return isPlain(members) ? [...new Set(Object.keys(members).map(canonicalEmail))] : [];
}

/**
 * The same members with every password a secret; where they are an output as a whole, they become a secret as a whole.
 * What is wrong with an output is left to the provider's check: the SDK swallows what is raised here in an inline program,
 * and the engine, which then sees a program without this team, would let everybody go (measured).
 * Keys are made canonical here already: the engine keeps a value secret by its path, and the provider's check, which
 * would change the key, would lose the mark.
 */
function withSecrets(name: string, members: Members): Members {
  if (!isPlain(members)) {
    return pulumi.output(members as pulumi.Input<Record<string, WallarooTeamMember>>).apply((known) => {
      if (!isPlain(known)) return pulumi.output(known);
      const hasSecrets = Object.values(known).some(hasPassword);
      const canonical = findTwice(known) === undefined ? withCanonicalKeys(known) : known;
      return hasSecrets ? pulumi.secret(canonical) : pulumi.output(canonical);
    });
  }
  const twice = findTwice(members);
  if (twice !== undefined) {
    throw new pulumi.RunError(
      `WallarooTeam "${name}": two keys of \`members\` are ${twice}; case, spaces and the encoding of accents do not count. Name a person once.`,
    );
  }
  return Object.fromEntries(
    Object.entries(withCanonicalKeys(members)).map(([email, member]) => [
      email,
      member === null || isPlain(member) ? withSecret(member) : late(member),
    ]),
  ) as Members;
}

/** The canonical address that two keys have, or undefined. */
function findTwice(members: object): string | undefined {
  const seen = new Set<string>();
  return Object.keys(members)
    .map(canonicalEmail)
    .find((email) => seen.size === seen.add(email).size);
}

/**
 * A member without a value, a look-up that found nothing perhaps, becomes null, which check refuses: undefined would not
 * reach it, and whoever is not declared is let go.
 */
function withCanonicalKeys(members: { [key: string]: unknown }): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).map(([key, member]) => [canonicalEmail(key), member ?? null]));
}

function withSecret(member: unknown): unknown {
  if (!hasPassword(member)) return member;
  return { ...member, password: pulumi.secret(member.password) };
}

function late(member: unknown): unknown {
  return pulumi
    .output(member as pulumi.Input<object>)
    .apply((known) => (hasPassword(known) ? pulumi.secret(known) : pulumi.output(known ?? null)));
}

function hasPassword(member: unknown): member is { password: pulumi.Input<string> } {
  return typeof member === "object" && member !== null && (member as WallarooTeamMember).password !== undefined;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !pulumi.Output.isInstance(value) && !(value instanceof Promise);
}
