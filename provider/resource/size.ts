/**
 * Longest answer about a step that failed half-way, in bytes: base64-encoded in one HTTP/2 header, of which grpc-go
 * takes 16 MiB, or else the engine stores nothing (measured with 3.259: 12.5 million bytes arrive, 12.6 do not).
 */
export const MAX_ANSWER = 12_000_000;
/** The part of it that is kept for the reasons, in bytes. */
export const MAX_REASONS = 2_000_000;
/** Longest stored state of one resource, in bytes as {@link sizeOf} counts. */
export const MAX_STATE = MAX_ANSWER - MAX_REASONS;

/** Why a state of this size is refused before anything is sent, or undefined; `advice` says what to do about it. */
export function findSizeProblem(state: object, advice: string): string | undefined {
  const size = sizeOf(state);
  if (size <= MAX_STATE) return undefined;
  return (
    `the state would be some ${(size / 1e6).toFixed(1)} MB, and of more than ${MAX_STATE / 1e6} MB the engine stores nothing ` +
    `when a step fails half-way. Nothing was sent. ${advice}`
  );
}

/** Bytes of a JSON object as the engine's protocol encodes it (`google.protobuf.Struct`), in a quarter of the library's time. */
export function sizeOf(struct: object): number {
  let size = 0;
  for (const [key, value] of Object.entries(struct)) {
    size += framed(framed(Buffer.byteLength(key)) + framed(sizeOfValue(value)));
  }
  return size;
}

function sizeOfValue(value: unknown): number {
  if (typeof value === "string") return framed(Buffer.byteLength(value));
  if (typeof value === "number") return 9;
  if (typeof value !== "object" || value === null) return 2;
  if (!Array.isArray(value)) return framed(sizeOf(value));
  return framed(value.reduce((size: number, part) => size + framed(sizeOfValue(part)), 0));
}

/** With the tag before it, and its length as a varint. */
function framed(length: number): number {
  let size = 1 + length;
  for (let rest = length; rest >= 0; rest = rest < 128 ? -1 : Math.floor(rest / 128)) size += 1;
  return size;
}
