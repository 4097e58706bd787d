import type { ApiUser } from "../api/wire";
import { addressOf } from "./email";

/**
 * What this run knows of accounts that are managed although no address of the program says so, and of the one team that
 * cuts off unmanaged ones.
 */
export class Managed {
  readonly #ids = new Set<string>();
  /** Ids and canonical addresses, and the name of the team that cuts these accounts off. */
  readonly #cutOff = new Map<string, string>();
  readonly #elsewhere = new Set<string>();
  #owner: { key: string; name: string } | undefined;

  /** Notes that a state of this stack has the account, under whatever address it is there now. */
  note(ids: Iterable<string>): void {
    for (const id of ids) this.#ids.add(id);
  }

  get ids(): ReadonlySet<string> {
    return this.#ids;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Notes canonical addresses that resources of other providers declare: their platform may be the same. */
  noteElsewhere(emails: Iterable<string>): void {
    for (const email of emails) this.#elsewhere.add(email);
  }

  isElsewhere(email: string): boolean {
    return this.#elsewhere.has(email);
  }

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
