import fc from "fast-check";

/** Halves of characters, which stand between the others and are none by themselves. */
const HALVES = { from: 0xd800, count: 0x800 };

/**
 * Any character of Unicode, as the unit of a `fc.string`. It is fast-check's own "binary", which takes a second to make a
 * table of all of them.
 */
export const codePoint = fc.nat(0x10ffff - HALVES.count).map(
  (place) => String.fromCodePoint(place < HALVES.from ? place : place + HALVES.count),
  (text) => {
    const point = typeof text === "string" && [...text].length === 1 ? (text.codePointAt(0) ?? 0) : -1;
    const isHalf = point >= HALVES.from && point < HALVES.from + HALVES.count;
    if (point < 0 || isHalf) throw new Error("it is not one character");
    return point < HALVES.from ? point : point - HALVES.count;
  },
);
