import * as pulumi from "@pulumi/pulumi";
import { EXPLICIT_KEY } from "../provider/dynamic/stored";
import {
  NAMESPACE,
  SETTINGS,
  type RequiredKey,
  type SettingArgument,
  type SettingKey,
} from "../provider/settings-table";
import { resolved } from "./resolved";
import { warnOfUnknownInputs } from "./unknown-settings";

/** Inputs of a {@link WallarooProvider}: the settings of one platform, in the units of the stack configuration. */
export interface WallarooProviderArgs {
  /** Base URL of the platform. */
  url: pulumi.Input<string>;
  /** Base URL of its Keycloak. Default `{url}/auth`. */
  authUrl?: pulumi.Input<string>;
  /** Keycloak realm of the accounts. Default `master`. */
  realm?: pulumi.Input<string>;
  /** Account that the provider runs as. */
  username?: pulumi.Input<string>;
  /** Its password; always kept as a secret. */
  password?: pulumi.Input<string>;
  /** Keycloak client to sign in through. Default `sdk-client`. */
  clientId?: pulumi.Input<string>;
  /** Secret of a confidential client; with `clientId` and no account, the client itself signs in. */
  clientSecret?: pulumi.Input<string>;
  /** Refresh or offline token to sign in with, in place of username and password; always kept as a secret. */
  refreshToken?: pulumi.Input<string>;
  /** Access token, used as it is until it expires; always kept as a secret. */
  token?: pulumi.Input<string>;
  /** Seconds until a request is given up. Default 45. */
  requestTimeout?: pulumi.Input<number>;
  /** Further attempts after a failed request. Default 5. */
  maxRetries?: pulumi.Input<number>;
  /** Requests to the platform at once. Default 8. */
  maxConcurrency?: pulumi.Input<number>;
  /** Addresses and usernames that are never deactivated. */
  protectedEmails?: pulumi.Input<pulumi.Input<string>[]>;
  /** Enabled accounts that the licence allows; without it the platform says when there are too many. */
  seatLimit?: pulumi.Input<number>;
  /**
   * What becomes of the sessions of an account that is deactivated, and before it is activated: ended where the platform
   * lets us (`auto`), or else the step fails (`required`), or left (`off`). Default `auto`.
   */
  endSessions?: pulumi.Input<"auto" | "required" | "off">;
  /** Refuse every write to the platform. Default `false`, or what `WALLAROO_READ_ONLY` says. */
  readOnly?: pulumi.Input<boolean>;
  /** Allow `http://` to another host than this machine. Default `false`. */
  allowInsecureHttp?: pulumi.Input<boolean>;
}

type InputOf<T> = [T] extends [(infer E)[]] ? pulumi.Input<pulumi.Input<E>[]> : pulumi.Input<T>;
type Argument<K extends SettingKey> = InputOf<SettingArgument<K>>;
type ArgsOfTable = { [K in RequiredKey]: Argument<K> } & { [K in Exclude<SettingKey, RequiredKey>]?: Argument<K> };
/** False while a setting is missing in the table or among the arguments, or has another type there. */
type IsSame<A, B> = [A, Required<A>, B, Required<B>] extends [B, Required<B>, A, Required<A>] ? true : false;
type AreTheTable = IsSame<WallarooProviderArgs, ArgsOfTable>;

/**
 * An explicit provider, for several platforms in one program: `new WallarooUser(name, args, { provider })`. Its
 * settings come from these inputs alone, so that no credential goes to another platform; `WALLAROO_READ_ONLY` holds
 * here too.
 */
export class WallarooProvider extends pulumi.ProviderResource {
  /** The settings by their configuration key, secrets marked; for the lookups. */
  readonly settings: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: WallarooProviderArgs, opts?: pulumi.ResourceOptions) {
    const inputs: Record<string, unknown> = { [EXPLICIT_KEY]: true satisfies AreTheTable };
    for (const [key, given] of Object.entries(args)) {
      if (given === undefined) continue;
      const value = resolved(given);
      inputs[`${NAMESPACE}:${key}`] = isSecret(key) ? pulumi.secret(value) : value;
    }
    super("pulumi-nodejs", name, inputs, opts);
    warnOfUnknownInputs(this, args);
    this.settings = pulumi.output(inputs as Record<string, pulumi.Input<string>>);
  }
}

function isSecret(key: string): boolean {
  return Object.entries(SETTINGS).some(([name, setting]) => name === key && "secret" in setting);
}
