import { fold } from "./profile";

/** What a member is in a workspace. Null: older releases stored none. */
export type WorkspaceRole = "OWNER" | "COLLABORATOR" | null;

/** A workspace as the platform stores it. */
export interface Workspace {
  id: number;
  name: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  /** Id and address of the account; null for a workspace that the vendor's client made as a default. */
  createdBy: { id: string; email: string } | null;
  archived: boolean;
  /** Ids of what is in it. */
  models: number[];
  pipelines: number[];
  /** Ids of accounts, of deleted ones too. */
  members: Map<string, WorkspaceRole>;
}

/** The workspaces of a platform, in memory over every identity store. Nothing deletes one. */
export class Workspaces {
  readonly all = new Map<number, Workspace>();
  /** Ids of default workspaces by id of the account. */
  readonly defaults = new Map<string, number>();
  #lastId = 0;
  #lastContent = 100;

  constructor(private readonly now: () => number) {}

  /** Undefined if the name is taken. */
  add(name: string, createdBy: Workspace["createdBy"]): Workspace | undefined {
    if (this.byName(name) !== undefined) return undefined;
    const workspace: Workspace = {
      ...{ id: (this.#lastId += 1), name, createdAt: this.now(), createdBy, archived: false },
      ...{ models: [], pipelines: [], members: new Map() },
    };
    this.all.set(workspace.id, workspace);
    return workspace;
  }

  /** Names are compared sign by sign. */
  byName(name: string): Workspace | undefined {
    return [...this.all.values()].find((workspace) => workspace.name === name);
  }

  /** Makes an account's own default workspace; it is there already for an account that has one. */
  addDefault(account: { id: string; email: string }, createdBy: Workspace["createdBy"]): Workspace | undefined {
    const known = this.all.get(this.defaults.get(account.id) ?? 0);
    if (known !== undefined) return known;
    const made = this.add(defaultName(account.email), createdBy);
    if (made === undefined) return undefined;
    made.members.set(account.id, "OWNER");
    this.defaults.set(account.id, made.id);
    return made;
  }

  /** Everything that another platform has. */
  takeOver(other: Workspaces): void {
    for (const [id, workspace] of other.all) this.all.set(id, structuredClone(workspace));
    for (const [account, id] of other.defaults) this.defaults.set(account, id);
    this.#lastId = other.#lastId;
    this.#lastContent = other.#lastContent;
  }

  /** Ids that no other model or pipeline has. */
  contents(count: number): number[] {
    return Array.from({ length: count }, () => (this.#lastContent += 1));
  }
}

/** The name that the vendor's client gives an account's default workspace. */
function defaultName(email: string): string {
  return `${email} - Default Workspace`;
}

/** The role that a request names, in either case; null for a text that is none. */
export function roleOf(text: string): Exclude<WorkspaceRole, null> | undefined {
  const role = fold(text).toUpperCase();
  return role === "OWNER" || role === "COLLABORATOR" ? role : undefined;
}
