/**
 * The same value with nothing in it but JSON. Anything else in outputs (`undefined` is enough) makes the engine refuse
 * them after the invite was sent, and the account is lost from the state (measured).
 */
export function toJson<T extends object>(value: T): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}
