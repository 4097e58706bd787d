import type { View } from "./view";

/** Accounts with an address, as a licence counts them. */
export interface Seats {
  /** Active accounts: each takes a seat. */
  active: number;
  /** Deactivated accounts. */
  inactive: number;
  /** `wallaroo:seatLimit`, if it is set. */
  limit?: number;
}

export function seatsOf(view: View, limit: number | undefined): Seats {
  const all = [...view.everybody()].filter(({ email }) => email !== undefined).length;
  const active = view.seatsTaken();
  return { active, inactive: all - active, ...(limit === undefined ? {} : { limit }) };
}
