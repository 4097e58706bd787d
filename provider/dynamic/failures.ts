import { ownFailure } from "../resource/failures";
import { PartialFailure } from "../user/partial-failure";
import { withoutStack } from "./diagnostics";
import { PROVIDER_KEY } from "./stored";

/** By this shape the engine stores a resource whose step failed; the next `up` calls update (measured). */
class InitFailedError extends Error {
  override readonly name = "InitFailedError";
  readonly id: string;
  readonly properties: Record<string, unknown>;
  readonly reasons: string[];

  constructor({ id, state, message }: PartialFailure, provider: unknown) {
    const reasons = message.split("\n");
    super(reasons[0]);
    this.id = id;
    this.properties = { ...state, [PROVIDER_KEY]: provider };
    this.reasons = reasons;
  }
}

/**
 * What is thrown to the engine: a partial failure as {@link InitFailedError}, anything else as an Error without a
 * stack. A thrown string would hang the engine (measured).
 */
export function asEngineError(error: unknown, operation: string, who: string, provider: unknown): Error {
  const failure = ownFailure(error, operation, who);
  // The engine stores nothing of a failed delete.
  if (failure instanceof PartialFailure && operation !== "delete") return new InitFailedError(failure, provider);
  return withoutStack(failure);
}
