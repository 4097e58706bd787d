import type { WallarooError } from "../api/errors";
import type { ApiUser } from "../api/wire";
import type { View } from "./directory";
import { canonicalEmail } from "./email";
import type { KnownUser, UserState } from "./model";
import { refusal } from "./policy";

const PREFIX = "unseen:";

/** The id of an account that was invited and never seen, where the invite answered none: replaced by the first look that shows it. */
export function provisionalId(email: string): string {
  return PREFIX + email;
}

export function isProvisional(id: string): boolean {
  return id.startsWith(PREFIX);
}

/**
 * The account of an invite that no look had shown so far, by its id or, as the id may be provisional, by its address.
 * Undefined while it is still not shown.
 */
export function findUnseen({ id, state: { email } }: KnownUser, view: View): ApiUser | undefined {
  const user = view.findById(id) ?? view.findByEmail(email);
  return user !== undefined && canonicalEmail(user.email ?? user.username) === email ? user : undefined;
}

/** The state without the mark of an account that was never seen. */
export function seen({ unseen: _unseen, ...state }: UserState): UserState {
  return state;
}

/** Says why an account can't be changed yet that no look has shown since it was invited. */
export function notVisibleYet(known: KnownUser, view: View): WallarooError {
  const { email } = known.state;
  if (findUnseen(known, view) !== undefined) return refreshFirst(email);
  return refusal(
    "update",
    email,
    "it was invited, and the account is not visible on the platform yet",
    `Nothing was sent, and it is not invited again. Run \`pulumi refresh\` once the platform shows it, then \`pulumi up\`. ${NEVER}`,
  );
}

function refreshFirst(email: string): WallarooError {
  return refusal(
    "update",
    email,
    "the account that was invited and not visible so far is there now, and the state does not have its id yet",
    "Run `pulumi refresh`, then `pulumi up`.",
  );
}

/** Says that an account can't be let go that may show up later and would stay active. */
export function notToBeLeft(email: string): WallarooError {
  return refusal(
    "delete",
    email,
    "it was invited, and the account is not visible on the platform yet: it can't be deactivated, and would be active once it shows up",
    `Run \`pulumi refresh\` once the platform shows it, and try again. ${NEVER}`,
  );
}

const NEVER =
  'If it will never show up, let go of it: by `pulumi state delete` (a user), or with `onDestroy: "retain"`, one more `pulumi up`, and then without it (a member of a team).';
