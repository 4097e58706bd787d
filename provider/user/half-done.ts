import type { KnownUser } from "./model";

/** The account is there and ours, but a step after that failed: to be stored, so that the next run finishes the job. */
export class HalfDoneError extends Error {
  override readonly name = "HalfDoneError";

  constructor(
    readonly user: KnownUser,
    readonly reason: string,
  ) {
    super(reason);
  }
}
