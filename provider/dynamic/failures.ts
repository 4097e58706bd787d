import { ownFailure } from "../resource/failures";
import { MAX_REASONS } from "../resource/size";
import { PartialFailure } from "../user/partial-failure";
import { withoutStack } from "./diagnostics";
import { PROVIDER_KEY } from "./stored";

/**
 * By this shape the engine stores a resource although its step failed; the next `up` calls update whatever diff says
 * (measured).
 */
export class InitFailedError extends Error {
  override readonly name = "InitFailedError";
  readonly id: string;
  readonly properties: Record<string, unknown>;
  readonly reasons: string[];

  constructor({ id, state, message }: PartialFailure, provider: unknown) {
    const reasons = message.split("\n");
    super(reasons[0]);
    this.id = id;
    this.properties = { ...state, [PROVIDER_KEY]: provider };
    this.reasons = shortened(reasons);
  }
}

/** The same reasons, in no more bytes than are kept for them. */
function shortened(reasons: readonly string[]): string[] {
  // Each has a tag and a length on the wire.
  const most = Math.floor(MAX_REASONS / reasons.length) - 8;
  return reasons.map((reason) => {
    if (Buffer.byteLength(reason) <= most) return reason;
    const begin = Buffer.from(reason)
      .subarray(0, Math.max(0, most - 3))
      .toString();
    return `${begin.replace(/\ufffd+$/, "")}…`;
  });
}

/**
 * What is thrown to the engine: a partial failure as {@link InitFailedError}, anything else as an Error without a stack. A
 * thrown string would hang the engine, and a message travels in a header of limited size (both measured).
 */
export function asEngineError(error: unknown, operation: string, who: string, provider: unknown): Error {
  const failure = ownFailure(error, operation, who);
  // The engine stores nothing of a failed delete.
  if (failure instanceof PartialFailure && operation !== "delete") return new InitFailedError(failure, provider);
  const isTooLong = Buffer.byteLength(failure.message) > MAX_REASONS;
  return withoutStack(isTooLong ? new Error(shortened(failure.message.split("\n")).join("\n")) : failure);
}
