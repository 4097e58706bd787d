import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { WallarooTeam, type WallarooTeamMember } from "pulumi-wallaroo";

/** What an account may do in the namespace: a cluster role that every Kubernetes has. */
export type Access = "admin" | "edit" | "view";

export interface EnvironmentArgs {
  /** What each account may do in the namespace, by its address, which is its name in the cluster too. */
  access: Record<string, Access>;
  /** Take over accounts that are active on the platform already. Default `false`. */
  adopt?: boolean;
}

/**
 * An environment of a team: a Kubernetes namespace, one role binding per kind of access, and the accounts of the same
 * people on the Wallaroo platform. An address that is taken out loses both.
 */
export class Environment extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;
  /** Keycloak ids by address. */
  readonly ids: WallarooTeam["ids"];

  constructor(name: string, { access, adopt = false }: EnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("wallaroo-environment:index:Environment", name, {}, opts);
    const parent = { parent: this };

    const namespace = new k8s.core.v1.Namespace(name, { metadata: { name } }, parent);
    this.namespace = namespace.metadata.name;

    for (const role of ["admin", "edit", "view"] satisfies Access[]) {
      const emails = Object.keys(access).filter((email) => access[email] === role);
      if (emails.length === 0) continue;
      new k8s.rbac.v1.RoleBinding(
        `${name}-${role}`,
        {
          metadata: { name: role, namespace: this.namespace },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
          subjects: emails.map((email) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: email })),
        },
        parent,
      );
    }

    const members = Object.keys(access).map((email): [string, WallarooTeamMember] => [email, {}]);
    const team = new WallarooTeam(name, { members: Object.fromEntries(members), adopt }, parent);
    this.ids = team.ids;
    this.registerOutputs({ namespace: this.namespace, ids: this.ids });
  }
}
