import type { Declaration } from "../user/run";

/** Memberships that one run takes away or lowers; none is taken out again, as an answer that says it failed may be a proxy's. */
export class Leaving {
  readonly #removed = new Set<string>();
  readonly #lowered = new Set<string>();

  note(kind: "remove" | "lower", workspaceId: number, userId: string): void {
    (kind === "remove" ? this.#removed : this.#lowered).add(`${workspaceId}/${userId}`);
  }

  /** The membership is there again, as a look has shown. */
  withdraw(workspaceId: number, userId: string): void {
    this.#removed.delete(`${workspaceId}/${userId}`);
  }

  isRemoved(workspaceId: number, userId: string): boolean {
    return this.#removed.has(`${workspaceId}/${userId}`);
  }

  isLowered(workspaceId: number, userId: string): boolean {
    return this.#lowered.has(`${workspaceId}/${userId}`);
  }
}

/** What this run of the engine has seen and done to memberships so far; see `RunMemory`. Keys are the engine's ids, or texts. */
export class MemberMemory {
  readonly leaving = new Leaving();
  /** Ids of accounts that will be there by what preview says, by id of the workspace, and whether as owners. */
  readonly arriving = new Map<number, Map<string, boolean>>();
  /** Ids of memberships that become an owner's because another account leaves: none of them is taken away. */
  readonly heirs = new Set<string>();
  readonly #declared = new Map<string, Declaration>();
  readonly #own = new Map<string, boolean>();

  /** Notes that `declaration` declares this membership. Returns the other resource that does so already, if there is one. */
  declare(key: string, declaration: Declaration): Declaration | undefined {
    const earlier = this.#declared.get(key);
    if (earlier !== undefined && earlier.key !== declaration.key) return earlier;
    this.#declared.set(key, declaration);
    return undefined;
  }

  /** The resource that declares this membership in this run, which does not take it away then. */
  findDeclaration(key: string): Declaration | undefined {
    return this.#declared.get(key);
  }

  noteArriving(workspaceId: number, userId: string, isOwner: boolean): void {
    const accounts = this.arriving.get(workspaceId) ?? new Map<string, boolean>();
    this.arriving.set(workspaceId, accounts.set(userId, isOwner));
  }

  /** See `RunMemory.rememberOwn`. */
  rememberOwn(key: string, wasAdopted: boolean): void {
    this.#own.set(key, wasAdopted);
  }

  /** What the run knows of an earlier declaration by the same resource. */
  findOwn(key: string): { isOwn: boolean; wasAdopted: boolean } {
    return { isOwn: this.#own.has(key), wasAdopted: this.#own.get(key) === true };
  }
}
