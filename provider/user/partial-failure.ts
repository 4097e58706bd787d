import type { KnownUser, UserState } from "./model";

/** A step failed after a part of it was done: `state` is the resource as it is now, and has to be stored. */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";

  /** @param message one line per reason */
  constructor(
    readonly id: string,
    readonly state: object,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The account is there and ours, and a step after that failed: stored as unfinished, for the next run to finish. */
export function halfDone({ id, state }: KnownUser, message: string, options?: ErrorOptions): PartialFailure {
  return new PartialFailure(id, { ...state, unfinished: true }, message, options);
}

/** The user of a failure that {@link halfDone} made; undefined for any other error. */
export function findHalfDone(error: unknown): KnownUser | undefined {
  return error instanceof PartialFailure ? { id: error.id, state: error.state as UserState } : undefined;
}
