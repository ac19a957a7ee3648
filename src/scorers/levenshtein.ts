/** Larger texts would occupy the thread of the app for seconds. */
const MAX_PRODUCT = 20_000 ** 2;

/**
 * Levenshtein's distance: how many items must be inserted, removed or replaced to make one list of the other. Undefined if
 * the lists are too long.
 */
export function editDistance(one: readonly string[], other: readonly string[]): number | undefined {
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  let [oneEnd, otherEnd] = [one.length, other.length];
  while (oneEnd > start && otherEnd > start && one[oneEnd - 1] === other[otherEnd - 1]) {
    oneEnd -= 1;
    otherEnd -= 1;
  }
  const [rows, columns] = [oneEnd - start, otherEnd - start];
  if (rows * columns > MAX_PRODUCT) return undefined;
  const row = Uint32Array.from({ length: columns + 1 }, (_, index) => index);
  for (let i = 1; i <= rows; i += 1) {
    let diagonal = row[0] as number;
    row[0] = i;
    for (let j = 1; j <= columns; j += 1) {
      const above = row[j] as number;
      const isSame = one[start + i - 1] === other[start + j - 1];
      const left = row[j - 1] as number;
      row[j] = isSame ? diagonal : 1 + Math.min(diagonal, above, left);
      diagonal = above;
    }
  }
  return row[columns];
}
