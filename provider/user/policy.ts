import { refusal, type WallarooError } from "../api/errors";
import type { ApiUser } from "../api/wire";
import { addressOf } from "./email";
import { findCutOffRefusal, type GuardContext } from "./guards";
import type { UserInputs, UserState } from "./model";
import { inSentence, profileOf, profileProperties, type Profile } from "./properties";
import type { RunMemory } from "./run";
import { createdAt } from "./state";
import { ambiguous, type View } from "./view";

/** How create comes to an account that is there. */
export type TakeOver =
  /** Deactivated: used again, without an invite. */
  | { kind: "reactivate"; user: ApiUser }
  /** Active, and the program says `adopt: true`. */
  | { kind: "adopt"; user: ApiUser }
  /** Active because this very resource manages it: a replacement that ends where it began. */
  | { kind: "continue"; user: ApiUser };

/** How create comes to an account. */
export type Plan = { kind: "invite" } | TakeOver;

/** Not at all; with the next step. */
export interface Refused {
  kind: "refused";
  refusal: WallarooError;
}

type Memory = Pick<RunMemory, "isOwn" | "wasAdopted">;

/** What create does about `existing`, the account that has the address now. */
export function planCreate(
  inputs: UserInputs,
  existing: ApiUser | undefined,
  run: Memory,
  guards: GuardContext,
): Plan | Refused {
  if (existing !== undefined) return planTakeOver(inputs, existing, run, guards);
  const refusal = findCutOffRefusal(invitedAccount(inputs.email), inputs, guards);
  return refusal === undefined ? { kind: "invite" } : { kind: "refused", refusal };
}

/** The account that an invite makes, before it is there. */
export function invitedAccount(email: string): ApiUser {
  return { id: "", email, username: email, enabled: true, realmRoles: [] };
}

/** {@link planCreate} for an address that an account has. */
export function planTakeOver(
  inputs: UserInputs,
  existing: ApiUser,
  run: Memory,
  guards: GuardContext,
): TakeOver | Refused {
  const plan = planByPolicy(inputs, existing, run);
  if (plan.kind === "refused") return plan;
  const refusal = findCutOffRefusal(existing, inputs, guards);
  return refusal === undefined ? plan : { kind: "refused", refusal };
}

function planByPolicy(inputs: UserInputs, user: ApiUser, run: Memory): TakeOver | Refused {
  const { email, adopt } = inputs;
  if (addressOf(user) !== email) {
    const words = `this address is still the username of an account whose address is now ${addressOf(user)}`;
    const next = "Declare the new address instead, or give that account another username in Keycloak.";
    return { kind: "refused", refusal: refusal("create", email, words, next) };
  }
  if (adopt === true || run.wasAdopted(email)) return { kind: "adopt", user };
  if (run.isOwn(email)) return { kind: "continue", user };
  if (!user.enabled) return { kind: "reactivate", user };
  const since = createdAt(user);
  const words = `an active account of this address is there already (id ${user.id}${since === undefined ? "" : `, created ${since}`})`;
  const next =
    "If it is the account meant, write `adopt: true` to take it over: only what is declared is touched, and " +
    "destroy puts it back as it was found. Do not if another stack or program manages it. If this resource was only " +
    "renamed or moved within the program, give it `aliases` instead; if it is being replaced by force, run without --replace.";
  return { kind: "refused", refusal: refusal("create", email, words, next) };
}

/** The state of the account after destroy: an explicit `onDestroy` wins, an adopted account is put back. */
export function planDelete({ onDestroy, adopted, foundEnabled }: UserState): "leave" | "activate" | "deactivate" {
  if (onDestroy === "retain") return "leave";
  if (onDestroy === "deactivate" || !adopted || foundEnabled === false) return "deactivate";
  return foundEnabled === undefined ? "leave" : "activate";
}

/** What destroy puts back for an adopted account without an explicit `onDestroy`: the values that are still managed. */
export function planRestore(state: UserState): Profile {
  if (!state.adopted || state.onDestroy !== undefined) return {};
  return profileOf((name) => (state[name] === undefined ? undefined : state.found?.[name]));
}

/** The platform (de)activates by address, so none that another account has too can be meant. */
export function findSharedAddressRefusal(user: ApiUser, view: View): WallarooError | undefined {
  const email = addressOf(user);
  const others = view.findAllByEmail(email).filter(({ id }) => id !== user.id);
  return others.length === 0 ? undefined : ambiguous(email, [user, ...others]);
}

/** What is declared of an account, as far as it is known. */
type Due = Profile & { email: string };

/** A declared value that Keycloak's default rules refuse. One that the account has already is not sent, and is fine. */
export function findBadValueRefusal(inputs: Due, now: ApiUser | undefined): WallarooError | undefined {
  for (const [name, { read, findRefused }] of profileProperties()) {
    const declared = inputs[name];
    if (typeof declared !== "string" || declared === (now === undefined ? "" : read(now))) continue;
    const problem = findRefused?.(declared);
    if (problem === undefined) continue;
    return refusal(
      "use",
      `the ${name} of ${inputs.email}`,
      `it ${problem}, which Keycloak refuses by default`,
      "Nothing was sent. Write the name without it, or leave it out of the program.",
    );
  }
  return undefined;
}

/** The refusal to write names to an account of unseen roles: the edit sends the admin role, which might be lost. */
export function findBlindEditRefusal(
  inputs: Due,
  now: ApiUser | undefined,
  showsRoles: boolean,
): WallarooError | undefined {
  if (showsRoles) return undefined;
  const rows = profileProperties();
  const unsaid = rows.filter(([name, { isRole }]) => isRole === true && inputs[name] === undefined);
  const names = rows.filter(([, { isRole }]) => isRole !== true);
  const isWritten = names.some(([name, { read }]) => {
    const declared = inputs[name];
    return declared !== undefined && declared !== (now === undefined ? "" : read(now));
  });
  if (unsaid.length === 0 || !isWritten) return undefined;
  const quoted = unsaid.map(([name]) => `\`${name}\``);
  return refusal(
    "edit",
    inputs.email,
    "the platform shows no roles, so that the admin role might be lost on the way",
    `Declare ${inSentence(quoted)} too, or leave ${inSentence(names.map(([name]) => name))} out.`,
  );
}

/** The refusal to invite an address that this account had before it was changed on the platform. */
export function findReturnRefusal(
  { email, formerEmails = [] }: UserState,
  arriving: readonly string[],
): WallarooError | undefined {
  const former = arriving.find((declared) => declared !== email && formerEmails.includes(declared));
  if (former === undefined) return undefined;
  return refusal(
    "replace",
    former,
    `the address was changed to ${email} on the platform; the old one would be invited as another account, and this one deactivated`,
    `Declare ${email} instead. If another account is meant, take this one out of the program, run \`pulumi up\`, and declare the other one then.`,
  );
}

/** The refusal to replace an address by the one that the platform changed it to, which the state has not seen yet. */
export function findRenamedRefusal(
  { email }: UserState,
  user: ApiUser,
  arriving: readonly string[],
): WallarooError | undefined {
  const now = addressOf(user);
  if (now === email || !arriving.includes(now)) return undefined;
  return refusal(
    "replace",
    email,
    `the address of this very account was changed to ${now} on the platform, which the state does not know yet`,
    "Run `pulumi refresh`, then `pulumi up`.",
  );
}

/** True when the account has an address that this state never knew. */
export function hasUnknownAddress({ email, formerEmails = [] }: UserState, user: ApiUser): boolean {
  const now = addressOf(user);
  return now !== email && !formerEmails.includes(now);
}

/** The refusal to change a leaving account with an unknown address: a cloned realm may have given its id to another. */
export function findUnknownAddressRefusal(state: UserState, user: ApiUser): WallarooError | undefined {
  if (!hasUnknownAddress(state, user)) return undefined;
  return refusal(
    "delete",
    state.email,
    `its account (id ${user.id}) has the address ${addressOf(user)} on the platform now, which the state does not know`,
    "Run `pulumi refresh`, which follows the address and says so, and look whether it is the account meant; then run the same command again.",
  );
}
