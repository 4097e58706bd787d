/** True for a JSON object; not for a list, and not for null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same object without the properties that are undefined: the engine takes JSON alone. */
export function withoutUndefined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

/** The properties of these names that are not undefined. */
export function pick<T extends object, N extends keyof T>(object: T, names: readonly N[]): Partial<Pick<T, N>> {
  const picked: Partial<Pick<T, N>> = {};
  for (const name of names) if (object[name] !== undefined) picked[name] = object[name];
  return picked;
}

/** The value as JSON: anything else in outputs makes the engine lose the resource after its invite (measured). */
export function toJson<T extends object>(value: T): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}

/** The order of texts by their code units, for `sort`: the same on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A JSON object; empty for any other text. */
export function parseObject(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
