import { refusal, type WallarooError } from "../api/errors";
import type { WorkspaceRole } from "../api/wire";
import type { MemberMemory } from "./memory";
import type { MemberInputs, MemberState } from "./model";

/** What create does. */
export type MemberPlan =
  | { kind: "add" }
  /** A member already, and the program says `adopt: true`. */
  | { kind: "adopt" }
  /** A member because this very resource manages it: a replacement that ends where it began. */
  | { kind: "continue" }
  | { kind: "refused"; refusal: WallarooError };

/** @param role of the member as it is; null if it is not one */
export function planMember(
  who: string,
  { adopt }: MemberInputs,
  role: WorkspaceRole | "unknown" | null,
  { isOwn, wasAdopted }: ReturnType<MemberMemory["findOwn"]>,
): MemberPlan {
  if (role === null) return { kind: "add" };
  if (adopt === true || wasAdopted) return { kind: "adopt" };
  if (isOwn) return { kind: "continue" };
  const next =
    "If that is meant, write `adopt: true` to take the membership over: destroy puts it back as it was found. Do not if " +
    "another stack or program manages it. If this resource was only renamed or moved within the program, give it `aliases` " +
    "instead; if it is being replaced by force, run without --replace.";
  const as = role === "unknown" ? "" : `, as ${role}`;
  return { kind: "refused", refusal: refusal("add", who, `the account is a member already${as}`, next) };
}

/** What destroy makes of a membership: it goes, it stays as it is, or it gets this role back. */
export function planRemoval({ onDestroy, adopted, foundRole }: MemberState): "remove" | "leave" | WorkspaceRole {
  if (onDestroy === "retain") return "leave";
  if (onDestroy === "remove" || !adopted) return "remove";
  return foundRole ?? "leave";
}
