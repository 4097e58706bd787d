import type { UserState } from "../user/model";
import type { Deviation, Member, MemberInputs, Members, TeamState } from "./model";

/** The members of a stored team, by canonical address. */
export function unpack(state: TeamState): Map<string, Member> {
  const members = new Map<string, Member>();
  for (const [email, id] of Object.entries(state.ids)) {
    const { enabled = true, foundEnabled = true, unfinished, ...declared } = state.deviations[email] ?? {};
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
    members.set(email, { id, state: member, ...(unfinished === true ? { isUnfinished: true } : {}) });
  }
  return members;
}

/** The state of these members; each stands under the address that it has now. */
export function pack(members: Iterable<Member>): TeamState {
  const state: TeamState = { ids: {}, adopted: {}, initialPasswords: {}, deviations: {} };
  for (const { id, state: member, isUnfinished } of members) {
    const { email, enabled, adopted, initialPassword, foundEnabled, found } = member;
    state.ids[email] = id;
    if (adopted) state.adopted[email] = true;
    if (initialPassword !== undefined) state.initialPasswords[email] = initialPassword;
    const deviation: Deviation = {
      ...(enabled ? {} : { enabled }),
      ...(adopted && foundEnabled === false ? { foundEnabled } : {}),
      ...(found === undefined ? {} : { found }),
      ...(isUnfinished === true ? { unfinished: true } : {}),
      ...declaredOf(member),
    };
    if (Object.keys(deviation).length > 0) state.deviations[email] = deviation;
  }
  return state;
}

/** The inputs that would have led to these members; passwords are left out, they must not get into the state unmarked. */
export function inputsFrom(members: Iterable<Member>): Members {
  const inputs = [...members].map(({ state }): [string, MemberInputs] => [
    state.email,
    { ...declaredOf(state), ...(state.enabled ? {} : { enabled: false }) },
  ]);
  return Object.fromEntries(inputs);
}

function declaredOf({ adopt, onDestroy, firstName, lastName, admin }: UserState): Omit<Deviation, "enabled"> {
  return {
    ...(adopt === undefined ? {} : { adopt }),
    ...(onDestroy === undefined ? {} : { onDestroy }),
    ...(firstName === undefined ? {} : { firstName }),
    ...(lastName === undefined ? {} : { lastName }),
    ...(admin === undefined ? {} : { admin }),
  };
}
