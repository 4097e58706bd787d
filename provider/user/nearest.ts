/** The one of `names` that is the fewest edits (a character added, left out or replaced) away from `text`. */
export function findNearest<T extends string>(text: string, names: readonly T[]): T | undefined {
  return [...names].sort((a, b) => countEdits(text, a) - countEdits(text, b))[0];
}

/** Levenshtein distance, row by row of its table. */
function countEdits(from: string, to: string): number {
  const target = [...to];
  let row = target.map((_, j) => j + 1);
  [...from].forEach((character, i) => {
    let [left, corner] = [i + 1, i];
    row = target.map((other, j) => {
      const above = row[j] ?? 0;
      left = Math.min(left + 1, above + 1, corner + (character === other ? 0 : 1));
      corner = above;
      return left;
    });
  });
  return row.at(-1) ?? [...from].length;
}
