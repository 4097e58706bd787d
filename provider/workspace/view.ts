import { refusal, type WallarooError } from "../api/errors";
import type { ApiWorkspace, ApiWorkspaceUser, WorkspaceRole } from "../api/wire";
import type { Seen } from "../user/snapshot";

/** The workspaces that the account of the provider sees, at one moment. */
export class WorkspaceList implements Seen {
  readonly #byId = new Map<number, ApiWorkspace>();

  constructor(
    workspaces: Iterable<ApiWorkspace>,
    readonly askedAtMs = 0,
    readonly tookMs = 0,
  ) {
    for (const workspace of workspaces) this.#byId.set(workspace.id, workspace);
  }

  all(): ApiWorkspace[] {
    return [...this.#byId.values()];
  }

  findById(id: number): ApiWorkspace | undefined {
    return this.#byId.get(id);
  }

  /** The workspaces of this name: sign by sign if there is one, else in any Unicode form of the same letters. */
  findAllByName(name: string): ApiWorkspace[] {
    const all = this.all();
    const exact = all.filter((workspace) => workspace.name === name);
    if (exact.length > 0) return exact;
    return all.filter((workspace) => workspace.name.normalize("NFC") === name.normalize("NFC"));
  }

  /** A number is an id; a text is a name, or an id as a whole number. Raises `refused` if several may be meant. */
  find(given: string | number): ApiWorkspace | undefined {
    if (typeof given === "number") return this.findById(given);
    const byId = idOf(given) === undefined ? undefined : this.findById(idOf(given) ?? 0);
    const found = new Set(this.findAllByName(given));
    if (byId !== undefined) found.add(byId);
    if (found.size > 1) throw ambiguous(given, [...found]);
    return [...found][0];
  }
}

/** The id that a text is, written as the platform writes it: `12`, and neither `012` nor `12.0`. */
export function idOf(text: string): number | undefined {
  const id = /^(0|[1-9]\d*)$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(id) ? id : undefined;
}

function ambiguous(given: string, found: readonly ApiWorkspace[]): WallarooError {
  const each = found.map(({ id, name }) => `workspace ${id} ("${name}")`).sort();
  return refusal(
    "decide by the workspace",
    `"${given}"`,
    `it may be ${each.join(" or ")}`,
    "Nothing was sent for it. Give the id of the one that is meant, as a number.",
  );
}

/** The members of one workspace at one moment. */
export class Members implements Seen {
  readonly #roles = new Map<string, WorkspaceRole | undefined>();

  constructor(
    users: Iterable<ApiWorkspaceUser>,
    readonly askedAtMs = 0,
    readonly tookMs = 0,
  ) {
    for (const { user_id: id, user_type: role } of users) {
      // An account that is listed twice has the higher role.
      if (this.#roles.get(id) !== "OWNER") this.#roles.set(id, role);
    }
  }

  get size(): number {
    return this.#roles.size;
  }

  /** Keycloak user ids, also of accounts that are gone. */
  ids(): string[] {
    return [...this.#roles.keys()];
  }

  has(userId: string): boolean {
    return this.#roles.has(userId);
  }

  /** Undefined if the account is not a member, or if the platform does not tell its role. */
  roleOf(userId: string): WorkspaceRole | undefined {
    return this.#roles.get(userId);
  }

  /** Ids of the members that are shown as owners. */
  owners(): string[] {
    return this.ids().filter((id) => this.#roles.get(id) === "OWNER");
  }
}
