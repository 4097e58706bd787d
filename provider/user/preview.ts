import { raise } from "../api/errors";
import { findUnseen, notToBeLeft, notVisibleYet, refuseOtherAddresses } from "./absence";
import { ofCreate, ofLeaving, ofMove, ofUnseen, ofUpdate } from "./announce";
import type { Context } from "./context";
import { announced } from "./diff";
import { DECISION_AGE_MS } from "./directory";
import { findLateInviteRefusal, findToday, hasExpired } from "./expiry";
import { cuttingOff, findCutOffRefusal, findEndRefusal, findGuardContext, findLeavingRefusal } from "./guards";
import type { KnownUser, PreviewInputs, UserInputs, UserState } from "./model";
import {
  findBadValueRefusal,
  findBlindEditRefusal,
  findRenamedRefusal,
  findReturnRefusal,
  findSharedAddressRefusal,
  findUnknownAddressRefusal,
  hasUnknownAddress,
  invitedAccount,
  planCreate,
  planDelete,
  type Plan,
} from "./policy";
import { profileProperties } from "./properties";
import { findSoleOwnerRefusals } from "./sole-owner";

/*
 * Each raises what the verb would be refused for, on a fresh view, announces what it would do, and writes nothing to the
 * platform. An account that would be cut off is noted as leaving, so that the second of the last two administrators is
 * refused.
 */

/**
 * What create would do.
 *
 * @param leaving canonical addresses that are taken out for this one
 */
export async function previewCreate(
  context: Context,
  inputs: UserInputs,
  leaving: ReadonlySet<string> = new Set(),
): Promise<Plan> {
  const plan = await decideCreate(context, inputs);
  if (plan.kind !== "invite") {
    raise(context.run.siblings?.findRefusal("create", inputs.email));
    if (!inputs.enabled) raise(...(await findSoleOwnerRefusals(context, [{ ...inputs, user: plan.user }])));
  }
  const near = plan.kind === "invite" ? findMisspelled(context, inputs.email, leaving) : undefined;
  context.announcements.say(ofCreate(plan, inputs, near));
  return plan;
}

/** See {@link Misspellings.find}; asks nothing. */
function findMisspelled({ directory, misspellings }: Context, email: string, leaving: ReadonlySet<string>) {
  const view = directory.lastView;
  return view === undefined ? undefined : misspellings.find(email, view, leaving);
}

/** {@link previewCreate}, again when create begins. */
export async function decideCreate(context: Context, inputs: UserInputs): Promise<Plan> {
  const { run } = context;
  const view = await context.directory.view(DECISION_AGE_MS);
  const existing = view.findByEmail(inputs.email);
  if (existing === undefined && inputs.expires !== undefined) {
    raise(findLateInviteRefusal(inputs, await findToday(context)));
  }
  const cutsOff = existing !== undefined && cuttingOff(existing, inputs) !== undefined;
  const guards = await findGuardContext(context, view, cutsOff || inputs.expires !== undefined);
  const plan = planCreate(inputs, existing, run, guards);
  if (plan.kind === "refused") throw plan.refusal;
  raise(findEndRefusal(existing ?? invitedAccount(inputs.email), inputs, guards));
  if (cutsOff) run.noteLeaving(existing);
  const showsRoles = view.showsRoles() || existing?.realmRoles !== undefined;
  raise(findBadValueRefusal(inputs, existing), findBlindEditRefusal(inputs, existing, showsRoles));
  return plan;
}

/** Could {@link previewUpdate} refuse these changes? If not, preview asks the platform nothing. */
export function mayBeRefused(state: UserState, news: PreviewInputs, updates: readonly string[]): boolean {
  if (updates.includes("expires") && news.expires !== undefined) return true;
  if (news.enabled === false || news.admin === false || state.unseen === true) return true;
  return profileProperties().some(([name, { isRole }]) => isRole !== true && updates.includes(name));
}

/** @param inputs without those that are not known yet */
export async function previewUpdate(context: Context, known: KnownUser, inputs: Partial<UserInputs>): Promise<void> {
  context.directory.noteKnown([known]);
  const view = await context.directory.view(DECISION_AGE_MS);
  const user = view.findById(known.id);
  if (user === undefined) {
    if (known.state.unseen === true) context.log.warn(notVisibleYet(known, view).message);
    return;
  }
  const { email, unfinished, admin } = known.state;
  const due = { ...(unfinished === true ? inputs : announced(known.state, inputs, user)), email };
  if (due.enabled !== undefined && due.enabled !== user.enabled) raise(findSharedAddressRefusal(user, view));
  raise(findBadValueRefusal(due, user));
  const cutsOff = cuttingOff(user, due, admin) !== undefined;
  if (cutsOff && hasUnknownAddress(known.state, user)) await refuseOtherAddresses("update", view, context);
  const guards = await findGuardContext(context, view, cutsOff || due.expires !== undefined);
  raise(findCutOffRefusal(user, due, guards, admin), findEndRefusal(user, due, guards));
  if (cutsOff) context.run.noteLeaving(user);
  if (due.enabled === false) raise(...(await findSoleOwnerRefusals(context, [{ ...due, user }])));
  raise(findBlindEditRefusal(due, user, view.showsRoles()));
  const isOver = due.expires !== undefined && hasExpired(due, await findToday(context));
  context.announcements.say(ofUpdate(known.state, user, due, isOver));
}

/** For another declared address, undefined if only `up` will know it: it is checked next, as that of a new user. */
export async function previewReplacement(context: Context, known: KnownUser, email: string | undefined): Promise<void> {
  await previewLeaving(context, known, email === undefined ? [] : [email]);
  // It may correct the old one, which that check does not know.
  if (email !== undefined) findMisspelled(context, email, new Set([known.state.email]));
}

/**
 * For a replacement, or a user that is not declared any more.
 *
 * @param arriving addresses that are declared in place of this one, canonical, as far as they are known
 */
export async function previewLeaving(context: Context, known: KnownUser, arriving: readonly string[]): Promise<void> {
  const { state } = known;
  raise(findReturnRefusal(state, arriving));
  const view = await context.directory.view(DECISION_AGE_MS);
  const user = state.unseen === true ? findUnseen(known, view) : view.findById(known.id);
  const target = planDelete(state);
  if (user === undefined) {
    if (state.unseen !== true) return;
    if (target === "deactivate") throw notToBeLeft(state.email);
    return context.announcements.say(ofUnseen(state.email));
  }
  raise(findRenamedRefusal(state, user, arriving));
  if (target !== "leave" && user.enabled !== (target === "activate")) {
    raise(findSharedAddressRefusal(user, view), findUnknownAddressRefusal(state, user));
  }
  const declaration = context.run.findDeclaration(state.email);
  if (target === "deactivate") {
    raise(findLeavingRefusal(user, await findGuardContext(context, view, user.enabled)));
    if (user.enabled) context.run.noteLeaving(user);
    if (declaration === undefined) {
      raise(...(await findSoleOwnerRefusals(context, [{ ...state, user, arriving: new Set(arriving) }])));
    }
  }
  context.announcements.say(
    declaration === undefined ? ofLeaving(state, user.enabled, "gets") : ofMove(state.email, declaration.name),
  );
}
