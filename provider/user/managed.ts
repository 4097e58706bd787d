/**
 * What this run knows of accounts that are managed although no address of the program says so, and of the one team that
 * cuts off unmanaged ones.
 */
export class Managed {
  readonly #ids = new Set<string>();
  /** Canonical addresses, and the name of the team that cuts them off. */
  readonly #cutOff = new Map<string, string>();
  #owner: { key: string; name: string } | undefined;

  /** Notes that a state of this stack has the account, under whatever address it is there now. */
  note(ids: Iterable<string>): void {
    for (const id of ids) this.#ids.add(id);
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Notes that this team cuts off unmanaged accounts. Answers the name of another one that does so already. */
  claim(key: string, name: string): string | undefined {
    if (this.#owner !== undefined && this.#owner.key !== key) return this.#owner.name;
    this.#owner = { key, name };
    return undefined;
  }

  /** Notes, before anything is sent, that accounts are cut off as unmanaged. */
  noteCutOff(emails: Iterable<string>, team: string): void {
    for (const email of emails) this.#cutOff.set(email, team);
  }

  /** The team that took this address for an unmanaged one, although a resource declares it. */
  findCutOff(email: string): string | undefined {
    return this.#cutOff.get(email);
  }
}
