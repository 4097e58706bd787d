import type { KnownUser, UserState } from "../user/model";
import type { Deviation, MemberInputs, Members, TeamState } from "./model";

/** The members of a stored team, by canonical address. */
export function unpack(state: TeamState): Map<string, KnownUser> {
  const members = new Map<string, KnownUser>();
  for (const [email, id] of Object.entries(state.ids)) {
    const { enabled = true, foundEnabled = true, ...declared } = state.deviations[email] ?? {};
    const adopted = state.adopted[email] === true;
    const initialPassword = state.initialPasswords[email];
    const member: UserState = {
      email,
      username: email,
      enabled,
      adopted,
      ...(adopted ? { foundEnabled } : {}),
      ...(initialPassword === undefined ? {} : { initialPassword }),
      ...declared,
    };
    members.set(email, { id, state: member });
  }
  return members;
}

/** The state of these members; each stands under the address that it has now. */
export function pack(members: Iterable<KnownUser>): TeamState {
  const state: TeamState = { ids: {}, adopted: {}, initialPasswords: {}, deviations: {} };
  for (const { id, state: member } of members) {
    const { email, enabled, adopted, initialPassword, foundEnabled, found, formerEmails, unfinished, unseen } = member;
    state.ids[email] = id;
    if (adopted) state.adopted[email] = true;
    if (initialPassword !== undefined) state.initialPasswords[email] = initialPassword;
    const deviation: Deviation = {
      ...(enabled ? {} : { enabled }),
      ...(adopted && foundEnabled === false ? { foundEnabled } : {}),
      ...(found === undefined ? {} : { found }),
      ...(formerEmails === undefined ? {} : { formerEmails }),
      ...(unfinished === undefined ? {} : { unfinished }),
      ...(unseen === undefined ? {} : { unseen }),
      ...declaredOf(member),
    };
    if (Object.keys(deviation).length > 0) state.deviations[email] = deviation;
  }
  return state;
}

/**
 * The inputs that would have led to these members, who stand under the address that they had before. Passwords are left
 * out, and so are the names of who has another address now: the engine knows a secret by its path, and they would get
 * into the state in plain text.
 */
export function inputsFrom(members: ReadonlyMap<string, KnownUser>): Members {
  const inputs = [...members].map(([email, { state }]): [string, MemberInputs] => {
    const { firstName: _first, lastName: _last, ...nameless } = declaredOf(state);
    const declared = state.email === email ? declaredOf(state) : nameless;
    return [state.email, { ...declared, ...(state.enabled ? {} : { enabled: false }) }];
  });
  return Object.fromEntries(inputs);
}

function declaredOf({
  adopt,
  onDestroy,
  firstName,
  lastName,
  admin,
}: UserState): Pick<Deviation, "adopt" | "onDestroy" | "firstName" | "lastName" | "admin"> {
  return {
    ...(adopt === undefined ? {} : { adopt }),
    ...(onDestroy === undefined ? {} : { onDestroy }),
    ...(firstName === undefined ? {} : { firstName }),
    ...(lastName === undefined ? {} : { lastName }),
    ...(admin === undefined ? {} : { admin }),
  };
}
