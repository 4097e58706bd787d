import { WallarooError, isWallarooError } from "../api/errors";
import { PartialFailure } from "../user/partial-failure";

/** Any failure as an Error of this package; a foreign one is a defect, kind `internal`. */
export function ownFailure(error: unknown, operation: string, who: string): Error {
  if (isWallarooError(error) || error instanceof PartialFailure) return error;
  return new WallarooError({
    kind: "internal",
    operation,
    who,
    words: `unexpected failure: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    next: "This is a defect of pulumi-wallaroo: please report it with this line. Run `pulumi refresh` before another try.",
    cause: error,
  });
}
