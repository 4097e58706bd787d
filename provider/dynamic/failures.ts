import { WallarooError, isWallarooError } from "../api/errors";
import { SettingsError } from "../settings";
import { TeamError } from "../team/lifecycle";
import { HalfDoneError } from "../user/half-done";
import { withoutStack } from "./diagnostics";
import { MAX_REASONS } from "./size";
import { PROVIDER_KEY } from "./stored";

/**
 * The shape by which the engine recognises that a resource exists although its create failed: it is stored with its
 * reasons, and the next `up` calls update whatever diff says (measured).
 */
export class InitFailedError extends Error {
  override readonly name = "InitFailedError";
  readonly id: string;
  readonly properties: Record<string, unknown>;
  readonly reasons: string[];

  constructor(id: string, outputs: object, provider: unknown, reasons: string[]) {
    super(reasons[0]);
    this.id = id;
    this.properties = { ...toJson(outputs), [PROVIDER_KEY]: provider };
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
 * The same value with nothing in it but JSON. Anything else in outputs (`undefined` is enough) makes the engine refuse
 * them after the person was invited, and the person is lost from the state (measured).
 */
export function toJson<T extends object>(value: T): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}

/**
 * Any failure as an Error with a one-line message: a thrown string hangs the engine, and a foreign error's stack is of
 * no use to whoever reads the engine's output.
 */
export function asOwnError(error: unknown, operation: string, who: string): Error {
  if (isWallarooError(error) || error instanceof SettingsError) return error;
  if (error instanceof TeamError && Buffer.byteLength(error.message) > MAX_REASONS) {
    // A message travels in a header, too.
    return new Error(shortened(error.message.split("\n")).join("\n"));
  }
  if (error instanceof InitFailedError || error instanceof TeamError || error instanceof HalfDoneError) return error;
  return new WallarooError({
    kind: "unreadable",
    operation,
    who,
    words: `unexpected failure: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    next: "This is a defect of pulumi-wallaroo: please report it with this line. Run `pulumi refresh` before another try.",
    cause: error,
  });
}

/** For what the process prints once more when it raises: check, diff, read and delete. Raises an Error without a stack. */
export async function withoutTrace<T>(operation: string, who: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw withoutStack(asOwnError(error, operation, who));
  }
}
