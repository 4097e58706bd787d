import { WallarooError, isWallarooError } from "../api/errors";
import { PartialFailure } from "../user/partial-failure";
import { MAX_REASONS } from "./size";

/**
 * Any failure as an Error of this package; a foreign one is a defect, kind `internal`. Its message travels to the engine in
 * a header of limited size (measured), so the longest lines of a too long one are cut.
 */
export function ownFailure(error: unknown, operation: string, who: string): Error {
  const failure = knownFailure(error, operation, who);
  if (Buffer.byteLength(failure.message) <= MAX_REASONS) return failure;
  const message = shortened(failure.message.split("\n"));
  return failure instanceof PartialFailure
    ? new PartialFailure(failure.id, failure.state, message, { cause: failure })
    : new Error(message, { cause: failure });
}

/** `error`, with the parts of its message as `inWords` has them. */
export function worded(error: unknown, inWords: (text: string) => string): unknown {
  if (error instanceof PartialFailure) {
    return new PartialFailure(error.id, error.state, inWords(error.message), { cause: error });
  }
  if (!isWallarooError(error)) return error;
  const { words, next, reasons } = error;
  return error.with({ words: inWords(words), next: inWords(next), reasons: reasons.map(inWords) });
}

/** The same lines, in no more bytes than are kept for them. */
function shortened(lines: readonly string[]): string {
  // Each has a tag and a length on the wire.
  const most = Math.floor(MAX_REASONS / lines.length) - 8;
  const short = lines.map((line) => {
    if (Buffer.byteLength(line) <= most) return line;
    const begin = Buffer.from(line)
      .subarray(0, Math.max(0, most - 3))
      .toString();
    return `${begin.replace(/\ufffd+$/, "")}…`;
  });
  return short.join("\n");
}

function knownFailure(error: unknown, operation: string, who: string): Error {
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
