import type { ApiUser } from "../api/wire";
import { addressOf } from "./email";

/** What this run knows of managed accounts, and of the one team that cuts off the others. */
export class Managed {
  /** Accounts that a state of this stack has, under whatever address they are there now. */
  readonly ids = new Set<string>();
  /** Canonical addresses that resources of other providers declare: their platform may be the same. */
  readonly elsewhere = new Set<string>();
  /** Ids and canonical addresses, and the name of the team that cuts these accounts off. */
  readonly #cutOff = new Map<string, string>();
  #owner: { key: string; name: string } | undefined;

  /** Notes that this team cuts off unmanaged accounts. Answers the name of another one that does so already. */
  claim(key: string, name: string): string | undefined {
    if (this.#owner !== undefined && this.#owner.key !== key) return this.#owner.name;
    this.#owner = { key, name };
    return undefined;
  }

  /** Notes, before anything is sent, that accounts are cut off as unmanaged. */
  noteCutOff(users: Iterable<ApiUser>, team: string): void {
    for (const user of users) this.#cutOff.set(addressOf(user), team).set(user.id, team);
  }

  /** The team that took this account for an unmanaged one, although a resource has it, by address or id. */
  findCutOff(key: string): string | undefined {
    return this.#cutOff.get(key);
  }
}
