import * as pulumi from "@pulumi/pulumi";
import type { WorkspaceRole } from "../provider/api/wire";
import { DECLARED_KEY, PROVIDER_KEY, WORKSPACE_MEMBER_PROVIDER_TEXT } from "../provider/dynamic/stored";
import type { OnMemberDestroy } from "../provider/workspace/model";
import { declare } from "./declarations";
import { requireOwnPackage } from "./installed";
import { failWhenRefused, gathering } from "./refusals";
import { findArgsProblem, isPlainObject, resolved } from "./resolved";

/** Inputs of a {@link WallarooWorkspaceMember}. */
export interface WallarooWorkspaceMemberArgs {
  /**
   * The workspace: its exact name, or its id. A text that is written like a number is a name if there is such a
   * workspace, else an id. Another workspace replaces: the account is added there first, then taken out of the old one.
   */
  workspace: pulumi.Input<string | number>;
  /**
   * The account: its address, in any case, or its Keycloak id, such as the id of a `WallarooUser` (then the account is made
   * first). Another account replaces.
   */
  user: pulumi.Input<string>;
  /** Role of the account in the workspace. Default `"COLLABORATOR"`. */
  role?: pulumi.Input<WorkspaceRole>;
  /** Take over a membership that is there already. Default `false`: create refuses. */
  adopt?: pulumi.Input<boolean>;
  /**
   * What destroy does to the membership. Default `"remove"`, but an adopted one gets the role back that it was found with,
   * and stays. `"retain"` leaves it as it is. Setting either explicitly wins over `adopted`.
   */
  onDestroy?: pulumi.Input<OnMemberDestroy>;
}

/**
 * The membership of an account in a workspace of the platform, with a role. Create adds the member
 * (`POST /v1/api/workspaces/add_user`), delete removes it; accounts and workspaces stay. Never removes the last user or the
 * last owner of a workspace, nor an account from its own default workspace.
 *
 * @remarks
 * A deactivated account stays a member, and so does one that is gone. Needs a release of the platform with workspace
 * endpoints, and a provider account with the realm role admin.
 *
 * @example
 * ```typescript
 * import { WallarooUser, WallarooWorkspaceMember } from "pulumi-wallaroo";
 *
 * const ann = new WallarooUser("ann", { email: "ann@example.com" });
 * new WallarooWorkspaceMember("ann-churn", { workspace: "churn", user: ann.id, role: "OWNER" });
 * ```
 */
export class WallarooWorkspaceMember extends pulumi.CustomResource {
  /** The workspace as declared: its name or its id. */
  declare readonly workspace: pulumi.Output<string | number>;
  /** The account as declared, an address in its canonical form. */
  declare readonly user: pulumi.Output<string>;
  /** Role of the account, as last seen. */
  declare readonly role: pulumi.Output<WorkspaceRole>;
  /** Id of the workspace. */
  declare readonly workspaceId: pulumi.Output<number>;
  /** Name of the workspace, as last seen. */
  declare readonly workspaceName: pulumi.Output<string>;
  /** Keycloak user id (UUID) of the account. */
  declare readonly userId: pulumi.Output<string>;
  /** Canonical address of the account as last seen; undefined if it has none. */
  declare readonly email: pulumi.Output<string | undefined>;
  /** True when this stack did not add the member. */
  declare readonly adopted: pulumi.Output<boolean>;

  /** An existing membership by its id, `WORKSPACE_ID/USER_UUID`; read, never changed. Raises if it is not there. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): WallarooWorkspaceMember {
    return new WallarooWorkspaceMember(name, {} as WallarooWorkspaceMemberArgs, { ...opts, id });
  }

  /** True for a WallarooWorkspaceMember, also of another copy of this package. */
  static override isInstance(value: unknown): value is WallarooWorkspaceMember {
    return (value as { __pulumiType?: unknown } | null | undefined)?.__pulumiType === WallarooWorkspaceMember.type;
  }

  /** The engine's type token. */
  static readonly type = "pulumi-nodejs:dynamic/wallaroo:WorkspaceMember";

  constructor(name: string, args: WallarooWorkspaceMemberArgs, opts: pulumi.CustomResourceOptions = {}) {
    requireOwnPackage();
    const who = `WallarooWorkspaceMember "${name}"`;
    if (opts.import !== undefined) {
      throw new pulumi.RunError(
        `${who}: the engine can't import dynamic resources (pulumi/pulumi#3550). ` +
          "Remove the import option and write `adopt: true` to take over a membership that is there.",
      );
    }
    const failure = opts.id === undefined ? findArgsProblem(who, args) : undefined;
    const given = isPlainObject(args) ? (resolved(args) as Record<string, unknown>) : {};
    const resource = { name, type: WallarooWorkspaceMember.type, opts };
    super(
      WallarooWorkspaceMember.type,
      name,
      {
        ...given,
        workspace: given["workspace"],
        user: given["user"],
        role: given["role"],
        workspaceId: undefined,
        workspaceName: undefined,
        userId: undefined,
        email: undefined,
        adopted: undefined,
        ...gathering(),
        ...(opts.id === undefined && { [DECLARED_KEY]: declare(resource, [], "of its own", failure, given) }),
        [PROVIDER_KEY]: WORKSPACE_MEMBER_PROVIDER_TEXT,
      },
      opts,
    );
    failWhenRefused(this);
  }
}
