import { isWallarooError } from "../provider/api/errors";
import type { TeamState } from "../provider/team/model";
import type { KnownUser } from "../provider/user/model";
import { PartialFailure, findHalfDone } from "../provider/user/partial-failure";

/** What has to be stored of a user whose step ended like this, and why it failed. Raises for any other end. */
export function halfDoneOf(end: unknown): { user: KnownUser; message: string; cause: unknown } {
  const user = findHalfDone(end);
  if (user === undefined) throw new Error(`not half done: ${String(end)}`, { cause: end });
  const { message, cause } = end as PartialFailure;
  return { user, message, cause };
}

/** How a step of a team failed, and the state that has to be stored if there is one. Raises for any other end. */
export function teamFailureOf(end: unknown): { message: string; reasons: readonly string[]; state?: TeamState } {
  const [failure, state] = end instanceof PartialFailure ? [end.cause, end.state as TeamState] : [end, undefined];
  if (!isWallarooError(failure, "membersFailed"))
    throw new Error(`no failure of a team: ${String(end)}`, { cause: end });
  const { message, reasons } = failure;
  return state === undefined ? { message, reasons } : { message, reasons, state };
}
