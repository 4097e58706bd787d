import { WallarooError, isWallarooError } from "../api/errors";
import { SettingsError } from "../settings";
import { TeamError } from "../team/run-all";
import { HalfDoneError } from "../user/state";

/** A part was done: what is so now has to be stored, although the step failed. The message is the first reason. */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";

  constructor(
    readonly id: string,
    readonly state: object,
    /** One line each. */
    readonly reasons: string[],
  ) {
    super(reasons[0]);
  }
}

/** Raises {@link PartialFailure} in place of the core's own errors for a step that was done in part. */
export async function storingParts<T>(id: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof HalfDoneError) throw new PartialFailure(error.user.id, error.user.state, [error.reason]);
    if (error instanceof TeamError && error.state !== undefined && Object.keys(error.state.ids).length > 0) {
      throw new PartialFailure(id, error.state, error.message.split("\n"));
    }
    throw error;
  }
}

/**
 * Any failure as an Error of this package. What is none of ours is a defect: kind `internal`, with a request to report it.
 * A foreign stack is of no use to an operator who reads the engine's output.
 */
export function ownFailure(error: unknown, operation: string, who: string): Error {
  if (isWallarooError(error) || error instanceof SettingsError || error instanceof PartialFailure) return error;
  if (error instanceof TeamError || error instanceof HalfDoneError) return error;
  return new WallarooError({
    kind: "internal",
    operation,
    who,
    words: `unexpected failure: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    next: "This is a defect of pulumi-wallaroo: please report it with this line. Run `pulumi refresh` before another try.",
    cause: error,
  });
}
