import { WallarooError } from "../api/errors";
import type { ApiUser } from "../api/wire";
import {
  findUnseen,
  isInvited,
  isProvisional,
  refuseDoubtfulAbsence,
  refuseOtherAddresses,
  refuseOtherPlatform,
} from "./absence";
import type { Context } from "./context";
import { READ_AGE_MS } from "./directory";
import { addressOf } from "./email";
import type { KnownUser, UserState } from "./model";
import { adoptedState, seen, stateOf, withFormerEmail } from "./state";
import type { View } from "./view";

/**
 * The account as it is now, or undefined when it is gone for good (with a warning). An account that has another id
 * but the same address is followed, and adopted from then on: this stack's create did not make it, be it the same person
 * made anew or an account on another platform. The view is at most 30 s old.
 */
export async function readUser(context: Context, known: KnownUser): Promise<KnownUser | undefined> {
  const { directory, log } = context;
  const { id, state } = known;
  directory.noteKnown([known]);
  const view = await directory.view(READ_AGE_MS);
  const user = await findAccount(context, known, view);
  if (state.unseen === true) {
    if (user === undefined) {
      log.warn(
        `${state.email} was invited, and the account is not visible on the platform yet: it stays in the state, and is not ` +
          "invited again.",
      );
      return known;
    }
    if (addressOf(user) === state.email && isInvited(known, user)) {
      log.info(`${state.email} is visible on the platform now (id ${user.id}).`);
      // The address of an account whose invite was never answered may have come by another invite.
      return { id: user.id, state: stateOf(user, found(state.adopted ? followed(state, user, view) : state, user)) };
    }
  }
  if (user !== undefined) {
    const isOther = user.id !== id;
    if (isOther) {
      log.warn(
        `${state.email} has another account id now (${user.id}, was ${id}): the state follows the address. This stack ` +
          "did not make that account, so destroy leaves it as it is now, unless `onDestroy` says otherwise.",
      );
    }
    const now = stateOf(user, found(isOther || state.unseen === true ? followed(state, user, view) : state, user));
    if (now.email === state.email) return { id: user.id, state: now };
    await refuseOtherAddresses("read", view, context);
    directory.believe(id);
    log.warn(
      `The address of ${state.email} was changed to ${now.email} on the platform. Declare the new address: up refuses ` +
        "the old one, which would be invited as another account, and this one deactivated.",
    );
    return { id: user.id, state: withFormerEmail(now, state.email) };
  }
  await refuseDoubtfulAbsence("read", known, view, context);
  directory.believe(id);
  log.warn(`${state.email} (id ${id}) is not on the platform any more and leaves the state; up invites it again.`);
  return undefined;
}

/** The account by its id, else by its address; not one that another state knows. */
async function findAccount(context: Context, known: KnownUser, view: View): Promise<ApiUser | undefined> {
  if (known.state.unseen === true) return findUnseen(known, view) ?? view.findById(known.id);
  const user = view.findById(known.id) ?? view.findByAddress(known.state.email);
  if (user === undefined || user.id === known.id || isProvisional(known.id)) return user;
  await refuseOtherPlatform("read", known, view, context);
  context.directory.believe(known.id);
  // Its address was changed to this one.
  return context.directory.isKnown(user.id) ? undefined : user;
}

/** A step that failed before shows as drift. Not so sessions of a deactivated account, which may be left to end. */
function found(state: UserState, { enabled }: ApiUser): UserState {
  const { unfinished, ...known } = seen(state);
  return unfinished === true && !enabled ? { ...known, unfinished } : known;
}

/**
 * The state of an account that has the address of the one that this stack knew, and another id. As if `adopt: true` had
 * been declared, which is what a replacement is told: it must not take the account for one of its own.
 */
function followed(state: UserState, user: ApiUser, view: View): UserState {
  const now = { foundEnabled: user.enabled, showsRoles: view.showsRoles() };
  return adoptedState({ ...state, adopt: true }, user, state, now);
}

/** Reads a user by id without a stored state. Raises `notFound`. */
export async function getUser(context: Context, id: string): Promise<KnownUser> {
  const view = await context.directory.view(READ_AGE_MS);
  const user = view.findById(id);
  if (user === undefined) {
    await refuseDoubtfulAbsence("get the user", { id, state: { email: id } }, view, context);
    throw new WallarooError({
      kind: "notFound",
      operation: "get the user",
      who: id,
      words: "no account has this id",
      next: "Give the Keycloak user id (a UUID, not the email), or remove the WallarooUser.get.",
    });
  }
  const email = addressOf(user);
  return { id, state: stateOf(user, { email, username: email, enabled: user.enabled, adopted: true }) };
}
