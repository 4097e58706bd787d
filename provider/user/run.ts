import type { KnownUser } from "./model";

/** Which resource declares a person: unique in a program, and its name for messages. */
export interface Declaration {
  key: string;
  name: string;
}

/**
 * What this run of the engine has seen and done so far. The engine keeps one provider process for an operation, so this
 * lives in memory: a rename, a move from one resource to another and a forced replacement all look to a provider like a
 * create and an unrelated delete, and only what the same run knows tells them apart.
 */
export class RunMemory {
  readonly #declared = new Map<string, Declaration>();
  readonly #kept = new Set<string>();
  readonly #own = new Map<string, KnownUser | undefined>();

  /**
   * Notes that `declaration` declares the person of this canonical address. Returns the other resource that does so
   * already, if there is one.
   */
  declare(email: string, declaration: Declaration): Declaration | undefined {
    const earlier = this.#declared.get(email);
    if (earlier !== undefined && earlier.key !== declaration.key) return earlier;
    this.#declared.set(email, declaration);
    return undefined;
  }

  /** The resource that declares this canonical address in this run. */
  findDeclaration(email: string): Declaration | undefined {
    return this.#declared.get(email);
  }

  /** Notes that this run created, adopted or reactivated the account: from now on it does not cut it off. */
  keep(id: string): void {
    this.#kept.add(id);
  }

  isKept(id: string): boolean {
    return this.#kept.has(id);
  }

  /**
   * Notes that a resource of this stack declared this canonical address before and goes on doing so. If its create is
   * called all the same, it is a replacement that ends where it began.
   */
  rememberOwn(email: string, user?: KnownUser): void {
    if (user !== undefined || !this.#own.has(email)) this.#own.set(email, user);
  }

  /**
   * What the stack had stored of its own account of this address. A forced replacement comes without its old outputs
   * (the engine calls no diff then, measured): the answer is the account itself, not adopted, because whoever was
   * adopted is still declared so and is adopted again.
   */
  findOwn(email: string, existing: { id: string; enabled: boolean }): KnownUser | undefined {
    if (!this.#own.has(email)) return undefined;
    const own = this.#own.get(email);
    if (own !== undefined) return own.id === existing.id ? own : undefined;
    const { id, enabled } = existing;
    return { id, state: { email, username: email, enabled, adopted: false } };
  }

  /** True when this account's replacement ended in the same account, so that the old resource's delete means nothing. */
  isContinued(email: string, id: string): boolean {
    return this.#own.has(email) && this.#kept.has(id);
  }
}
