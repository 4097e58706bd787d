import { StoreError } from "../backend";
import type { AdminClient } from "./admin-client";

/** The role of administrators. */
export const ADMIN_ROLE = "admin";
/** The role that every account has. */
export const DEFAULT_ROLES = "default-roles-master";

/** A role of the realm, as Keycloak names it in requests. */
export interface Role {
  id: string;
  name: string;
}

/** The roles of the realm, each asked for once. */
export class Roles {
  readonly #known = new Map<string, Role>();
  #names: string[] | undefined;

  constructor(private readonly admin: AdminClient) {}

  /** Raises {@link StoreError} for a role that does not exist. */
  async get(name: string): Promise<Role> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const answer = isId(name) ? await this.admin.send("GET", `/roles/${name}`) : undefined;
    if (answer?.status !== 200) throw new StoreError("illFormed", "Could not find role");
    const role = JSON.parse(answer.text) as Role;
    this.#known.set(name, role);
    return role;
  }

  /** The names of the roles that each account was given, by its id; that of all accounts left out. */
  async byAccount(): Promise<Map<string, string[]>> {
    this.#names ??= (await this.admin.ask<Role[]>("GET", "/roles")).map(({ name }) => name);
    const rolesOf = new Map<string, string[]>();
    const add = async (name: string) => {
      const path = `/roles/${name}/users?briefRepresentation=true&max=100000`;
      for (const { id } of await this.admin.ask<{ id: string }[]>("GET", path)) {
        rolesOf.set(id, [...(rolesOf.get(id) ?? []), name]);
      }
    };
    await Promise.all(this.#names.filter((name) => name !== DEFAULT_ROLES).map(add));
    return rolesOf;
  }

  /** The names of the roles that one account was given; that of all accounts left out. */
  async ofAccount(id: string): Promise<string[]> {
    const roles = await this.admin.ask<Role[]>("GET", `/users/${id}/role-mappings/realm`);
    return roles.map(({ name }) => name).filter((name) => name !== DEFAULT_ROLES);
  }

  /** Gives an account the role of administrators, or takes it away. */
  async setAdmin(id: string, isAdmin: boolean): Promise<void> {
    const method = isAdmin ? "POST" : "DELETE";
    await this.admin.ask(method, `/users/${id}/role-mappings/realm`, [await this.get(ADMIN_ROLE)]);
  }
}

/** Whether this can be an id or a role of Keycloak's. Others, such as `../clients`, must not get into a path. */
export function isId(id: string): boolean {
  return /^[\w:-]+$/.test(id);
}
