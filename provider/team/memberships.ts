import { isRecord, withoutUndefined } from "../api/json";
import type { WorkspaceRole } from "../api/wire";
import { MEMBER_INPUTS } from "../workspace/check";
import type { KnownMember, MemberState } from "../workspace/model";
import { knownOf } from "../workspace/state";
import type { MemberInputs, Members, TeamMember } from "./model";

/** Roles by the name of the workspace. */
export type Roles = Record<string, WorkspaceRole>;

/** What is stored of one membership of a member, under the name that the workspace had when it was last seen. */
export interface StoredMembership extends Pick<MemberState, "role" | "foundRole" | "unfinished"> {
  /** Id of the workspace. */
  id: number;
  /** The account was a member before this stack managed that. */
  adopted?: true;
}

export type StoredMemberships = Record<string, StoredMembership>;

/** A membership of the member with this address. */
export interface Named {
  email: string;
  workspace: string;
}

/** What `up` does to memberships of members that stay. */
export interface MembershipChanges {
  /** Declared, and not stored. */
  added: (Named & { role: WorkspaceRole })[];
  /** Stored with another role, or to be looked at again. */
  raised: (Named & { known: KnownMember; role: WorkspaceRole })[];
  lowered: (Named & { known: KnownMember; role: WorkspaceRole })[];
  /** Stored, and not declared any more. */
  removed: (Named & { known: KnownMember })[];
}

/** Compares the stored memberships of these members with the declared ones. */
export function findMembershipChanges(
  emails: readonly string[],
  stored: ReadonlyMap<string, TeamMember>,
  declared: Members,
): MembershipChanges {
  const changes: MembershipChanges = { added: [], raised: [], lowered: [], removed: [] };
  for (const email of emails) {
    const member = stored.get(email);
    const own = member === undefined ? [] : membershipsOf(member);
    const roles = Object.entries(declared[email]?.workspaces ?? {});
    for (const [workspace, role] of roles) {
      const known = own.find(([name]) => name === workspace)?.[1];
      if (known === undefined) changes.added.push({ email, workspace, role });
      else if (known.state.role !== role || known.state.unfinished === true) {
        changes[role === "OWNER" ? "raised" : "lowered"].push({ email, workspace, role, known });
      }
    }
    for (const [workspace, known] of own) {
      if (!roles.some(([name]) => name === workspace)) changes.removed.push({ email, workspace, known });
    }
  }
  return changes;
}

/** True when the memberships of a member are not as declared; also while a declared one is not known yet. */
export function hasMembershipChanges(member: TeamMember, declared: unknown): boolean {
  const roles = declared ?? {};
  const own = Object.entries(member.workspaces ?? {});
  if (!isRecord(roles) || own.length !== Object.keys(roles).length) return true;
  return own.some(([name, { role, unfinished }]) => roles[name] !== role || unfinished === true);
}

/** The stored memberships of a member, as a resource of each would have them. */
export function membershipsOf({ id, state, workspaces = {} }: TeamMember): [name: string, known: KnownMember][] {
  return Object.entries(workspaces).map(([workspace, { id: workspaceId, adopted = false, ...kept }]) => {
    const account = { user: id, userId: id, email: state.email };
    return [workspace, knownOf({ workspace, workspaceId, workspaceName: workspace, ...account, adopted, ...kept })];
  });
}

/** The member with this membership as it is now; undefined takes it out. */
export function withMembership(member: TeamMember, workspace: string, now: MemberState | undefined): TeamMember {
  const { workspaces: before = {}, ...others } = member;
  const { [workspace]: _before, ...rest } = before;
  const workspaces = now === undefined ? rest : { ...rest, [workspace]: storedOf(now) };
  return Object.keys(workspaces).length === 0 ? others : { ...others, workspaces };
}

function storedOf({ workspaceId: id, role, adopted, foundRole, unfinished }: MemberState): StoredMembership {
  return withoutUndefined<StoredMembership>({ id, role, adopted: adopted || undefined, foundRole, unfinished });
}

/** The roles that would have led to these memberships; undefined for none. */
export function rolesFrom({ workspaces }: TeamMember): Roles | undefined {
  if (workspaces === undefined) return undefined;
  return Object.fromEntries(Object.entries(workspaces).map(([name, { role }]) => [name, role]));
}

/** The declared workspaces of a member with canonical names, and what is wrong with them, after the name of the input. */
export function checkRoles(
  given: unknown,
  isUnknown: (value: unknown) => boolean,
): { roles: unknown; problems: string[] } {
  if (!isRecord(given)) {
    if (isUnknown(given)) return { roles: given, problems: [] };
    return {
      roles: {},
      problems: ['must be an object of roles by the name of the workspace, such as { "churn": "OWNER" }'],
    };
  }
  const roles = new Map<string, unknown>();
  const problems: string[] = [];
  for (const [key, role] of Object.entries(given)) {
    const name = key.normalize("NFC");
    const problem = MEMBER_INPUTS.workspace.findProblem(name);
    const at = `[${JSON.stringify(key)}]`;
    if (problem !== undefined) problems.push(`${at}: the name ${problem}`);
    else if (roles.has(name))
      problems.push(`${at} is there twice: names that differ in the encoding of accents are the same`);
    else if (!isUnknown(role)) {
      const wrong = MEMBER_INPUTS.role.findProblem(role);
      if (wrong !== undefined) problems.push(`${at} ${wrong}`);
    }
    roles.set(name, role);
  }
  return { roles: Object.fromEntries(roles), problems };
}

/** What is wrong with the stored memberships of a member, or undefined. */
export function findStoredProblem(value: unknown): string | undefined {
  const isStored = (one: unknown) =>
    isRecord(one) &&
    Number.isSafeInteger(one["id"]) &&
    MEMBER_INPUTS.role.findProblem(one["role"]) === undefined &&
    (one["foundRole"] === undefined || MEMBER_INPUTS.role.findProblem(one["foundRole"]) === undefined) &&
    [one["adopted"], one["unfinished"]].every((mark) => mark === undefined || mark === true);
  return isRecord(value) && Object.values(value).every(isStored)
    ? undefined
    : "must be an object of memberships by the name of the workspace";
}

/** The inputs of a member without its workspaces. */
export function withoutWorkspaces({ workspaces: _roles, ...account }: MemberInputs): Omit<MemberInputs, "workspaces"> {
  return account;
}
