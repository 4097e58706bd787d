/**
 * Stands in the place of a value of which the engine would see nothing, or something else: a `Map` becomes `{}` on its way,
 * a function nothing at all, and both mean something as an input. It is put there by the SDK, and every check refuses it, so
 * that it never reaches a state. Nobody writes this key by accident.
 */
const KEY = "wallaroo:unusable:0b9b5c3e-6a55-4f0e-8f4b-7d5c6a1e2f90";

/** @param what why it is unusable and what to write instead, to go on after the name of the input: `is a Map: ...` */
export function unusable(what: string): Record<string, unknown> {
  return { [KEY]: what };
}

export function isUnusable(value: object): boolean {
  return Object.hasOwn(value, KEY);
}

/** What {@link unusable} was told, of this value or of the first one in it; undefined when there is none. */
export function findUnusable(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (isUnusable(value)) return String((value as Record<string, unknown>)[KEY]);
  for (const part of Object.values(value)) {
    const found = findUnusable(part);
    if (found !== undefined) return found;
  }
  return undefined;
}
