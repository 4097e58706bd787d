import type { KnownUser } from "./model";

/**
 * The account is there and ours, but a step after that failed: to be stored as unfinished, so that the next run finishes
 * the job.
 */
export class HalfDoneError extends Error {
  override readonly name = "HalfDoneError";
  readonly user: KnownUser;

  constructor(
    { id, state }: KnownUser,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
    this.user = { id, state: { ...state, unfinished: true } };
  }
}
